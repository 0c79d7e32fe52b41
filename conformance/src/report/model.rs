//! What a report says, independent of how it is written: the JSON file is this, the page is made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;

use super::steps::{StepRow, rows};
use crate::data::{Case, Requirement, Step, Suite, needs};
use crate::run::{CaseReport, Exchange, Message, Run, Word};

/// Changes when a reader of the JSON has to change.
const FORMAT: u32 = 1;

/// Every result word, in the order of the totals.
const WORDS: [Word; 9] = [
    Word::Pass,
    Word::Fail,
    Word::Warn,
    Word::Skip,
    Word::Untestable,
    Word::Xfail,
    Word::Xpass,
    Word::Stale,
    Word::Harness,
];

/// A run, judged and masked. What differs from run to run is not part of the JSON.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) format: u32,
    pub(crate) driver: String,
    pub(crate) capabilities: BTreeSet<String>,
    /// The command that makes such a run.
    pub(crate) again: String,
    pub(crate) totals: BTreeMap<&'static str, usize>,
    pub(crate) areas: Vec<Area>,
    /// The rules that a case of this run covers.
    pub(crate) requirements: BTreeMap<String, Rule>,
    pub(crate) cases: Vec<CaseRow>,
    #[serde(skip)]
    pub(crate) took: Duration,
}

/// One cell row of the matrix.
#[derive(Clone, Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the JSON")]
pub(crate) struct Area {
    pub(crate) provider: String,
    pub(crate) area: String,
    pub(crate) counts: BTreeMap<&'static str, usize>,
}

/// A requirement with its source.
#[derive(Clone, Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the JSON")]
pub(crate) struct Rule {
    pub(crate) level: &'static str,
    pub(crate) rule: String,
    pub(crate) confidence: &'static str,
    pub(crate) document: String,
    pub(crate) document_title: String,
    pub(crate) clause: String,
    pub(crate) url: Option<String>,
    pub(crate) read: String,
    pub(crate) threat: Option<String>,
    pub(crate) note: Option<String>,
    /// Cases of this run that cover it.
    pub(crate) cases: Vec<String>,
    /// Broken clients that are made to break it.
    pub(crate) mutants: Vec<String>,
}

/// Where a case's claims about the provider come from.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Evidence {
    pub(crate) class: &'static str,
    pub(crate) on: String,
    pub(crate) version: Option<String>,
    pub(crate) note: Option<String>,
}

/// A case and what came of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CaseRow {
    pub(crate) id: String,
    pub(crate) provider: String,
    pub(crate) area: String,
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) file: String,
    pub(crate) level: &'static str,
    pub(crate) covers: Vec<String>,
    pub(crate) needs: Vec<String>,
    pub(crate) evidence: Option<Evidence>,
    /// Who answers: `script`, `emulator` or `both`.
    pub(crate) server: &'static str,
    pub(crate) steps: Vec<StepRow>,
    pub(crate) killed_by: Vec<String>,
    pub(crate) result: &'static str,
    pub(crate) reasons: Vec<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) secrets: Vec<String>,
    pub(crate) exchanges: Vec<ExchangeRow>,
    pub(crate) again: String,
    #[serde(skip)]
    pub(crate) took: Duration,
    #[serde(skip)]
    pub(crate) dialogue: Vec<String>,
    #[serde(skip)]
    pub(crate) stderr: String,
}

/// One request, its answer, and what the case says about it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ExchangeRow {
    pub(crate) number: usize,
    /// The line of the `do` step during which it arrived.
    pub(crate) step: Option<usize>,
    /// The line of the `expect` step that answered.
    pub(crate) expect: Option<usize>,
    pub(crate) server: &'static str,
    pub(crate) by: &'static str,
    pub(crate) request: Message,
    pub(crate) answer: Option<Message>,
    pub(crate) fault: Option<&'static str>,
    pub(crate) findings: Vec<String>,
}

