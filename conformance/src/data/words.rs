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
    /// Lists that may be comma-joined or repeated (query).
    #[serde(default)]
    pub(crate) list: BTreeMap<String, Vec<String>>,
    /// A code verifier, and the challenge that it must be the secret of (form).
    #[serde(default)]
    pub(crate) s256: BTreeMap<String, String>,
    /// Random values, unlike every earlier one in the case (form).
    #[serde(default)]
    pub(crate) fresh: Vec<String>,
    #[serde(default)]
    pub(crate) only: bool,
    pub(crate) whole: Option<toml::Value>,
}

/// What the authorize URL must be like.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UrlWords {
    /// Everything before the query.
    pub(crate) base: Option<String>,
    #[serde(default)]
    pub(crate) exact: toml::Table,
    #[serde(default)]
    pub(crate) require: Vec<String>,
    #[serde(default)]
    pub(crate) forbid: Vec<String>,
    #[serde(default, rename = "match")]
    pub(crate) matches: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) fresh: Vec<String>,
    #[serde(default)]
    pub(crate) only: bool,
    /// The words of `scope`, in any order.
    pub(crate) scopes: Option<Vec<String>>,
    /// `S256`: a challenge is there.
    pub(crate) pkce: Option<String>,
}

impl UrlWords {
    /// The words for the query; what `scopes` and `pkce` name is named.
    pub(crate) fn query(&self) -> Words {
        let mut words = Words {
            exact: self.exact.clone(),
            require: self.require.clone(),
            forbid: self.forbid.clone(),
            matches: self.matches.clone(),
            fresh: self.fresh.clone(),
            only: self.only,
            ..Words::default()
        };
        if self.scopes.is_some() {
            words.require.push("scope".to_owned());
        }
        if let Some(method) = &self.pkce {
            words.exact.insert(
                "code_challenge_method".to_owned(),
                toml::Value::String(method.clone()),
            );
            words
                .matches
                .insert("code_challenge".to_owned(), "^[A-Za-z0-9_-]{43}$".to_owned());
        }
        words
    }
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
