//! What a test does besides sending requests: look, act as the administrator, change switches, set faults.

use std::future::Future;

use super::access_page::administration::{key, unknown_connection};
use super::emulator::Emulator;
use super::faults::Fault;
use super::identity::rotation::Rotation;
use super::limits::Limits;
use super::log::{Counters, Exchange};
use super::options::Options;
use super::state::State;
use super::world::{Administrator, App, Portal, WorldError};
use crate::FaultId;
use crate::levers::common_levers;

common_levers!();

impl Emulator {
    /// The apps that exist.
    pub fn apps(&self) -> Vec<App> {
        self.read(|state| state.apps.values().cloned().collect())
    }

    /// The portals, with their data as it is now.
    pub fn portals(&self) -> Vec<Portal> {
        self.read(|state| state.portals.values().cloned().collect())
    }

    /// A portal, with its data as it is now.
    pub fn portal(&self, portal: i64) -> Option<Portal> {
        self.read(|state| state.portals.get(&portal).cloned())
    }

    /// Which client id is authorized on which portal.
    pub fn connections(&self) -> Vec<(String, i64)> {
        self.read(|state| {
            state
                .grants
                .keys()
                .map(|key| (key.client_id.clone(), key.portal))
                .collect()
        })
    }

    /// The newest refresh token of a connection: what the API Access page shows in its Token column.
    pub fn refresh_token(&self, client_id: &str, portal: i64) -> Option<String> {
        self.read(|state| state.grants.newest(&key(client_id, portal)).map(str::to_owned))
    }

    /// Every refresh token, access token, id token and code that was issued so far, dead ones and those nobody presented
    /// too, in order: what a test searches logs for.
    pub fn issued_tokens(&self) -> Vec<String> {
        self.read(|state| state.grants.issued_tokens())
    }

    /// Whether this refresh token would be exchanged now.
    pub fn is_live_refresh_token(&self, token: &str) -> bool {
        let now = self.clock().now();
        self.read(|state| state.is_live_refresh_token(token, now))
    }

    /// Whether the API would take this access token now.
    pub fn is_live_access_token(&self, token: &str) -> bool {
        let now = self.clock().now();
        self.read(|state| state.is_live_access_token(token, now))
    }

    /// The Revoke button: the refresh token answers `invalid_grant`, until the app is authorized again.
    ///
    /// # Errors
    ///
    /// There is no such connection; so in all calls below that name one.
    pub fn revoke(&self, client_id: &str, portal: i64) -> Result<(), WorldError> {
        self.pause(client_id, portal, true)
    }

    /// Authorize after [`revoke`](Self::revoke), where the portal keeps the token: the same one works again.
    pub fn authorize(&self, client_id: &str, portal: i64) -> Result<(), WorldError> {
        self.pause(client_id, portal, false)
    }

    fn pause(&self, client_id: &str, portal: i64, paused: bool) -> Result<(), WorldError> {
        let known = self.change(|state| state.grants.pause(&key(client_id, portal), paused));
        known.then_some(()).ok_or_else(|| unknown_connection(portal))
    }

    /// Authorize, where the portal shows a new token, which is returned; everything older is dead.
    pub fn reauthorize(&self, client_id: &str, portal: i64) -> Result<String, WorldError> {
        self.authorize_anew(client_id, portal, None)
    }

    /// As [`reauthorize`](Self::reauthorize), with a given token.
    ///
    /// # Errors
    ///
    /// There is no such connection, or the token is in use.
    pub fn reauthorize_with(
        &self,
        client_id: &str,
        portal: i64,
        refresh_token: &str,
    ) -> Result<(), WorldError> {
        self.authorize_anew(client_id, portal, Some(refresh_token.to_owned()))
            .map(drop)
    }

    fn authorize_anew(
        &self,
        client_id: &str,
        portal: i64,
        token: Option<String>,
    ) -> Result<String, WorldError> {
        let key = key(client_id, portal);
        self.change(|state| {
            if !state.grants.is_known(&key) {
                return Err(unknown_connection(portal));
            }
            if !state.grants.authorize_anew(&key, token) {
                return Err(WorldError::TokenTaken(portal));
            }
            Ok(state.grants.newest(&key).unwrap_or_default().to_owned())
        })
    }

    /// Renames an app, which changes nothing for its tokens.
    ///
    /// # Errors
    ///
    /// There is no such app.
    pub fn rename_app(&self, client_id: &str, name: &str) -> Result<(), WorldError> {
        self.change(|state| state.rename_app(client_id, name))
    }

    /// Deletes an app for good: its tokens are dead, and its client id is unknown from now on (or not: see
    /// [`deleted_app`](Options::deleted_app)).
    ///
    /// # Errors
    ///
    /// There is no such app.
    pub fn delete_app(&self, client_id: &str) -> Result<(), WorldError> {
        self.change(|state| state.delete_app(client_id))
    }

    /// Makes the administrator who authorized the app active or inactive; calls answer 401 meanwhile.
    pub fn set_administrator_active(
        &self,
        client_id: &str,
        portal: i64,
        active: bool,
    ) -> Result<(), WorldError> {
        self.administer(client_id, portal, |administrator| administrator.active = active)
    }

    /// Changes what the administrator may see and edit.
    pub fn set_administrator(
        &self,
        client_id: &str,
        portal: i64,
        administrator: Administrator,
    ) -> Result<(), WorldError> {
        self.administer(client_id, portal, |current| *current = administrator)
    }

    fn administer(
        &self,
        client_id: &str,
        portal: i64,
        change: impl FnOnce(&mut Administrator),
    ) -> Result<(), WorldError> {
        self.change(|state| {
            let administrator = state.administrators.get_mut(&key(client_id, portal));
            change(administrator.ok_or_else(|| unknown_connection(portal))?);
            Ok(())
        })
    }

    /// Ends every access token issued so far, whatever its lifetime.
    pub fn expire_access_tokens(&self) {
        self.change(|state| state.grants.expire_access_tokens());
    }

    /// Changes the rotation rule for exchanges from now on.
    pub fn set_rotation(&self, rotation: Rotation) {
        self.change(|state| state.rotation = rotation);
    }
}