impl Report {
    /// `again` is the command that makes such a run.
    pub(crate) fn of(suite: &Suite, run: &Run, again: &str) -> Self {
        let covered: BTreeSet<&String> = run.cases.iter().flat_map(|case| &case.covers).collect();
        let areas = run.matrix().into_iter().map(|((provider, area), counts)| Area {
            provider,
            area,
            counts: counts
                .into_iter()
                .map(|(word, count)| (word.text(), count))
                .collect(),
        });
        Self {
            format: FORMAT,
            driver: run.driver.clone(),
            capabilities: run.capabilities.clone(),
            again: again.to_owned(),
            totals: WORDS.map(|word| (word.text(), run.count(word))).into(),
            areas: areas.collect(),
            requirements: covered
                .into_iter()
                .filter_map(|id| Some((id.clone(), rule(suite, run, suite.requirement(id)?))))
                .collect(),
            cases: run.cases.iter().map(|case| row(suite, case, again)).collect(),
            took: run.took,
        }
    }
}

fn rule(suite: &Suite, run: &Run, requirement: &Requirement) -> Rule {
    let source = &requirement.source;
    let document = suite.document(&source.document);
    Rule {
        level: requirement.level.word(),
        rule: requirement.rule.clone(),
        confidence: requirement.confidence.word(),
        document: source.document.clone(),
        document_title: document.map_or_else(|| source.document.clone(), |document| document.title.clone()),
        clause: source.clause.clone(),
        url: document.and_then(|document| document.url.clone()),
        read: source.read.to_string(),
        threat: requirement.threat.clone(),
        note: requirement.note.clone(),
        cases: run
            .cases
            .iter()
            .filter(|case| case.covers.contains(&requirement.id))
            .map(|case| case.id.clone())
            .collect(),
        mutants: suite
            .mutants
            .iter()
            .filter(|mutant| mutant.caught_by.contains(&requirement.id))
            .map(|mutant| mutant.name.clone())
            .collect(),
    }
}

fn row(suite: &Suite, report: &CaseReport, again: &str) -> CaseRow {
    let case = suite.cases.iter().find(|case| case.id == report.id);
    let mut parts = report.id.splitn(3, '/').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let turns: Vec<(usize, Arrival)> = case.map(turns).unwrap_or_default();
    CaseRow {
        id: report.id.clone(),
        provider: part(),
        area: part(),
        name: part(),
        title: report.title.clone(),
        file: format!("conformance/cases/{}.toml", report.id),
        level: report.level.word(),
        covers: report.covers.clone(),
        needs: case.map_or_else(Vec::new, |case| needs(case).into_iter().collect()),
        evidence: case.map(|case| Evidence {
            class: case.evidence.class.word(),
            on: case.evidence.on.to_string(),
            version: case.evidence.version.clone(),
            note: case.evidence.note.clone(),
        }),
        server: case.map_or("script", answered_by),
        steps: case.map(rows).unwrap_or_default(),
        killed_by: case.map_or_else(Vec::new, |case| {
            let claims = case.killed_by.iter().map(|claim| claim.mutant.clone());
            claims.collect()
        }),
        result: report.word.text(),
        reasons: report.reasons.clone(),
        warnings: report.warnings.clone(),
        secrets: report.secrets.clone(),
        exchanges: exchanges(&report.exchanges, &turns),
        again: format!("{again} --case {}", report.id),
        took: report.took,
        dialogue: report.dialogue.clone(),
        stderr: report.stderr.clone(),
    }
}

fn answered_by(case: &Case) -> &'static str {
    let scripted = case.steps().any(|step| step.expect.is_some());
    match (&case.given.emulator, scripted) {
        (None, _) => "script",
        (Some(_), false) => "emulator",
        (Some(_), true) => "both",
    }
}

/// How the requests of a step may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arrival {
    /// One after the other.
    InTurn,
    /// A list's pages, perhaps several at a time.
    Pages,
    /// Calls in flight together.
    Together,
}

