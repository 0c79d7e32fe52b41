//! `cargo xtask check`: what is not behaviour.

mod dependencies;
mod scan;

use clap::ValueEnum;

use crate::cli::{CheckArgs, CrashArgs};
use crate::console::{self, Stopwatch};
use crate::program::{self, Problem, Status, WORKSPACE};
use crate::{conformance, proof};

/// One check, in the order in which all of them run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Check {
    /// The code is formatted.
    Fmt,
    /// No lint of the workspace speaks, in libraries, programs and tests.
    Clippy,
    /// The transport and Planday are clean with TLS, which all other steps leave out, and its tests pass.
    Tls,
    /// The documentation builds, and every link in it leads somewhere.
    Docs,
    /// Licences, bans and sources of dependencies, and known advisories where their list can be had.
    Deny,
    /// No file names a path of somebody's machine or the host of a package registry.
    Scan,
    /// What a death in the middle of a refresh leaves behind is what the committed table says.
    Crash,
    /// Every broken client is caught by the cases that the committed table names.
    KillTable,
}

impl Check {
    fn run(self) -> Result<Status, Problem> {
        match self {
            Self::Fmt => program::run(program::cargo().args(["fmt", "--all", "--check"])),
            Self::Clippy => program::run(
                program::cargo()
                    .args(["clippy", "--quiet", "--all-targets"])
                    .args(WORKSPACE)
                    .args(["--", "-D", "warnings"]),
            ),
            Self::Tls => tls(),
            Self::Docs => program::run(
                program::cargo()
                    .args(["doc", "--quiet", "--no-deps"])
                    .args(WORKSPACE)
                    .env("RUSTDOCFLAGS", "-D warnings"),
            ),
            Self::Deny => dependencies::run(),
            Self::Scan => scan::run(),
            Self::Crash => proof::crash(&CrashArgs { write: false }),
            Self::KillTable => conformance::kill_table(),
        }
    }

    fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }
}

/// Everything else is built without TLS: here it is linted and its tests run.
fn tls() -> Result<Status, Problem> {
    let packages = [
        "--package=attache-transport",
        "--package=attache-planday",
        "--features=attache-transport/tls,attache-planday/tls",
    ];
    let linted = program::run(
        program::cargo()
            .args(["clippy", "--quiet", "--all-targets"])
            .args(packages)
            .args(["--", "-D", "warnings"]),
    )?;
    if !linted.is_good() {
        return Ok(linted);
    }
    program::run(program::cargo().args(["test", "--quiet", "--package=attache-transport", "--features=tls"]))
}

pub(crate) fn run(arguments: &CheckArgs) -> Result<Status, Problem> {
    let chosen = if arguments.only.is_empty() {
        Check::value_variants()
    } else {
        &arguments.only
    };
    let mut status = Status::GOOD;
    let mut failed = Vec::new();
    for check in chosen {
        console::header(&format!("check {}", check.name()));
        let watch = Stopwatch::start();
        let one = check.run()?;
        if one.is_good() {
            console::note(&format!("{} is good, {}", check.name(), watch.seconds()));
        } else {
            console::failure(&format!("{} failed, {}", check.name(), watch.seconds()));
            failed.push(check.name());
        }
        status = status.and(one);
    }
    if !failed.is_empty() {
        console::failure(&format!("to repeat: cargo xtask check {}", failed.join(" ")));
    }
    Ok(status)
}
