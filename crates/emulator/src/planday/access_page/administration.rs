//! What an administrator does to apps on the API Access page (Planday, Authorization: Create an application; Connect an
//! existing API application on other Planday portals). Page, levers and control plane all come through here.

use url::Url;

use crate::planday::identity::addresses::is_loopback;
use crate::planday::identity::consent::sign_in;
use crate::planday::identity::grants::{Key, Standing};
use crate::planday::identity::scopes;
use crate::planday::state::State;
use crate::planday::switches::AfterRevoke;
use crate::planday::world::{Administrator, App, WorldError};

/// An app has one to three redirect URLs (Planday, Authorization Flow); one that is only authorized on the page needs
/// none.
pub(crate) const MOST_REDIRECT_URIS: usize = 3;

/// Refuses more than three redirect URIs, what is none (RFC 6749, 3.1.2), and what would carry a code over the network in
/// the clear (RFC 6749, 3.1.2.1; RFC 8252, 7.3, excepts loopback).
pub(crate) fn check_redirect_uris(uris: &[String]) -> Result<(), WorldError> {
    if uris.len() > MOST_REDIRECT_URIS {
        return Err(WorldError::Unfit(format!(
            "an app has at most {MOST_REDIRECT_URIS} redirect URIs: leave some out"
        )));
    }
    for uri in uris {
        let Some(url) = Url::parse(uri).ok().filter(|url| url.fragment().is_none()) else {
            return Err(WorldError::Unfit(format!(
                "the redirect URI {uri:?} is no absolute URL without a fragment"
            )));
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return Err(WorldError::Unfit(format!(
                "the redirect URI {uri:?} is neither https nor http on loopback: give it one of them"
            )));
        }
    }
    Ok(())
}

impl State {
    /// Create App: its client id.
    pub(crate) fn create_app(
        &mut self,
        portal: i64,
        name: &str,
        scopes: Vec<String>,
        redirect_uris: Vec<String>,
    ) -> Result<String, WorldError> {
        self.require_portal(portal)?;
        let name = name.trim();
        if name.is_empty() {
            return Err(WorldError::Unfit(
                "the name is missing: it is what customers see".to_owned(),
            ));
        }
        if scopes.is_empty() {
            return Err(WorldError::Unfit(
                "no scope is ticked, and none can be added later: tick one".to_owned(),
            ));
        }
        if let Some(unknown) = scopes.iter().find(|scope| !scopes::is_tickable(scope)) {
            return Err(WorldError::Unfit(format!(
                "no app can have the scope {unknown:?}"
            )));
        }
        check_redirect_uris(&redirect_uris)?;
        let client_id = self.grants.new_guid();
        let app = App::new(client_id.clone())
            .name(name)
            .scopes(scopes)
            .redirect_uris(redirect_uris)
            .home(portal);
        self.apps.insert(client_id.clone(), app);
        self.connected.insert(key(&client_id, portal));
        Ok(client_id)
    }

    /// Connect App: the app is listed on another portal, not authorized yet.
    pub(crate) fn connect_app(&mut self, client_id: &str, portal: i64) -> Result<(), WorldError> {
        self.require_portal(portal)?;
        if !self.apps.contains_key(client_id) {
            return Err(unknown_app(client_id));
        }
        if !self.connected.insert(key(client_id, portal)) {
            return Err(WorldError::Duplicate(format!(
                "the connection to portal {portal}"
            )));
        }
        Ok(())
    }

    /// Authorize, with the consent that follows: the Token column.
    pub(crate) fn authorize_as(
        &mut self,
        client_id: &str,
        portal: i64,
        user_name: &str,
    ) -> Result<String, WorldError> {
        let key = key(client_id, portal);
        if !self.connected.contains(&key) {
            return Err(unknown_connection(portal));
        }
        let home = self.portals.get(&portal).ok_or_else(|| unknown_portal(portal))?;
        let administrator = sign_in(home, user_name).map_err(WorldError::Unfit)?.clone();
        let kept = match self.grants.standing(&key) {
            Standing::Not => false,
            Standing::Authorized => true,
            Standing::Paused => self.options.after_revoke == AfterRevoke::SameToken,
        };
        if kept && self.grants.newest(&key).is_some() {
            self.grants.pause(&key, false);
        } else {
            self.grants.authorize_anew(&key, None);
        }
        let token = self.grants.newest(&key).unwrap_or_default().to_owned();
        self.administrators.insert(key, administrator);
        Ok(token)
    }

    /// Rename: nothing changes for the tokens.
    pub(crate) fn rename_app(&mut self, client_id: &str, name: &str) -> Result<(), WorldError> {
        let app = self
            .apps
            .get_mut(client_id)
            .ok_or_else(|| unknown_app(client_id))?;
        name.clone_into(&mut app.name);
        Ok(())
    }

    /// Delete, for good and everywhere.
    pub(crate) fn delete_app(&mut self, client_id: &str) -> Result<(), WorldError> {
        self.apps
            .remove(client_id)
            .ok_or_else(|| unknown_app(client_id))?;
        self.deleted_apps.insert(client_id.to_owned());
        self.connected.retain(|key| key.client_id != client_id);
        self.administrators.retain(|key, _| key.client_id != client_id);
        self.grants.forget_client(client_id);
        Ok(())
    }

    /// Adds or changes somebody who can sign in; every grant they gave follows their rights.
    pub(crate) fn put_administrator(
        &mut self,
        portal: i64,
        administrator: Administrator,
    ) -> Result<(), WorldError> {
        let home = self
            .portals
            .get_mut(&portal)
            .ok_or_else(|| unknown_portal(portal))?;
        for (key, given) in &mut self.administrators {
            if key.portal == portal && given.user_name == administrator.user_name {
                given.clone_from(&administrator);
            }
        }
        home.put_administrator(administrator);
        Ok(())
    }

    fn require_portal(&self, portal: i64) -> Result<(), WorldError> {
        self.portals
            .contains_key(&portal)
            .then_some(())
            .ok_or_else(|| unknown_portal(portal))
    }
}

pub(crate) fn key(client_id: &str, portal: i64) -> Key {
    Key {
        client_id: client_id.to_owned(),
        portal,
    }
}

pub(crate) fn unknown_connection(portal: i64) -> WorldError {
    WorldError::Unknown(format!("connection to portal {portal} by this client id"))
}

pub(crate) fn unknown_app(client_id: &str) -> WorldError {
    WorldError::Unknown(format!("app {client_id}"))
}

pub(crate) fn unknown_portal(portal: i64) -> WorldError {
    WorldError::Unknown(format!("portal {portal}"))
}