/// Line of each `do` step, and how its requests may come.
fn turns(case: &Case) -> Vec<(usize, Arrival)> {
    let arrival = |step: &Step| {
        let options = step.with.get("options");
        let given = |name: &str| options.is_some_and(|options| options.get(name).is_some());
        match step.parallel {
            Some(_) => Arrival::Together,
            None if given("all_pages") || given("prefetch") => Arrival::Pages,
            None => Arrival::InTurn,
        }
    };
    case.step
        .iter()
        .filter(|step| step.as_ref().action.is_some())
        .map(|step| (case.at(step).line, arrival(step.as_ref())))
        .collect()
}

/// In order of arrival. Where several may be in flight, a row of requests to one place is in order of its text, so that equal
/// runs read equal.
fn exchanges(seen: &[Exchange], turns: &[(usize, Arrival)]) -> Vec<ExchangeRow> {
    let turn_of = |exchange: &Exchange| exchange.turn.checked_sub(1).and_then(|index| turns.get(index));
    let mut sorted: Vec<&Exchange> = seen.iter().collect();
    sorted.sort_by_key(|exchange| exchange.turn);
    let place = |exchange: &Exchange| exchange.request.line.split('?').next().map(str::to_owned);
    for row in sorted.chunk_by_mut(|one, next| one.turn == next.turn && place(one) == place(next)) {
        match row.first().and_then(|first| turn_of(first)) {
            Some((_, Arrival::Pages)) => row.sort_by_cached_key(|exchange| natural(&exchange.request.line)),
            Some((_, Arrival::Together)) => row.sort_by_cached_key(|exchange| exchange.text()),
            _ => {}
        }
    }
    sorted
        .into_iter()
        .zip(1..)
        .map(|(exchange, number)| ExchangeRow {
            number,
            step: turn_of(exchange).map(|(line, _)| *line),
            expect: exchange.expect,
            server: exchange.server,
            by: exchange.by,
            request: exchange.request.clone(),
            answer: exchange.answer.clone(),
            fault: exchange.fault,
            findings: exchange.findings.clone(),
        })
        .collect()
}

/// The text with its numbers widened, so that they sort as numbers.
fn natural(text: &str) -> String {
    let mut widened = String::new();
    let mut digits = String::new();
    for c in text.chars().chain(std::iter::once(' ')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            let _ = write!(widened, "{digits:0>12}");
            digits.clear();
        }
        widened.push(c);
    }
    widened
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(turn: usize, line: &str) -> Exchange {
        Exchange {
            turn,
            request: Message::new(line.to_owned(), vec![], b""),
            ..Exchange::default()
        }
    }

    #[test]
    fn only_rows_of_requests_that_may_be_in_flight_together_are_sorted() {
        let seen = [
            exchange(0, "z"),
            exchange(1, "c"),
            exchange(1, "b"),
            exchange(2, "GET /p"),
            exchange(2, "POST /t"),
            exchange(2, "GET /p?offset=100"),
            exchange(2, "GET /p?offset=50"),
            exchange(3, "GET /p?b"),
            exchange(3, "GET /p?a"),
        ];
        let turns = [
            (10, Arrival::InTurn),
            (20, Arrival::Pages),
            (30, Arrival::Together),
        ];
        let rows: Vec<(usize, Option<usize>, String)> = exchanges(&seen, &turns)
            .into_iter()
            .map(|row| (row.number, row.step, row.request.line))
            .collect();
        let expected = [
            (1, None, "z"),
            (2, Some(10), "c"),
            (3, Some(10), "b"),
            (4, Some(20), "GET /p"),
            (5, Some(20), "POST /t"),
            (6, Some(20), "GET /p?offset=50"),
            (7, Some(20), "GET /p?offset=100"),
            (8, Some(30), "GET /p?a"),
            (9, Some(30), "GET /p?b"),
        ]
        .map(|(number, step, line)| (number, step, line.to_owned()));
        assert_eq!(rows, expected);
    }
}
