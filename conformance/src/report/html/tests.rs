//! The page as a whole, made from a small invented run.

use std::collections::BTreeMap;
use std::time::Duration;

use regex::Regex;

use super::text;
use crate::data::{Mutant, Requirement, Suite};
use crate::kill::KillTable;
use crate::report::model::{Area, CaseRow, Evidence, ExchangeRow, Report, Rule};
use crate::report::steps::StepRow;
use crate::run::Message;

/// Ends a script, an attribute, a comment, a `pre`, and would load and run something.
const HOSTILE: &str =
    "</script></style></pre>--><img src=x onerror=alert(1)>\"'><svg/onload=alert(2)>&lt;b\u{1b}[0m\u{202e}";

fn entry<T: serde::de::DeserializeOwned>(toml: &str) -> T {
    toml::from_str(toml).expect("an entry")
}

fn suite() -> Suite {
    let requirement = |id: &str, level: &str, rest: &str| {
        entry::<Requirement>(&format!(
            "id = '{id}'\nlevel = '{level}'\nrule = 'rule of {id}'\nconfidence = 'documented'\n\
             source = {{ document = 'doc', clause = 'Clause 1', read = 2026-11-21 }}\n{rest}"
        ))
    };
    Suite {
        documents: vec![entry(
            "id = 'doc'\ntitle = 'The document'\nurl = 'https://provider.test/doc'\nread = 2026-11-21",
        )],
        clauses: vec![entry(
            "document = 'doc'\nname = 'Clause 2'\nreason = 'reaches no wire'",
        )],
        requirements: vec![
            requirement("T-1", "must", "threat = 'somebody reads it'"),
            requirement("T-2", "should", ""),
            requirement(
                "T-3",
                "may",
                "excluded = { reason = 'not offered', review_by = 2027-03-31 }",
            ),
        ],
        mutants: vec![entry::<Mutant>(
            "name = 'no-bearer'\ndriver = 'strawman'\nbreaks = 'sends no token'\ncaught_by = ['T-1']",
        )],
        ..Suite::default()
    }
}

fn case(id: &str, result: &'static str) -> CaseRow {
    let mut parts = id.split('/').map(str::to_owned);
    let mut part = || parts.next().expect("three parts");
    CaseRow {
        id: id.to_owned(),
        provider: part(),
        area: part(),
        name: part(),
        title: format!("title of {id}"),
        file: format!("conformance/cases/{id}.toml"),
        level: "must",
        covers: vec!["T-1".to_owned()],
        needs: vec!["clock".to_owned()],
        evidence: Some(Evidence {
            class: "vendor-doc",
            on: "2026-11-21".to_owned(),
            version: Some("v1.0".to_owned()),
            note: None,
        }),
        server: "script",
        steps: vec![
            StepRow {
                line: 12,
                kind: "do",
                text: "call things.list".to_owned(),
            },
            StepRow {
                line: 16,
                kind: "expect",
                text: "GET /things".to_owned(),
            },
            StepRow {
                line: 20,
                kind: "expect",
                text: "GET /never".to_owned(),
            },
        ],
        killed_by: Vec::new(),
        result,
        reasons: Vec::new(),
        warnings: Vec::new(),
        secrets: Vec::new(),
        exchanges: vec![exchange("{\"b\":[1,{\"a\":\"x\"}]}")],
        again: format!("attache-conformance run --case {id}"),
        took: Duration::from_millis(7),
        dialogue: vec!["> {\"do\":\"hello\"}".to_owned()],
        stderr: "refreshed: {{at2}}".to_owned(),
    }
}

fn exchange(body: &str) -> ExchangeRow {
    let json = vec![("content-type".to_owned(), "application/json".to_owned())];
    ExchangeRow {
        number: 1,
        step: Some(12),
        expect: Some(16),
        server: "api",
        by: "client",
        request: Message::new("GET /things?page=1".to_owned(), Vec::new(), b""),
        answer: Some(Message::new("200 OK".to_owned(), json, body.as_bytes())),
        fault: None,
        findings: Vec::new(),
    }
}

