//! Everything that can change while the emulator runs.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::faults::Faults;
use super::grants::{Grants, Key};
use super::limits::{Limits, Meter};
use super::log::{Endpoint, Exchange, Log};
use super::options::Options;
use super::rotation::Rotation;
use super::world::{Administrator, App, Portal};

pub(crate) struct State {
    pub(crate) apps: BTreeMap<String, App>,
    pub(crate) portals: BTreeMap<i64, Portal>,
    pub(crate) administrators: BTreeMap<Key, Administrator>,
    pub(crate) grants: Grants,
    pub(crate) options: Options,
    pub(crate) rotation: Rotation,
    pub(crate) limits: Limits,
    pub(crate) meter: Meter,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
}

impl State {
    pub(crate) fn new(grants: Grants, options: Options, rotation: Rotation, limits: Limits) -> Self {
        Self {
            apps: BTreeMap::new(),
            portals: BTreeMap::new(),
            administrators: BTreeMap::new(),
            grants,
            options,
            rotation,
            limits,
            meter: Meter::default(),
            faults: Faults::default(),
            log: Log::default(),
        }
    }

    /// Whose token a request carries, good or not.
    pub(crate) fn concerned(&self, exchange: &Exchange) -> Option<Key> {
        let owner = match exchange.endpoint {
            Endpoint::Token => {
                let (_, token) = exchange.form.iter().find(|(name, _)| name == "refresh_token")?;
                self.grants.owner_of_refresh_token(token)
            }
            Endpoint::Api(_) => self.grants.owner_of_access_token(bearer(exchange)?),
            Endpoint::Unknown => None,
        };
        owner.cloned()
    }

    pub(crate) fn is_live_access_token(&self, token: &str, now: SystemTime) -> bool {
        self.grants
            .is_live_access_token(token, now, self.options.revoke_ends_access)
            && self
                .grants
                .owner_of_access_token(token)
                .is_some_and(|key| self.apps.contains_key(&key.client_id))
    }

    pub(crate) fn is_live_refresh_token(&self, token: &str, now: SystemTime) -> bool {
        self.grants
            .is_live_refresh_token(token, now, self.rotation.rule())
    }
}

/// The bearer token of a request. The scheme's case does not matter (RFC 9110, 11.1).
pub(crate) fn bearer(exchange: &Exchange) -> Option<&str> {
    let mut values = exchange.headers.get_all(http::header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
