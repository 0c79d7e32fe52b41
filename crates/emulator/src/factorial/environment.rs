//! Production and demo, which know nothing of each other's credentials (Factorial, Production and demo).

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};

use crate::lock::lock;

/// Which of Factorial's two environments an emulator plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// `api.factorialhr.com`.
    #[default]
    Production,
    /// `api.eu2.demo.factorial.dev`.
    Demo,
}

impl Environment {
    /// `production` or `demo`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Demo => "demo",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Every client id, token and API key that one environment ever gave out, for the other to know them as foreign.
#[derive(Clone, Default)]
pub(crate) struct GivenOut(Arc<Mutex<BTreeSet<String>>>);

impl GivenOut {
    pub(crate) fn add(&self, credential: &str) {
        lock(&self.0).insert(credential.to_owned());
    }

    pub(crate) fn has(&self, credential: &str) -> bool {
        lock(&self.0).contains(credential)
    }
}
