//! The strawman before the runner's own small suite: whole it passes, broken it is caught.
#![expect(clippy::expect_used, reason = "a test that cannot set up its world fails")]

use std::ffi::OsString;
use std::fs;
use std::path::Path;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data");

/// Runs the suite's command on a folder and returns its exit code.
fn command(root: &str, arguments: &[&str]) -> u8 {
    let places = [
        "attache-conformance",
        "--root",
        &format!("{root}/conformance"),
        "--fixtures",
        &format!("{root}/fixtures"),
    ]
    .map(OsString::from);
    attache_conformance::execute(places.into_iter().chain(arguments.iter().map(OsString::from)))
}

fn run(fault: &str, case: &str, reports: &Path) -> u8 {
    let driver = format!("{} {fault}", env!("CARGO_BIN_EXE_attache-strawman"));
    let reports = reports.to_str().expect("a path");
    command(
        DATA,
        &[
            "run",
            "--driver",
            &driver,
            "--case",
            case,
            "--report-dir",
            reports,
        ],
    )
}

#[test]
fn with_all_switches_off_it_passes() {
    let reports = tempfile::tempdir().expect("a folder");
    assert_eq!(run("", "planday/", reports.path()), 0);
    let results = fs::read_to_string(reports.path().join("results.json")).expect("results");
    assert!(results.contains("\"PASS\": 7"), "{results}");
}

#[test]
fn the_same_run_gives_the_same_results_to_the_byte() {
    let (one, two) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    for reports in [&one, &two] {
        run("--fault no-client-id", "planday/token/ref", reports.path());
    }
    let read =
        |folder: &tempfile::TempDir| fs::read_to_string(folder.path().join("results.json")).expect("results");
    assert_eq!(read(&one), read(&two));
}

#[test]
fn a_broken_one_is_caught() {
    let reports = tempfile::tempdir().expect("a folder");
    for fault in [
        "no-client-id",
        "extra-scope",
        "refreshes-always",
        "drops-new-refresh-token",
    ] {
        assert_eq!(
            run(&format!("--fault {fault}"), "planday/token", reports.path()),
            1,
            "{fault}"
        );
    }
}

/// The exit code and the reasons, for one fault and one case.
fn judged(fault: &str, case: &str) -> (u8, String) {
    let reports = tempfile::tempdir().expect("a folder");
    let code = run(&format!("--fault {fault}"), case, reports.path());
    let results = fs::read_to_string(reports.path().join("results.json")).expect("results");
    let results: serde_json::Value = serde_json::from_str(&results).expect("JSON");
    (code, results["cases"][0]["reasons"].to_string())
}

#[test]
fn each_check_of_the_partner_flow_is_seen_to_fail() {
    let link = "planday/partner/link";
    for (fault, reason) in [
        ("constant-state", "query state was used before"),
        ("no-state", "query state is missing"),
        ("omits-scope", "query scope is missing"),
        ("no-offline-access", "the scopes are"),
        ("repeats-parameter", "the parameter state is there more than once"),
        ("asks-for-token", "query response_type is"),
        ("other-authorize-path", "the URL goes to"),
        ("plain-challenge", "query code_challenge_method is"),
        ("padded-challenge", "query code_challenge is"),
        ("constant-verifier", "query code_challenge was used before"),
        (
            "short-verifier",
            "form code_verifier has 20 characters, not 43 to 128",
        ),
        ("no-verifier", "form code_verifier is missing"),
        (
            "scope-in-exchange",
            "the form field scope is named by no word of the case",
        ),
        ("ignores-state", "callback: the outcome is ok, not error"),
        ("first-of-repeated", "callback: the outcome is ok, not error"),
        (
            "callback-rejects-unknown",
            "callback: the outcome is error (callback_invalid",
        ),
    ] {
        let (code, reasons) = judged(fault, link);
        // A challenge that is the verifier gives it away: 5.
        let expected = if fault == "plain-challenge" { 5 } else { 1 };
        assert_eq!(code, expected, "{fault}: {reasons}");
        assert!(reasons.contains(reason), "{fault}: {reasons}");
    }
}

