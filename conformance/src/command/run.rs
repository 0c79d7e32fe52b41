//! `run`: the cases, the reports, and all that can redden a run.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use serde::Deserialize;
use toml::value::Datetime;

use super::{Code, FAILURES, GOOD, HARNESS, SECRET, TRACE, USAGE, block_on, launch, say};
use crate::cli::RunArgs;
use crate::data::{Level, Paths, Place, Problem, Suite, needs, read_toml};
use crate::kill::KillTable;
use crate::report::{self, Style};
use crate::run::{Leaks, Run, RunOptions, Word};
use crate::trace;

/// A whole run that takes longer is too slow to be run often.
const TOO_SLOW_SECONDS: u64 = 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownFile {
    #[serde(default)]
    known: Vec<Known>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    case: String,
    reason: String,
    #[expect(dead_code, reason = "read by people; here so that the key is demanded")]
    review_by: Datetime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CapabilitiesFile {
    capabilities: BTreeSet<String>,
}

/// The trace gate with the committed kill table, if there is one.
pub(super) fn gate(paths: &Paths, suite: &Suite) -> Vec<Problem> {
    match KillTable::read(&paths.conformance.join("kill-table.toml")) {
        Ok(kills) => trace::gate(suite, kills.as_ref()),
        Err(problem) => vec![problem],
    }
}

pub(super) fn run(
    out: &mut dyn Write,
    paths: &Paths,
    suite: &Suite,
    arguments: &RunArgs,
) -> io::Result<Code> {
    let Some(launch) = launch(arguments.driver.as_deref()) else {
        writeln!(
            out,
            "no driver: name one with --driver \"CMD\", or build attache-strawman beside this program"
        )?;
        return Ok(USAGE);
    };
    let prefix = arguments.case.as_deref();
    if !suite
        .cases
        .iter()
        .any(|case| prefix.is_none_or(|prefix| case.id.starts_with(prefix)))
    {
        writeln!(
            out,
            "no case starts with {}; `list` shows them",
            prefix.unwrap_or("anything")
        )?;
        return Ok(USAGE);
    }
    let known = match arguments
        .known
        .as_deref()
        .map(|path| known(suite, path))
        .transpose()
    {
        Ok(known) => known.unwrap_or_default(),
        Err(problem) => {
            writeln!(out, "{problem}")?;
            return Ok(USAGE);
        }
    };
    let terminal = io::stdout().is_terminal();
    let plain = arguments.no_color || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let style = Style {
        colour: terminal && !plain,
        progress: terminal,
    };
    let options = RunOptions {
        launch,
        prefix,
        only: None,
        jobs: arguments.jobs,
        known,
        brief: false,
        today: arguments.today,
    };
    let played = block_on(crate::run::run(suite, &options, |case, done, total| {
        report::progress(out, style, case, done, total);
    }))?;
    let run = match played {
        Ok(run) => run,
        Err(error) => {
            writeln!(out, "the driver cannot be started: {error}")?;
            return Ok(USAGE);
        }
    };
    let again = match &arguments.driver {
        Some(command) => format!("attache-conformance run --driver \"{command}\""),
        None => "attache-conformance run".to_owned(),
    };
    // A table that cannot be read reddens the gate; the page does without it.
    let kills = KillTable::read(&paths.conformance.join("kill-table.toml"))
        .ok()
        .flatten();
    report::write(&arguments.report_dir, suite, kills.as_ref(), &run, &again)?;
    report::matrix(out, style, &run)?;
    report::summary(out, style, &run, &again)?;
    let mut code = judged(out, paths, suite, arguments, &run)?;
    let slow = run.took.as_secs() > TOO_SLOW_SECONDS;
    if slow {
        code = worse(code, FAILURES);
    }
    writeln!(
        out,
        "{}: {} cases in {:.1} s{}; reports in {}",
        run.driver,
        run.cases.len(),
        run.took.as_secs_f64(),
        if slow { ", which is too slow" } else { "" },
        arguments.report_dir.display()
    )?;
    Ok(code)
}

/// All that reddens a run beside its time: results, the gate, the driver's own promises, secrets in the reports.
fn judged(
    out: &mut dyn Write,
    paths: &Paths,
    suite: &Suite,
    arguments: &RunArgs,
    run: &Run,
) -> io::Result<Code> {
    let mut code = run.exit_code();
    if arguments.case.is_none() {
        let mut problems = if arguments.no_trace {
            Vec::new()
        } else {
            gate(paths, suite)
        };
        if let Some(file) = &arguments.capabilities {
            problems.extend(own(suite, run, file));
        }
        say(out, &problems)?;
        if !problems.is_empty() {
            writeln!(out, "trace gate: red")?;
            code = worse(code, TRACE);
        }
    }
    let leaked = search_reports(&arguments.report_dir, run)?;
    for leak in &leaked {
        writeln!(out, "secret found in the suite's own reports: {leak}")?;
        code = SECRET;
    }
    Ok(code)
}

/// The most serious of two codes.
fn worse(one: Code, other: Code) -> Code {
    let order = [GOOD, FAILURES, TRACE, HARNESS, SECRET];
    let rank = |code: Code| {
        order
            .iter()
            .position(|entry| *entry == code)
            .unwrap_or(order.len())
    };
    if rank(one) >= rank(other) { one } else { other }
}

fn known(suite: &Suite, path: &Path) -> Result<BTreeSet<String>, Problem> {
    let (file, _) = read_toml::<KnownFile>(path)?;
    for known in &file.known {
        if known.reason.is_empty() || !suite.cases.iter().any(|case| case.id == known.case) {
            let text = format!(
                "{} must be a case, and its failure must have a reason",
                known.case
            );
            return Err(Problem::new(&Place::file(path), text));
        }
    }
    Ok(file.known.into_iter().map(|known| known.case).collect())
}

/// What is asked of our own driver only: its capabilities are as committed, each was put to the test, and no must rests on skips.
fn own(suite: &Suite, run: &Run, path: &Path) -> Vec<Problem> {
    let place = Place::file(path);
    let committed = match read_toml::<CapabilitiesFile>(path) {
        Ok((file, _)) => file.capabilities,
        Err(problem) => return vec![problem],
    };
    let mut problems = Vec::new();
    for word in committed.difference(&run.capabilities) {
        problems.push(Problem::new(
            &place,
            format!("the driver no longer declares {word}"),
        ));
    }
    for word in run.capabilities.difference(&committed) {
        problems.push(Problem::new(
            &place,
            format!("the driver declares {word}, which is not listed here"),
        ));
    }
    let ran = |id: &str| {
        run.cases
            .iter()
            .any(|case| case.id == id && case.word != Word::Skip)
    };
    let tried: BTreeSet<String> = suite
        .cases
        .iter()
        .filter(|case| ran(&case.id))
        .flat_map(needs)
        .collect();
    for word in run.capabilities.difference(&tried) {
        problems.push(Problem::new(
            &place,
            format!("the driver declares {word}, and no case that ran needs it: a declared check never ran"),
        ));
    }
    for requirement in suite
        .requirements
        .iter()
        .filter(|requirement| requirement.level == Level::Must)
    {
        let mut results = run
            .cases
            .iter()
            .filter(|case| case.covers.contains(&requirement.id))
            .map(|case| case.word)
            .peekable();
        if results.peek().is_some() && results.all(|word| word == Word::Skip) {
            problems.push(Problem::new(
                &requirement.place,
                format!("{} (must) rests only on skipped cases", requirement.id),
            ));
        }
    }
    problems
}

fn search_reports(folder: &Path, run: &Run) -> io::Result<Vec<String>> {
    let secrets: Vec<(String, String)> = run
        .cases
        .iter()
        .flat_map(|case| {
            case.canaries
                .iter()
                .map(|(name, value)| (format!("{name} of {}", case.id), value.clone()))
        })
        .collect();
    let leaks = Leaks::new(&secrets).map_err(io::Error::other)?;
    let mut found = Vec::new();
    for name in report::FILES {
        let bytes = std::fs::read(folder.join(name))?;
        found.extend(
            leaks
                .find(&bytes)
                .into_iter()
                .map(|hit| format!("{hit} in {name}")),
        );
    }
    Ok(found)
}
