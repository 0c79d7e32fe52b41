//! What a client does against the documents although the server lets it pass, or beside why it does not.

use http::header::AUTHORIZATION;

use super::api::version::Version;
use super::log::{Endpoint, Exchange};
use super::oauth::client::basic;
use super::routes::api_path;
use super::state::State;
use crate::answers::bearer;
use crate::form::all;

const CLIENT: [&str; 2] = ["client_id", "client_secret"];

/// The form fields that no document names for this call, each once.
pub(crate) fn surplus(endpoint: Endpoint, form: &[(String, String)]) -> Vec<String> {
    let known: &[&str] = match endpoint {
        Endpoint::Revocation => &["token", "token_type_hint"],
        Endpoint::Token => match all(form, "grant_type").last() {
            Some("authorization_code") => &["grant_type", "code", "redirect_uri", "code_verifier"],
            Some("refresh_token") => &["grant_type", "refresh_token", "scope"],
            _ => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    let mut surplus: Vec<String> = Vec::new();
    for (name, _) in form {
        let named = known.contains(&name.as_str()) || CLIENT.contains(&name.as_str());
        if !named && !surplus.contains(name) {
            surplus.push(name.clone());
        }
    }
    surplus
}

/// The faults by name; [`Exchange`] lists them.
pub(crate) fn of(state: &State, exchange: &Exchange) -> Vec<&'static str> {
    let mut faults = Vec::new();
    match exchange.endpoint {
        Endpoint::Token | Endpoint::Revocation => {
            if !exchange.query.is_empty() {
                faults.push("secret-in-query");
            }
            if basic(exchange).is_some() && all(&exchange.form, "client_id").next().is_some() {
                faults.push("basic-and-body");
            }
        }
        Endpoint::Authorize => {
            let kinds = exchange.query.iter().chain(&exchange.form);
            let odd = kinds
                .filter(|(name, _)| name == "resource_owner_type")
                .any(|(_, value)| value != "company");
            if odd {
                faults.push("unknown-resource-owner-type");
            }
        }
        Endpoint::Api(_) => api(state, exchange, &mut faults),
        Endpoint::Download => {
            if exchange.headers.contains_key(AUTHORIZATION) || exchange.headers.contains_key("x-api-key") {
                faults.push("credential-on-download");
            }
        }
        Endpoint::Applications | Endpoint::Unknown => {}
    }
    faults
}

/// Filters whose names end in brackets; without them Rails reads no array.
const ARRAYS: [&str; 11] = [
    "ids",
    "employee_ids",
    "access_ids",
    "emails",
    "team_ids",
    "location_ids",
    "legal_entity_ids",
    "employees_ids",
    "companies_ids",
    "country_ids",
    "leave_type_id",
];

fn api(state: &State, exchange: &Exchange, faults: &mut Vec<&'static str>) {
    let key = exchange
        .headers
        .get("x-api-key")
        .and_then(|value| value.to_str().ok());
    if key.is_some() && exchange.headers.contains_key(AUTHORIZATION) {
        faults.push("two-credentials");
    }
    if bearer(&exchange.headers).is_some_and(|token| state.keys.contains_key(token)) {
        faults.push("api-key-as-bearer");
    }
    if key.is_some_and(|key| state.tokens.by_access(key).is_some()) {
        faults.push("token-as-api-key");
    }
    let query = |name: &str| exchange.query.iter().any(|(given, _)| given == name);
    if query("access_token") || query("bearer_token") {
        faults.push("token-in-query");
    }
    if ARRAYS.iter().any(|name| query(name)) {
        faults.push("array-without-brackets");
    }
    let version = api_path(&exchange.path).and_then(|path| Version::served(path.version));
    if version.is_some_and(|(_, supported)| !supported) {
        faults.push("unsupported-version");
    }
}
