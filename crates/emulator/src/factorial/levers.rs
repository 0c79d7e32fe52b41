//! What a test does besides sending requests: look, act as somebody at Factorial's pages, change switches, set faults.

use std::fmt;
use std::future::Future;

use http::StatusCode;
use url::Url;

use super::applications;
use super::emulator::Emulator;
use super::environment::Environment;
use super::faults::Fault;
use super::limits::Limits;
use super::log::{Counters, Exchange};
use super::oauth::authorize::{Outcome, proceed};
use super::options::Options;
use super::state::{ApiKey, State};
use super::world::{App, Company, Link, WorldError};
use crate::FaultId;
use crate::levers::common_levers;

/// The two tokens of one record. `Debug` leaves them out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenPair {
    /// The access token.
    pub access_token: String,
    /// The refresh token; a company token has none unless a switch says so.
    pub refresh_token: Option<String>,
}

impl fmt::Debug for TokenPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenPair").finish_non_exhaustive()
    }
}

/// Why nobody could be sent back to the application.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentError {
    /// The address is no authorization URL.
    #[error("this is no authorization URL: its path must be /oauth/authorize")]
    NotHere,
    /// A page told the person, with this status; here is its HTML.
    #[error("the person was shown a page with status {0} and not sent back")]
    Shown(StatusCode, String),
}

common_levers!();

impl Emulator {
    /// Which environment this is.
    pub fn environment(&self) -> Environment {
        self.read(|state| state.environment)
    }

    /// The applications that exist.
    pub fn apps(&self) -> Vec<App> {
        self.read(|state| state.apps.values().cloned().collect())
    }

    /// The companies, with their data as it is now.
    pub fn companies(&self) -> Vec<Company> {
        self.read(|state| state.companies.values().cloned().collect())
    }

    /// A company, with its data as it is now.
    pub fn company(&self, id: u64) -> Option<Company> {
        self.read(|state| state.companies.get(&id).cloned())
    }

    /// The API keys that work, and their companies.
    pub fn api_keys(&self) -> Vec<(u64, String)> {
        self.read(|state| {
            let live = state.keys.iter().filter(|(_, key)| !key.revoked);
            live.map(|(text, key)| (key.company, text.clone())).collect()
        })
    }

    /// Whether somebody was invited to sign in.
    pub fn is_invited(&self, company: u64, employee: u64) -> bool {
        self.read(|state| {
            let company = state.companies.get(&company);
            company.is_some_and(|company| company.invited.contains(&employee))
        })
    }

    /// Every token, code, secret and key so far, dead ones too: what a test searches logs for.
    pub fn issued_tokens(&self) -> Vec<String> {
        self.read(|state| state.tokens.issued())
    }

    /// Whether this refresh token would be exchanged now.
    pub fn is_live_refresh_token(&self, token: &str) -> bool {
        let now = self.clock().now();
        self.read(|state| {
            let lifetime = state.options.refresh_token_lifetime;
            let index = state.tokens.by_refresh(token);
            index.is_some_and(|index| state.tokens.get(index).is_refreshable(now, lifetime))
        })
    }

    /// Whether the API would take this access token now.
    pub fn is_live_access_token(&self, token: &str) -> bool {
        let now = self.clock().now();
        self.read(|state| {
            let index = state.tokens.by_access(token);
            index.is_some_and(|index| state.tokens.get(index).is_live(now))
        })
    }

    /// Plays the person who accepts at the pages: the URL that the browser ends at, good or bad.
    ///
    /// # Errors
    ///
    /// The URL is none of the authorization endpoint, or the person was told something instead.
    pub fn consent(&self, authorization_url: &str, email: &str) -> Result<String, ConsentError> {
        self.decide(authorization_url, email, "authorize")
    }

    /// Plays the person who declines.
    ///
    /// # Errors
    ///
    /// As [`consent`](Self::consent).
    pub fn deny(&self, authorization_url: &str, email: &str) -> Result<String, ConsentError> {
        self.decide(authorization_url, email, "deny")
    }

    fn decide(&self, url: &str, email: &str, decision: &str) -> Result<String, ConsentError> {
        let url = Url::parse(url).map_err(|_| ConsentError::NotHere)?;
        if url.path() != "/oauth/authorize" {
            return Err(ConsentError::NotHere);
        }
        let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        pairs.push(("email".to_owned(), email.to_owned()));
        pairs.push(("decision".to_owned(), decision.to_owned()));
        let now = self.clock().now();
        match self.change(|state| proceed(state, now, &pairs)) {
            Outcome::Redirect(location) => Ok(location),
            Outcome::Page(status, page) => Err(ConsentError::Shown(status, page)),
        }
    }

