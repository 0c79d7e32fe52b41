//! Drivers without a client behind them: nothing they do is a pass.

use crate::world::{Ended, World};

fn run(world: &World, kind: &str, more: &[&str]) -> Ended {
    let driver = format!("{} test-driver {kind}", env!("CARGO_BIN_EXE_attache-conformance"));
    let mut arguments = vec!["run", "--driver", &driver];
    arguments.extend(more);
    world.command(&arguments)
}

fn all(word: &str) -> Vec<(String, String)> {
    [
        "planday/faults/closed-and-cut",
        "planday/partner/consent",
        "planday/partner/held",
        "planday/partner/link",
        "planday/token/parallel",
        "planday/token/refresh",
        "planday/token/refused",
    ]
    .map(|id| (id.to_owned(), word.to_owned()))
    .to_vec()
}

#[test]
fn an_empty_driver_fails_every_case() {
    let world = World::new();
    let ended = run(&world, "empty", &[]);
    assert_eq!(
        (world.results(), ended.code),
        (all("UNTESTABLE"), 1),
        "{}",
        ended.text
    );
}

#[test]
fn an_always_ok_driver_fails_every_case() {
    let world = World::new();
    let ended = run(&world, "always-ok", &[]);
    assert_eq!((world.results(), ended.code), (all("FAIL"), 1), "{}", ended.text);
}

#[test]
fn no_case_of_the_real_suite_is_passed_by_a_driver_without_a_client() {
    for kind in ["empty", "always-ok"] {
        let world = World::real();
        let ended = run(&world, kind, &["--no-trace"]);
        let held: Vec<_> = world
            .results_and_reasons()
            .into_iter()
            .filter(|(_, word, reasons)| {
                let failed = ["FAIL", "UNTESTABLE"].contains(&word.as_str());
                !(failed || word == "WARN" && *reasons > 0)
            })
            .collect();
        assert_eq!((held, ended.code), (vec![], 1), "{kind}: {}", ended.text);
    }
}

#[test]
fn what_a_driver_s_child_writes_after_its_end_is_searched_too() {
    let world = World::new();
    let ended = run(
        &world,
        "last-words",
        &["--case", "planday/token/refused", "--no-trace"],
    );
    assert_eq!(ended.code, 5, "{}", ended.text);
    assert!(
        ended
            .text
            .contains("secret found: {{rt1}} (plain) on standard error"),
        "{}",
        ended.text
    );
}

fn capabilities(world: &World, words: &[&str]) -> Ended {
    world.write("capabilities.toml", &format!("capabilities = {words:?}\n"));
    let file = world.path("capabilities.toml");
    let file = file.to_str().expect("a path");
    run(world, "always-ok", &["--no-trace", "--capabilities", file])
}

/// What the small suite needs, then the rest.
const ALL: [&str; 33] = [
    "planday",
    "pasted-token",
    "kept-grant",
    "clock",
    "parallel",
    "token-view",
    "paging",
    "partner-flow",
    "pkce",
    "issuer",
    "link-values",
    "revoke",
    "recheck",
    "child-portals",
    "prefetch",
    "store",
    "crash-recovery",
    "deadline",
    "writes",
    "raw",
    "retry",
    "values",
    "missing-scope",
    "sent",
    "provider-message",
    "verify",
    "rotation",
    "pace",
    "employee-groups",
    "employee-writes",
    "scheduling",
    "shift-writes",
    "hr-lists",
];

#[test]
fn our_own_driver_declares_nothing_that_no_case_tries() {
    let world = World::new();
    let mut idle: Vec<&str> = ALL[15..].to_vec();
    idle.sort_unstable();
    let expected: Vec<String> = idle
        .iter()
        .map(|word| {
            format!(
                "capabilities.toml: the driver declares {word}, and no case that ran needs it: a declared check never ran"
            )
        })
        .collect();
    let ended = capabilities(&world, &ALL);
    assert_eq!(ended.complaints(), expected, "{}", ended.text);
    assert_eq!(ended.code, 3, "{}", ended.text);
}