#[test]
fn each_count_at_the_emulator_is_seen_to_fail() {
    for (fault, reason) in [
        ("exchanges-on-error", "the servers saw 2 code exchanges, not 1"),
        ("child-with-parents-token", "the servers saw 0 derivations, not 1"),
        ("recheck-asks-nobody", "the servers saw 1 refreshes, not 2"),
        ("keeps-using-revoked", "the stored grant's state is"),
        ("requested-scope-wins", ""),
    ] {
        let (code, reasons) = judged(fault, "planday/partner/consent");
        assert_eq!(code, u8::from(!reason.is_empty()), "{fault}: {reasons}");
        assert!(reasons.contains(reason), "{fault}: {reasons}");
    }
    let (code, reasons) = judged("first-of-array", "planday/partner/held");
    assert_eq!(code, 1);
    assert!(reasons.contains("query ids lists"), "{reasons}");
}

#[test]
fn the_report_has_every_exchange_whole_and_no_secret_and_is_the_same_again() {
    let read = || {
        let reports = tempfile::tempdir().expect("a folder");
        assert_eq!(run("", "planday/partner/", reports.path()), 0);
        fs::read_to_string(reports.path().join("results.json")).expect("results")
    };
    let results = read();
    assert_eq!(results, read());
    let results: serde_json::Value = serde_json::from_str(&results).expect("JSON");
    let consent = &results["cases"][0];
    assert_eq!(consent["id"], "planday/partner/consent");
    assert_eq!(consent["server"], "emulator");
    let exchanges = consent["exchanges"].as_array().expect("exchanges");
    let code = exchanges
        .iter()
        .find(|exchange| {
            exchange["request"]["body"]
                .as_str()
                .is_some_and(|body| body.contains("authorization_code"))
        })
        .expect("a code exchange");
    assert_eq!(code["request"]["line"], "POST /connect/token");
    assert_eq!(code["answer"]["line"], "200 OK");
    let body = code["answer"]["body"].as_str().expect("a body");
    assert!(body.contains("\"refresh_token\":\"{{"), "{body}");
    let line = |exchange: &serde_json::Value| exchange["step"].as_u64().expect("a line");
    assert!(exchanges.iter().is_sorted_by_key(line), "{exchanges:?}");
    let rule = &results["requirements"]["T-3"];
    assert_eq!(rule["url"], "https://example.com/guide");
    assert_eq!(rule["cases"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_printed_token_ends_the_run_with_a_code_of_its_own_and_no_report_repeats_it() {
    let reports = tempfile::tempdir().expect("a folder");
    assert_eq!(
        run("--fault prints-token", "planday/token/refresh", reports.path()),
        5
    );
    let page = fs::read_to_string(reports.path().join("index.html")).expect("a page");
    assert!(
        page.contains("secret found: {{at2}} (plain) on standard error"),
        "{page}"
    );
    assert!(page.contains("refreshed: {{at2}}"), "{page}");
}

#[test]
fn an_unknown_fault_is_refused() {
    let reports = tempfile::tempdir().expect("a folder");
    assert_eq!(
        run("--fault none-such", "planday/token/refresh", reports.path()),
        1
    );
}

#[test]
fn the_kill_table_is_compared_exactly() {
    let world = tempfile::tempdir().expect("a folder");
    copy(Path::new(DATA), world.path());
    let root = world.path().to_str().expect("a path");
    let driver = env!("CARGO_BIN_EXE_attache-strawman");
    assert_eq!(
        command(root, &["kill-table", "--driver", driver, "--check"]),
        1,
        "no table yet"
    );
    assert_eq!(command(root, &["kill-table", "--driver", driver, "--write"]), 0);
    assert_eq!(command(root, &["kill-table", "--driver", driver, "--check"]), 0);
    let table = world.path().join("conformance/kill-table.toml");
    let text = fs::read_to_string(&table).expect("a table");
    fs::write(
        &table,
        text.replace(
            "no-client-id = [",
            "no-client-id = [\n    \"planday/token/refused\",",
        ),
    )
    .expect("a table");
    assert_eq!(
        command(root, &["kill-table", "--driver", driver, "--check"]),
        1,
        "one case too many"
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
