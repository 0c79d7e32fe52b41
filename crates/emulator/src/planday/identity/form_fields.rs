//! The form bodies of the token and revocation endpoints.

use http::StatusCode;
use http::header::CONTENT_TYPE;

pub(crate) use crate::form::{all, is_form};
use crate::planday::log::{Endpoint, Exchange};

/// A status and an OAuth error code (RFC 6749, 5.2). Planday documents neither; 400 is what its clients expect.
pub(crate) type Refusal = (StatusCode, &'static str);

pub(crate) const INVALID_REQUEST: Refusal = (StatusCode::BAD_REQUEST, "invalid_request");
pub(crate) const INVALID_CLIENT: Refusal = (StatusCode::BAD_REQUEST, "invalid_client");
pub(crate) const INVALID_GRANT: Refusal = (StatusCode::BAD_REQUEST, "invalid_grant");
/// RFC 8693, 2.2.2: the resource asked for is refused.
pub(crate) const INVALID_TARGET: Refusal = (StatusCode::BAD_REQUEST, "invalid_target");
pub(crate) const UNSUPPORTED_GRANT_TYPE: Refusal = (StatusCode::BAD_REQUEST, "unsupported_grant_type");

/// The fields of each documented token call, and of the observed one for child portals.
const TOKEN_FIELDS: [(&str, &[&str]); 3] = [
    ("refresh_token", &["client_id", "grant_type", "refresh_token"]),
    (
        "authorization_code",
        &["client_id", "grant_type", "code", "redirect_uri", "code_verifier"],
    ),
    (
        "token_exchange",
        &[
            "client_id",
            "grant_type",
            "subject_token_type",
            "subject_token",
            "resource",
        ],
    ),
];

/// Refuses what is no form (RFC 6749, 3.2).
pub(crate) fn require_form(exchange: &Exchange) -> Result<(), Refusal> {
    if !exchange.headers.contains_key(CONTENT_TYPE) {
        return Err(INVALID_REQUEST);
    }
    if !is_form(&exchange.headers) {
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_request"));
    }
    Ok(())
}

/// A field that is there once and not empty (RFC 6749, 3.2).
pub(crate) fn field<'a>(exchange: &'a Exchange, name: &str) -> Result<&'a str, Refusal> {
    optional(exchange, name)?.ok_or(INVALID_REQUEST)
}

/// A field that is there at most once; an empty one is none.
pub(crate) fn optional<'a>(exchange: &'a Exchange, name: &str) -> Result<Option<&'a str>, Refusal> {
    let mut values = all(&exchange.form, name);
    match (values.next(), values.next()) {
        (first, None) => Ok(first.filter(|value| !value.is_empty())),
        _ => Err(INVALID_REQUEST),
    }
}

/// The names of the fields that no document names for this call, each once.
pub(crate) fn surplus(endpoint: Endpoint, form: &[(String, String)]) -> Vec<String> {
    let known: &[&str] = match endpoint {
        Endpoint::Revocation => &["client_id", "token"],
        Endpoint::Token => {
            let grant_type = all(form, "grant_type").next().unwrap_or_default();
            let row = TOKEN_FIELDS.iter().find(|(name, _)| *name == grant_type);
            match row {
                Some((_, fields)) => fields,
                None => return Vec::new(),
            }
        }
        _ => return Vec::new(),
    };
    let mut surplus: Vec<String> = Vec::new();
    for (name, _) in form {
        if !known.contains(&name.as_str()) && !surplus.contains(name) {
            surplus.push(name.clone());
        }
    }
    surplus
}
