//! Maintainers' commands: `cargo xtask --help`.
//!
//! Starts the workspace's programs and links none of them, so that it builds in seconds and stays usable while a crate
//! does not compile.

mod check;
mod cli;
mod conformance;
mod console;
mod emulator;
mod program;
mod proof;
mod test;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let outcome = match cli::Cli::parse().command {
        cli::Command::Conformance(args) => conformance::run(&args),
        cli::Command::Test(args) => test::run(&args),
        cli::Command::Crash(args) => proof::crash(&args),
        cli::Command::Bench(args) => proof::bench(&args),
        cli::Command::Emulator(args) => emulator::run(&args),
        cli::Command::Check(args) => check::run(&args),
    };
    match outcome {
        Ok(status) => status.into(),
        Err(problem) => {
            console::failure(&problem.to_string());
            ExitCode::FAILURE
        }
    }
}
