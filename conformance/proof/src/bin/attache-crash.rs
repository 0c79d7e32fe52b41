//! `attache-crash`: see `cargo xtask crash --help`.

use std::{path::PathBuf, process::ExitCode};

use attache_proof::crash::{self, Point, Rule};
use clap::{Parser, Subcommand};
use url::Url;

/// Kills a process at each point of a token renewal and compares what is left with the committed table.
#[derive(Parser)]
#[command(name = "attache-crash")]
struct Arguments {
    /// Write the table instead of comparing it.
    #[arg(long)]
    write: bool,
    /// Compare the table (the default).
    #[arg(long, conflicts_with = "write")]
    check: bool,
    /// The committed table.
    #[arg(long, default_value = "conformance/proof/crash-table.txt")]
    table: PathBuf,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Subcommand)]
enum Role {
    /// The process that is killed. The proof starts it by itself.
    #[command(hide = true)]
    Process {
        folder: PathBuf,
        base: Url,
        rule: Rule,
        #[arg(long)]
        stop_at: Option<Point>,
        #[arg(long)]
        renew: bool,
    },
}

#[tokio::main]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program speaks on its standard streams"
)]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(Role::Process {
        folder,
        base,
        rule,
        stop_at,
        renew,
    }) = arguments.role
    {
        return match crash::process(folder, base, rule, stop_at, renew).await {
            Ok(line) => {
                println!("{line}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                println!("error: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let found = match std::env::current_exe() {
        Ok(program) => crash::table(&program, |line| eprintln!("{line}")).await,
        Err(error) => Err(error.into()),
    };
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            eprintln!("error: the crash table could not be made: {error}");
            return ExitCode::from(2);
        }
    };
    if arguments.write {
        if let Err(error) = std::fs::write(&arguments.table, &found) {
            eprintln!(
                "error: {} could not be written: {error}",
                arguments.table.display()
            );
            return ExitCode::from(2);
        }
        println!("{found}\nwritten to {}", arguments.table.display());
        return ExitCode::SUCCESS;
    }
    println!("{found}");
    match std::fs::read_to_string(&arguments.table) {
        Ok(committed) if committed == found => {
            println!("as committed in {}", arguments.table.display());
            ExitCode::SUCCESS
        }
        Ok(committed) => {
            for (committed, found) in committed
                .lines()
                .zip(found.lines())
                .filter(|(old, new)| old != new)
            {
                eprintln!("committed: {committed}\nfound:     {found}");
            }
            eprintln!(
                "error: not as committed in {}: mend the code, or, if this is what is wanted, run `cargo xtask crash --write`",
                arguments.table.display()
            );
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!(
                "error: {} could not be read: {error}; run `cargo xtask crash --write` first",
                arguments.table.display()
            );
            ExitCode::from(2)
        }
    }
}
