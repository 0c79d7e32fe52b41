//! What a token endpoint's refusal means to callers.

use attache_core::{AuthorizationError, AuthorizationErrorKind, FailureClass, RelinkReason};

use crate::wire::TokenFailure;

/// The kind of error that a class of failure is to a caller.
pub(crate) fn kind(class: FailureClass) -> AuthorizationErrorKind {
    match class {
        FailureClass::GrantRefused => AuthorizationErrorKind::NeedsRelink(RelinkReason::Refused),
        FailureClass::ConnectorMisconfigured => AuthorizationErrorKind::ConnectorMisconfigured,
        FailureClass::Throttled => AuthorizationErrorKind::Throttled,
        _ => AuthorizationErrorKind::Transient,
    }
}

/// Adds to an error what the token endpoint said.
pub(crate) fn describe(mut error: AuthorizationError, failure: TokenFailure) -> AuthorizationError {
    if let Some(status) = failure.status() {
        error = error.with_status(status);
    }
    if let Some(code) = failure.code() {
        error = error.with_code(code);
    }
    if let Some(wait) = failure.retry_after() {
        error = error.with_retry_after(wait);
    }
    error.with_source(failure)
}
