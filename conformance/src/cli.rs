//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Judges an SDK by the documented rules of its providers.
#[derive(Debug, Parser)]
#[command(
    name = "attache-conformance",
    version,
    after_help = "\
A driver is any program that speaks conformance/PROTOCOL.md on its standard input and output.
Cases, requirements and fixtures are described in conformance/FORMAT.md.

  attache-conformance run --driver \"target/debug/my-driver\"
  attache-conformance run --driver \"target/debug/my-driver\" --case planday/token
  attache-conformance why PLD-TOKEN-03

Exit codes: 0 good, 1 failures, 2 usage or broken files, 3 trace gate, 4 harness error, 5 secret found."
)]
pub(crate) struct Cli {
    /// The folder with requirements/, cases/ and mutants.toml
    #[arg(long, global = true, default_value = "conformance", value_name = "DIR")]
    pub(crate) root: PathBuf,
    /// The folder with recorded and documented exchanges
    #[arg(long, global = true, default_value = "fixtures", value_name = "DIR")]
    pub(crate) fixtures: PathBuf,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play the cases against a driver and write the reports
    Run(RunArgs),
    /// Check the files; says what is wrong, with file and line
    Lint,
    /// The trace gate: every documented rule has a case, every case a rule
    Trace,
    /// List the cases
    List,
    /// Why a requirement or a case exists: rule, source, cases
    Why {
        /// A requirement (PLD-TOKEN-03) or a case (planday/token/refresh-fields)
        id: String,
    },
    /// Evidence and exclusions that are due for another look; never reddens a build
    Age {
        /// The day to judge by; today if left out
        #[arg(long, value_name = "YYYY-MM-DD")]
        today: Option<jiff::civil::Date>,
    },
    /// Which case catches which broken client
    KillTable(KillArgs),
    /// A driver that is no client at all, for the suite's own tests
    #[command(hide = true)]
    TestDriver {
        #[arg(value_enum)]
        kind: TestDriver,
    },
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum TestDriver {
    /// Exits at once
    Empty,
    /// Declares everything and answers ok to everything
    AlwaysOk,
    /// Waits on its clock, counts its lives in the store and asks a server whose answer it ignores
    Scripted,
    /// Answers ok to everything; a child that outlives it writes the refresh token to standard error
    LastWords,
    /// That child
    Child,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The command that starts the driver, split at white space; the strawman beside this program if left out
    #[arg(long, value_name = "CMD")]
    pub(crate) driver: Option<String>,
    /// Only this case, or the cases whose ids start with this
    #[arg(long, value_name = "ID")]
    pub(crate) case: Option<String>,
    /// Where to write junit.xml, results.json, times.json and index.html
    #[arg(long, value_name = "DIR", default_value = "target/conformance")]
    pub(crate) report_dir: PathBuf,
    /// No colours; the same as `NO_COLOR=1`
    #[arg(long)]
    pub(crate) no_color: bool,
    /// How many cases to play at a time
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) jobs: usize,
    /// Failures that are known, with reasons (FORMAT.md, Known failures)
    #[arg(long, value_name = "FILE")]
    pub(crate) known: Option<PathBuf>,
    /// Mark evidence that is stale on this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) today: Option<jiff::civil::Date>,
    /// For our own driver: the capabilities it must declare, no more and no less; each must then be needed by a case that ran,
    /// and no must may rest on skips
    #[arg(long, value_name = "FILE")]
    pub(crate) capabilities: Option<PathBuf>,
    /// Leave the trace gate out
    #[arg(long)]
    pub(crate) no_trace: bool,
}

#[derive(Debug, Args)]
pub(crate) struct KillArgs {
    /// The driver that takes `--fault NAME`; the strawman beside this program if left out
    #[arg(long, value_name = "CMD")]
    pub(crate) driver: Option<String>,
    /// Compare with the committed kill-table.toml
    #[arg(long, conflicts_with = "write")]
    pub(crate) check: bool,
    /// Write kill-table.toml
    #[arg(long)]
    pub(crate) write: bool,
    /// Play every case for every broken client, also where the driver did not look at its switch
    #[arg(long)]
    pub(crate) every: bool,
    /// How many cases to play at a time
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) jobs: usize,
}
