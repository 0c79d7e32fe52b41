//! Everything that can change while the emulator runs.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use super::faults::Faults;
use super::identity::codes::Codes;
use super::identity::form_fields::all;
use super::identity::grants::{EndsAccess, Grants, Key};
use super::identity::rotation::Rotation;
use super::limits::{Limits, Meter};
use super::log::{Endpoint, Exchange, Log};
use super::options::Options;
use super::world::{Administrator, App, Portal};

pub(crate) struct State {
    pub(crate) apps: BTreeMap<String, App>,
    /// Client ids of apps that were deleted.
    pub(crate) deleted_apps: BTreeSet<String>,
    /// Which app is listed on which portal's API Access page, authorized or not.
    pub(crate) connected: BTreeSet<Key>,
    pub(crate) portals: BTreeMap<i64, Portal>,
    /// Who authorized what, with the rights they have now.
    pub(crate) administrators: BTreeMap<Key, Administrator>,
    pub(crate) grants: Grants,
    pub(crate) codes: Codes,
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
            deleted_apps: BTreeSet::new(),
            connected: BTreeSet::new(),
            portals: BTreeMap::new(),
            administrators: BTreeMap::new(),
            grants,
            codes: Codes::default(),
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
        match exchange.endpoint {
            Endpoint::Api(_) => self.grants.owner_of_access_token(bearer(exchange)?).cloned(),
            _ => self.grant_of(exchange),
        }
    }

    /// Whose authorization a request's token or code hangs on.
    pub(crate) fn grant_of(&self, exchange: &Exchange) -> Option<Key> {
        let sent = |name| all(&exchange.form, name).next();
        let refresh = |token| self.grants.owner_of_refresh_token(token);
        let access = |token| self.grants.grant_of_access_token(token);
        let owner = match exchange.endpoint {
            Endpoint::Token => sent("refresh_token")
                .and_then(refresh)
                .or_else(|| sent("code").and_then(|code| self.codes.owner(code)))
                .or_else(|| sent("subject_token").and_then(access)),
            Endpoint::Revocation => {
                let token = sent("token")?;
                refresh(token).or_else(|| access(token))
            }
            Endpoint::Api(_) => access(bearer(exchange)?),
            _ => None,
        };
        owner.cloned()
    }

    /// Whether the person who authorized what an access token hangs on is active (Planday, Authorization: consent).
    pub(crate) fn is_administrator_active(&self, access_token: &str) -> bool {
        self.grants
            .grant_of_access_token(access_token)
            .and_then(|key| self.administrators.get(key))
            .is_some_and(|administrator| administrator.active)
    }

    /// The app of a request's access token, with the scopes that were granted only.
    pub(crate) fn app_as_granted(&self, exchange: &Exchange) -> Option<App> {
        let token = bearer(exchange)?;
        let key = self.grants.owner_of_access_token(token)?;
        let mut app = self.apps.get(&key.client_id)?.clone();
        if let Some(granted) = self.grants.scopes_of_access_token(token) {
            app.scopes.retain(|scope| granted.contains(scope));
        }
        Some(app)
    }

    pub(crate) fn is_live_access_token(&self, token: &str, now: SystemTime) -> bool {
        let ends = EndsAccess {
            by_portal: self.options.revoke_ends_access,
            by_client: self.options.revocation_ends_access,
        };
        self.grants.is_live_access_token(token, now, ends)
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

/// The bearer token of a request.
pub(crate) fn bearer(exchange: &Exchange) -> Option<&str> {
    crate::answers::bearer(&exchange.headers)
}
