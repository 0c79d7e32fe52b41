//! Commands that only look: `list`, `why`, `age`.

use std::io::{self, Write};

use jiff::civil::Date;

use super::{Code, GOOD, USAGE};
use crate::data::{Requirement, Suite, date};

pub(super) fn list(out: &mut dyn Write, suite: &Suite) -> io::Result<()> {
    for case in &suite.cases {
        writeln!(
            out,
            "{} ({}): {} [{}]",
            case.id,
            case.level.word(),
            case.title,
            case.covers.join(", ")
        )?;
    }
    writeln!(out, "{} cases", suite.cases.len())
}

pub(super) fn why(out: &mut dyn Write, suite: &Suite, id: &str) -> io::Result<Code> {
    if let Some(requirement) = suite.requirement(id) {
        explain(out, suite, requirement)?;
        let mut cases = suite.covering(id).peekable();
        if cases.peek().is_none() && requirement.excluded.is_none() {
            writeln!(out, "  no case yet")?;
        }
        for case in cases {
            writeln!(out, "  case {}: {}", case.id, case.title)?;
        }
        return Ok(GOOD);
    }
    if let Some(case) = suite.cases.iter().find(|case| case.id == id) {
        writeln!(
            out,
            "{} ({}): {}\n  {}",
            case.id,
            case.level.word(),
            case.title,
            case.place
        )?;
        for requirement in case.covers.iter().filter_map(|id| suite.requirement(id)) {
            explain(out, suite, requirement)?;
        }
        return Ok(GOOD);
    }
    writeln!(
        out,
        "{id} is neither a requirement nor a case; `list` shows the cases"
    )?;
    Ok(USAGE)
}

fn explain(out: &mut dyn Write, suite: &Suite, requirement: &Requirement) -> io::Result<()> {
    writeln!(
        out,
        "{} ({}): {}",
        requirement.id,
        requirement.level.word(),
        requirement.rule
    )?;
    let source = &requirement.source;
    let document = suite.document(&source.document);
    let title = document.map_or(source.document.as_str(), |document| document.title.as_str());
    writeln!(
        out,
        "  from {title}, \"{}\", read {} ({:?})",
        source.clause, source.read, requirement.confidence
    )?;
    if let Some(url) = document.and_then(|document| document.url.as_ref()) {
        writeln!(out, "  {url}")?;
    }
    if let Some(threat) = &requirement.threat {
        writeln!(out, "  guards against: {threat}")?;
    }
    if let Some(note) = &requirement.note {
        writeln!(out, "  note: {note}")?;
    }
    if let Some(excluded) = &requirement.excluded {
        writeln!(
            out,
            "  excluded until {}: {}",
            excluded.review_by, excluded.reason
        )?;
    }
    for mutant in suite
        .mutants
        .iter()
        .filter(|mutant| mutant.caught_by.contains(&requirement.id))
    {
        writeln!(out, "  broken client {}: {}", mutant.name, mutant.breaks)?;
    }
    Ok(())
}

pub(super) fn age(out: &mut dyn Write, suite: &Suite, today: Date) -> io::Result<()> {
    let mut due = 0;
    for case in &suite.cases {
        if let Some(on) = date(&case.evidence.on) {
            let days = (today - on).get_days();
            if days > case.evidence.class.lasts_days() {
                due += 1;
                writeln!(out, "STALE {}: its evidence is {days} days old", case.id)?;
            }
        }
    }
    for fixture in suite.fixtures.values() {
        if let Some(on) = date(&fixture.head.on) {
            let days = (today - on).get_days();
            if days > fixture.head.class.lasts_days() {
                due += 1;
                writeln!(out, "STALE fixture {}: {days} days old", fixture.name)?;
            }
        }
    }
    for requirement in &suite.requirements {
        for (what, waiver) in [
            ("exclusion", &requirement.excluded),
            ("missing mutant", &requirement.no_mutant),
        ] {
            if let Some(waiver) = waiver
                && date(&waiver.review_by).is_some_and(|by| by < today)
            {
                due += 1;
                writeln!(
                    out,
                    "DUE {}: {what} since {} ({})",
                    requirement.id, waiver.review_by, waiver.reason
                )?;
            }
        }
    }
    writeln!(out, "{due} entries need another look on {today}")
}