#[test]
fn our_own_driver_declares_what_is_committed() {
    let ended = capabilities(&World::real(), &ALL[1..]);
    let file = "capabilities.toml: the driver declares planday, which is not listed here";
    assert_eq!(
        (ended.complaints(), ended.code),
        (vec![file], 3),
        "{}",
        ended.text
    );
}

#[test]
fn a_driver_that_cannot_be_started_is_a_usage_error() {
    let ended = World::new().command(&["run", "--driver", "/no/such/driver"]);
    assert_eq!(ended.code, 2, "{}", ended.text);
}

#[test]
fn broken_files_run_nothing() {
    let world = World::new();
    world.spoil(
        "conformance/mutants.toml",
        "caught_by = [\"T-1\"]",
        "caught_by = [\"T-7\"]",
    );
    let ended = run(&world, "always-ok", &[]);
    assert_eq!(ended.code, 2, "{}", ended.text);
    assert!(
        ended.text.ends_with("the files are broken; nothing was run\n"),
        "{}",
        ended.text
    );
}

#[test]
fn a_red_trace_gate_outweighs_failures() {
    let world = World::new();
    world.spoil(
        "conformance/cases/planday/token/refresh.toml",
        "\"must\"",
        "\"should\"",
    );
    let ended = run(&world, "empty", &[]);
    assert_eq!(ended.code, 3, "{}", ended.text);
    assert_eq!(run(&world, "empty", &["--no-trace"]).code, 1);
}

#[test]
fn a_known_failure_is_expected_and_says_so() {
    let world = World::new();
    world.write(
        "known.toml",
        "[[known]]\ncase = 'planday/token/refresh'\nreason = 'to come'\nreview_by = 2027-01-01\n",
    );
    let known = world.path("known.toml");
    let known = known.to_str().expect("a path");
    let ended = run(
        &world,
        "always-ok",
        &["--case", "planday/token/refresh", "--known", known],
    );
    let expected = [("planday/token/refresh".to_owned(), "XFAIL".to_owned())];
    assert_eq!(
        (world.results().as_slice(), ended.code),
        (expected.as_slice(), 0),
        "{}",
        ended.text
    );
}

#[test]
fn reports_without_a_terminal_have_no_colour_and_name_the_command_to_run_again() {
    let world = World::new();
    let ended = run(&world, "always-ok", &["--case", "planday/token/refused"]);
    assert!(!ended.text.contains('\u{1b}'), "{}", ended.text);
    assert!(
        ended
            .text
            .contains("test-driver always-ok\" --case planday/token/refused\n"),
        "{}",
        ended.text
    );
}

const HEAD: &str = "covers = ['T-1']\nlevel = 'must'\nevidence = { class = 'vendor-doc', on = 2026-11-21 }\n";

fn result(world: &World, name: &str, text: &str) -> (String, String) {
    let id = format!("planday/own/{name}");
    world.write(
        &format!("conformance/cases/{id}.toml"),
        &format!("id = '{id}'\ntitle = '{name}'\n{HEAD}{text}"),
    );
    let ended = run(world, "scripted", &["--case", &id]);
    let judged = world.results().pop().expect("a result").1;
    (judged, ended.text)
}

#[test]
fn a_client_that_waits_on_its_clock_is_helped_on_and_its_waits_are_added_up() {
    let world = World::new();
    let case = "then = { count = 1, waits = { min = WAIT, max = 91 } }\n[[step]]\ndo = 'call'\n\
                with = { operation = 'departments.list' }\n";
    let (judged, text) = result(&world, "waits", &case.replace("WAIT", "90"));
    assert_eq!(judged, "PASS", "{text}");
    let (judged, text) = result(&world, "waits-more", &case.replace("WAIT", "91"));
    assert_eq!(judged, "FAIL", "{text}");
    assert!(text.contains("the client waited 90 s, not 91 to 91"), "{text}");
}

