//! `POST /2.0/token` (Smartsheet, Tokens: get or refresh an access token).

use std::time::SystemTime;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::client_auth;
use super::tokens::{Dead, Issued};
use crate::answers;
use crate::form::all;
use crate::smartsheet::errors::{JSON, Problem, status};
use crate::smartsheet::log::Exchange;
use crate::smartsheet::options::{Options, TokenError};
use crate::smartsheet::region::Region;
use crate::smartsheet::state::State;

/// A refusal by the token endpoint.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: u16,
    error: &'static str,
    description: String,
}

impl Refusal {
    pub(crate) fn new(code: u16, error: &'static str, description: impl Into<String>) -> Self {
        Self {
            code,
            error,
            description: description.into(),
        }
    }

    fn body(&self, shape: TokenError, reference: &str) -> Value {
        match shape {
            TokenError::Description => json!({
                "errorCode": self.code,
                "error": self.error,
                "error_description": self.description,
            }),
            TokenError::Message => json!({
                "errorCode": self.code,
                "error": self.error,
                "message": self.description,
            }),
            TokenError::Api => Problem::new(self.code, self.description.clone()).body(reference),
        }
    }
}

/// Fields are read from the form and the query alike; the query is noted as the client's fault.
fn field<'a>(exchange: &'a Exchange, name: &str) -> Option<&'a str> {
    all(&exchange.form, name)
        .chain(all(&exchange.query, name))
        .find(|value| !value.is_empty())
}

fn required<'a>(exchange: &'a Exchange, name: &str) -> Result<&'a str, Refusal> {
    field(exchange, name).ok_or_else(|| {
        Refusal::new(
            1070,
            "invalid_request",
            format!("The {name} parameter is missing."),
        )
    })
}

/// Answers a token request.
pub(crate) fn respond(
    state: &mut State,
    region: Region,
    now: SystemTime,
    exchange: &Exchange,
) -> Response<Bytes> {
    if exchange.method != http::Method::POST {
        return state.render(region, &Problem::new(1010, "HTTP verb not supported."));
    }
    match answer(state, region, now, exchange) {
        Ok(issued) => {
            let body = body(&issued, &state.options);
            answers::json_text(StatusCode::OK, JSON, &state.with_unknown(body))
        }
        Err(refusal) => {
            let shape = state.options.token_error;
            let reference = state.data(region).reference();
            answers::json_text(status(refusal.code), JSON, &refusal.body(shape, &reference))
        }
    }
}

fn body(issued: &Issued, options: &Options) -> Value {
    let mut token = json!({
        "access_token": issued.access_token,
        "token_type": "bearer",
        "expires_in": options.access_token_lifetime.as_secs(),
    });
    if let Some(refresh_token) = &issued.refresh_token {
        token["refresh_token"] = json!(refresh_token);
    }
    if options.wrapped_token {
        token = json!({ "token": token });
    }
    token
}

fn answer(
    state: &mut State,
    region: Region,
    now: SystemTime,
    exchange: &Exchange,
) -> Result<Issued, Refusal> {
    let grant_type = required(exchange, "grant_type")?;
    let proof = match grant_type {
        "authorization_code" => "code",
        "refresh_token" => "refresh_token",
        _ => {
            return Err(Refusal::new(
                1068,
                "unsupported_grant_type",
                "The grant type is not supported.",
            ));
        }
    };
    let client_id = required(exchange, "client_id")?;
    let data = state.data(region);
    let app = data.apps.get(client_id).cloned();
    let app = app.ok_or_else(|| Refusal::new(1067, "invalid_client", "The client id is invalid."))?;
    let proven = required(exchange, proof)?;
    client_auth::check(
        &app.secret,
        field(exchange, "client_secret"),
        field(exchange, "hash"),
        proven,
    )?;
    let redirect = field(exchange, "redirect_uri").or_else(|| field(exchange, "redirect_url"));
    if redirect.is_some_and(|redirect| redirect != app.redirect_url) {
        return Err(Refusal::new(
            1073,
            "invalid_grant",
            "The redirect_uri does not match.",
        ));
    }
    if proof == "code" {
        exchange_code(state, region, now, client_id, proven)
    } else {
        refresh(state, region, now, client_id, proven)
    }
}

fn exchange_code(
    state: &mut State,
    region: Region,
    now: SystemTime,
    client_id: &str,
    code: &str,
) -> Result<Issued, Refusal> {
    let lifetime = state.options.access_token_lifetime;
    let tokens = &mut state.data(region).tokens;
    let invalid = || Refusal::new(1071, "invalid_grant", "The authorization code is invalid.");
    let record = tokens
        .codes
        .get_mut(code)
        .filter(|record| record.client_id == client_id && !record.spent)
        .ok_or_else(invalid)?;
    if record.expires <= now {
        return Err(Refusal::new(
            1069,
            "invalid_grant",
            "The authorization code has expired.",
        ));
    }
    record.spent = true;
    let (email, scopes) = (record.email.clone(), record.scopes.clone());
    let grant = tokens.begin(client_id, &email, Some(scopes));
    let issued = tokens
        .issue(grant, now, lifetime, (None, None))
        .ok_or_else(invalid)?;
    state.log.counters.codes_exchanged += 1;
    Ok(issued)
}

fn refresh(
    state: &mut State,
    region: Region,
    now: SystemTime,
    client_id: &str,
    token: &str,
) -> Result<Issued, Refusal> {
    let invalid = || Refusal::new(1071, "invalid_grant", "The refresh token is invalid.");
    let options = state.options.clone();
    let tokens = &mut state.data(region).tokens;
    match tokens.refreshable(client_id, token) {
        Ok(_) => {}
        Err(Dead::Unknown) => return Err(invalid()),
        Err(Dead::Replaced) => {
            state.log.counters.replays += 1;
            return Err(invalid());
        }
        Err(Dead::Revoked) => {
            return Err(Refusal::new(
                1132,
                "invalid_grant",
                "The token was revoked before.",
            ));
        }
    }
    let issued = tokens.rotate(token, now, &options).ok_or_else(invalid)?;
    state.log.counters.refreshes += 1;
    Ok(issued)
}
