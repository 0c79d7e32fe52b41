//! How a case sets up the emulator (`given.emulator`).

use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmulatorSetup {
    pub(crate) rotation: Option<String>,
    pub(crate) grace: Option<u64>,
    pub(crate) access_lifetime: Option<u64>,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) redirect_uris: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) limits: bool,
    pub(crate) departments: Option<u32>,
    pub(crate) employees: Option<u32>,
    pub(crate) portals: Option<Vec<PortalSetup>>,
    #[serde(default)]
    pub(crate) options: EmulatorOptions,
    #[serde(default)]
    pub(crate) fault: Vec<EmulatorFault>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PortalSetup {
    pub(crate) id: i64,
    /// The pasted token; without it nobody has authorised the app in this portal yet.
    pub(crate) refresh: Option<String>,
    /// The master portal that this one is a child of.
    pub(crate) parent: Option<i64>,
}

/// Where the documents leave the provider free, in the emulator's words.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmulatorOptions {
    pub(crate) pkce: Option<String>,
    pub(crate) code_lifetime: Option<u64>,
    pub(crate) code_reuse_ends_grant: Option<bool>,
    pub(crate) any_loopback_port: Option<bool>,
    pub(crate) all_scopes_required: Option<bool>,
    pub(crate) callback_issuer: Option<String>,
    pub(crate) callback_extras: Option<Vec<(String, String)>>,
    pub(crate) second_grant: Option<String>,
    pub(crate) revocation_ends_access: Option<bool>,
    pub(crate) revocation_unavailable: Option<bool>,
    pub(crate) after_revoke: Option<String>,
    pub(crate) deleted_app: Option<String>,
    pub(crate) inactive_administrator_refreshes: Option<bool>,
    pub(crate) child_expires_in: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmulatorFault {
    pub(crate) on: String,
    #[serde(rename = "do")]
    pub(crate) effect: String,
    pub(crate) status: Option<u16>,
    pub(crate) retry_after: Option<u64>,
    #[serde(default)]
    pub(crate) after: u32,
    pub(crate) times: Option<u32>,
}
