//! The seam between a call and whatever authorises it.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use http::{HeaderName, HeaderValue};

use crate::{AccountKey, BoxFuture, Deadline, RelinkReason};

/// Counts the renewals of one credential. A later credential has a higher generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Generation(pub u64);

/// A header that authorises one request.
#[derive(Clone)]
pub struct Authorized {
    /// The header's name.
    pub name: HeaderName,
    /// The header's value, marked sensitive.
    pub value: HeaderValue,
    /// Which renewal of the credential it is; pass it to [`Authorization::rejected`] if it is refused.
    pub generation: Generation,
}

impl fmt::Debug for Authorized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorized")
            .field("name", &self.name)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// What a caller needs of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Need {
    /// How long the caller will wait for it.
    pub deadline: Deadline,
    /// How long it has to stay valid from now on.
    pub min_validity: Duration,
}

/// The header, or the wait for it.
#[allow(
    clippy::large_enum_variant,
    reason = "the large variant is the common one, and boxing it would allocate"
)]
pub enum AuthorizationNow<'a> {
    /// The header is at hand.
    Ready(Authorized),
    /// A renewal is under way. Dropping the future gives up the wait, never the renewal.
    Wait(BoxFuture<'a, Result<Authorized, AuthorizationError>>),
}

impl fmt::Debug for AuthorizationNow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready(authorized) => f.debug_tuple("Ready").field(authorized).finish(),
            Self::Wait(_) => f.write_str("Wait(..)"),
        }
    }
}

/// Gives the header that authorises a request: a kept grant, an API key, a personal token.
pub trait Authorization: Send + Sync + 'static {
    /// The header for one request.
    fn now(&self, need: Need) -> AuthorizationNow<'_>;

    /// The provider called the credential of this generation stale. The next [`Authorization::now`] looks for a
    /// newer one; if there is none to be had, it gives the same generation again.
    fn rejected(&self, generation: Generation);

    /// The provider took the credential of this generation.
    fn accepted(&self, generation: Generation) {
        let _ = generation;
    }

    /// The account that the credential belongs to, if it is a kept one.
    fn account(&self) -> Option<&AccountKey> {
        None
    }
}

/// Why no header could be given. Cheap to clone: all who waited for the same renewal share one.
#[derive(Clone)]
pub struct AuthorizationError(Arc<Inner>);

struct Inner {
    kind: AuthorizationErrorKind,
    account: Option<AccountKey>,
    status: Option<u16>,
    code: Option<Box<str>>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`AuthorizationError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthorizationErrorKind {
    /// The account has to be linked again.
    NeedsRelink(RelinkReason),
    /// The provider refuses the app; see the connector's set-up.
    ConnectorMisconfigured,
    /// The account works, but the provider lets it not act for what was asked for, such as a child portal.
    Forbidden,
    /// The provider could not be reached or gave no usable answer in time.
    Transient,
    /// The provider asked for patience.
    Throttled,
    /// The store could not be read or written.
    Store,
    /// The account is not in the store.
    UnknownAccount,
    /// The account was linked through another app, or in another environment of the provider.
    WrongConnector,
    /// The keeper is closing.
    ShuttingDown,
}

impl AuthorizationError {
    /// An error of this kind, with nothing else known.
    pub fn new(kind: AuthorizationErrorKind) -> Self {
        Self(Arc::new(Inner {
            kind,
            account: None,
            status: None,
            code: None,
            retry_after: None,
            source: None,
        }))
    }

    /// Adds the account.
    #[must_use]
    pub fn with_account(self, account: AccountKey) -> Self {
        self.change(|inner| inner.account = Some(account))
    }

    /// Adds the HTTP status of the token endpoint's answer.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        self.change(|inner| inner.status = Some(status))
    }

    /// Adds the provider's error code, for example `invalid_grant`. Codes are shown in messages; pass no free
    /// text.
    #[must_use]
    pub fn with_code(self, code: impl Into<Box<str>>) -> Self {
        self.change(|inner| inner.code = Some(code.into()))
    }

    /// Adds how long to wait before another try.
    #[must_use]
    pub fn with_retry_after(self, retry_after: Duration) -> Self {
        self.change(|inner| inner.retry_after = Some(retry_after))
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.change(|inner| inner.source = Some(source.into()))
    }

    /// The kind.
    pub fn kind(&self) -> AuthorizationErrorKind {
        self.0.kind
    }

    /// The account, if it is about one.
    pub fn account(&self) -> Option<&AccountKey> {
        self.0.account.as_ref()
    }

    /// The HTTP status of the token endpoint's answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The provider's error code, if it gave one.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// How long to wait before another try, if that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Builders run before the error is shared, so the single owner can be changed in place.
    fn change(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            change(inner);
        } else {
            let source = &self.0;
            let mut inner = Inner {
                kind: source.kind,
                account: source.account.clone(),
                status: source.status,
                code: source.code.clone(),
                retry_after: source.retry_after,
                source: Some(Box::new(self.clone())),
            };
            change(&mut inner);
            self.0 = Arc::new(inner);
        }
        self
    }
}

impl fmt::Display for AuthorizationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.kind {
            AuthorizationErrorKind::NeedsRelink(reason) => {
                write!(f, "the account has to be linked again: {reason}")?;
            }
            AuthorizationErrorKind::ConnectorMisconfigured => {
                f.write_str("the provider refuses the app: check the connector's client id and secret")?;
            }
            AuthorizationErrorKind::Forbidden => {
                f.write_str("the account may not act for this: check that it belongs to the account, and its rights")?;
            }
            AuthorizationErrorKind::Transient => f.write_str("the provider gave no usable answer for now")?,
            AuthorizationErrorKind::Throttled => f.write_str("the token endpoint asks to wait")?,
            AuthorizationErrorKind::Store => f.write_str("the token store failed")?,
            AuthorizationErrorKind::UnknownAccount => f.write_str("the account is not in the store")?,
            AuthorizationErrorKind::WrongConnector => f.write_str(
                "the account was linked through another app or in another environment: use that one, or link it again",
            )?,
            AuthorizationErrorKind::ShuttingDown => f.write_str("the keeper is closing")?,
        }
        if let Some(account) = &self.0.account {
            write!(f, " (account {account})")?;
        }
        if let Some(status) = self.0.status {
            write!(f, " (status {status})")?;
        }
        if let Some(code) = &self.0.code {
            write!(f, " (code {code})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for AuthorizationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationError")
            .field("kind", &self.0.kind)
            .field("account", &self.0.account)
            .field("status", &self.0.status)
            .field("code", &self.0.code)
            .field("retry_after", &self.0.retry_after)
            .field("source", &self.0.source.as_ref().map(ToString::to_string))
            .finish()
    }
}

impl Error for AuthorizationError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}
