//! Lint and the trace gate: each says in a sentence, with file and line, what is wrong.

use crate::world::World;

const REQUIREMENTS: &str = "conformance/requirements/guide.toml";
const SOURCES: &str = "conformance/requirements/sources.toml";
const CASE: &str = "conformance/cases/planday/token/refresh.toml";

fn lint(world: &World, complaint: &str) {
    let ended = world.command(&["lint"]);
    assert_eq!(
        (ended.complaints(), ended.code),
        (vec![complaint], 2),
        "{}",
        ended.text
    );
}

fn trace(world: &World, complaint: &str) {
    let ended = world.command(&["trace"]);
    assert_eq!(
        (ended.complaints(), ended.code),
        (vec![complaint], 3),
        "{}",
        ended.text
    );
}

#[test]
fn a_sound_suite_has_no_problems_and_a_green_gate() {
    let world = World::new();
    for command in ["lint", "trace"] {
        let ended = world.command(&[command]);
        assert_eq!((ended.complaints(), ended.code), (vec![], 0), "{}", ended.text);
    }
}

#[test]
fn an_unknown_key_is_named_with_its_line() {
    let world = World::new();
    world.spoil(CASE, "title  =", "titel  =");
    lint(
        &world,
        "conformance/cases/planday/token/refresh.toml:2: unknown field `titel`, expected one of `id`, `title`, \
         `covers`, `level`, `needs`, `evidence`, `given`, `step`, `then`, `killed_by`",
    );
}

#[test]
fn a_file_that_is_no_toml_is_named_with_its_line() {
    let world = World::new();
    world.write("conformance/requirements/broken.toml", "[[requirement]]\nid = \n");
    let ended = world.command(&["lint"]);
    assert!(
        ended.complaints()[0].starts_with("conformance/requirements/broken.toml:2: "),
        "{}",
        ended.text
    );
    assert_eq!(ended.code, 2);
}

#[test]
fn an_id_is_used_once() {
    let world = World::new();
    world.spoil(REQUIREMENTS, "T-2", "T-1").spoil(
        "conformance/cases/planday/token/refused.toml",
        "T-2",
        "T-1",
    );
    let ended = world.command(&["lint"]);
    let said = ended.complaints()[0];
    assert!(
        said.starts_with(&format!(
            "{REQUIREMENTS}:8: the requirement id T-1 is already used at "
        )),
        "{said}"
    );
}

#[test]
fn a_case_is_where_its_id_says() {
    let world = World::new();
    world.spoil(CASE, "planday/token/refresh\"", "planday/token/other\"");
    lint(
        &world,
        "conformance/cases/planday/token/refresh.toml:1: the id planday/token/other does not fit the path; \
         it must be planday/token/refresh",
    );
}

#[test]
fn a_missing_fixture_is_named_at_its_step() {
    let world = World::new();
    world.spoil(CASE, "planday/refreshed", "planday/gone");
    lint(
        &world,
        "conformance/cases/planday/token/refresh.toml:17: the fixture planday/gone does not exist",
    );
}

#[test]
fn a_case_that_demands_nothing_is_refused() {
    let world = World::new();
    world.write(
        "conformance/cases/planday/token/idle.toml",
        "id = 'planday/token/idle'\ntitle = 'idle'\ncovers = ['T-1']\nlevel = 'must'\n\
         evidence = { class = 'vendor-doc', on = 2026-11-21 }\nthen = {}\n\
         [[step]]\ndo = 'call'\nwith = { operation = 'portal.info' }\n",
    );
    lint(
        &world,
        "conformance/cases/planday/token/idle.toml:1: the case demands no request, answer or error: \
         a driver that does nothing would pass it",
    );
}

#[test]
fn a_token_that_is_written_out_is_refused() {
    let world = World::new();
    world.spoil(CASE, "refresh = \"{{rt1}}\" }", "refresh = \"literal-token\" }");
    let ended = world.command(&["lint"]);
    assert_eq!(
        ended.complaints(),
        [
            "conformance/cases/planday/token/refresh.toml:1: given.grant.refresh must be a canary such as {{rt1}}: \
             nobody searches for a token that is written out"
        ],
        "{}",
        ended.text
    );
    let world = World::new();
    world.write(
        "conformance/cases/planday/token/literal.toml",
        "id = 'planday/token/literal'\ntitle = 'literal'\ncovers = ['T-1']\nlevel = 'must'\nthen = {}\n\
         evidence = { class = 'vendor-doc', on = 2026-11-21 }\n\
         [given.emulator]\nportals = [{ id = 1, refresh = '{{client_id}}' }]\n\
         [[step]]\ndo = 'import'\nwith = { kind = 'kept', access = 'at-{{at1}}', refresh = ' {{rt1:odd}} ' }\n\
         [[step]]\nexpect = { method = 'GET', path = '/' }\nrespond = { with = { access = '{{at1:int}}' } }\n",
    );
    let ended = world.command(&["lint"]);
    let tail = "must be a canary such as {{rt1}}: nobody searches for a token that is written out";
    let file = "conformance/cases/planday/token/literal.toml";
    assert_eq!(
        ended.complaints(),
        [
            format!("{file}:1: given.emulator.portals.refresh {tail}"),
            format!("{file}:9: with.access {tail}"),
            format!("{file}:12: respond.with.access {tail}"),
        ],
        "{}",
        ended.text
    );
}

