//! An exchange on file: a TOML head and a plain body.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::value::Datetime;

use super::Place;

/// Where a statement about the provider comes from.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum EvidenceClass {
    Recorded,
    VendorDoc,
    VendorSdk,
    ThirdParty,
    Inferred,
}

impl EvidenceClass {
    pub(crate) fn is_inferred(self) -> bool {
        self == Self::Inferred
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::VendorDoc => "vendor-doc",
            Self::VendorSdk => "vendor-sdk",
            Self::ThirdParty => "third-party",
            Self::Inferred => "inferred",
        }
    }

    /// Days after which evidence of this class is stale.
    pub(crate) fn lasts_days(self) -> i32 {
        match self {
            Self::Recorded | Self::ThirdParty | Self::Inferred => 180,
            Self::VendorDoc | Self::VendorSdk => 365,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub(crate) class: EvidenceClass,
    pub(crate) from: String,
    pub(crate) on: Datetime,
    #[expect(dead_code, reason = "read by people; here so that the key is known")]
    pub(crate) version: Option<String>,
    #[expect(dead_code, reason = "read by people; here so that the key is demanded")]
    pub(crate) redacted: Vec<String>,
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Fixture {
    /// `planday/token/refreshed`
    pub(crate) name: String,
    pub(crate) head: Head,
    pub(crate) body: String,
    pub(crate) place: Place,
}

impl Fixture {
    pub(crate) fn is_json(&self) -> bool {
        self.head.body.as_deref().is_some_and(|file| {
            std::path::Path::new(file)
                .extension()
                .is_some_and(|ext| ext == "json")
        })
    }
}
