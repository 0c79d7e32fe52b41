//! What the commands do.

mod kill;
mod look;
mod run;
mod test_driver;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::data::{Paths, Problem, Suite, lint};
use crate::run::Launch;

/// How a command ends: 0 good, 1 failures, 2 usage or broken files, 3 trace gate, 4 harness error, 5 secret found.
type Code = u8;

const GOOD: Code = 0;
const FAILURES: Code = 1;
const USAGE: Code = 2;
const TRACE: Code = 3;
const HARNESS: Code = 4;
const SECRET: Code = 5;

/// Runs the command line `arguments` (the first is the program) and returns its exit code.
///
/// Writes to standard output and standard error. The codes are 0 good, 1 failures, 2 usage or broken files, 3 trace gate,
/// 4 harness error, 5 secret found.
pub fn execute(arguments: impl Iterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Nowhere left to complain.
            let _ = error.print();
            return if error.use_stderr() { USAGE } else { GOOD };
        }
    };
    match perform(&cli) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            HARNESS
        }
    }
}

fn perform(cli: &Cli) -> io::Result<Code> {
    let out = &mut io::stdout();
    let paths = Paths {
        conformance: cli.root.clone(),
        fixtures: cli.fixtures.clone(),
    };
    if let Command::TestDriver { kind } = &cli.command {
        return test_driver::speak(*kind).map(|()| GOOD);
    }
    let (suite, mut problems) = Suite::load(&paths);
    problems.extend(lint(&suite, &paths.conformance.join("cases")));
    problems.sort();
    match &cli.command {
        Command::Lint => {
            say(out, &problems)?;
            writeln!(
                out,
                "{} requirements, {} cases, {} fixtures, {} mutants: {} problems",
                suite.requirements.len(),
                suite.cases.len(),
                suite.fixtures.len(),
                suite.mutants.len(),
                problems.len()
            )?;
            Ok(if problems.is_empty() { GOOD } else { USAGE })
        }
        Command::List => look::list(out, &suite).map(|()| GOOD),
        Command::Why { id } => look::why(out, &suite, id),
        Command::Age { today } => {
            look::age(out, &suite, today.unwrap_or_else(crate::watch::today)).map(|()| GOOD)
        }
        _ if !problems.is_empty() => {
            say(out, &problems)?;
            writeln!(out, "the files are broken; nothing was run")?;
            Ok(USAGE)
        }
        Command::Trace => {
            let problems = run::gate(&paths, &suite);
            say(out, &problems)?;
            writeln!(
                out,
                "trace gate: {}",
                if problems.is_empty() { "green" } else { "red" }
            )?;
            Ok(if problems.is_empty() { GOOD } else { TRACE })
        }
        Command::Run(arguments) => run::run(out, &paths, &suite, arguments),
        Command::KillTable(arguments) => kill::kill_table(out, &paths, &suite, arguments),
        Command::TestDriver { .. } => Ok(GOOD),
    }
}

fn say(out: &mut dyn Write, problems: &[Problem]) -> io::Result<()> {
    problems.iter().try_for_each(|problem| writeln!(out, "{problem}"))
}

/// The driver to start: the given command, or the strawman beside this program.
fn launch(command: Option<&str>) -> Option<Launch> {
    if let Some(command) = command {
        return Launch::parse(command);
    }
    let beside: PathBuf = std::env::current_exe().ok()?.with_file_name("attache-strawman");
    let beside = beside.with_extension(std::env::consts::EXE_EXTENSION);
    if beside.exists() {
        Launch::parse(&beside.to_string_lossy())
    } else {
        None
    }
}

/// Runs a future to its end on a runtime of its own.
fn block_on<T>(future: impl Future<Output = T>) -> io::Result<T> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(future))
}
