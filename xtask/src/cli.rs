//! What can be typed, and the words that teach it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Maintainers' commands of Attaché.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    after_help = "Start here:\n  \
        cargo xtask conformance     does the SDK keep every documented rule?\n  \
        cargo xtask test            every test there is\n  \
        cargo xtask check           what a reviewer would otherwise have to say\n\n\
        The exit code is that of the program that failed first, 0 if none did. NO_COLOR is respected.",
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Conformance(ConformanceArgs),
    Test(TestArgs),
    Crash(CrashArgs),
    Bench(BenchArgs),
    Emulator(EmulatorArgs),
    Check(CheckArgs),
}

/// Judge a client against every documented rule.
///
/// Builds the runner and the drivers, then hands everything after `conformance` to the runner. Without a word, or
/// beginning with an option, it is `run`; without `--driver` it judges our own SDK. A whole run with our own driver is
/// followed by the kill table: each broken client must still be caught by the cases that are there for it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    cargo xtask conformance                       our driver, then the kill table\n  \
    cargo xtask conformance --case planday/token  cases whose id begins so\n  \
    cargo xtask conformance --driver \"CMD\"        judge another client: conformance/PROTOCOL.md\n  \
    cargo xtask conformance lint                  is it all well written?\n  \
    cargo xtask conformance trace                 which rule has no case?\n  \
    cargo xtask conformance why PLD-TOKEN-03      a rule, where it comes from, and its cases\n  \
    cargo xtask conformance list                  what there is to run\n  \
    cargo xtask conformance age                   evidence and reviews past their day\n  \
    cargo xtask conformance kill-table --write    after adding a broken client or a case\n  \
    cargo xtask conformance run --help            the runner's own options\n\n\
    Exit codes: 0 good, 1 failures, 2 usage, 3 a rule without a case, 4 the suite's own fault,\n\
    5 a secret was seen.")]
pub(crate) struct ConformanceArgs {
    /// `run` (default), `lint`, `trace`, `list`, `why`, `age` or `kill-table`, and what that takes.
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ACTION [ARGS]"
    )]
    pub(crate) args: Vec<OsString>,
}

/// Run every test: examples in the docs, the model of the refresh gate, unit and integration tests.
///
/// The workspace is built without TLS, which no test needs. Tests run under cargo-nextest where it is installed, else
/// under `cargo test`; their summary comes last. With arguments only those tests run.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    cargo xtask test                          everything\n  \
    cargo xtask test rotation                 tests with that word in their name\n  \
    cargo xtask test -E 'package(attache-auth)'  any option of `cargo nextest run`")]
pub(crate) struct TestArgs {
    /// Handed to the test runner: words that names must hold, or its options.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "FILTER")]
    pub(crate) filter: Vec<OsString>,
}

/// Kill the keeper at each step of a refresh and compare what is left with the committed crash table.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    cargo xtask crash            compare; differences make it fail\n  \
    cargo xtask crash --write    replace the table, to be read in the diff before it is committed")]
pub(crate) struct CrashArgs {
    /// Write the table instead of comparing with it.
    #[arg(long)]
    pub(crate) write: bool,
}

/// Measure what a call, a refresh under load, a long list and a build cost, in a release build.
///
/// Gates are on counts (requests, callers, allocations, instructions, packages): past a limit the exit code is 1. Times
/// are printed for people to compare on one quiet machine. Two are held to limits: the whole suite's, of a minute, and a
/// long list's, beside what the same list takes by hand in the same minute.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    cargo xtask bench                            everything, in two or three minutes\n  \
    cargo xtask bench call-overhead paging       only these\n\n\
    The figures: auth-header, refresh-storm, refresh-outage, call-overhead, paging, build-cost,\n\
    suite-time. Instructions are counted only where valgrind is installed.")]
pub(crate) struct BenchArgs {
    /// Which figures; all, unless named.
    #[arg(value_name = "FIGURE")]
    pub(crate) only: Vec<String>,
    /// Write the figures to this file as well, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

/// Start a provider's emulator on loopback.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    cargo xtask emulator planday             on a free port, which it prints\n  \
    cargo xtask emulator factorial           or smartsheet\n  \
    cargo xtask emulator planday --help      its faults, limits and seeds")]
pub(crate) struct EmulatorArgs {
    /// The provider, then the emulator's own options.
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "PROVIDER [ARGS]",
        required = true
    )]
    pub(crate) args: Vec<OsString>,
}

/// Check what is not behaviour: format, lints, docs, dependencies, stray names, generated tables.
///
/// All named checks run, then those that failed are named. Without a name: all of them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    cargo xtask check                everything\n  \
    cargo xtask check fmt clippy     only these")]
pub(crate) struct CheckArgs {
    /// Which checks, in this order.
    #[arg(value_enum, value_name = "CHECK")]
    pub(crate) only: Vec<crate::check::Check>,
}
