//! `attache-bench`: see `cargo xtask bench --help`.

use std::{error::Error, path::PathBuf, process::ExitCode};

use attache_proof::figures::{self, Caller, Figure, HeaderCost, Part, Plan, Side};
use clap::{Parser, Subcommand};
use url::Url;

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
    /// The folder of the workspace, whose packages are counted.
    #[arg(long, value_name = "FOLDER")]
    workspace: Option<PathBuf>,
    /// Measure only this; can be given several times.
    #[arg(long, value_enum, value_name = "FIGURE")]
    only: Vec<Part>,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Subcommand)]
enum Role {
    /// Makes headers, to be counted from outside.
    #[command(hide = true)]
    Header { side: Side, times: u64 },
    /// Makes calls to a server, to be counted from outside.
    #[command(hide = true)]
    Call {
        base: Url,
        caller: Caller,
        at_once: u64,
        times: u64,
    },
    /// The other end of calls and lists.
    #[command(hide = true)]
    Serve,
}

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program speaks on its standard streams"
)]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(role) = arguments.role {
        return match play(role) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        };
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
        only: arguments.only,
        workspace: arguments.workspace,
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

#[expect(clippy::print_stdout, reason = "a program speaks on its standard streams")]
fn play(role: Role) -> Result<(), Box<dyn Error + Send + Sync>> {
    match role {
        Role::Header { side, times } => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(HeaderCost::new())?.run(side, times);
            Ok(())
        }
        Role::Call {
            base,
            caller,
            at_once,
            times,
        } => figures::call(&base, caller, at_once, times),
        Role::Serve => figures::serve(|base| println!("{base}")),
    }
}
