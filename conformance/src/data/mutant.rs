//! Broken clients, and what must catch them.

use serde::Deserialize;
use toml::Spanned;

use super::Place;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mutant {
    pub(crate) name: String,
    pub(crate) driver: String,
    pub(crate) breaks: String,
    pub(crate) caught_by: Vec<String>,
    #[serde(skip)]
    pub(crate) place: Place,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MutantFile {
    #[serde(default)]
    pub(super) mutant: Vec<Spanned<Mutant>>,
}
