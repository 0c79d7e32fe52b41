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
    assert!(results.contains("\"PASS\": 4"), "{results}");
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