    /// A token without the pages.
    ///
    /// # Errors
    ///
    /// There is no such application or person, a given token is in use, or a company token is asked for by somebody who is
    /// no administrator.
    pub fn link(&self, link: Link) -> Result<TokenPair, WorldError> {
        let now = self.clock().now();
        self.change(|state| {
            let index = state.link(link, now)?;
            let token = state.tokens.get(index);
            Ok(TokenPair {
                access_token: token.access.clone(),
                refresh_token: token.refresh.clone(),
            })
        })
    }

    /// Somebody revokes what an application has of a person, or of a company where `email` is `None`.
    ///
    /// # Errors
    ///
    /// There is no such token.
    pub fn revoke(&self, client_id: &str, email: Option<&str>) -> Result<(), WorldError> {
        use super::oauth::tokens::{Owner, Token};
        let mine = |token: &Token| {
            token.client_id == client_id
                && match (&token.owner, email) {
                    (Owner::User { email: owner, .. }, Some(email)) => owner == email,
                    (Owner::Company { .. }, None) => true,
                    _ => false,
                }
        };
        self.change(|state| {
            if !state.tokens.all().iter().any(mine) {
                return Err(WorldError::Unknown("such token".to_owned()));
            }
            state.tokens.revoke_where(mine);
            Ok(())
        })
    }

    /// Makes an application as the applications page does: its client id and secret.
    ///
    /// # Errors
    ///
    /// The company is unknown, the name is empty, or a redirect URI is none.
    pub fn create_app(
        &self,
        company: u64,
        name: &str,
        redirect_uris: &[&str],
        confidential: bool,
        scopes: &[&str],
    ) -> Result<App, WorldError> {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let (uris, scopes) = (owned(redirect_uris), owned(scopes));
        self.change(|state| applications::create(state, company, name, uris, confidential, scopes))
    }

    /// Changes an application's scopes, which kills its tokens.
    ///
    /// # Errors
    ///
    /// There is no such application.
    pub fn set_app_scopes(&self, client_id: &str, scopes: &[&str]) -> Result<(), WorldError> {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.change(|state| state.set_scopes(client_id, scopes))
    }

    /// Replaces an application's secret; the old one is `invalid_client` from now on, and tokens live on.
    ///
    /// # Errors
    ///
    /// There is no such application.
    pub fn set_app_secret(&self, client_id: &str, secret: &str) -> Result<(), WorldError> {
        self.change(|state| {
            let app = state.apps.get_mut(client_id);
            secret.clone_into(
                &mut app
                    .ok_or_else(|| WorldError::Unknown("such application".to_owned()))?
                    .secret,
            );
            state.tokens.remember(secret);
            Ok(())
        })
    }

    /// Deletes an application and its tokens.
    ///
    /// # Errors
    ///
    /// There is no such application.
    pub fn delete_app(&self, client_id: &str) -> Result<(), WorldError> {
        self.change(|state| applications::delete(state, client_id))
    }

    /// Makes an API key, which is shown once.
    ///
    /// # Errors
    ///
    /// There is no such company.
    pub fn create_api_key(&self, company: u64) -> Result<String, WorldError> {
        let now = self.clock().now();
        self.change(|state| {
            if !state.companies.contains_key(&company) {
                return Err(WorldError::Unknown(format!("company {company}")));
            }
            let key = state.tokens.new_api_key(company, now);
            state.tokens.remember(&key);
            let number = 1 + state.keys.len() as u64;
            let entry = ApiKey {
                company,
                number,
                revoked: false,
            };
            state.keys.insert(key.clone(), entry);
            Ok(key)
        })
    }

    /// Ends an API key.
    ///
    /// # Errors
    ///
    /// There is no such key.
    pub fn revoke_api_key(&self, key: &str) -> Result<(), WorldError> {
        self.change(|state| {
            let key = state.keys.get_mut(key);
            key.ok_or_else(|| WorldError::Unknown("such API key".to_owned()))?
                .revoked = true;
            Ok(())
        })
    }

    /// Changes what somebody may do: administrator or not, able to sign in or not.
    ///
    /// # Errors
    ///
    /// There is no such person.
    pub fn set_person(&self, email: &str, admin: bool, active: bool) -> Result<(), WorldError> {
        self.change(|state| {
            let mut companies = state.companies.values_mut();
            let person = companies.find_map(|company| company.people.get_mut(email));
            let person = person.ok_or_else(|| WorldError::Unknown(format!("person {email}")))?;
            (person.admin, person.active) = (admin, active);
            Ok(())
        })
    }

    /// Ends every access token issued so far, company tokens too, whatever its lifetime.
    pub fn expire_access_tokens(&self) {
        self.change(|state| state.tokens.expire_access());
    }
}
