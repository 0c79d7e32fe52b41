//! Answers to a revocation.

use attache_core::{FailureClass, Timestamp};
use bytes::Bytes;
use http::Response;

use super::{TokenFailure, TokenFailureKind, body::read_json, error_answer::ErrorAnswer};

/// Reads a revocation endpoint's answer. `now` is the wall clock at its arrival, for a `Retry-After` that is a date.
///
/// Any 2xx means that the token is gone or was never there, and its body says nothing (RFC 7009, 2.2).
///
/// # Errors
///
/// For everything else. The token may still be good: after a 503 and its like the request has to be sent again
/// (RFC 7009, 2.2.1). `GrantRefused` is a server's word for a token that it does not know, `invalid_token`, and so
/// as good as done; `ConnectorMisconfigured` stands for the app and for `unsupported_token_type`.
pub fn read_revocation_answer(response: &Response<Bytes>, now: Timestamp) -> Result<(), TokenFailure> {
    if response.status().is_success() {
        return Ok(());
    }
    let (kind, error) = match read_json(response) {
        Err(kind) => (kind, ErrorAnswer::default()),
        Ok(json) => (TokenFailureKind::NoAccessToken, ErrorAnswer::read(&json)),
    };
    // A status alone never says that the token is gone.
    let failure = TokenFailure::new(&[], response, now, kind, error).at_revocation();
    let class = match (failure.class(), failure.code()) {
        (FailureClass::Transient, Some("invalid_token")) if failure.outcome_known() => {
            FailureClass::GrantRefused
        }
        (FailureClass::Transient, Some("unsupported_token_type")) if failure.outcome_known() => {
            FailureClass::ConnectorMisconfigured
        }
        (class, _) => class,
    };
    Err(failure.with_class(class))
}
