//! Why a link could not be started.

use std::{error::Error, fmt};

use crate::{
    connector::{Problem, write_problems},
    wire::RandomnessError,
};

/// Why a link could not be started: everything about the connector that stands in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkStartError {
    pub(super) provider: &'static str,
    pub(super) problems: Vec<Problem>,
    pub(super) randomness: Option<RandomnessError>,
}

impl LinkStartError {
    /// Every problem. There is none if only the operating system has no randomness to give: then try again.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for LinkStartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a link to {} cannot be started: ", self.provider)?;
        match &self.randomness {
            Some(error) => write!(f, "{error}"),
            None => write_problems(f, &self.problems),
        }
    }
}

impl Error for LinkStartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.randomness.as_ref().map(|error| error as _)
    }
}