#[test]
fn the_steps_of_the_partner_flow_are_checked_each_by_its_own_rules() {
    let world = World::new();
    world.write(
        "conformance/cases/planday/token/partner.toml",
        "id = 'planday/token/partner'\ntitle = 'partner'\ncovers = ['T-1']\nlevel = 'must'\nthen = {}\n\
         evidence = { class = 'vendor-doc', on = 2026-11-21 }\n\
         [given]\napp = { scopes = 'all', pkce = 1, secret = 'x' }\n\
         [[step]]\ndo = 'call'\nwith = { operation = 'portal.info' }\nurl = { pkce = 'plain' }\nsave = { a = 'b' }\n\
         [[step]]\ndo = 'browse'\nwith = { consent = 'maybe' }\n\
         [[step]]\ndo = 'callback'\nwith = { query = [['code', 'literal'], ['state']], url = 'x' }\n\
         [[step]]\ndo = 'admin'\nwith = { action = 'burn' }\n\
         [[step]]\nexpect = { method = 'GET', path = '/' }\nquery = { s256 = { v = 'literal' } }\nrespond = {}\n",
    );
    let file = "conformance/cases/planday/token/partner.toml";
    let expected = [
        format!(
            "{file}:1: given.app has the unknown key `secret`; known are client_id, scopes, redirect_uris, pkce"
        ),
        format!("{file}:1: given.app.pkce must be true or false"),
        format!("{file}:1: given.app.scopes must be a list of texts"),
        format!("{file}:9: `save` belongs to do = \"authorize_url\" and do = \"browse\""),
        format!("{file}:9: `url` belongs to do = \"authorize_url\""),
        format!("{file}:9: url.pkce \"plain\" is not known; known are S256"),
        format!("{file}:14: do = \"browse\" needs given.emulator"),
        format!("{file}:14: with.consent \"maybe\" is not known; known are allow, deny"),
        format!("{file}:17: a callback has either `query` or `url`"),
        format!(
            "{file}:17: the code of a callback must be a canary such as {{{{rt1}}}}: \
             nobody searches for a token that is written out"
        ),
        format!(
            "{file}:17: with.query must be a list of pairs of texts: [[\"code\", \"{{{{code1}}}}\"], ...]"
        ),
        format!("{file}:20: do = \"admin\" needs given.emulator"),
        format!(
            "{file}:20: with.action \"burn\" is not known; known are revoke, authorize, reauthorize, authorize-as, \
             connect, rename-app, delete-app, deactivate-administrator, activate-administrator, expire-access-tokens"
        ),
        format!("{file}:23: `s256` and `fresh` belong to form, not to query"),
        format!("{file}:23: query.s256.v needs a saved challenge, such as {{{{challenge}}}}"),
    ];
    let ended = world.command(&["lint"]);
    assert_eq!(ended.complaints(), expected, "{}", ended.text);
}

#[test]
fn a_note_that_points_to_the_requirement_needs_one_there() {
    let world = World::new();
    let pointer = "no document says it; the requirement's note gives the reason";
    world.spoil(
        CASE,
        "class = \"vendor-doc\"",
        &format!("class = \"inferred\"\nnote = \"{pointer}\""),
    );
    lint(
        &world,
        "conformance/cases/planday/token/refresh.toml:1: evidence.note points to the requirement's note, but none of T-1 \
         has one; say here why the evidence is enough",
    );
    world.spoil(
        REQUIREMENTS,
        "id         = \"T-1\"",
        "id         = \"T-1\"\nnote = \"why\"",
    );
    assert_eq!(world.command(&["lint"]).code, 0);
}

#[test]
fn a_requirement_comes_from_a_listed_clause() {
    let world = World::new();
    world
        .spoil(REQUIREMENTS, "clause = \"Tokens\"", "clause = \"Rumours\"")
        .spoil(
            SOURCES,
            "name     = \"Tokens\"",
            "name     = \"Tokens\"\nreason = \"none\"",
        );
    let ended = world.command(&["lint"]);
    assert_eq!(
        ended.complaints(),
        [
            "conformance/requirements/guide.toml:1: T-1 comes from the clause \"Rumours\" of guide, \
             which sources.toml does not list",
            "conformance/requirements/guide.toml:8: T-2 comes from the clause \"Rumours\" of guide, \
             which sources.toml does not list",
        ]
    );
}

