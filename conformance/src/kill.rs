//! The kill table: which case catches which broken client.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::data::{Place, Problem, Suite, read_toml};
use crate::run::{Launch, Run, RunOptions, Word, run};

/// Computed, committed as `conformance/kill-table.toml`, compared exactly.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct KillTable {
    /// What the unbroken driver does with each case.
    pub(crate) unbroken: BTreeMap<String, Vec<String>>,
    /// The cases that fail for each mutant.
    pub(crate) mutant: BTreeMap<String, Vec<String>>,
}

const HEAD: &str = "# Computed by `attache-conformance kill-table --write`; never edited by hand.\n\
                    # Under [mutant]: the cases that each broken client fails. It passes all others that the unbroken one passes.\n\n";

impl KillTable {
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, Problem> {
        if path.exists() {
            read_toml(path).map(|(table, _)| Some(table))
        } else {
            Ok(None)
        }
    }

    pub(crate) fn text(&self) -> Result<String, toml::ser::Error> {
        Ok(format!("{HEAD}{}", toml::to_string_pretty(self)?))
    }

    /// Whether a case fails for a mutant.
    pub(crate) fn catches(&self, mutant: &str, case: &str) -> bool {
        self.mutant
            .get(mutant)
            .is_some_and(|cases| cases.iter().any(|id| id == case))
    }
}

/// Runs the unbroken driver and every mutant of it. Of a mutant, only those cases are played in which the unbroken
/// driver looked at its switch, or did not say what it looked at: in all others both do the same. `every` plays all.
pub(crate) async fn compute(
    suite: &Suite,
    launch: &Launch,
    jobs: usize,
    every: bool,
    mut progress: impl FnMut(&str, &Run),
) -> std::io::Result<KillTable> {
    let mut table = KillTable::default();
    let options = |launch, only| RunOptions {
        launch,
        prefix: None,
        only,
        jobs,
        known: BTreeSet::new(),
        brief: true,
        today: None,
    };
    let unbroken = run(suite, &options(launch.clone(), None), |_, _, _| {}).await?;
    progress("unbroken", &unbroken);
    for case in &unbroken.cases {
        let word = match case.word {
            Word::Warn if !case.is_failed() => Word::Pass,
            other => other,
        };
        table
            .unbroken
            .entry(word.text().to_lowercase())
            .or_default()
            .push(case.id.clone());
    }
    for mutant in &suite.mutants {
        let touched = unbroken.cases.iter().filter(|case| {
            let looked_at = case.looked_at.as_ref();
            looked_at.is_none_or(|looked_at| looked_at.contains(&mutant.name))
        });
        let only = (!every).then(|| touched.map(|case| case.id.as_str()).collect());
        let broken = run(
            suite,
            &options(launch.with(&["--fault", &mutant.name]), only),
            |_, _, _| {},
        )
        .await?;
        progress(&mutant.name, &broken);
        let fails = broken
            .cases
            .iter()
            .filter(|case| case.is_failed())
            .map(|case| case.id.clone());
        table.mutant.insert(mutant.name.clone(), fails.collect());
    }
    Ok(table)
}

/// What the table proves wrong about the cases' and the mutants' own claims.
pub(crate) fn broken_claims(suite: &Suite, table: &KillTable) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (word, cases) in table
        .unbroken
        .iter()
        .filter(|(word, _)| !["pass", "skip"].contains(&word.as_str()))
    {
        for id in cases {
            let place = suite
                .cases
                .iter()
                .find(|case| case.id == *id)
                .map(|case| case.place.clone());
            let text =
                format!("{id} comes out as {word} for the unbroken driver; it must pass or be skipped");
            problems.push(Problem::new(&place.unwrap_or_default(), text));
        }
    }
    for case in &suite.cases {
        for claim in case
            .killed_by
            .iter()
            .filter(|claim| !table.catches(&claim.mutant, &case.id))
        {
            problems.push(Problem::new(
                &case.place,
                format!("{} says that it catches {}, and does not", case.id, claim.mutant),
            ));
        }
    }
    for mutant in &suite.mutants {
        for id in &mutant.caught_by {
            if !suite
                .covering(id)
                .any(|case| table.catches(&mutant.name, &case.id))
            {
                problems.push(Problem::new(
                    &mutant.place,
                    format!("{} must be caught by a case of {id}, and is not", mutant.name),
                ));
            }
        }
    }
    problems
}

/// Line by line, what two tables differ in.
pub(crate) fn differences(file: &Path, committed: &KillTable, computed: &KillTable) -> Vec<Problem> {
    let mut problems = Vec::new();
    let place = Place::file(file);
    let sets = [
        (&committed.unbroken, &computed.unbroken),
        (&committed.mutant, &computed.mutant),
    ];
    for (then, now) in sets {
        let names: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
        for name in names {
            let empty = Vec::new();
            let old: BTreeSet<&String> = then.get(name).unwrap_or(&empty).iter().collect();
            let new: BTreeSet<&String> = now.get(name).unwrap_or(&empty).iter().collect();
            for id in old.difference(&new) {
                problems.push(Problem::new(
                    &place,
                    format!("{name}: {id} is in the committed table only"),
                ));
            }
            for id in new.difference(&old) {
                problems.push(Problem::new(&place, format!("{name}: {id} is new")));
            }
        }
    }
    problems
}
