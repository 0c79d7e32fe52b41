//! What a test does besides sending requests: look, act as a person, change switches, set faults.

use std::future::Future;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{Request, Uri};
use url::form_urlencoded;

use super::builder::scopes;
use super::developer_tools;
use super::emulator::Emulator;
use super::faults::Fault;
use super::limits::Limits;
use super::log::{Counters, Exchange};
use super::options::Options;
use super::region::Region;
use super::state::{Data, State};
use super::webhooks::app_revoked;
use super::world::{App, Developer, Grant, User, WorldError};
use crate::FaultId;
use crate::levers::common_levers;

/// Why a person at the authorization page gave the app nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentError {
    /// The page says what is wrong, and sends nobody back: its HTML.
    #[error("the authorization page shows a problem instead of sending the person back")]
    Shown(String),
    /// The URL cannot be opened.
    #[error("the authorization URL is none: it needs a path and a query")]
    Address,
}

/// A pair of tokens as they are now.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pair {
    /// The access token; `None` when the last one was revoked.
    pub access_token: Option<String>,
    /// The refresh token.
    pub refresh_token: String,
}

impl std::fmt::Debug for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pair").finish_non_exhaustive()
    }
}

common_levers!();

impl Emulator {
    /// The apps of a region.
    pub fn apps(&self, region: Region) -> Vec<App> {
        self.look(region, |data| data.apps.values().cloned().collect())
    }

    /// The people of a region.
    pub fn users(&self, region: Region) -> Vec<User> {
        self.look(region, |data| data.users.values().cloned().collect())
    }

    /// The sheets of a region, by name.
    pub fn sheets(&self, region: Region) -> Vec<(i64, String)> {
        let mut sheets: Vec<(i64, String)> = self.look(region, |data| {
            let sheets = data.sheets.values();
            sheets.map(|sheet| (sheet.id, sheet.name.clone())).collect()
        });
        sheets.sort_by(|first, second| first.1.cmp(&second.1));
        sheets
    }

    /// The newest live pair that a person's grant to an app has.
    pub fn tokens(&self, region: Region, client_id: &str, email: &str) -> Option<Pair> {
        let newest = self.look(region, |data| data.tokens.newest(client_id, email))?;
        Some(Pair {
            access_token: newest.0,
            refresh_token: newest.1,
        })
    }

    /// The personal access tokens of a person that were not revoked.
    pub fn personal_tokens(&self, region: Region, email: &str) -> Vec<String> {
        self.look(region, |data| data.tokens.personal_tokens(email))
    }

    /// Every token and code that any region issued so far, dead ones too: what a test searches logs for.
    pub fn issued_tokens(&self) -> Vec<String> {
        self.read(|state| {
            let regions = state.regions.values();
            regions.flat_map(|data| data.tokens.issued().to_vec()).collect()
        })
    }

    /// Whether this refresh token would be exchanged now.
    pub fn is_live_refresh_token(&self, region: Region, token: &str) -> bool {
        self.look(region, |data| data.tokens.is_live_refresh_token(token))
    }

    /// Whether the API of a region would take this access token now.
    pub fn is_live_access_token(&self, region: Region, token: &str) -> bool {
        let now = self.clock().now();
        self.read(|state| {
            let data = state.regions.get(&region);
            data.is_some_and(|data| data.tokens.open(token, now, &state.options).is_ok())
        })
    }

    /// Personal Settings, API Access, Generate new access token.
    ///
    /// # Errors
    ///
    /// There is no such person.
    pub fn create_personal_token(&self, region: Region, email: &str) -> Result<String, WorldError> {
        self.change(|state| {
            let data = state.data(region);
            known(data, email)?;
            data.tokens
                .personal(email, None)
                .ok_or_else(|| WorldError::Duplicate("this token".to_owned()))
        })
    }

    /// A person grants an app access without the pages.
    ///
    /// # Errors
    ///
    /// There is no such person or app, or a given token is in use.
    pub fn grant(&self, region: Region, grant: Grant) -> Result<Pair, WorldError> {
        let now = self.clock().now();
        self.change(|state| {
            let lifetime = state.options.access_token_lifetime;
            let data = state.data(region);
            known(data, &grant.email)?;
            if !data.apps.contains_key(&grant.client_id) {
                return Err(WorldError::Unknown(format!("app {}", grant.client_id)));
            }
            let number = data
                .tokens
                .begin(&grant.client_id, &grant.email, Some(scopes(grant.scopes)));
            let given = (grant.access_token, grant.refresh_token);
            let issued = data.tokens.issue(number, now, lifetime, given);
            let issued = issued.ok_or_else(|| WorldError::Duplicate("this token".to_owned()))?;
            Ok(Pair {
                access_token: Some(issued.access_token),
                refresh_token: issued.refresh_token.unwrap_or_default(),
            })
        })
    }