#[test]
fn a_rule_without_a_case_reddens_the_gate() {
    let world = World::new();
    world.remove("conformance/cases/planday/token/refused.toml");
    world.remove("conformance/cases/planday/faults/closed-and-cut.toml");
    trace(
        &world,
        "conformance/requirements/guide.toml:8: T-2 (should) has no case and no exclusion: a refused token is reported",
    );
    let text = world.read(REQUIREMENTS);
    world.write(
        REQUIREMENTS,
        &format!("{text}excluded = {{ reason = 'later', review_by = 2027-01-01 }}\n"),
    );
    let ended = world.command(&["trace"]);
    assert_eq!((ended.complaints(), ended.code), (vec![], 0), "{}", ended.text);
}

#[test]
fn an_excluded_rule_that_is_covered_reddens_the_gate() {
    let world = World::new();
    let text = world.read(REQUIREMENTS);
    world.write(
        REQUIREMENTS,
        &format!("{text}excluded = {{ reason = 'later', review_by = 2027-01-01 }}\n"),
    );
    trace(
        &world,
        "conformance/requirements/guide.toml:8: T-2 is excluded although planday/faults/closed-and-cut covers it; \
         drop the exclusion",
    );
}

#[test]
fn a_case_for_an_unknown_rule_reddens_the_gate() {
    let world = World::new();
    world.spoil(CASE, "[\"T-1\"]", "[\"T-1\", \"T-9\"]");
    trace(
        &world,
        "conformance/cases/planday/token/refresh.toml:1: planday/token/refresh covers T-9, which is no requirement",
    );
}

#[test]
fn a_case_weaker_than_its_rule_reddens_the_gate() {
    let world = World::new();
    world.spoil(CASE, "\"must\"", "\"should\"");
    trace(
        &world,
        "conformance/cases/planday/token/refresh.toml:1: planday/token/refresh (should) is weaker than T-1 (must)",
    );
}

#[test]
fn a_must_on_inferred_evidence_needs_a_note() {
    let world = World::new();
    let inferred = "conformance/requirements/guide.toml:1: T-1 (must) rests only on inferred evidence and no note says why";
    for file in [CASE, "conformance/cases/planday/token/parallel.toml"] {
        world.spoil(file, "class = \"vendor-doc\"", "class = \"inferred\"");
    }
    trace(&world, inferred);
    world.spoil(
        CASE,
        "class = \"inferred\"",
        "class = \"inferred\"\nnote = \"seen nowhere else\"",
    );
    assert_eq!(world.command(&["trace"]).code, 0);
}

#[test]
fn an_unused_fixture_reddens_the_gate() {
    let world = World::new();
    let head = world.read("fixtures/planday/refreshed.toml");
    world.write("fixtures/planday/spare.toml", &head);
    trace(
        &world,
        "fixtures/planday/spare.toml: the fixture planday/spare is used by no case",
    );
}

#[test]
fn a_clause_with_neither_rule_nor_reason_reddens_the_gate() {
    let world = World::new();
    world.spoil(SOURCES, "reason   = \"no client can break a screen\"\n", "");
    trace(
        &world,
        "conformance/requirements/sources.toml:11: the clause \"Screens\" of guide has neither a requirement \
         nor a reason why no client can break it",
    );
}

#[test]
fn with_a_kill_table_every_must_has_a_mutant() {
    let world = World::new();
    world.write(
        "conformance/kill-table.toml",
        "[unbroken]\npass = ['planday/token/refresh']\n[mutant]\nno-client-id = []\n\
         constant-state = ['planday/partner/link']\n",
    );
    trace(
        &world,
        "conformance/requirements/guide.toml:1: T-1 (must) has no mutant that its cases catch, \
         and no `no_mutant` says why",
    );
    world.spoil(
        "conformance/kill-table.toml",
        "no-client-id = []",
        "no-client-id = ['planday/token/refresh']",
    );
    assert_eq!(world.command(&["trace"]).code, 0);
}

#[test]
fn why_tells_rule_source_and_cases() {
    let ended = World::new().command(&["why", "T-2"]);
    let told: Vec<&str> = ended.text.lines().collect();
    assert_eq!(
        told,
        [
            "T-2 (should): a refused token is reported",
            "  from A guide, \"Tokens\", read 2026-11-21 (Documented)",
            "  https://example.com/guide",
            "  case planday/faults/closed-and-cut: a connection that is closed or cut is no answer",
            "  case planday/token/refused: a refused token is reported",
        ]
    );
}

#[test]
fn age_reports_and_does_not_redden() {
    let ended = World::new().command(&["age", "--today", "2028-01-01"]);
    assert_eq!(ended.code, 0);
    assert!(
        ended
            .text
            .contains("STALE planday/token/refresh: its evidence is 406 days old"),
        "{}",
        ended.text
    );
    assert!(
        ended
            .text
            .ends_with("8 entries need another look on 2028-01-01\n"),
        "{}",
        ended.text
    );
}
