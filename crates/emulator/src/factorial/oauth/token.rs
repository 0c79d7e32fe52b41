//! `POST /oauth/token` (Factorial, Request an access token; Refreshing an access token).

use std::time::SystemTime;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::client::{authenticate, credentials, parameter, required};
use super::refusal::{Refusal, json_answer};
use super::tokens::{Issue, Owner, seconds};
use crate::answers;
use crate::factorial::log::Exchange;
use crate::factorial::options::{ForeignCredential, Pkce, Rotation};
use crate::factorial::state::State;

/// Answers a token request.
pub(crate) fn respond(state: &mut State, now: SystemTime, exchange: &Exchange) -> Response<Bytes> {
    if exchange.method != Method::POST {
        return answers::not_allowed("POST");
    }
    let foreign = credentials(exchange).is_some_and(|(client_id, _)| state.is_foreign(&client_id));
    if foreign && state.options.foreign_credential == ForeignCredential::EmptyResponse {
        return answers::empty(StatusCode::OK);
    }
    match grant(state, now, exchange) {
        Ok(index) => json_answer(StatusCode::OK, &body(state, now, index)),
        Err(refusal) => refusal.respond(),
    }
}

fn grant(state: &mut State, now: SystemTime, exchange: &Exchange) -> Result<usize, Refusal> {
    let grant_type = required(exchange, "grant_type")?;
    match grant_type {
        "authorization_code" => code(state, now, exchange),
        "refresh_token" => refresh(state, now, exchange),
        _ => Err(Refusal::unsupported_grant_type()),
    }
}

fn code(state: &mut State, now: SystemTime, exchange: &Exchange) -> Result<usize, Refusal> {
    let code = required(exchange, "code")?;
    let redirect_uri = required(exchange, "redirect_uri")?;
    let client_id = authenticate(state, exchange)?.client_id.clone();
    let consent = state.codes.get(code).ok_or_else(Refusal::invalid_grant)?.clone();
    let verified = match (&consent.challenge, parameter(exchange, "code_verifier")) {
        _ if state.options.pkce == Pkce::Ignore => true,
        (Some(challenge), Some(verifier)) => challenge.is_met_by(verifier),
        (None, None) => true,
        _ => false,
    };
    let fits =
        consent.client_id == client_id && now < consent.expires && consent.redirect_uri == redirect_uri;
    if !fits || !verified {
        return Err(Refusal::invalid_grant());
    }
    state.codes.spend(code);
    state.log.counters.codes_exchanged += 1;
    let mut issue = issue(state, client_id, consent.owner, now);
    issue.scopes = consent.scopes;
    state.tokens.issue(issue).ok_or_else(Refusal::invalid_grant)
}

/// A record for this owner, with the lifetimes that the switches say.
pub(crate) fn issue(state: &State, client_id: String, owner: Owner, now: SystemTime) -> Issue {
    let options = &state.options;
    let (lifetime, with_refresh) = match owner {
        Owner::User { .. } => (Some(options.access_token_lifetime), true),
        Owner::Company { .. } => (options.company_token_lifetime, options.company_refresh_token),
    };
    Issue {
        client_id,
        owner,
        scopes: Vec::new(),
        now,
        lifetime,
        with_refresh,
        format: options.token_format,
        access: None,
        refresh: None,
    }
}

fn refresh(state: &mut State, now: SystemTime, exchange: &Exchange) -> Result<usize, Refusal> {
    let token = required(exchange, "refresh_token")?;
    let client_id = authenticate(state, exchange)?.client_id.clone();
    let index = state
        .tokens
        .by_refresh(token)
        .ok_or_else(Refusal::invalid_grant)?;
    let record = state.tokens.get(index);
    if record.client_id != client_id {
        return Err(Refusal::invalid_grant());
    }
    let (spent, owner) = (record.spent, record.owner.clone());
    let live = record.is_refreshable(now, state.options.refresh_token_lifetime);
    let mut scopes = record.scopes.clone();
    state.log.counters.replays += u64::from(spent);
    if !live {
        return Err(Refusal::invalid_grant());
    }
    if let Some(asked) = parameter(exchange, "scope") {
        let asked: Vec<String> = asked.split_whitespace().map(str::to_owned).collect();
        if !asked.iter().all(|scope| scopes.contains(scope)) {
            return Err(Refusal::invalid_scope());
        }
        scopes = asked;
    }
    let mut issue = issue(state, client_id, owner, now);
    issue.scopes = scopes;
    let fresh = state.tokens.issue(issue).ok_or_else(Refusal::invalid_grant)?;
    let at_once = state.options.rotation == Rotation::Once;
    state.tokens.replace(index, fresh, at_once);
    state.log.counters.refreshes += 1;
    Ok(fresh)
}

/// The members of the answer; Doorkeeper leaves out what is blank.
fn body(state: &State, now: SystemTime, index: usize) -> Value {
    let record = state.tokens.get(index);
    let shape = state.options.token_answer;
    let lifetime = record.lifetime.map(|lifetime| json!(lifetime.as_secs()));
    let scope = (shape.scope && !record.scopes.is_empty()).then(|| json!(record.scopes.join(" ")));
    let members = [
        ("access_token", Some(json!(record.access))),
        ("token_type", Some(json!("Bearer"))),
        (
            "expires_in",
            lifetime.map(|true_one| shape.expires_in.map_or(true_one, |said| json!(said))),
        ),
        ("refresh_token", record.refresh.as_ref().map(|token| json!(token))),
        ("scope", scope),
        ("created_at", shape.created_at.then(|| json!(seconds(now)))),
        (
            "notInAnyDocument",
            state.options.unknown_member.then(|| json!({ "since": 2027 })),
        ),
    ];
    let present = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect::<Map<_, _>>())
}
