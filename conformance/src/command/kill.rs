//! `kill-table`: computes it, and writes or compares it.

use std::io::{self, Write};

use super::{Code, FAILURES, GOOD, USAGE, block_on, launch, say};
use crate::cli::KillArgs;
use crate::data::{Paths, Suite};
use crate::kill::{KillTable, broken_claims, compute, differences};

pub(super) fn kill_table(
    out: &mut dyn Write,
    paths: &Paths,
    suite: &Suite,
    arguments: &KillArgs,
) -> io::Result<Code> {
    let Some(launch) = launch(arguments.driver.as_deref()) else {
        writeln!(
            out,
            "no driver: name one with --driver \"CMD\", or build attache-strawman beside this program"
        )?;
        return Ok(USAGE);
    };
    let mut shown = Ok(());
    let table = block_on(compute(
        suite,
        &launch,
        arguments.jobs,
        arguments.every,
        |name, run| {
            let red = run.cases.iter().filter(|case| case.is_failed()).count();
            shown = writeln!(
                out,
                "{name}: {red} of {} cases fail ({:.1} s)",
                run.cases.len(),
                run.took.as_secs_f64()
            );
        },
    ))??;
    shown?;
    let mut problems = broken_claims(suite, &table);
    let file = paths.conformance.join("kill-table.toml");
    if arguments.write {
        std::fs::write(&file, table.text().map_err(io::Error::other)?)?;
        writeln!(out, "written: {}", file.display())?;
    } else if arguments.check {
        match KillTable::read(&file) {
            Ok(Some(committed)) => problems.extend(differences(&file, &committed, &table)),
            Ok(None) => {
                writeln!(out, "{} does not exist; make it with --write", file.display())?;
                return Ok(FAILURES);
            }
            Err(problem) => problems.push(problem),
        }
    } else {
        write!(out, "{}", table.text().map_err(io::Error::other)?)?;
    }
    say(out, &problems)?;
    Ok(if problems.is_empty() { GOOD } else { FAILURES })
}