#[test]
fn a_driver_is_killed_when_a_request_arrives_and_starts_again_on_the_same_store() {
    let (judged, text) = result(
        &World::new(),
        "killed",
        "then = { count = 2 }\n\
         [[step]]\ndo = 'call'\nwith = { operation = 'portal.info' }\nwant = { outcome = 'killed' }\n\
         [[step]]\ndo = 'restart'\n\
         [[step]]\ndo = 'call'\nwith = { operation = 'employees.list' }\n\
         [[step]]\nexpect = { method = 'GET', path = '/portal/v1.0/info' }\nrespond = { fault = 'kill' }\n",
    );
    assert_eq!(judged, "PASS", "{text}");
}

#[test]
fn an_answer_can_be_held_until_nothing_else_moves() {
    let case = "then = { server = { max_in_flight = HELD } }\n\
                [[step]]\ndo = 'call'\nwith = { operation = 'portal.info' }\n\
                [[step]]\nexpect = { method = 'GET', path = '/portal/v1.0/info' }\nrespond = { hold = true }\n";
    let world = World::new();
    let (judged, text) = result(&world, "held", &case.replace("HELD", "1"));
    assert_eq!(judged, "PASS", "{text}");
    let (judged, text) = result(&world, "held-twice", &case.replace("HELD", "2"));
    assert_eq!(judged, "FAIL", "{text}");
    assert!(
        text.contains("the servers saw 1 requests held at one time, not 2"),
        "{text}"
    );
}

#[test]
fn what_a_client_made_up_must_not_stand_on_standard_error() {
    let world = World::new();
    let steps = "[given]\napp = { scopes = ['a'], redirect_uris = ['https://app.example/back'] }\n\
                 [[step]]\ndo = 'authorize_url'\nurl = { base = 'https://id.example/authorize' }\nsave = { st1 = 'state' }\n";
    let (judged, text) = result(&world, "printed", &format!("then = {{}}\n{steps}"));
    assert_eq!(judged, "FAIL", "{text}");
    assert!(
        text.contains("secret found: {{st1}} (plain) on standard error"),
        "{text}"
    );
}

#[test]
fn an_error_page_is_an_error_of_the_browser() {
    let steps = "[given]\napp = { scopes = ['a'], redirect_uris = ['https://app.example/back'] }\n[given.emulator]\n\
                 [[step]]\ndo = 'authorize_url'\nurl = { base = 'https://id.example/authorize' }\n\
                 [[step]]\ndo = 'browse'\nWANT\n";
    let world = World::new();
    let page = steps.replace("WANT", "want = { outcome = 'error' }");
    let (_, text) = result(&world, "page", &format!("then = {{}}\n{page}"));
    assert!(!text.contains("browse:"), "{text}");
    let (judged, text) = result(
        &world,
        "no-page",
        &format!("then = {{}}\n{}", steps.replace("WANT", "")),
    );
    assert_eq!(judged, "FAIL", "{text}");
    assert!(text.contains("browse: the outcome is error"), "{text}");
}

#[test]
fn a_request_that_fits_no_step_fails_the_case() {
    let (judged, text) = result(
        &World::new(),
        "unexpected",
        "then = {}\n\
         [[step]]\ndo = 'call'\nwith = { operation = 'portal.info' }\n\
         [[step]]\nexpect = { method = 'GET', path = '/portal/v1.0/info', when = { header = { authorization = 'x' } } }\n\
         respond = {}\n",
    );
    assert_eq!(judged, "FAIL", "{text}");
    assert!(text.contains("GET /portal/v1.0/info fits no step"), "{text}");
    assert!(
        text.contains("GET /portal/v1.0/info (line 10) was wanted 1 times and came 0 times"),
        "{text}"
    );
}
