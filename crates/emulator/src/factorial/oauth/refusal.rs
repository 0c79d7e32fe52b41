//! OAuth errors as Doorkeeper writes them.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, PRAGMA, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use crate::answers;

/// A status, an OAuth error code, and a description that no client may match on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) error: &'static str,
    pub(crate) description: String,
}

impl Refusal {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self {
            status,
            error,
            description: description.into(),
        }
    }

    pub(crate) fn invalid_client() -> Self {
        let text = "The application is unknown, or did not prove who it is.";
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", text)
    }

    pub(crate) fn invalid_grant() -> Self {
        let text = "What was presented is not valid, expired, revoked, or another application's.";
        Self::new(StatusCode::BAD_REQUEST, "invalid_grant", text)
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        let text = format!("A required parameter is missing: {parameter}.");
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", text)
    }

    pub(crate) fn invalid_scope() -> Self {
        let text = "A scope is unknown, or more than there may be.";
        Self::new(StatusCode::BAD_REQUEST, "invalid_scope", text)
    }

    pub(crate) fn unsupported_grant_type() -> Self {
        let text = "This server has no such grant type.";
        Self::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", text)
    }

    /// What revocation says to bad client credentials.
    pub(crate) fn unauthorized_client() -> Self {
        let text = "The application may not revoke this token.";
        Self::new(StatusCode::FORBIDDEN, "unauthorized_client", text)
    }

    /// The error as an answer of the token endpoint.
    pub(crate) fn respond(&self) -> Response<Bytes> {
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut response = json_answer(self.status, &body);
        let header = format!(
            "Bearer realm=\"Doorkeeper\", error=\"{}\", error_description=\"{}\"",
            self.error, self.description
        );
        if let Ok(value) = HeaderValue::from_str(&header) {
            response.headers_mut().insert(WWW_AUTHENTICATE, value);
        }
        response
    }
}

/// JSON that nobody may keep (RFC 6749, 5.1).
pub(crate) fn json_answer(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = answers::json_text(status, "application/json; charset=utf-8", body);
    for (name, value) in [(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
