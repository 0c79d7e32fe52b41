//! Errors of the layers below, as errors of a call.

use attache_core::{AuthorizationError, AuthorizationErrorKind, Sent, TransportError, TransportErrorKind};

use super::{Error, ErrorKind, describe::as_code};

impl From<AuthorizationError> for Error {
    /// No header could be had, so nothing was sent.
    ///
    /// An account that is not in the store is `NeedsRelink` without a reason rather than `Configuration`: it
    /// goes missing because somebody removed it while a handle lived, which is no mistake of the program, and the
    /// remedy is the same: link it.
    fn from(error: AuthorizationError) -> Self {
        let (kind, reason) = match error.kind() {
            AuthorizationErrorKind::NeedsRelink(reason) => (ErrorKind::NeedsRelink, Some(reason)),
            AuthorizationErrorKind::UnknownAccount => (ErrorKind::NeedsRelink, None),
            AuthorizationErrorKind::ConnectorMisconfigured => (ErrorKind::ConnectorMisconfigured, None),
            AuthorizationErrorKind::WrongConnector => (ErrorKind::Configuration, None),
            AuthorizationErrorKind::Forbidden => (ErrorKind::Forbidden, None),
            AuthorizationErrorKind::Throttled => (ErrorKind::RateLimited, None),
            AuthorizationErrorKind::Store => (ErrorKind::Store, None),
            AuthorizationErrorKind::ShuttingDown => (ErrorKind::ShuttingDown, None),
            // Transient, and kinds that are not known yet.
            _ => (ErrorKind::Unavailable, None),
        };
        Self::new(kind).change(|inner| {
            inner.relink_reason = reason;
            inner.account = error.account().cloned();
            inner.status = error.status();
            inner.code = error.code().and_then(as_code);
            inner.retry_after = error.retry_after();
            if error.kind() == AuthorizationErrorKind::WrongConnector {
                // Which app and which environment are the whole message.
                inner.detail = std::error::Error::source(&error).map(|cause| cause.to_string().into());
            }
            inner.source = Some(error.into());
        })
    }
}

impl From<TransportError> for Error {
    /// What a transport refuses to send is a matter of configuration.
    fn from(error: TransportError) -> Self {
        let kind = match error.kind() {
            TransportErrorKind::Refused => ErrorKind::Configuration,
            TransportErrorKind::Elapsed => ErrorKind::Deadline,
            _ => ErrorKind::Transport,
        };
        Self::new(kind).change(|inner| {
            inner.sent = error.sent();
            inner.status = error.status();
            inner.source = Some(error.into());
        })
    }
}

/// What is known of several attempts together. An attempt that was turned away counts as `No`.
pub(crate) fn sent_together(before: Sent, last: Sent) -> Sent {
    match (before, last) {
        // In the last case, an earlier attempt was answered with a failure that says nothing about what it did.
        (Sent::Maybe, _) | (_, Sent::Maybe) | (Sent::Yes, Sent::No) => Sent::Maybe,
        (_, last) => last,
    }
}
