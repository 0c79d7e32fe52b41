//! Files with places: every complaint names a file and a line.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// A line of a file. Line 0 means the file as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) file: PathBuf,
    pub(crate) line: usize,
}

impl Place {
    pub(crate) fn file(path: &Path) -> Self {
        Self {
            file: path.to_owned(),
            line: 0,
        }
    }

    pub(crate) fn of(path: &Path, text: &str, span: &Range<usize>) -> Self {
        Self {
            file: path.to_owned(),
            line: line_of(text, span.start),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}", self.file.display()),
            line => write!(f, "{}:{line}", self.file.display()),
        }
    }
}

/// One sentence about what is wrong and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    pub(crate) place: Place,
    pub(crate) text: String,
}

impl Problem {
    pub(crate) fn new(place: &Place, text: impl Into<String>) -> Self {
        Self {
            place: place.clone(),
            text: text.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// Reads one TOML file; its text comes along so that spans can become lines.
pub(crate) fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<(T, String), Problem> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Problem::new(&Place::file(path), format!("cannot be read: {error}")))?;
    match toml::from_str(&text) {
        Ok(value) => Ok((value, text)),
        Err(error) => {
            let place = error
                .span()
                .map_or_else(|| Place::file(path), |span| Place::of(path, &text, &span));
            Err(Problem::new(&place, error.message().replace('\n', " ")))
        }
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
