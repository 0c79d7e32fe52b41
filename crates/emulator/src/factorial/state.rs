//! Everything that can change while the emulator runs.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::environment::{Environment, GivenOut};
use super::faults::Faults;
use super::limits::{Limits, Meter};
use super::log::{Endpoint, Exchange, Log};
use super::oauth::client::parameter;
use super::oauth::codes::Codes;
use super::oauth::token::issue;
use super::oauth::tokens::{Owner, Tokens};
use super::options::Options;
use super::world::{App, Company, Link, Person, WorldError};
use crate::answers;

/// An API key and the company that it acts as.
pub(crate) struct ApiKey {
    pub(crate) company: u64,
    pub(crate) number: u64,
    pub(crate) revoked: bool,
}

/// The bytes of an uploaded document.
pub(crate) struct StoredFile {
    pub(crate) document: u64,
    pub(crate) content_type: String,
    pub(crate) content: bytes::Bytes,
}

pub(crate) struct State {
    pub(crate) environment: Environment,
    pub(crate) apps: BTreeMap<String, App>,
    pub(crate) companies: BTreeMap<u64, Company>,
    pub(crate) tokens: Tokens,
    pub(crate) codes: Codes,
    pub(crate) keys: BTreeMap<String, ApiKey>,
    /// Files by the secret in their download URL.
    pub(crate) files: BTreeMap<String, StoredFile>,
    /// What the other environment gave out.
    pub(crate) elsewhere: Option<GivenOut>,
    pub(crate) next_id: u64,
    pub(crate) options: Options,
    pub(crate) limits: Limits,
    pub(crate) meter: Meter,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
}

impl State {
    /// Whether a credential is the other environment's.
    pub(crate) fn is_foreign(&self, credential: &str) -> bool {
        let ours = self.tokens.given_out.has(credential);
        !ours && self.elsewhere.as_ref().is_some_and(|other| other.has(credential))
    }

    /// Somebody who can sign in, and their company.
    pub(crate) fn person(&self, email: &str) -> Option<(u64, &Person)> {
        let mut companies = self.companies.values();
        companies.find_map(|company| Some((company.id, company.people.get(email)?)))
    }

    /// A token record without the pages.
    pub(crate) fn link(&mut self, link: Link, now: SystemTime) -> Result<usize, WorldError> {
        let app = self.apps.get(&link.client_id);
        let scopes = app
            .ok_or_else(|| WorldError::Unknown("such application".to_owned()))?
            .scopes
            .clone();
        let (company, person) = self
            .person(&link.email)
            .ok_or_else(|| WorldError::Unknown(format!("person {}", link.email)))?;
        let owner = match (link.company_token, person.admin) {
            (false, _) => Owner::User {
                company,
                email: link.email,
            },
            (true, true) => Owner::Company { company },
            (true, false) => {
                let text = "only an administrator can authorize a company token: name one";
                return Err(WorldError::Unfit(text.to_owned()));
            }
        };
        let mut issue = issue(self, link.client_id, owner, now);
        issue.scopes = scopes;
        issue.access = link.access_token;
        issue.refresh = link.refresh_token;
        self.tokens
            .issue(issue)
            .ok_or_else(|| WorldError::Duplicate("a token".to_owned()))
    }

    /// Changes what an application may open, which kills its tokens (Factorial, `OAuth` scopes).
    pub(crate) fn set_scopes(&mut self, client_id: &str, scopes: Vec<String>) -> Result<(), WorldError> {
        let app = self
            .apps
            .get_mut(client_id)
            .ok_or_else(|| WorldError::Unknown("such application".to_owned()))?;
        if app.scopes != scopes {
            app.scopes = scopes;
            self.end_tokens(client_id);
        }
        Ok(())
    }

    /// Ends every token and code of an application.
    pub(crate) fn end_tokens(&mut self, client_id: &str) {
        self.tokens.revoke_where(|token| token.client_id == client_id);
        self.codes.forget_app(client_id);
    }

    /// The token record that a request's token is part of.
    pub(crate) fn record_of(&self, exchange: &Exchange) -> Option<usize> {
        match exchange.endpoint {
            Endpoint::Token => self.tokens.by_refresh(parameter(exchange, "refresh_token")?),
            Endpoint::Revocation => {
                let token = parameter(exchange, "token")?;
                self.tokens
                    .by_access(token)
                    .or_else(|| self.tokens.by_refresh(token))
            }
            Endpoint::Api(_) => self.tokens.by_access(answers::bearer(&exchange.headers)?),
            _ => None,
        }
    }
}
