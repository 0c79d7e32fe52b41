//! What every API call passes through: token, client header, administrator, rate limits, scope.

use std::time::SystemTime;

use bytes::Bytes;
use http::header::{ALLOW, HeaderValue};
use http::{Method, Response, StatusCode};
use serde_json::Value;

use super::errors::Problem;
use super::grants::Key;
use super::limits::Reading;
use super::log::Exchange;
use super::options::{ClientHeader, Options};
use super::routes::{Operation, Resolved};
use super::state::{State, bearer};
use super::world::{Administrator, App, Portal};
use super::{answers, departments, employees, portal};
use crate::planday::log::Endpoint;

/// What an operation sees of the world: one portal, through the eyes of the administrator who authorized the app.
pub(crate) struct Call<'a> {
    pub(crate) app: &'a App,
    pub(crate) portal: &'a mut Portal,
    pub(crate) administrator: &'a mut Administrator,
    pub(crate) options: &'a Options,
    pub(crate) exchange: &'a Exchange,
    /// The id in the path, as written.
    pub(crate) id: &'a str,
}

/// A good answer of an operation.
pub(crate) enum Reply {
    Json(StatusCode, Value),
    NoContent,
}

impl Call<'_> {
    /// The last value of a query parameter; names are not case-sensitive.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query_all(name).last()
    }

    /// Every value of a query parameter.
    pub(crate) fn query_all(&self, name: &str) -> impl Iterator<Item = &str> {
        let matching = self
            .exchange
            .query
            .iter()
            .filter(move |(given, _)| given.eq_ignore_ascii_case(name));
        matching.map(|(_, value)| value.as_str())
    }

    /// A boolean query parameter, false when absent.
    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, Problem> {
        match self.query(name) {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(Problem::bad(
                name,
                format!("The value of {name} must be true or false"),
            )),
        }
    }

    /// The id in the path as a number.
    pub(crate) fn path_id(&self, entity: &str) -> Result<i64, Problem> {
        let id = self.id.parse().ok().filter(|id| *id > 0);
        id.ok_or_else(|| Problem::bad("id", format!("{entity} id is invalid")))
    }

    /// What the administrator may not change, the app may not either.
    pub(crate) fn require_edit(&self) -> Result<(), Problem> {
        if self.administrator.may_edit {
            return Ok(());
        }
        let message = "The administrator who authorized the application may not edit this";
        Err(Problem::new(self.options.edit_refusal, message))
    }
}

/// Answers an API request.
pub(crate) fn respond(
    state: &mut State,
    now: SystemTime,
    exchange: &Exchange,
    resolved: &Resolved,
) -> Response<Bytes> {
    let (reading, outcome) = admit(state, now, exchange);
    let outcome = outcome.and_then(|key| operate(state, &key, exchange, resolved));
    let mut response = match outcome {
        Ok(Reply::Json(status, value)) => answers::api(status, value, &state.options),
        Ok(Reply::NoContent) => answers::empty(StatusCode::NO_CONTENT),
        Err(problem) => problem.render(&exchange.path, &state.options),
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let methods: Vec<&str> = resolved.allow.iter().map(Method::as_str).collect();
        if let Ok(value) = HeaderValue::from_str(&methods.join(", ")) {
            response.headers_mut().insert(ALLOW, value);
        }
    }
    reading.write(response.headers_mut());
    response
}

/// The rate headers of a reply that no operation made.
pub(crate) fn reading(state: &mut State, now: SystemTime, exchange: &Exchange) -> Reading {
    match state.concerned(exchange) {
        Some(key) => state.meter.peek(state.limits, key.portal, &key.client_id, now),
        None => Reading::fresh(state.limits),
    }
}

/// Who is calling, if they may call at all (Planday, Authorization: Accessing API resources; Errors: 401, 429).
fn admit(state: &mut State, now: SystemTime, exchange: &Exchange) -> (Reading, Result<Key, Problem>) {
    let Some(key) = state.concerned(exchange) else {
        return (Reading::fresh(state.limits), Err(Problem::unauthorized()));
    };
    let reading = state.meter.charge(state.limits, key.portal, &key.client_id, now);
    if !reading.admitted {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests");
        return (reading, Err(problem));
    }
    let live = bearer(exchange)
        .filter(|token| state.is_live_access_token(token, now))
        .map(str::to_owned);
    let Some(token) = live else {
        return (reading, Err(Problem::unauthorized()));
    };
    state.grants.used(&token);
    let header_matches = {
        let mut values = exchange.headers.get_all("x-clientid").iter();
        let first = values.next();
        values.next().is_none()
            && first.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(key.client_id.as_bytes()))
    };
    let active = state
        .administrators
        .get(&key)
        .is_some_and(|administrator| administrator.active);
    if !active || (!header_matches && state.options.client_header == ClientHeader::Strict) {
        return (reading, Err(Problem::unauthorized()));
    }
    (reading, Ok(key))
}

fn operate(state: &mut State, key: &Key, exchange: &Exchange, resolved: &Resolved) -> Result<Reply, Problem> {
    let Endpoint::Api(Some(operation)) = resolved.endpoint else {
        return Err(if resolved.allow.is_empty() {
            Problem::new(StatusCode::NOT_FOUND, "Not found")
        } else {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
        });
    };
    let (Some(app), Some(portal), Some(administrator)) = (
        state.apps.get(&key.client_id),
        state.portals.get_mut(&key.portal),
        state.administrators.get_mut(key),
    ) else {
        return Err(Problem::unauthorized());
    };
    if let Some(scope) = operation
        .scope()
        .filter(|scope| !app.scopes.iter().any(|granted| granted == scope))
    {
        return Err(Problem::missing_scope(scope));
    }
    let id = resolved.id.as_str();
    let mut call = Call {
        app,
        portal,
        administrator,
        options: &state.options,
        exchange,
        id,
    };
    match operation {
        Operation::PortalInfo => Ok(portal::info(&call)),
        Operation::ListDepartments => departments::list(&call),
        Operation::CreateDepartment => departments::create(&mut call),
        Operation::GetDepartment => departments::get(&call),
        Operation::UpdateDepartment => departments::update(&mut call),
        Operation::DeleteDepartment => departments::delete(&mut call),
        Operation::ListEmployees => employees::list(&call),
        Operation::GetEmployee => employees::get(&call),
    }
}