    /// A person takes an app's access back: all its tokens are dead, and its webhooks disabled for good.
    ///
    /// # Errors
    ///
    /// There is nothing to take back.
    pub fn revoke(&self, region: Region, client_id: &str, email: &str) -> Result<(), WorldError> {
        let now = self.clock().now();
        self.change(|state| {
            let options = state.options.clone();
            let data = state.data(region);
            if !data.tokens.revoke_app(client_id, Some(email)) {
                return Err(WorldError::Unknown(format!("grant of {email} to this app")));
            }
            app_revoked(data, client_id, Some(email), now, &options);
            Ok(())
        })
    }

    /// Revokes one token, a personal one too.
    pub fn revoke_token(&self, region: Region, token: &str) {
        self.change(|state| {
            let with_refresh = state.options.revocation_ends_refresh;
            state.data(region).tokens.revoke_token(token, with_refresh);
        });
    }

    /// Every access token that an app has answers 1003 from now on.
    pub fn expire_access_tokens(&self) {
        self.change(|state| {
            for data in state.regions.values_mut() {
                data.tokens.expire_access_tokens();
            }
        });
    }

    /// Smartsheet approves a developer who registered, or anybody.
    ///
    /// # Errors
    ///
    /// There is no such person.
    pub fn approve_developer(&self, region: Region, email: &str) -> Result<(), WorldError> {
        self.change(|state| {
            let user = state.data(region).users.get_mut(email);
            let user = user.ok_or_else(|| WorldError::Unknown(format!("person {email}")))?;
            user.developer = Developer::Approved;
            Ok(())
        })
    }

    /// Developer Tools, Create New App; the client id.
    ///
    /// # Errors
    ///
    /// The person is not approved, or the redirect URL does not fit.
    pub fn create_app(
        &self,
        region: Region,
        developer: &str,
        name: &str,
        redirect_url: &str,
    ) -> Result<String, WorldError> {
        self.change(|state| developer_tools::create_app(state.data(region), developer, name, redirect_url))
    }

    /// Developer Tools, another secret for an app, which is returned.
    ///
    /// # Errors
    ///
    /// There is no such app.
    pub fn new_secret(&self, region: Region, client_id: &str) -> Result<String, WorldError> {
        self.change(|state| developer_tools::new_secret(state.data(region), client_id))
    }

    /// Plays the person who allows: the URL that the browser is sent to, also that of an error.
    ///
    /// # Errors
    ///
    /// The page sends nobody back.
    pub fn consent(&self, authorization_url: &str, email: &str) -> Result<String, ConsentError> {
        self.decide(authorization_url, email, "allow")
    }

    /// Plays the person who denies.
    ///
    /// # Errors
    ///
    /// The page sends nobody back.
    pub fn deny(&self, authorization_url: &str, email: &str) -> Result<String, ConsentError> {
        self.decide(authorization_url, email, "deny")
    }

    pub(crate) fn decide(&self, url: &str, email: &str, decision: &str) -> Result<String, ConsentError> {
        let target: Uri = url.parse().map_err(|_| ConsentError::Address)?;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("user", email)
            .append_pair("decision", decision)
            .finish();
        let request = Request::post(target)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(form))
            .map_err(|_| ConsentError::Address)?;
        let response = self.handle(request);
        let location = response
            .headers()
            .get(LOCATION)
            .and_then(|value| value.to_str().ok());
        match location {
            Some(location) => Ok(location.to_owned()),
            None => Err(ConsentError::Shown(
                String::from_utf8_lossy(response.body()).into_owned(),
            )),
        }
    }

    fn look<T: Default>(&self, region: Region, look: impl FnOnce(&Data) -> T) -> T {
        self.read(|state| state.regions.get(&region).map(look).unwrap_or_default())
    }
}

fn known(data: &Data, email: &str) -> Result<(), WorldError> {
    let found = data.users.contains_key(email);
    found
        .then_some(())
        .ok_or_else(|| WorldError::Unknown(format!("person {email}")))
}
