//! Starting programs: cargo, and what cargo built.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::console::{self, Stopwatch};

/// The whole workspace without TLS: tests talk to loopback only, and TLS is C code that takes longer to build than all else.
/// Every other feature is named, so that its code is tested and linted too.
pub(crate) const WORKSPACE: [&str; 4] = [
    "--workspace",
    "--no-default-features",
    "--features",
    "attache-auth/kit,attache-auth/loopback,attache-planday/loopback,attache-emulator/cli",
];

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(u8);

impl Status {
    pub(crate) const GOOD: Self = Self(0);
    pub(crate) const FAILED: Self = Self(1);

    pub(crate) fn is_good(self) -> bool {
        self == Self::GOOD
    }

    /// This status, or the later one if this one is good.
    pub(crate) fn and(self, later: Self) -> Self {
        if self.is_good() { later } else { self }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.0)
    }
}

/// A program that could not be started.
#[derive(Debug)]
pub(crate) struct Problem(String);

impl Problem {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The cargo that started us, in the folder of the workspace.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Whether cargo knows this subcommand.
pub(crate) fn cargo_has(subcommand: &str) -> bool {
    cargo()
        .args([subcommand, "--version"])
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Runs to the end, with our own input and output.
pub(crate) fn run(command: &mut Command) -> Result<Status, Problem> {
    let status = command
        .status()
        .map_err(|error| Problem::new(format!("{} did not start: {error}", name(command.get_program()))))?;
    // A program ended by a signal has no code of its own.
    Ok(Status(
        status.code().map_or(1, |code| u8::try_from(code).unwrap_or(1)),
    ))
}

/// Builds programs without a word but their errors, and says how long that took.
pub(crate) fn build(what: &str, arguments: &[&str]) -> Result<Status, Problem> {
    console::note(&format!("building {what}"));
    let watch = Stopwatch::start();
    let status = run(cargo().args(["build", "--quiet", "--bins"]).args(arguments))?;
    if status.is_good() {
        console::note(&format!("built in {}", watch.seconds()));
    } else {
        console::failure(&format!("{what} could not be built"));
    }
    Ok(status)
}

/// A program that [`build`] made: it lies beside this one.
pub(crate) fn built(program: &str) -> Result<PathBuf, Problem> {
    let own = std::env::current_exe()
        .map_err(|error| Problem::new(format!("where the programs are built is unknown: {error}")))?;
    Ok(own.with_file_name(format!("{program}{}", std::env::consts::EXE_SUFFIX)))
}

fn name(program: &OsStr) -> String {
    Path::new(program)
        .file_name()
        .unwrap_or(program)
        .to_string_lossy()
        .into_owned()
}
