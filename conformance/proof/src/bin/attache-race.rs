//! `attache-race`: one of the two processes of the trial in `tests/two_processes.rs`.

use std::{
    io::{BufRead, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;
use url::Url;

/// One of two processes that share a folder. Started by the test, which reads what it prints.
#[derive(Parser)]
struct Arguments {
    /// The folder that holds the grant.
    folder: PathBuf,
    /// The emulator.
    base: Url,
    /// How many tasks ask at once.
    tasks: usize,
}

#[tokio::main]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program speaks on its standard streams"
)]
async fn main() -> ExitCode {
    let Arguments { folder, base, tasks } = Arguments::parse();
    let ready = || {
        println!("ready");
        std::io::stdout().flush()?;
        std::io::stdin().lock().read_line(&mut String::new()).map(|_| ())
    };
    let tally = attache_proof::race::process(folder, base, tasks, ready).await;
    match tally.and_then(|tally| Ok(serde_json::to_string(&tally)?)) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
