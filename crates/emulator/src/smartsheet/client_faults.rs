//! What a client does wrong although the server lets it pass.

use std::collections::BTreeSet;

use http::header::AUTHORIZATION;

use super::log::{Endpoint, Exchange};
use super::region::split;
use super::routes::path_ids;
use super::state::State;
use crate::form::all;
use crate::lock::lock;

/// The longest change agent that is kept whole.
pub(crate) const LONGEST_CHANGE_AGENT: usize = 512;

/// The parameters of a token call: secrets and tokens do not belong into a URL.
const TOKEN_PARAMETERS: [&str; 8] = [
    "grant_type",
    "client_id",
    "client_secret",
    "hash",
    "code",
    "refresh_token",
    "redirect_uri",
    "redirect_url",
];

/// The documented fields of a token call.
const TOKEN_FIELDS: [&str; 7] = [
    "grant_type",
    "client_id",
    "client_secret",
    "hash",
    "code",
    "refresh_token",
    "redirect_uri",
];

pub(crate) fn note(state: &State, exchange: &mut Exchange) {
    let mut found: Vec<&'static str> = Vec::new();
    let authorizations = exchange.headers.get_all(AUTHORIZATION).iter().count();
    match exchange.endpoint {
        Endpoint::Token => {
            if TOKEN_PARAMETERS
                .iter()
                .any(|name| all(&exchange.query, name).next().is_some())
            {
                found.push("token-parameters-in-query");
            }
            if authorizations > 0 {
                found.push("authorization-on-token-call");
            }
            let sent = |name| all(&exchange.form, name).chain(all(&exchange.query, name)).next();
            if sent("client_secret").is_some() && sent("hash").is_some() {
                found.push("both-client-authentications");
            }
            exchange.surplus = surplus(exchange);
        }
        Endpoint::Download if authorizations > 0 => found.push("bearer-on-foreign-host"),
        Endpoint::Revocation | Endpoint::Api(_) => {
            if authorizations > 1 {
                found.push("several-authorizations");
            }
            let names: BTreeSet<&str> = exchange.query.iter().map(|(name, _)| name.as_str()).collect();
            // Search alone declares a list as a repeated name.
            let repeats = exchange.query.iter().filter(|(name, _)| name != "scopes").count();
            let distinct = names.iter().filter(|name| **name != "scopes").count();
            if repeats > distinct {
                found.push("repeated-query-name");
            }
            let header = |name: &str| exchange.headers.get(name).map(http::HeaderValue::as_bytes);
            if header("assume-user").is_some_and(|value| value.contains(&b'@')) {
                found.push("assume-user-not-encoded");
            }
            if header("smartsheet-change-agent").is_some_and(|value| value.len() > LONGEST_CHANGE_AGENT) {
                found.push("change-agent-too-long");
            }
        }
        _ => {}
    }
    if let Some(write) = write_of(exchange) {
        let mut writes = lock(&state.writes);
        if writes.contains(&write) {
            found.push("concurrent-sheet-writes");
        }
        writes.push(write);
    }
    exchange.client_faults = found;
}

/// Token and sheet of a request that writes to a sheet.
fn write_of(exchange: &Exchange) -> Option<(String, String)> {
    write_key(
        exchange.endpoint,
        &exchange.path,
        exchange.headers.get(AUTHORIZATION),
    )
}

/// As the log has it, from what a request says.
pub(crate) fn write_key(
    endpoint: Endpoint,
    path: &str,
    authorization: Option<&http::HeaderValue>,
) -> Option<(String, String)> {
    let Endpoint::Api(Some(operation)) = endpoint else {
        return None;
    };
    let sheet = path_ids(operation, path).into_iter().next()?;
    let token = String::from_utf8_lossy(authorization?.as_bytes()).into_owned();
    let region = split(path).0.map_or("", super::region::Region::name);
    operation
        .writes_sheet()
        .then(|| (token, format!("{region}/{sheet}")))
}

fn surplus(exchange: &Exchange) -> Vec<String> {
    let mut surplus: Vec<String> = Vec::new();
    let grant_type = all(&exchange.form, "grant_type").next();
    for (name, _) in &exchange.form {
        let foreign = match (name.as_str(), grant_type) {
            ("refresh_token", Some("authorization_code")) | ("code", Some("refresh_token")) => true,
            (name, _) => !TOKEN_FIELDS.contains(&name),
        };
        if foreign && !surplus.contains(name) {
            surplus.push(name.clone());
        }
    }
    surplus
}
