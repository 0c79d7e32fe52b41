//! Everything on file, loaded once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::value::Datetime;

use super::fixture::Head;
use super::mutant::MutantFile;
use super::requirement::{Clause, Document, RequirementFile, SourcesFile};
use super::{Case, Fixture, Mutant, Place, Problem, Requirement, read_toml};

/// Where the suite's files lie.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    pub(crate) conformance: PathBuf,
    pub(crate) fixtures: PathBuf,
}

#[derive(Debug, Default)]
pub(crate) struct Suite {
    pub(crate) documents: Vec<Document>,
    pub(crate) clauses: Vec<Clause>,
    pub(crate) requirements: Vec<Requirement>,
    pub(crate) fixtures: BTreeMap<String, Fixture>,
    pub(crate) cases: Vec<Case>,
    pub(crate) mutants: Vec<Mutant>,
}

impl Suite {
    /// Loads all files; what cannot be read is a problem and is left out.
    pub(crate) fn load(paths: &Paths) -> (Self, Vec<Problem>) {
        let mut suite = Self::default();
        let mut problems = Vec::new();
        for path in files(&paths.conformance.join("requirements"), &mut problems) {
            if path.file_name().is_some_and(|name| name == "sources.toml") {
                if let Some((file, text)) = take::<SourcesFile>(&path, &mut problems) {
                    suite.documents.extend(
                        file.document
                            .into_iter()
                            .map(|entry| placed(&path, &text, entry, |d: &mut Document, p| d.place = p)),
                    );
                    suite.clauses.extend(
                        file.clause
                            .into_iter()
                            .map(|entry| placed(&path, &text, entry, |c: &mut Clause, p| c.place = p)),
                    );
                }
            } else if let Some((file, text)) = take::<RequirementFile>(&path, &mut problems) {
                suite.requirements.extend(
                    file.requirement
                        .into_iter()
                        .map(|entry| placed(&path, &text, entry, |r: &mut Requirement, p| r.place = p)),
                );
            }
        }
        for path in files(&paths.fixtures, &mut problems) {
            if let Some(fixture) = fixture(&paths.fixtures, &path, &mut problems) {
                suite.fixtures.insert(fixture.name.clone(), fixture);
            }
        }
        for path in files(&paths.conformance.join("cases"), &mut problems) {
            if let Some((mut case, text)) = take::<Case>(&path, &mut problems) {
                let line = text
                    .lines()
                    .position(|line| line.starts_with("id"))
                    .map_or(1, |at| at + 1);
                case.place = Place {
                    file: path.clone(),
                    line,
                };
                case.text = text;
                suite.cases.push(case);
            }
        }
        let mutants = paths.conformance.join("mutants.toml");
        if mutants.exists()
            && let Some((file, text)) = take::<MutantFile>(&mutants, &mut problems)
        {
            suite.mutants.extend(
                file.mutant
                    .into_iter()
                    .map(|entry| placed(&mutants, &text, entry, |m: &mut Mutant, p| m.place = p)),
            );
        }
        suite.cases.sort_by(|a, b| a.id.cmp(&b.id));
        (suite, problems)
    }

    pub(crate) fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.id == id)
    }

    pub(crate) fn document(&self, id: &str) -> Option<&Document> {
        self.documents.iter().find(|document| document.id == id)
    }

    pub(crate) fn covering<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Case> {
        self.cases
            .iter()
            .filter(move |case| case.covers.iter().any(|covered| covered == id))
    }
}

/// The calendar date in a TOML date or date-time.
pub(crate) fn date(value: &Datetime) -> Option<Date> {
    let date = value.date?;
    Date::new(
        i16::try_from(date.year).ok()?,
        i8::try_from(date.month).ok()?,
        i8::try_from(date.day).ok()?,
    )
    .ok()
}

fn take<T: DeserializeOwned>(path: &Path, problems: &mut Vec<Problem>) -> Option<(T, String)> {
    read_toml(path).map_err(|problem| problems.push(problem)).ok()
}

fn placed<T>(path: &Path, text: &str, entry: Spanned<T>, set: impl Fn(&mut T, Place)) -> T {
    let place = Place::of(path, text, &entry.span());
    let mut inner = entry.into_inner();
    set(&mut inner, place);
    inner
}

fn fixture(root: &Path, path: &Path, problems: &mut Vec<Problem>) -> Option<Fixture> {
    let (head, _) = take::<Head>(path, problems)?;
    let name = path.strip_prefix(root).ok()?.with_extension("");
    let name = name.to_string_lossy().replace('\\', "/");
    let body = match &head.body {
        None => String::new(),
        Some(file) => match std::fs::read_to_string(path.with_file_name(file)) {
            Ok(body) => body,
            Err(error) => {
                problems.push(Problem::new(
                    &Place::file(path),
                    format!("the body {file} cannot be read as text: {error}"),
                ));
                return None;
            }
        },
    };
    Some(Fixture {
        name,
        head,
        body,
        place: Place::file(path),
    })
}

/// All `.toml` files below a folder, sorted. A folder that does not exist is empty.
fn files(root: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => {
                problems.push(Problem::new(
                    &Place::file(&folder),
                    format!("cannot be listed: {error}"),
                ));
                continue;
            }
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
