//! Whose call it is (Factorial, Authentication: three kinds of credential).

use std::time::SystemTime;

use super::problem::Problem;
use crate::answers::bearer;
use crate::factorial::log::Exchange;
use crate::factorial::oauth::tokens::Owner;
use crate::factorial::state::State;
use crate::factorial::world::Person;

/// Who is calling.
pub(crate) enum Caller {
    /// An API key acts as the company, with all rights and no scopes. Its number is in place of an id.
    Key { company: u64, number: u64 },
    /// A company token acts as the company, within its scopes.
    Company { company: u64, scopes: Vec<String> },
    /// A user token acts as a person, within its scopes and what that person may.
    User {
        company: u64,
        person: Person,
        scopes: Vec<String>,
    },
}

impl Caller {
    pub(crate) fn company(&self) -> u64 {
        match self {
            Self::Key { company, .. } | Self::Company { company, .. } | Self::User { company, .. } => {
                *company
            }
        }
    }

    /// Whether a scope is open.
    pub(crate) fn may(&self, scope: &str) -> bool {
        match self {
            Self::Key { .. } => true,
            Self::Company { scopes, .. } | Self::User { scopes, .. } => {
                scopes.iter().any(|open| open == scope)
            }
        }
    }

    /// Whether everything of the company is open, within the scopes.
    pub(crate) fn is_admin(&self) -> bool {
        match self {
            Self::Key { .. } | Self::Company { .. } => true,
            Self::User { person, .. } => person.admin,
        }
    }

    /// The employee that a person is.
    pub(crate) fn employee(&self) -> Option<u64> {
        match self {
            Self::User { person, .. } => person.employee,
            _ => None,
        }
    }
}

/// Whether a request carries a credential of the other environment.
pub(crate) fn is_foreign(state: &State, exchange: &Exchange) -> bool {
    let text = key(exchange).or_else(|| bearer(&exchange.headers));
    text.is_some_and(|text| state.is_foreign(text))
}

fn key(exchange: &Exchange) -> Option<&str> {
    let value = exchange.headers.get("x-api-key")?;
    Some(value.to_str().unwrap_or_default())
}

/// The caller; an API key overrules a token beside it. A token that is good here counts as used.
pub(crate) fn admit(state: &mut State, now: SystemTime, exchange: &Exchange) -> Result<Caller, Problem> {
    const INVALID: &str = "The access token is invalid";
    if let Some(key) = key(exchange) {
        let known = state.keys.get(key).filter(|known| !known.revoked);
        return known
            .map(|known| Caller::Key {
                company: known.company,
                number: known.number,
            })
            .ok_or_else(|| Problem::unauthorized("The API key is invalid"));
    }
    let token = bearer(&exchange.headers);
    let index = token
        .and_then(|token| state.tokens.by_access(token))
        .ok_or_else(|| Problem::unauthorized(INVALID))?;
    let token = state.tokens.get(index);
    if token.revoked {
        return Err(Problem::unauthorized("The access token was revoked"));
    }
    if token.is_expired(now) {
        return Err(Problem::unauthorized("The access token expired"));
    }
    let scopes = token.scopes.clone();
    let caller = match token.owner.clone() {
        Owner::Company { company } => Caller::Company { company, scopes },
        Owner::User { company, email } => {
            let people = state.companies.get(&company).map(|company| &company.people);
            let person = people.and_then(|people| people.get(&email)).cloned();
            Caller::User {
                company,
                person: person
                    .filter(|person| person.active)
                    .ok_or_else(|| Problem::unauthorized(INVALID))?,
                scopes,
            }
        }
    };
    state.tokens.used(index);
    Ok(caller)
}
