//! `POST /connect/token` (Planday, Authorization: Exchanging the Refresh Token for an Access Token).

use std::time::SystemTime;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, PRAGMA};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::answers;
use super::grants::{Issued, Key};
use super::log::Exchange;
use super::options::{ExpiresIn, ScopeShape, TokenType};
use super::state::State;

/// Whether a request has a form body.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|media_type| {
            media_type
                .trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

/// Answers a token request. Fields beyond the three are ignored here and stand in the log for a suite to judge.
pub(crate) fn respond(state: &mut State, now: SystemTime, exchange: &Exchange) -> Response<Bytes> {
    if exchange.method != Method::POST {
        let mut response = answers::empty(StatusCode::METHOD_NOT_ALLOWED);
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let answer = match read(state, exchange) {
        Ok((key_client, token)) => refresh(state, now, &key_client, &token),
        Err(refusal) => Err(refusal),
    };
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

/// A status and an OAuth error code (RFC 6749, 5.2). Planday documents neither; 400 is what its clients expect.
type Refusal = (StatusCode, &'static str);

const INVALID_REQUEST: Refusal = (StatusCode::BAD_REQUEST, "invalid_request");
const INVALID_CLIENT: Refusal = (StatusCode::BAD_REQUEST, "invalid_client");
const INVALID_GRANT: Refusal = (StatusCode::BAD_REQUEST, "invalid_grant");
const UNSUPPORTED_GRANT_TYPE: Refusal = (StatusCode::BAD_REQUEST, "unsupported_grant_type");

/// The client id and refresh token of a well-formed request by a known app.
fn read(state: &State, exchange: &Exchange) -> Result<(String, String), Refusal> {
    if !exchange.headers.contains_key(CONTENT_TYPE) {
        return Err(INVALID_REQUEST);
    }
    if !is_form(&exchange.headers) {
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_request"));
    }
    let client_id = field(exchange, "client_id")?;
    if !state.apps.contains_key(client_id) {
        return Err(INVALID_CLIENT);
    }
    if field(exchange, "grant_type")? != "refresh_token" {
        return Err(UNSUPPORTED_GRANT_TYPE);
    }
    let token = field(exchange, "refresh_token")?;
    Ok((client_id.to_owned(), token.to_owned()))
}

/// A field that is there once and not empty (RFC 6749, 3.2).
fn field<'a>(exchange: &'a Exchange, name: &str) -> Result<&'a str, Refusal> {
    let mut values = exchange
        .form
        .iter()
        .filter(|(given, _)| given == name)
        .map(|(_, value)| value.as_str());
    match (values.next(), values.next()) {
        (Some(value), None) if !value.is_empty() => Ok(value),
        _ => Err(INVALID_REQUEST),
    }
}

fn refresh(state: &mut State, now: SystemTime, client_id: &str, token: &str) -> Result<Value, Refusal> {
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
    Ok(body(state, now, &key, &issued))
}

/// The members of Planday, Authorization Flow: token response, as the switches write them.
fn body(state: &mut State, now: SystemTime, key: &Key, issued: &Issued) -> Value {
    let shape = state.options.token_answer.clone();
    let seconds = issued.expires.duration_since(now).unwrap_or_default().as_secs();
    let mut members = Map::new();
    members.insert("access_token".to_owned(), json!(issued.access_token));
    let expires_in = match shape.expires_in {
        ExpiresIn::Number => Some(json!(seconds)),
        ExpiresIn::Text => Some(json!(seconds.to_string())),
        ExpiresIn::Float => Some(json!(f64::from(u32::try_from(seconds).unwrap_or(u32::MAX)) + 0.5)),
        ExpiresIn::Omit => None,
        ExpiresIn::Raw(value) => Some(value),
    };
    let token_type = match shape.token_type {
        TokenType::Bearer => Some("Bearer"),
        TokenType::Lowercase => Some("bearer"),
        TokenType::Uppercase => Some("BEARER"),
        TokenType::Omit => None,
    };
    let granted = state
        .apps
        .get(&key.client_id)
        .map(|app| app.scopes.clone())
        .unwrap_or_default();
    let scopes: Vec<String> = ["openid", "offline_access"]
        .map(str::to_owned)
        .into_iter()
        .chain(granted)
        .collect();
    let scope = match shape.scope {
        ScopeShape::Text => Some(json!(scopes.join(" "))),
        ScopeShape::Array => Some(json!(scopes)),
        ScopeShape::Omit => None,
    };
    let id_token = shape.id_token.then(|| json!(state.grants.new_id_token(key)));
    for (name, value) in [
        ("expires_in", expires_in),
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
