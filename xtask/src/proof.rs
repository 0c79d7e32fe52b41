//! `cargo xtask crash` and `cargo xtask bench`: what the SDK promises of a death in the middle, and what it costs.

use std::process::Command;

use crate::cli::{BenchArgs, CrashArgs};
use crate::program::{self, Problem, Status};

pub(crate) fn crash(arguments: &CrashArgs) -> Result<Status, Problem> {
    let built = program::build("the crash table's program", &["--package=attache-proof"])?;
    if !built.is_good() {
        return Ok(built);
    }
    let mode = if arguments.write { "--write" } else { "--check" };
    program::run(
        Command::new(program::built("attache-crash")?)
            .current_dir(program::root())
            .arg(mode),
    )
}

pub(crate) fn bench(arguments: &BenchArgs) -> Result<Status, Problem> {
    let timed = arguments.only.is_empty() || arguments.only.iter().any(|figure| figure == "suite-time");
    if timed {
        let suite = ["--package=attache-conformance", "--package=attache-driver"];
        let built = program::build("the conformance suite, to be timed", &suite)?;
        if !built.is_good() {
            return Ok(built);
        }
    }
    let mut command = program::cargo();
    command
        .args([
            "run",
            "--quiet",
            "--release",
            "--package=attache-proof",
            "--bin=attache-bench",
        ])
        .arg("--")
        .arg("--workspace")
        .arg(program::root());
    if timed {
        command
            .arg("--runner")
            .arg(program::built("attache-conformance")?)
            .arg("--driver")
            .arg(program::built("attache-driver")?);
    }
    for figure in &arguments.only {
        command.arg("--only").arg(figure);
    }
    if let Some(file) = &arguments.json {
        // Relative to where the command was typed, not to the workspace.
        let file = std::path::absolute(file)
            .map_err(|error| Problem::new(format!("--json: {} is no path: {error}", file.display())))?;
        command.arg("--json").arg(file);
    }
    program::run(&mut command)
}
