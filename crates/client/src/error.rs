//! The one error of all provider crates.

mod describe;
mod from;
mod kind;

use std::{borrow::Cow, time::Duration};

use attache_core::{AccountKey, RelinkReason, Sent};
use bytes::Bytes;

pub(crate) use describe::{as_code, as_request_id, repeats};
pub(crate) use from::sent_together;
pub use kind::ErrorKind;

/// Why a call gave no result.
///
/// What it shows, in `Display` and `Debug` alike: the kind, operation, status, the provider's code, request id,
/// account, and where decoding failed. The text of a body, query values and header values are never shown; the
/// provider's own words are behind accessors ([`Error::provider_message`], [`Error::validation`],
/// [`Error::body`], [`Error::decode_detail`]).
pub struct Error(pub(crate) Box<Inner>);

/// A field of the request that the provider does not accept, and why, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidField {
    /// The field as the provider names it.
    pub field: String,
    /// What is wrong with it.
    pub messages: Vec<String>,
}

pub(crate) struct Inner {
    pub(crate) kind: ErrorKind,
    pub(crate) sent: Sent,
    pub(crate) attempts: u32,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<Box<str>>,
    pub(crate) request_id: Option<Box<str>>,
    pub(crate) account: Option<AccountKey>,
    pub(crate) operation: Option<&'static str>,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) relink_reason: Option<RelinkReason>,
    /// Our own words about a configuration; shown.
    pub(crate) detail: Option<Cow<'static, str>>,
    pub(crate) decode_path: Option<Box<str>>,
    pub(crate) decode_detail: Option<Box<str>>,
    pub(crate) provider_message: Option<Box<str>>,
    pub(crate) validation: Vec<InvalidField>,
    pub(crate) body: Option<Bytes>,
    pub(crate) source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl InvalidField {
    /// A field with what is wrong with it.
    pub fn new(field: impl Into<String>, messages: Vec<String>) -> Self {
        Self {
            field: field.into(),
            messages,
        }
    }
}

impl Error {
    /// An error of this kind that nothing else is known about. For provider crates.
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            sent: Sent::No,
            attempts: 0,
            retry_after: None,
            status: None,
            code: None,
            request_id: None,
            account: None,
            operation: None,
            scopes: &[],
            relink_reason: None,
            detail: None,
            decode_path: None,
            decode_detail: None,
            provider_message: None,
            validation: Vec::new(),
            body: None,
            source: None,
        }))
    }

    /// A mistake in how something is set up or called. `detail` names the field and the remedy; it is shown, so
    /// it must hold no secret.
    pub fn configuration(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Configuration).change(|inner| inner.detail = Some(detail.into()))
    }

    /// Adds the cause. Its text is shown where causes are, so it must hold no secret.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.change(|inner| inner.source = Some(source.into()))
    }

    /// Adds the account.
    #[must_use]
    pub fn with_account(self, account: AccountKey) -> Self {
        self.change(|inner| inner.account = Some(account))
    }

    pub(crate) fn change(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(&mut self.0);
        self
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the request can have taken effect, over all attempts. `Yes`: the provider answered, see
    /// [`Error::status`]. `No`: nothing left this process, or what did was turned away before (401, 429).
    /// `Maybe`: an attempt may have arrived without our knowing what came of it.
    pub fn sent(&self) -> Sent {
        self.0.sent
    }

    /// How often the request was sent. A 404 to the second attempt of a delete may mean that the first one
    /// worked.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long to wait before another try, if that is known. Set whenever a call gave up because the wait would
    /// have passed its deadline.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The HTTP status, of the API or of the token endpoint.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The provider's error code.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The provider's id of the request, for its support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The account, if the credential belongs to a kept one.
    pub fn account(&self) -> Option<&AccountKey> {
        self.0.account.as_ref()
    }

    /// The operation's name.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The scope that the operation needs, where the API said `Forbidden`. The first one, if it needs several:
    /// see [`Error::required_scopes`].
    pub fn missing_scope(&self) -> Option<&'static str> {
        self.required_scopes().first().copied()
    }

    /// All scopes that the operation needs, where the API said `Forbidden`; at least one of them may be missing.
    /// Empty for other errors, and where the operation's scopes are not known.
    pub fn required_scopes(&self) -> &'static [&'static str] {
        match self.0.kind {
            ErrorKind::Forbidden => self.0.scopes,
            _ => &[],
        }
    }

    /// Where in the body decoding failed, for example `data[3].id`.
    pub fn decode_path(&self) -> Option<&str> {
        self.0.decode_path.as_deref()
    }

    /// Why decoding failed. Can quote the body: not for logs.
    pub fn decode_detail(&self) -> Option<&str> {
        self.0.decode_detail.as_deref()
    }

    /// The provider's own words. Can name people and values: not for logs.
    pub fn provider_message(&self) -> Option<&str> {
        self.0.provider_message.as_deref()
    }

    /// The fields that the provider does not accept. Can name people and values: not for logs.
    pub fn validation(&self) -> &[InvalidField] {
        &self.0.validation
    }

    /// The body of the answer that was an error or could not be decoded, as it came: not for logs.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// Why the account has to be linked again. `None` for `NeedsRelink` means that the account is not in the
    /// store: it was removed, or never linked.
    pub fn relink_reason(&self) -> Option<RelinkReason> {
        self.0.relink_reason
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}
