//! The SDK's errors in the protocol's words.

use attache_core::AuthorizationError;
use attache_planday::{
    CompleteLinkError, CompleteLinkErrorKind, Error, ErrorKind, LinkError, LinkErrorKind, Sent,
};
use serde_json::{Map, Value, json};

/// An error object of the protocol.
pub(crate) struct Failure(Map<String, Value>);

impl Failure {
    fn new(class: &str, display: &str, debug: &str) -> Self {
        let mut members = Map::new();
        members.insert("class".into(), class.into());
        members.insert("display".into(), display.into());
        members.insert("debug".into(), debug.into());
        Self(members)
    }

    pub(crate) fn unsupported(what: &str) -> Self {
        Self::new("unsupported", what, "")
    }

    /// The suite takes its leave while this is under way.
    pub(crate) fn shutting_down() -> Self {
        Self::new("shutting_down", "the driver is closing", "")
    }

    /// The set-up or an argument is wrong; nothing was sent.
    pub(crate) fn configuration(error: &dyn std::error::Error) -> Self {
        Self::new("configuration", &error.to_string(), &format!("{error:?}")).with("sent", json!("no"))
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        if !value.is_null() {
            self.0.insert(name.into(), value);
        }
        self
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut display = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            display.push_str(": ");
            display.push_str(&cause.to_string());
            source = cause.source();
        }
        let sent = match error.sent() {
            Sent::No => "no",
            Sent::Maybe => "maybe",
            Sent::Yes => "yes",
        };
        let wait = error
            .retry_after()
            .map_or(Value::Null, |wait| json!(wait.as_secs_f64()));
        Self::new(class(error.kind()), &display, &format!("{error:?}"))
            .with("sent", json!(sent))
            .with("status", json!(error.status()))
            .with("code", json!(error.code()))
            .with("retry_after", wait)
            .with("request_id", json!(error.request_id()))
            .with("missing_scope", json!(error.missing_scope()))
            .with("message", json!(error.provider_message()))
    }
}

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Self {
        let class = match (error.kind(), error.cause()) {
            (_, Some(cause)) => class(cause.kind()),
            (LinkErrorKind::Save, None) => "store",
            (LinkErrorKind::OtherPortal { .. }, None) => "identity_mismatch",
            (
                LinkErrorKind::Callback(
                    CompleteLinkErrorKind::Refused
                    | CompleteLinkErrorKind::CodeRefused
                    | CompleteLinkErrorKind::NoRefreshToken,
                ),
                None,
            ) => "authorization_refused",
            (LinkErrorKind::Callback(_), None) => "callback_invalid",
            (_, None) => "configuration",
        };
        let exchange = error.callback().and_then(CompleteLinkError::exchange);
        let status = error.cause().and_then(Error::status);
        let status = status.or_else(|| exchange.and_then(AuthorizationError::status));
        let refusal = error.callback().and_then(CompleteLinkError::refusal);
        let code = error.cause().and_then(Error::code);
        let code = code
            .or_else(|| exchange.and_then(AuthorizationError::code))
            .or_else(|| refusal.and_then(|refusal| refusal.code()))
            .map(str::to_owned);
        Self::new(class, &error.to_string(), &format!("{error:?}"))
            .with("status", json!(status))
            .with("code", json!(code))
    }
}

fn class(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Configuration => "configuration",
        ErrorKind::NeedsRelink => "needs_relink",
        ErrorKind::ConnectorMisconfigured => "connector_misconfigured",
        ErrorKind::Unauthorized => "unauthorized",
        ErrorKind::Forbidden => "forbidden",
        ErrorKind::NotFound => "not_found",
        ErrorKind::Validation => "validation",
        ErrorKind::RateLimited => "rate_limited",
        ErrorKind::Unavailable => "unavailable",
        ErrorKind::Deadline => "deadline",
        ErrorKind::Transport => "transport",
        ErrorKind::Decode => "decode",
        ErrorKind::Store => "store",
        ErrorKind::ShuttingDown => "shutting_down",
        _ => "unsupported",
    }
}
