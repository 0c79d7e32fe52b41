//! `attache-bench`: see `cargo xtask bench --help`.

use std::{path::PathBuf, process::ExitCode};

use attache_proof::figures::{self, Figure, HeaderCost, Plan, Side};
use clap::{Parser, Subcommand};

/// Measures the figures that the project promises. Exit code 1 past a limit.
#[derive(Parser)]
#[command(name = "attache-bench")]
struct Arguments {
    /// Also write the figures to this file, as a JSON array.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// The conformance runner; with `--driver`, the whole suite is timed.
    #[arg(long, requires = "driver")]
    runner: Option<PathBuf>,
    /// The driver of our SDK.
    #[arg(long, requires = "runner")]
    driver: Option<PathBuf>,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Subcommand)]
enum Role {
    /// Makes headers, to be counted from outside.
    #[command(hide = true)]
    Header { side: Side, times: u64 },
}

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program speaks on its standard streams"
)]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(Role::Header { side, times }) = arguments.role {
        return header(side, times);
    }
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => {
            eprintln!("error: this program cannot find itself: {error}");
            return ExitCode::from(2);
        }
    };
    let plan = Plan {
        program,
        suite: arguments.runner.zip(arguments.driver),
    };
    let figures = match figures::measure(&plan, |what| eprintln!("SKIPPED  {what}")) {
        Ok(figures) => figures,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    println!("{}", figures::report(&figures));
    if let Some(file) = arguments.json {
        let written = serde_json::to_vec_pretty(&figures)
            .map_err(|error| error.to_string())
            .and_then(|json| std::fs::write(&file, json).map_err(|error| error.to_string()));
        if let Err(error) = written {
            eprintln!("error: {} could not be written: {error}", file.display());
            return ExitCode::from(2);
        }
    }
    let past = figures.iter().filter(|figure| !figure.is_kept()).count();
    if past > 0 {
        eprintln!("error: {past} figures are past their limits");
    }
    if figures.iter().all(Figure::is_kept) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[expect(clippy::print_stderr, reason = "a program speaks on its standard streams")]
fn header(side: Side, times: u64) -> ExitCode {
    let made = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(HeaderCost::new()));
    match made {
        Ok(cost) => {
            cost.run(side, times);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
