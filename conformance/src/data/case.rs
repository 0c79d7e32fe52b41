//! One case: what is given, what is asked, what must arrive, and what must come of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::emulator::EmulatorSetup;
use super::fixture::EvidenceClass;
use super::{Count, Level, Place, UrlWords, Words};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) covers: Vec<String>,
    pub(crate) level: Level,
    #[serde(default)]
    pub(crate) needs: Vec<String>,
    pub(crate) evidence: Evidence,
    #[serde(default)]
    pub(crate) given: Given,
    #[serde(default)]
    pub(crate) step: Vec<Spanned<Step>>,
    pub(crate) then: Then,
    #[serde(default)]
    pub(crate) killed_by: Vec<KilledBy>,
    #[serde(skip)]
    pub(crate) place: Place,
    /// The whole file, to find templates and lines.
    #[serde(skip)]
    pub(crate) text: String,
}

impl Case {
    /// `planday` of `planday/token/refresh-fields`.
    pub(crate) fn provider(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    pub(crate) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.step.iter().map(AsRef::as_ref)
    }

    /// The place of a step in the file.
    pub(crate) fn at(&self, step: &Spanned<Step>) -> Place {
        Place::of(&self.place.file, &self.text, &step.span())
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    pub(crate) class: EvidenceClass,
    pub(crate) on: Datetime,
    pub(crate) version: Option<String>,
    pub(crate) note: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Given {
    pub(crate) clock: Option<Datetime>,
    pub(crate) grant: Option<toml::Table>,
    pub(crate) app: Option<toml::Table>,
    pub(crate) rotation: Option<String>,
    pub(crate) emulator: Option<EmulatorSetup>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    Call,
    Import,
    Configure,
    AuthorizeUrl,
    Browse,
    Callback,
    Revoke,
    Recheck,
    Admin,
    Clock,
    Restart,
    TokenView,
}

impl Action {
    /// Its word in the file.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Import => "import",
            Self::Configure => "configure",
            Self::AuthorizeUrl => "authorize_url",
            Self::Browse => "browse",
            Self::Callback => "callback",
            Self::Revoke => "revoke",
            Self::Recheck => "recheck",
            Self::Admin => "admin",
            Self::Clock => "clock",
            Self::Restart => "restart",
            Self::TokenView => "token_view",
        }
    }

    /// Whether the client does something of its own that `[then]` can judge.
    pub(crate) fn is_judged(self) -> bool {
        matches!(
            self,
            Self::Call
                | Self::Import
                | Self::Configure
                | Self::AuthorizeUrl
                | Self::Callback
                | Self::Revoke
                | Self::Recheck
        )
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    #[serde(rename = "do")]
    pub(crate) action: Option<Action>,
    #[serde(default)]
    pub(crate) with: toml::Table,
    pub(crate) parallel: Option<u32>,
    pub(crate) want: Option<Then>,
    /// What the authorize URL must be like.
    pub(crate) url: Option<UrlWords>,
    /// Template names, and the parameters whose values they get.
    #[serde(default)]
    pub(crate) save: BTreeMap<String, String>,
    pub(crate) expect: Option<Expect>,
    pub(crate) form: Option<Words>,
    pub(crate) header: Option<Words>,
    pub(crate) query: Option<Words>,
    pub(crate) json: Option<Words>,
    pub(crate) respond: Option<Respond>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Server {
    Identity,
    Api,
    Elsewhere,
}

impl Server {
    /// The reserved template that stands for its base URL.
    pub(crate) fn template(self) -> &'static str {
        match self {
            Self::Identity => "identity_url",
            Self::Api => "api_url",
            Self::Elsewhere => "elsewhere_url",
        }
    }

    /// Its word in the file.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Api => "api",
            Self::Elsewhere => "elsewhere",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    #[default]
    Strict,
    Any,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) method: String,
    #[serde(default)]
    pub(crate) path: String,
    pub(crate) path_match: Option<String>,
    pub(crate) at: Option<Server>,
    pub(crate) times: Option<Count>,
    #[serde(default)]
    pub(crate) when: When,
    #[serde(default)]
    pub(crate) order: Order,
}

impl Expect {
    /// The server that this step belongs to: token endpoints live on the identity host.
    pub(crate) fn server(&self) -> Server {
        self.at.unwrap_or(if self.path.starts_with("/connect/") {
            Server::Identity
        } else {
            Server::Api
        })
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct When {
    #[serde(default)]
    pub(crate) header: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) form: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fault {
    Close,
    Stall,
    Cut,
    Kill,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Respond {
    pub(crate) fixture: Option<String>,
    #[serde(default)]
    pub(crate) with: BTreeMap<String, String>,
    pub(crate) status: Option<u16>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) json: Option<toml::Value>,
    pub(crate) text: Option<String>,
    pub(crate) filler: Option<usize>,
    pub(crate) extra: Option<bool>,
    /// Keep the answer back until nothing else moves.
    #[serde(default)]
    pub(crate) hold: bool,
    pub(crate) fault: Option<Fault>,
}

/// What must come of a step (`want`) or of the case (`[then]`).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Then {
    pub(crate) outcome: Option<String>,
    pub(crate) error: Option<toml::Table>,
    pub(crate) count: Option<u64>,
    pub(crate) ids: Option<Vec<toml::Value>>,
    pub(crate) item: Option<toml::Table>,
    pub(crate) link: Option<toml::Table>,
    pub(crate) grant: Option<toml::Table>,
    pub(crate) waits: Option<Count>,
    pub(crate) server: Option<ServerCounts>,
}

impl Then {
    pub(crate) fn outcome(&self) -> &str {
        self.outcome.as_deref().unwrap_or("ok")
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServerCounts {
    pub(crate) refreshes: Option<Count>,
    pub(crate) code_exchanges: Option<Count>,
    pub(crate) derivations: Option<Count>,
    pub(crate) revocations: Option<Count>,
    pub(crate) token_calls: Option<Count>,
    pub(crate) throttled: Option<Count>,
    pub(crate) max_in_flight: Option<Count>,
    pub(crate) requests: Option<Count>,
    pub(crate) unexpected_requests: Option<Count>,
    pub(crate) unused_stubs: Option<Count>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KilledBy {
    pub(crate) mutant: String,
}