fn report(cases: Vec<CaseRow>) -> Report {
    let mut areas: BTreeMap<(String, String), BTreeMap<&'static str, usize>> = BTreeMap::new();
    let mut totals = BTreeMap::from([("PASS", 0), ("FAIL", 0)]);
    for case in &cases {
        let place = (case.provider.clone(), case.area.clone());
        *areas.entry(place).or_default().entry(case.result).or_default() += 1;
        *totals.entry(case.result).or_default() += 1;
    }
    let rule = Rule {
        level: "must",
        rule: "rule of T-1".to_owned(),
        confidence: "documented",
        document: "doc".to_owned(),
        document_title: "The document".to_owned(),
        clause: "Clause 1".to_owned(),
        url: Some("https://provider.test/doc".to_owned()),
        read: "2026-11-21".to_owned(),
        threat: None,
        note: None,
        cases: Vec::new(),
        mutants: Vec::new(),
    };
    Report {
        format: 1,
        driver: "tried".to_owned(),
        capabilities: ["clock".to_owned()].into(),
        again: "attache-conformance run".to_owned(),
        totals,
        areas: areas
            .into_iter()
            .map(|((provider, area), counts)| Area {
                provider,
                area,
                counts,
            })
            .collect(),
        requirements: [("T-1".to_owned(), rule)].into(),
        cases,
        took: Duration::from_millis(1234),
    }
}

fn page(cases: Vec<CaseRow>) -> String {
    text(&report(cases), &suite(), None)
}

/// The page without its own style and script.
fn markup(page: &str) -> String {
    Regex::new("(?s)<style>.*?</style>\n<script>.*?</script>")
        .expect("an expression")
        .replace(page, "")
        .into_owned()
}

fn assert_holds(page: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(page.contains(piece), "the page lacks {piece}");
    }
}

