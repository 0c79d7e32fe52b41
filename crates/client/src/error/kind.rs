//! The kinds of error, what usually causes each, and what to do.

use super::Error;

/// The kinds of [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// See [`Error::is_configuration`].
    Configuration,
    /// See [`Error::is_needs_relink`].
    NeedsRelink,
    /// See [`Error::is_connector_misconfigured`].
    ConnectorMisconfigured,
    /// See [`Error::is_unauthorized`].
    Unauthorized,
    /// See [`Error::is_forbidden`].
    Forbidden,
    /// See [`Error::is_not_found`].
    NotFound,
    /// See [`Error::is_validation`].
    Validation,
    /// See [`Error::is_rate_limited`].
    RateLimited,
    /// See [`Error::is_unavailable`].
    Unavailable,
    /// See [`Error::is_deadline`].
    Deadline,
    /// See [`Error::is_transport`].
    Transport,
    /// See [`Error::is_decode`].
    Decode,
    /// See [`Error::is_store`].
    Store,
    /// See [`Error::is_shutting_down`].
    ShuttingDown,
}

impl ErrorKind {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::NeedsRelink => "the account has to be linked again",
            Self::ConnectorMisconfigured => "the provider refuses the app",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not found",
            Self::Validation => "the provider does not accept the request",
            Self::RateLimited => "rate limited",
            Self::Unavailable => "the provider is unavailable",
            Self::Deadline => "the deadline passed",
            Self::Transport => "no complete answer",
            Self::Decode => "the answer could not be understood",
            Self::Store => "the token store failed",
            Self::ShuttingDown => "the keeper is closing",
        }
    }
}

impl Error {
    /// A call or a client is set up in a way that cannot work.
    ///
    /// Usual cause: a missing path parameter, a header that is not the caller's to set, a URL to another host,
    /// plain HTTP to a host that is not loopback. What to do: correct the program; trying again does not help.
    pub fn is_configuration(&self) -> bool {
        self.kind() == ErrorKind::Configuration
    }

    /// The account has no usable grant.
    ///
    /// Usual cause: its owner revoked it, it lay unused for too long, or it was removed
    /// ([`Error::relink_reason`]). What to do: ask the owner to link the account again.
    pub fn is_needs_relink(&self) -> bool {
        self.kind() == ErrorKind::NeedsRelink
    }

    /// The provider refuses the app itself, not the account.
    ///
    /// Usual cause: a wrong or expired client secret, an app that was switched off. What to do: correct the
    /// connector; its accounts need no new link.
    pub fn is_connector_misconfigured(&self) -> bool {
        self.kind() == ErrorKind::ConnectorMisconfigured
    }

    /// The provider does not take the credential, and a newer one did not help or is not to be had.
    ///
    /// Usual cause: a pasted credential that was withdrawn, a user who was made inactive, a credential of
    /// another app or environment. What to do: check the account at the provider.
    pub fn is_unauthorized(&self) -> bool {
        self.kind() == ErrorKind::Unauthorized
    }

    /// The credential is good but not for this.
    ///
    /// Usual cause: the app or the grant lacks a scope ([`Error::missing_scope`]), or the user lacks a right.
    /// What to do: add the scope and link the account again, or have the user's rights changed.
    pub fn is_forbidden(&self) -> bool {
        self.kind() == ErrorKind::Forbidden
    }

    /// The thing does not exist, or not for this user.
    ///
    /// Usual cause: it was deleted, or an id of another account. What to do: treat it as gone.
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// The provider understands the request but does not accept it.
    ///
    /// Usual cause: a value against its rules, or a conflict with what is there ([`Error::validation`],
    /// [`Error::provider_message`]). What to do: change the request.
    pub fn is_validation(&self) -> bool {
        self.kind() == ErrorKind::Validation
    }

    /// Too many requests, still after waiting as long as the call allows.
    ///
    /// Usual cause: other programs share the limit; or, without a [status](Error::status), the request's turn at
    /// this program's own [`Pace`](crate::Pace) would have come after the deadline. What to do: wait for
    /// [`Error::retry_after`], or give the call a longer deadline.
    pub fn is_rate_limited(&self) -> bool {
        self.kind() == ErrorKind::RateLimited
    }

    /// The provider fails, or its token endpoint does.
    ///
    /// Usual cause: an outage or maintenance. What to do: try later. If [`Error::sent`] is not `No`, a request
    /// that changes something may have taken effect.
    pub fn is_unavailable(&self) -> bool {
        self.kind() == ErrorKind::Unavailable
    }

    /// The time that the caller gave is over.
    ///
    /// Usual cause: a slow answer, or a deadline shorter than the provider needs. What to do: give a longer one;
    /// look at [`Error::sent`] before repeating a request that changes something.
    pub fn is_deadline(&self) -> bool {
        self.kind() == ErrorKind::Deadline
    }

    /// No complete answer came.
    ///
    /// Usual cause: no network, a name that does not resolve, a certificate, a connection that broke. What to
    /// do: look at the source; look at [`Error::sent`] before repeating a request that changes something.
    pub fn is_transport(&self) -> bool {
        self.kind() == ErrorKind::Transport
    }

    /// An answer came that the client does not understand.
    ///
    /// Usual cause: the provider changed its format, or a page of a gateway or a redirect came instead of its
    /// answer. The request has taken effect if it got a success status. What to do: report
    /// [`Error::decode_path`]; the raw request door gives the body.
    pub fn is_decode(&self) -> bool {
        self.kind() == ErrorKind::Decode
    }

    /// The store of tokens could not be read or written.
    ///
    /// Usual cause: a full disk, a database that is down. What to do: mend the store; no grant is lost.
    pub fn is_store(&self) -> bool {
        self.kind() == ErrorKind::Store
    }

    /// The keeper of the account is closing.
    ///
    /// Usual cause: the program is stopping. What to do: nothing, or repeat the call in the next process.
    pub fn is_shutting_down(&self) -> bool {
        self.kind() == ErrorKind::ShuttingDown
    }

    /// Whether the same call may succeed later with nothing changed: rate limits, outages, broken connections,
    /// deadlines, the store, and closing. It does not say that repeating is harmless; see [`Error::sent`].
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::RateLimited
                | ErrorKind::Unavailable
                | ErrorKind::Deadline
                | ErrorKind::Transport
                | ErrorKind::Store
                | ErrorKind::ShuttingDown
        )
    }
}
