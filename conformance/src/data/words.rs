//! The matching words `exact`, `require`, `forbid` and `match`, and counts.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

/// What a part of a request (form, header, query, JSON body) must be like. Silence asserts nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    #[serde(default)]
    pub(crate) exact: toml::Table,
    #[serde(default)]
    pub(crate) require: Vec<String>,
    #[serde(default)]
    pub(crate) forbid: Vec<String>,
    #[serde(default, rename = "match")]
    pub(crate) matches: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) only: bool,
    pub(crate) whole: Option<toml::Value>,
}

/// A number, or a range of numbers.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub(crate) enum Count {
    Exactly(u64),
    Between(Range),
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Range {
    #[serde(default)]
    min: u64,
    max: Option<u64>,
}

impl Count {
    pub(crate) fn contains(self, number: u64) -> bool {
        number >= self.min() && self.max().is_none_or(|max| number <= max)
    }

    pub(crate) fn min(self) -> u64 {
        match self {
            Self::Exactly(n) => n,
            Self::Between(range) => range.min,
        }
    }

    pub(crate) fn max(self) -> Option<u64> {
        match self {
            Self::Exactly(n) => Some(n),
            Self::Between(range) => range.max,
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.max()) {
            (Self::Exactly(n), _) => write!(f, "{n}"),
            (_, Some(max)) => write!(f, "{} to {max}", self.min()),
            (_, None) => write!(f, "at least {}", self.min()),
        }
    }
}
