//! `cargo xtask test`: everything that can be run as a test, with the test runner's own summary last.

use crate::cli::TestArgs;
use crate::console::{self, Stopwatch};
use crate::program::{self, Problem, Status, WORKSPACE};

pub(crate) fn run(arguments: &TestArgs) -> Result<Status, Problem> {
    if !arguments.filter.is_empty() {
        console::note("only the tests that fit; doc examples and the gate's model run without arguments");
        return unit_and_integration(arguments);
    }
    let mut ran = Vec::new();
    let mut status = step(&mut ran, "examples in the docs", doc_examples)?;
    status = status.and(step(&mut ran, "model of the refresh gate", gate_model)?);
    status = status.and(step(&mut ran, "unit and integration tests", || {
        unit_and_integration(arguments)
    })?);
    // In CI the log ends with the runner's own summary, unless that would hide a failure before it.
    if !in_ci() || !status.is_good() {
        for line in ran {
            console::note(&line);
        }
    }
    Ok(status)
}

/// Runs one part to its end, whatever came before, and remembers how it went.
fn step(
    ran: &mut Vec<String>,
    title: &str,
    part: impl FnOnce() -> Result<Status, Problem>,
) -> Result<Status, Problem> {
    console::header(title);
    let watch = Stopwatch::start();
    let status = part()?;
    let verdict = if status.is_good() { "ok    " } else { "FAILED" };
    ran.push(format!("{verdict} {title}, {}", watch.seconds()));
    Ok(status)
}

fn doc_examples() -> Result<Status, Problem> {
    program::run(
        program::cargo()
            .args(["test", "--quiet", "--doc"])
            .args(WORKSPACE),
    )
}

/// Explores the interleavings of the gate's callers. Optimised, and in a folder of its own: the flag would otherwise
/// rebuild everything twice.
fn gate_model() -> Result<Status, Problem> {
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    // Every schedule with up to four preemptions takes seconds, without a bound it takes hours.
    let preemptions = std::env::var("LOOM_MAX_PREEMPTIONS").unwrap_or_else(|_| "4".to_owned());
    program::run(
        program::cargo()
            .args([
                "test",
                "--quiet",
                "--package=attache-auth",
                "--test=gate_loom",
                "--release",
            ])
            .args(["--target-dir", "target/loom"])
            .env("LOOM_MAX_PREEMPTIONS", preemptions)
            .env("RUSTFLAGS", format!("{flags} --cfg attache_loom").trim_start()),
    )
}

fn unit_and_integration(arguments: &TestArgs) -> Result<Status, Problem> {
    let mut command = program::cargo();
    if program::cargo_has("nextest") {
        command.args(["nextest", "run"]).args(WORKSPACE);
        if in_ci() {
            command.args(["--profile", "ci"]);
        }
    } else {
        console::note("cargo-nextest is not installed: `cargo test` does it");
        command
            .args(["test", "--lib", "--bins", "--tests"])
            .args(WORKSPACE);
    }
    program::run(command.args(&arguments.filter))
}

fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}
