//! Answers API requests.

use std::time::SystemTime;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::call::{Call, Outcome, Reply};
use super::credential::{admit, is_foreign};
use super::problem::Problem;
use super::version::Version;
use crate::answers;
use crate::factorial::log::Exchange;
use crate::factorial::options::{ForeignCredential, Options};
use crate::factorial::resources;
use crate::factorial::routes::{Operation, api_path};
use crate::factorial::state::State;

/// Answers an API request.
pub(crate) fn respond(
    state: &mut State,
    now: SystemTime,
    exchange: &Exchange,
    operation: Option<Operation>,
) -> Response<Bytes> {
    let path = api_path(&exchange.path);
    let version = path
        .as_ref()
        .and_then(|path| Version::served(path.version))
        .map(|(version, _)| version);
    let silent = state.options.foreign_credential == ForeignCredential::EmptyResponse;
    if silent && is_foreign(state, exchange) {
        return answers::empty(StatusCode::OK);
    }
    let tail = path.as_ref().map_or("", |path| path.tail);
    let operation = operation.filter(|_| version.is_some());
    match operate(state, now, exchange, operation, tail) {
        Ok(Reply(status, mut value)) => {
            if let Some(version) = version {
                version.write(&mut value);
            }
            finish(&mut value, &state.options);
            answers::json_text(status, "application/json; charset=utf-8", &value)
        }
        Err(problem) => problem.render(state.options.error_shape, version),
    }
}

fn operate(
    state: &mut State,
    now: SystemTime,
    exchange: &Exchange,
    operation: Option<Operation>,
    tail: &str,
) -> Outcome {
    let caller = admit(state, now, exchange)?;
    if exchange.method == Method::POST {
        let charged = state.meter.charge(state.limits, caller.company(), now);
        charged.map_err(Problem::throttled)?;
    }
    let operation = operation.ok_or_else(Problem::not_found)?;
    if let Some(scope) = operation.scope().filter(|scope| !caller.may(scope)) {
        return Err(Problem::missing_scope(state.options.missing_scope, scope));
    }
    let company = state.companies.get_mut(&caller.company());
    let mut call = Call {
        caller: &caller,
        company: company.ok_or_else(Problem::not_found)?,
        exchange,
        tail,
        now: timestamp(now),
        next_id: &mut state.next_id,
        tokens: &mut state.tokens,
        files: &mut state.files,
    };
    resources::dispatch(operation, &mut call)
}

/// ISO 8601 with milliseconds and offset.
fn timestamp(now: SystemTime) -> String {
    jiff::Timestamp::try_from(now)
        .map(|time| time.strftime("%Y-%m-%dT%H:%M:%S.%3f+00:00").to_string())
        .unwrap_or_default()
}

/// Unknown members added and null members left out, as the switches say.
fn finish(value: &mut Value, options: &Options) {
    if options.omit_nulls {
        drop_nulls(value);
    }
    if !options.unknown_member {
        return;
    }
    if let Some(Value::Array(items)) = value.get_mut("data") {
        items.iter_mut().for_each(add_unknown);
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(add_unknown),
        whole => add_unknown(whole),
    }
}

fn add_unknown(value: &mut Value) {
    if let Value::Object(members) = value {
        members.insert("notInAnyDocument".to_owned(), json!({ "since": 2027 }));
    }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
