//! Documented rules and the documents they come from.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::value::Datetime;

use super::Place;

/// How binding a rule is; ordered from weak to strong.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    May,
    Should,
    Must,
}

impl Level {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::May => "may",
            Self::Should => "should",
            Self::Must => "must",
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Confidence {
    Documented,
    Observed,
    Inferred,
}

impl Confidence {
    pub(crate) fn is_inferred(self) -> bool {
        self == Self::Inferred
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Inferred => "inferred",
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceRef {
    pub(crate) document: String,
    pub(crate) clause: String,
    pub(crate) read: Datetime,
}

/// A reason with a date at which somebody looks at it again.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Waiver {
    pub(crate) reason: String,
    pub(crate) review_by: Datetime,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Requirement {
    pub(crate) id: String,
    pub(crate) level: Level,
    pub(crate) rule: String,
    pub(crate) source: SourceRef,
    pub(crate) confidence: Confidence,
    pub(crate) threat: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) excluded: Option<Waiver>,
    pub(crate) no_mutant: Option<Waiver>,
    #[serde(skip)]
    pub(crate) place: Place,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequirementFile {
    #[serde(default)]
    pub(super) requirement: Vec<Spanned<Requirement>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) url: Option<String>,
    pub(crate) read: Datetime,
    #[serde(skip)]
    pub(crate) place: Place,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Clause {
    pub(crate) document: String,
    pub(crate) name: String,
    pub(crate) reason: Option<String>,
    #[serde(skip)]
    pub(crate) place: Place,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourcesFile {
    #[serde(default)]
    pub(super) document: Vec<Spanned<Document>>,
    #[serde(default)]
    pub(super) clause: Vec<Spanned<Clause>>,
}
