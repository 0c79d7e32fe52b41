//! The trace gate: from every clause to a requirement, from every requirement to a case, and back.

use std::collections::BTreeSet;

use crate::data::{Case, Level, Problem, Suite};
use crate::kill::KillTable;

/// All reasons why the gate is red. `kills` is the committed kill table, once there is one.
pub(crate) fn gate(suite: &Suite, kills: Option<&KillTable>) -> Vec<Problem> {
    let mut problems = Vec::new();
    clauses(suite, &mut problems);
    coverage(suite, &mut problems);
    cases(suite, &mut problems);
    fixtures(suite, &mut problems);
    if let Some(kills) = kills {
        mutants(suite, kills, &mut problems);
    }
    problems.sort();
    problems
}

fn clauses(suite: &Suite, problems: &mut Vec<Problem>) {
    for clause in &suite.clauses {
        let named = suite
            .requirements
            .iter()
            .any(|r| r.source.document == clause.document && r.source.clause == clause.name);
        if !named && clause.reason.as_deref().is_none_or(str::is_empty) {
            problems.push(Problem::new(
                &clause.place,
                format!(
                    "the clause \"{}\" of {} has neither a requirement nor a reason why no client can break it",
                    clause.name, clause.document
                ),
            ));
        }
    }
}

fn coverage(suite: &Suite, problems: &mut Vec<Problem>) {
    for requirement in &suite.requirements {
        let covering: Vec<&Case> = suite.covering(&requirement.id).collect();
        let (id, level, place) = (&requirement.id, requirement.level, &requirement.place);
        if let Some(excluded) = &requirement.excluded {
            if excluded.reason.is_empty() {
                problems.push(Problem::new(place, format!("{id} is excluded without a reason")));
            }
            if let Some(case) = covering.first() {
                problems.push(Problem::new(
                    place,
                    format!(
                        "{id} is excluded although {} covers it; drop the exclusion",
                        case.id
                    ),
                ));
            }
            continue;
        }
        if covering.is_empty() && level > Level::May {
            problems.push(Problem::new(
                place,
                format!(
                    "{id} ({}) has no case and no exclusion: {}",
                    level.word(),
                    requirement.rule
                ),
            ));
        }
        let inferred = requirement.confidence.is_inferred()
            || (!covering.is_empty() && covering.iter().all(|case| case.evidence.class.is_inferred()));
        let noted = requirement.note.is_some() || covering.iter().any(|case| case.evidence.note.is_some());
        if level == Level::Must && inferred && !noted {
            problems.push(Problem::new(
                place,
                format!("{id} (must) rests only on inferred evidence and no note says why"),
            ));
        }
    }
}

fn cases(suite: &Suite, problems: &mut Vec<Problem>) {
    for case in &suite.cases {
        for id in &case.covers {
            match suite.requirement(id) {
                None => problems.push(Problem::new(
                    &case.place,
                    format!("{} covers {id}, which is no requirement", case.id),
                )),
                Some(requirement) if case.level < requirement.level => problems.push(Problem::new(
                    &case.place,
                    format!(
                        "{} ({}) is weaker than {id} ({})",
                        case.id,
                        case.level.word(),
                        requirement.level.word()
                    ),
                )),
                Some(_) => {}
            }
        }
    }
}

fn fixtures(suite: &Suite, problems: &mut Vec<Problem>) {
    let used: BTreeSet<&str> = suite
        .cases
        .iter()
        .flat_map(Case::steps)
        .filter_map(|step| step.respond.as_ref()?.fixture.as_deref())
        .collect();
    for fixture in suite
        .fixtures
        .values()
        .filter(|fixture| !used.contains(fixture.name.as_str()))
    {
        problems.push(Problem::new(
            &fixture.place,
            format!("the fixture {} is used by no case", fixture.name),
        ));
    }
}

fn mutants(suite: &Suite, kills: &KillTable, problems: &mut Vec<Problem>) {
    for requirement in &suite.requirements {
        // A crude mutant fails cases of many rules; only one that is made to break this rule proves that it is guarded.
        let guarded = suite.mutants.iter().any(|mutant| {
            mutant.caught_by.contains(&requirement.id)
                && suite
                    .covering(&requirement.id)
                    .any(|case| kills.catches(&mutant.name, &case.id))
        });
        let exempt = requirement.excluded.is_some() || requirement.no_mutant.is_some();
        if requirement.level == Level::Must && !guarded && !exempt {
            problems.push(Problem::new(
                &requirement.place,
                format!(
                    "{} (must) has no mutant that its cases catch, and no `no_mutant` says why",
                    requirement.id
                ),
            ));
        }
    }
}
