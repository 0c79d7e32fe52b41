//! `POST /connect/token` (Planday, Authorization: Exchanging the Refresh Token for an Access Token; Authorization Flow:
//! token request).

use std::time::SystemTime;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, PRAGMA};
use http::{HeaderValue, Method, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::child;
use super::code_exchange;
use super::form_fields::{
    INVALID_CLIENT, INVALID_GRANT, Refusal, UNSUPPORTED_GRANT_TYPE, field, require_form,
};
use super::grants::{Issued, Key};
use super::scopes::FIXED;
use crate::planday::answers;
use crate::planday::log::Exchange;
use crate::planday::options::{ExpiresIn, ScopeShape, TokenType};
use crate::planday::state::State;
use crate::planday::switches::DeletedApp;

/// Answers a token request. Fields beyond the documented ones are ignored here and stand in the log.
pub(crate) fn respond(state: &mut State, now: SystemTime, exchange: &Exchange) -> Response<Bytes> {
    if exchange.method != Method::POST {
        return answers::not_allowed("POST");
    }
    let answer = require_form(exchange)
        .and_then(|()| client(state, exchange))
        .and_then(|client_id| match field(exchange, "grant_type")? {
            "refresh_token" => refresh(state, now, exchange, &client_id),
            "authorization_code" => code_exchange::answer(state, now, exchange, &client_id),
            "token_exchange" => child::answer(state, now, exchange, &client_id),
            _ => Err(UNSUPPORTED_GRANT_TYPE),
        });
    json_answer(state, answer)
}

/// The answer of a token or revocation endpoint, which nobody may keep (RFC 6749, 5.1).
pub(crate) fn json_answer(state: &State, answer: Result<Value, Refusal>) -> Response<Bytes> {
    let (status, body) = match answer {
        Ok(body) => (StatusCode::OK, body),
        Err((status, error)) => (status, json!({ "error": error })),
    };
    let mut response = answers::plain(status, "application/json; charset=UTF-8", body, &state.options);
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
        .headers_mut()
        .insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// The client id of a known app.
pub(crate) fn client(state: &State, exchange: &Exchange) -> Result<String, Refusal> {
    let client_id = field(exchange, "client_id")?;
    let unnoticed =
        state.options.deleted_app == DeletedApp::InvalidGrant && state.deleted_apps.contains(client_id);
    if !state.apps.contains_key(client_id) && !unnoticed {
        return Err(INVALID_CLIENT);
    }
    Ok(client_id.to_owned())
}

fn refresh(
    state: &mut State,
    now: SystemTime,
    exchange: &Exchange,
    client_id: &str,
) -> Result<Value, Refusal> {
    let token = field(exchange, "refresh_token")?;
    let key = state
        .grants
        .owner_of_refresh_token(token)
        .cloned()
        .ok_or(INVALID_GRANT)?;
    let active = state
        .administrators
        .get(&key)
        .is_some_and(|administrator| administrator.active);
    if !active && !state.options.inactive_administrator_refreshes {
        return Err(INVALID_GRANT);
    }
    let (lifetime, rule) = (state.options.access_token_lifetime, state.rotation.rule());
    let exchanged = state.grants.exchange(client_id, token, now, lifetime, rule);
    state.log.counters.replays += u64::from(exchanged.replay);
    let issued = exchanged.issued.ok_or(INVALID_GRANT)?;
    state.log.counters.refreshes += 1;
    let scopes = match state.grants.scopes_of_refresh_token(token) {
        Some(scopes) => scopes.to_vec(),
        None => every_scope(state, &key),
    };
    let id_token = state
        .options
        .token_answer
        .id_token
        .then(|| id_claims(&key, &exchange.origin));
    Ok(body(state, now, &issued, &scopes, id_token))
}

/// What the page's Authorize button grants: all that the app has.
fn every_scope(state: &State, key: &Key) -> Vec<String> {
    let ticked = state.apps.get(&key.client_id).map(|app| app.scopes.clone());
    FIXED
        .map(str::to_owned)
        .into_iter()
        .chain(ticked.unwrap_or_default())
        .collect()
}

/// The claims of an id token, invented but for the portal.
pub(crate) fn id_claims(key: &Key, issuer: &str) -> Value {
    json!({ "iss": issuer, "aud": key.client_id, "PortalId": key.portal })
}

/// The members of Planday, Authorization Flow: token response, as the switches write them.
pub(crate) fn body(
    state: &mut State,
    now: SystemTime,
    issued: &Issued,
    scopes: &[String],
    id_claims: Option<Value>,
) -> Value {
    let shape = state.options.token_answer.clone();
    let mut members = Map::new();
    members.insert("access_token".to_owned(), json!(issued.access_token));
    let token_type = match shape.token_type {
        TokenType::Bearer => Some("Bearer"),
        TokenType::Lowercase => Some("bearer"),
        TokenType::Uppercase => Some("BEARER"),
        TokenType::Omit => None,
    };
    let scope = match shape.scope {
        ScopeShape::Text => Some(json!(scopes.join(" "))),
        ScopeShape::Array => Some(json!(scopes)),
        ScopeShape::Omit => None,
    };
    let id_token = id_claims.map(|claims| json!(state.grants.new_id_token(&claims)));
    for (name, value) in [
        ("expires_in", expires_in(shape.expires_in, issued, now)),
        ("token_type", token_type.map(|text| json!(text))),
        (
            "refresh_token",
            issued.refresh_token.as_ref().map(|token| json!(token)),
        ),
        ("scope", scope),
        ("id_token", id_token),
    ] {
        if let Some(value) = value {
            members.insert(name.to_owned(), value);
        }
    }
    if shape.wrapped {
        json!({ "token": members })
    } else {
        Value::Object(members)
    }
}

/// `expires_in` as a switch writes it.
pub(crate) fn expires_in(shape: ExpiresIn, issued: &Issued, now: SystemTime) -> Option<Value> {
    let seconds = issued.expires.duration_since(now).unwrap_or_default().as_secs();
    match shape {
        ExpiresIn::Number => Some(json!(seconds)),
        ExpiresIn::Text => Some(json!(seconds.to_string())),
        ExpiresIn::Float => Some(json!(f64::from(u32::try_from(seconds).unwrap_or(u32::MAX)) + 0.5)),
        ExpiresIn::Omit => None,
        ExpiresIn::Raw(value) => Some(value),
    }
}