/// Every element is closed where it must be, and in order.
fn assert_balanced(markup: &str) {
    let tag = Regex::new(r"<(/?)([a-z0-9]+)([^<>]*)>").expect("an expression");
    let mut open: Vec<&str> = Vec::new();
    for found in tag.captures_iter(markup) {
        let name = found.get(2).expect("a name").as_str();
        if ["meta", "input", "option"].contains(&name) && found[1].is_empty() {
            continue;
        }
        match &found[1] {
            "" => open.push(name),
            _ if name == "option" => {}
            _ => assert_eq!(open.pop(), Some(name), "near {}", &found[0]),
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

#[test]
fn a_case_is_shown_with_all_that_explains_it() {
    let mut failed = case("p/token/b", "FAIL");
    failed.reasons = vec!["the outcome is ok, not error".to_owned()];
    failed.secrets = vec!["{{at2}} (plain) on standard error".to_owned()];
    failed.warnings = vec!["an unknown header".to_owned()];
    failed.exchanges[0].findings = vec!["form scope is there".to_owned()];
    let page = page(vec![failed]);
    assert_holds(
        &page,
        &[
            "title of p/token/b",
            "id=\"p/token/b\"",
            "<li>the outcome is ok, not error</li>",
            "secret found: {{at2}} (plain) on standard error",
            "warning: an unknown header",
            "form scope is there",
            "<a href=\"#T-1\">T-1</a>",
            "rule of T-1",
            "<a href=\"https://provider.test/doc\" rel=\"noreferrer\">The document: Clause 1</a>, read 2026-11-21",
            "vendor-doc of 2026-11-21, version v1.0",
            "<b>GET</b> <code>/things?page=1</code>",
            "<i>content-type:</i> application/json",
            "{\n  \"b\": [\n    1,\n    {\n      \"a\": \"x\"\n    }\n  ]\n}",
            "call things.list",
            "GET /never",
            "attache-conformance run --case p/token/b",
            "refreshed: {{at2}}",
            "1 of 1 case failed",
        ],
    );
    assert!(
        !page.contains("<span>GET /things</span>"),
        "what arrived is not missing"
    );
    assert_balanced(&markup(&page));
}

#[test]
fn failures_come_first_and_are_open() {
    let page = page(vec![
        case("p/a/passed", "PASS"),
        case("p/b/warned", "WARN"),
        case("p/c/failed", "FAIL"),
    ]);
    let at = |id: &str| page.find(&format!("id=\"{id}\"")).expect("a case");
    assert!(at("p/c/failed") < at("p/b/warned") && at("p/b/warned") < at("p/a/passed"));
    let opened = Regex::new("<details class=\"item case\" data-status=\"(\\w+)\"[^>]* open=\"\">")
        .expect("an expression");
    let open: Vec<&str> = opened
        .captures_iter(&page)
        .filter_map(|found| found.get(1).map(|status| status.as_str()))
        .collect();
    assert_eq!(open, ["FAIL"]);
}

#[test]
fn many_failures_stay_folded() {
    let cases = (0..20).map(|nr| case(&format!("p/a/{nr:02}"), "FAIL")).collect();
    assert!(!page(cases).contains("data-rules=\"T-1\" open"));
}

#[test]
fn each_count_of_the_matrix_leads_to_its_cases() {
    let page = page(vec![
        case("p/a/one", "PASS"),
        case("p/a/two", "SKIP"),
        case("q/a/three", "PASS"),
    ]);
    assert_holds(
        &page,
        &[
            "href=\"#p/a/one\" data-provider=\"p\" data-area=\"a\" data-status=\"PASS\" aria-label=\"1 PASS p a\"",
            "href=\"#p/a/two\" data-provider=\"p\" data-area=\"a\" data-status=\"SKIP\"",
            "href=\"#p/a/one\" data-area=\"a\" data-status=\"PASS\" aria-label=\"2 PASS a\"",
            "href=\"#q/a/three\" data-provider=\"q\" data-status=\"PASS\"",
            "<select name=\"provider\">",
        ],
    );
    assert_balanced(&markup(&page));
}

#[test]
fn a_rule_is_shown_with_its_cases_its_broken_clients_and_its_waiver() {
    let kills = KillTable {
        mutant: [("no-bearer".to_owned(), vec!["p/a/one".to_owned()])].into(),
        ..KillTable::default()
    };
    let page = text(&report(vec![case("p/a/one", "PASS")]), &suite(), Some(&kills));
    assert_holds(
        &page,
        &[
            "data-status=\"PASS\" data-level=\"must\" data-rules=\"T-1\"",
            "data-status=\"UNCOVERED\" data-level=\"should\" data-rules=\"T-2\"",
            "data-status=\"EXCLUDED\" data-level=\"may\" data-rules=\"T-3\"",
            "<dd>somebody reads it</dd>",
            "<a href=\"#p/a/one\">title of p/a/one</a>",
            "<a href=\"#broken-no-bearer\">no-bearer</a> sends no token",
            "not offered <b class=\"review\">review by 2027-03-31</b>",
            "1 clause without a rule",
            "reaches no wire",
            "<dt>Catches</dt><dd><a href=\"#broken-no-bearer\">no-bearer</a></dd>",
        ],
    );
    assert_balanced(&markup(&page));
}

#[test]
fn hostile_text_is_inert_wherever_it_stands() {
    let mut case = case("p/a/one", "FAIL");
    for place in [
        &mut case.title,
        &mut case.file,
        &mut case.again,
        &mut case.stderr,
        &mut case.covers[0],
        &mut case.needs[0],
    ] {
        *place = HOSTILE.to_owned();
    }
    for step in &mut case.steps {
        step.text = HOSTILE.to_owned();
    }
    case.reasons = vec![HOSTILE.to_owned()];
    case.warnings = vec![HOSTILE.to_owned()];
    case.secrets = vec![HOSTILE.to_owned()];
    case.dialogue = vec![HOSTILE.to_owned()];
    let evil = &mut case.exchanges[0];
    evil.request = Message::new(
        HOSTILE.to_owned(),
        vec![(HOSTILE.to_owned(), HOSTILE.to_owned())],
        HOSTILE.as_bytes(),
    );
    evil.answer = Some(Message::new(
        HOSTILE.to_owned(),
        vec![(HOSTILE.to_owned(), HOSTILE.to_owned())],
        format!("{{\"a\":{HOSTILE:?}}}").as_bytes(),
    ));
    evil.findings = vec![HOSTILE.to_owned()];
    let mut report = report(vec![case]);
    report.driver = HOSTILE.to_owned();
    report.capabilities = [HOSTILE.to_owned()].into();
    report.again = HOSTILE.to_owned();
    let mut suite = suite();
    suite.documents[0].url = Some("javascript:alert(3)".to_owned());
    suite.documents[0].title = HOSTILE.to_owned();
    suite.requirements[0].rule = HOSTILE.to_owned();
    suite.mutants[0].breaks = HOSTILE.to_owned();
    let page = text(&report, &suite, None);
    assert_eq!(page.matches("<script>").count(), 1);
    assert_eq!(page.matches("</script>").count(), 1);
    assert_eq!(page.matches("</style>").count(), 1);
    let markup = markup(&page);
    for live in ["<img", "<svg", "<script", "<style", "href=\"javascript", "\u{1b}"] {
        assert!(!markup.contains(live), "{live} is live");
    }
    // Inside tags there is no quote that the page did not write itself, so no attribute can be added.
    let tag = Regex::new(r#"<[a-z0-9]+(?: [a-z-]+="[^"<>]*")*>"#).expect("an expression");
    let opening = Regex::new("<[a-zA-Z!]").expect("an expression");
    let rest = tag.replace_all(&markup, "");
    let odd: Vec<&str> = opening
        .find_iter(&rest)
        .map(|found| &rest[found.start()..])
        .collect();
    assert_eq!(odd.len(), 1, "{odd:?}");
    assert!(odd[0].starts_with("<!doctype html>"));
    assert_balanced(&markup);
}

#[test]
fn the_page_loads_nothing_and_admits_only_its_own_script_and_style() {
    let page = page(vec![case("p/a/one", "PASS")]);
    let policy = Regex::new(
        "content=\"default-src &#39;none&#39;; style-src &#39;sha256-[A-Za-z0-9+/]{43}=&#39;; \
         script-src &#39;sha256-[A-Za-z0-9+/]{43}=&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;\"",
    )
    .expect("an expression");
    assert!(policy.is_match(&page));
    let markup = markup(&page);
    for foreign in [
        " src=",
        "<link",
        "@import",
        "url(",
        " style=",
        " onclick=",
        "<iframe",
    ] {
        assert!(!markup.contains(foreign), "{foreign}");
    }
    assert!(!super::frame::STYLE.contains("url(") && !super::frame::SCRIPT.contains("fetch("));
    // What follows these two characters would be read as the end of the element.
    assert!(!super::frame::STYLE.contains("</") && !super::frame::SCRIPT.contains("</"));
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let cases = || vec![case("p/b/two", "PASS"), case("p/a/one", "FAIL")];
    assert_eq!(page(cases()), page(cases()));
}

#[test]
fn every_id_is_there_once_and_every_local_link_leads_somewhere() {
    let page = page(vec![case("p/a/one", "PASS"), case("p/a/two", "FAIL")]);
    let of = |expression: &str| -> Vec<String> {
        Regex::new(expression)
            .expect("an expression")
            .captures_iter(&page)
            .map(|found| found[1].to_owned())
            .collect()
    };
    let mut ids = of(" id=\"([^\"]*)\"");
    let many = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), many);
    for link in of(" href=\"#([^\"]*)\"") {
        assert!(ids.contains(&link), "{link} leads nowhere");
    }
}

#[test]
fn a_run_of_nothing_is_a_page_too() {
    let page = page(Vec::new());
    assert_holds(&page, &["no case ran"]);
    assert_balanced(&markup(&page));
}

#[test]
fn a_clause_is_linked_where_its_document_has_an_anchor_for_it() {
    let link = |url: Option<&str>, clause: &str| {
        let mut page = super::markup::Markup::default();
        super::rule::clause(&mut page, "D", url, clause);
        page.into_string()
    };
    let rfc = Some("https://www.rfc-editor.org/rfc/rfc6749");
    assert_eq!(
        link(rfc, "4.1.2"),
        "<a href=\"https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2\" rel=\"noreferrer\">D, section 4.1.2</a>"
    );
    assert_eq!(
        link(rfc, "Appendix A"),
        "<a href=\"https://www.rfc-editor.org/rfc/rfc6749\" rel=\"noreferrer\">D: Appendix A</a>"
    );
    assert_eq!(
        link(Some("https://provider.test/errors"), "400"),
        "<a href=\"https://provider.test/errors\" rel=\"noreferrer\">D: 400</a>"
    );
    assert_eq!(link(None, "400"), "D: 400");
}

#[test]
fn of_hundreds_of_exchanges_the_ends_and_the_wrong_ones_are_shown() {
    let mut case = case("p/a/one", "PASS");
    case.exchanges = (1..=300)
        .map(|number| ExchangeRow {
            number,
            findings: if number == 150 {
                vec!["too early".to_owned()]
            } else {
                Vec::new()
            },
            ..exchange("{}")
        })
        .collect();
    let page = page(vec![case]);
    let shown = Regex::new("<span class=\"nr\">(\\d+)</span>").expect("an expression");
    let shown: Vec<usize> = shown
        .captures_iter(&page)
        .filter_map(|found| found[1].parse().ok())
        .collect();
    assert_eq!(shown, (1..=60).chain([150]).chain(291..=300).collect::<Vec<_>>());
    assert_holds(
        &page,
        &[
            "… 89 more in results.json",
            "… 140 more in results.json",
            "too early",
        ],
    );
}
