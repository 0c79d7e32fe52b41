//! What can be wrong with a set-up.

use std::fmt;

/// Everything that is wrong with a set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidConnector {
    pub(super) provider: &'static str,
    pub(super) problems: Vec<Problem>,
}

/// One thing that is wrong with a set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The field, under the name that the provider's own pages give it.
    pub field: &'static str,
    /// Which one of the field's values, counted from 1, where it has several.
    pub position: Option<usize>,
    /// What is wrong and what to do, as a lower-case fragment.
    pub message: &'static str,
}

impl Problem {
    pub(crate) const fn new(field: &'static str, message: &'static str) -> Self {
        Self {
            field,
            position: None,
            message,
        }
    }

    /// With `index`, counted from 0, of the value that it is about.
    pub(super) const fn at(mut self, index: usize) -> Self {
        self.position = Some(index + 1);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "{} {position} {}", self.field, self.message),
            None => write!(f, "{} {}", self.field, self.message),
        }
    }
}

/// Writes problems in one line.
pub(crate) fn write_problems(f: &mut fmt::Formatter<'_>, problems: &[Problem]) -> fmt::Result {
    for (index, problem) in problems.iter().enumerate() {
        let separator = if index == 0 { "" } else { "; " };
        write!(f, "{separator}{problem}")?;
    }
    Ok(())
}

impl InvalidConnector {
    /// Every problem, in the order of the fields.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for InvalidConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} connector cannot be used: ", self.provider)?;
        write_problems(f, &self.problems)
    }
}

impl std::error::Error for InvalidConnector {}
