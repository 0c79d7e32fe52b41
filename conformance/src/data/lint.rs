//! What is wrong with the files, in sentences. What is merely not covered is the trace gate's business.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Place, Problem, Suite, date};

mod cases;

/// All problems of all files, sorted by place.
pub(crate) fn lint(suite: &Suite, cases_root: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    sources(suite, &mut problems);
    requirements(suite, &mut problems);
    fixtures(suite, &mut problems);
    mutants(suite, &mut problems);
    cases::lint(suite, cases_root, &mut problems);
    problems.sort();
    problems
}

fn unique<'a>(what: &str, ids: impl Iterator<Item = (&'a str, &'a Place)>, problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
    for (id, place) in ids {
        if let Some(first) = seen.insert(id, place) {
            problems.push(Problem::new(
                place,
                format!("the {what} {id} is already used at {first}; ids are unique"),
            ));
        }
    }
}

fn dated(place: &Place, key: &str, value: &toml::value::Datetime, problems: &mut Vec<Problem>) {
    if date(value).is_none() {
        problems.push(Problem::new(
            place,
            format!("{key} = {value} is not a date; write it as 2026-11-21"),
        ));
    }
}

fn sources(suite: &Suite, problems: &mut Vec<Problem>) {
    unique(
        "document id",
        suite.documents.iter().map(|d| (d.id.as_str(), &d.place)),
        problems,
    );
    let mut seen = BTreeSet::new();
    for document in &suite.documents {
        dated(&document.place, "read", &document.read, problems);
        if document.title.is_empty() {
            problems.push(Problem::new(&document.place, "the document has an empty title"));
        }
    }
    for clause in &suite.clauses {
        if suite.document(&clause.document).is_none() {
            problems.push(Problem::new(
                &clause.place,
                format!(
                    "the clause names the document {}, which is not listed in this file",
                    clause.document
                ),
            ));
        }
        if !seen.insert((&clause.document, &clause.name)) {
            problems.push(Problem::new(
                &clause.place,
                format!(
                    "the clause \"{}\" of {} is listed twice",
                    clause.name, clause.document
                ),
            ));
        }
        let named = suite
            .requirements
            .iter()
            .find(|r| r.source.document == clause.document && r.source.clause == clause.name);
        if let (Some(requirement), Some(_)) = (named, &clause.reason) {
            problems.push(Problem::new(
                &clause.place,
                format!(
                    "the clause \"{}\" says that no client can break it, but {} comes from it; drop one",
                    clause.name, requirement.id
                ),
            ));
        }
    }
}

fn requirements(suite: &Suite, problems: &mut Vec<Problem>) {
    unique(
        "requirement id",
        suite.requirements.iter().map(|r| (r.id.as_str(), &r.place)),
        problems,
    );
    for requirement in &suite.requirements {
        let place = &requirement.place;
        if requirement.id.is_empty()
            || !requirement
                .id
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-' || c == '.')
        {
            problems.push(Problem::new(
                place,
                format!(
                    "the id {:?} may hold capitals, digits, `-` and `.` only",
                    requirement.id
                ),
            ));
        }
        if requirement.rule.is_empty() {
            problems.push(Problem::new(
                place,
                format!("{} has an empty rule", requirement.id),
            ));
        }
        dated(place, "source.read", &requirement.source.read, problems);
        for (key, waiver) in [
            ("excluded", &requirement.excluded),
            ("no_mutant", &requirement.no_mutant),
        ] {
            if let Some(waiver) = waiver {
                dated(place, &format!("{key}.review_by"), &waiver.review_by, problems);
                if waiver.reason.is_empty() {
                    problems.push(Problem::new(
                        place,
                        format!("{key} of {} has no reason", requirement.id),
                    ));
                }
            }
        }
        let source = &requirement.source;
        if !suite
            .clauses
            .iter()
            .any(|clause| clause.document == source.document && clause.name == source.clause)
        {
            problems.push(Problem::new(
                place,
                format!(
                    "{} comes from the clause \"{}\" of {}, which sources.toml does not list",
                    requirement.id, source.clause, source.document
                ),
            ));
        }
    }
}

fn fixtures(suite: &Suite, problems: &mut Vec<Problem>) {
    for fixture in suite.fixtures.values() {
        let place = &fixture.place;
        dated(place, "on", &fixture.head.on, problems);
        if fixture.head.from.is_empty() {
            problems.push(Problem::new(
                place,
                "`from` is empty; say which document or account it comes from",
            ));
        }
        if !(100..=599).contains(&fixture.head.status) {
            problems.push(Problem::new(
                place,
                format!("status {} is no HTTP status", fixture.head.status),
            ));
        }
        if fixture.is_json()
            && let Err(error) = serde_json::from_str::<serde_json::Value>(&fixture.body)
        {
            problems.push(Problem::new(
                place,
                format!("the body is not JSON ({error}); broken bodies are `respond.text` of a case"),
            ));
        }
    }
}

fn mutants(suite: &Suite, problems: &mut Vec<Problem>) {
    unique(
        "mutant",
        suite.mutants.iter().map(|m| (m.name.as_str(), &m.place)),
        problems,
    );
    for mutant in &suite.mutants {
        if mutant.driver != "strawman" {
            problems.push(Problem::new(
                &mutant.place,
                format!("the driver {:?} is not known; `strawman` is", mutant.driver),
            ));
        }
        if mutant.breaks.is_empty() || mutant.caught_by.is_empty() {
            problems.push(Problem::new(
                &mutant.place,
                format!("{} must say what it breaks and what catches it", mutant.name),
            ));
        }
        for id in mutant
            .caught_by
            .iter()
            .filter(|id| suite.requirement(id).is_none())
        {
            problems.push(Problem::new(
                &mutant.place,
                format!("{} is to be caught by {id}, which is no requirement", mutant.name),
            ));
        }
    }
}
