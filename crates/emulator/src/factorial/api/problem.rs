//! Error bodies (Factorial, resource requests: errors).

use bytes::Bytes;
use http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::version::Version;
use crate::answers;
use crate::factorial::options::ErrorShape;

/// Why a call fails. The codes are those of version 2027-01-01.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    code: &'static str,
    message: String,
    field: Option<&'static str>,
    retry_after: Option<u64>,
    /// Doorkeeper's words for the `WWW-Authenticate` header.
    challenge: Option<(&'static str, &'static str)>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            field: None,
            retry_after: None,
            challenge: None,
        }
    }

    /// 401; `why` is Doorkeeper's reason.
    pub(crate) fn unauthorized(why: &'static str) -> Self {
        Self {
            challenge: Some(("invalid_token", why)),
            ..Self::new(StatusCode::UNAUTHORIZED, "unauthorized", why)
        }
    }

    pub(crate) fn missing_scope(status: StatusCode, scope: &str) -> Self {
        Self {
            challenge: Some((
                "insufficient_scope",
                "Access to this resource requires another scope",
            )),
            ..Self::new(status, "forbidden", format!("The token lacks the scope {scope}"))
        }
    }

    pub(crate) fn forbidden(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "missing_resource", "Resource not found")
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed_request", message)
    }

    /// 409: it is not in a state for this.
    pub(crate) fn invalid_state(message: &str) -> Self {
        Self::new(StatusCode::CONFLICT, "invalid_state", message)
    }

    pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation_failed", message)
        }
    }

    pub(crate) fn throttled(seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "unknown_error",
                "Too many requests in a minute",
            )
        }
    }

    /// The answer, in the shape that a switch or the version says.
    pub(crate) fn render(&self, shape: ErrorShape, version: Option<Version>) -> Response<Bytes> {
        let shape = match shape {
            ErrorShape::ByVersion if version.is_some_and(Version::documents_errors) => ErrorShape::Objects,
            ErrorShape::ByVersion if self.status == StatusCode::UNAUTHORIZED => ErrorShape::Null,
            ErrorShape::ByVersion => ErrorShape::Strings,
            other => other,
        };
        let mut response = match shape {
            ErrorShape::Empty => self.doorkeeper(),
            ErrorShape::Html => {
                let page = b"<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>";
                answers::with_body(self.status, "text/html; charset=utf-8", Bytes::from_static(page))
            }
            shape => answers::json_text(self.status, "application/json; charset=utf-8", &self.body(shape)),
        };
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    fn body(&self, shape: ErrorShape) -> Value {
        let message = self.message.as_str();
        match shape {
            ErrorShape::Objects => {
                json!({ "errors": [{ "code": self.code, "message": message, "field": self.field }] })
            }
            ErrorShape::Map => json!({ "errors": { self.field.unwrap_or("base"): [message] } }),
            ErrorShape::Message => json!({ "message": message }),
            ErrorShape::Null => json!({ "errors": null }),
            _ => json!({ "errors": [message] }),
        }
    }

    fn doorkeeper(&self) -> Response<Bytes> {
        let mut response = answers::empty(self.status);
        if let Some((error, description)) = self.challenge {
            let text = format!(
                "Bearer realm=\"Doorkeeper\", error=\"{error}\", error_description=\"{description}\""
            );
            if let Ok(value) = HeaderValue::from_str(&text) {
                response.headers_mut().insert(WWW_AUTHENTICATE, value);
            }
        }
        response
    }
}
