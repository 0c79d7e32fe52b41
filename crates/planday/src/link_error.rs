//! Why an account was not linked.

use std::{error, fmt};

use attache_auth::{CompleteLinkError, CompleteLinkErrorKind, GivenBack, Identity};
use attache_client::{Error, ErrorKind};
use attache_core::{AccountKey, AuthorizationError};

use crate::{credential::Credential, guide::guide, profile::PROVIDER, token_secret::InvalidTokenSecret};

/// Why an account was not linked. Nothing was written, and the credential is still in it, if there was one to keep.
pub struct LinkError(Box<Inner>);

struct Inner {
    kind: LinkErrorKind,
    account: AccountKey,
    credential: Option<Credential>,
    cause: Option<Error>,
    given_back: Option<Result<GivenBack, Error>>,
    owner: Option<AccountKey>,
    source: Option<CompleteLinkError>,
}

/// The kinds of [`LinkError`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkErrorKind {
    /// The account key names another provider than `planday`. Nothing was sent.
    AccountKey,
    /// The Token Secret cannot be one. Nothing was sent.
    TokenSecret(InvalidTokenSecret),
    /// The callback of the partner flow brought no grant. Nothing was sent, except for
    /// [`CodeRefused`](CompleteLinkErrorKind::CodeRefused), [`NoRefreshToken`](CompleteLinkErrorKind::NoRefreshToken)
    /// and [`Exchange`](CompleteLinkErrorKind::Exchange).
    ///
    /// Usual cause: the customer declined, or took longer than the attempt lasts. What to do: begin again.
    Callback(CompleteLinkErrorKind),
    /// The credential was already exchanged through another app, or in another environment. Nothing was sent.
    OtherApp,
    /// The token endpoint gave no access token; see [`LinkError::cause`].
    ///
    /// Usual cause: the app was not authorised on the portal or is revoked there, or the Application ID and the
    /// Token do not belong together. What to do: compare both with the API Access page.
    Exchange,
    /// The portal could not be asked who it is; see [`LinkError::cause`].
    ///
    /// Usual cause: an outage, or an administrator who authorised the app and is inactive. What to do: try again
    /// with the same credential.
    Portal,
    /// The account is linked to another portal, which stays linked.
    ///
    /// Usual cause: the Token of the wrong portal. What to do: link it under another account key.
    OtherPortal {
        /// The portal of the account.
        linked: Identity,
        /// The portal of the credential.
        offered: Identity,
    },
    /// The account could not be saved; see [`LinkError::cause`].
    Save,
}

impl LinkError {
    pub(crate) fn new(
        kind: LinkErrorKind,
        account: &AccountKey,
        credential: impl Into<Credential>,
        cause: Option<Error>,
    ) -> Self {
        let mut error = Self::without_credential(kind, account, cause);
        error.0.credential = Some(credential.into());
        error
    }

    pub(crate) fn without_credential(
        kind: LinkErrorKind,
        account: &AccountKey,
        cause: Option<Error>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            account: account.clone(),
            credential: None,
            cause,
            given_back: None,
            owner: None,
            source: None,
        }))
    }

    pub(crate) fn with_given_back(mut self, outcome: Result<GivenBack, AuthorizationError>) -> Self {
        let account = self.0.account.clone();
        self.0.given_back = Some(outcome.map_err(|error| Error::from(error.with_account(account))));
        self
    }

    pub(crate) fn with_owner(mut self, owner: Option<AccountKey>) -> Self {
        self.0.owner = owner;
        self
    }

    pub(crate) fn with_source(mut self, source: CompleteLinkError) -> Self {
        self.0.source = Some(source);
        self
    }

    /// The kind.
    pub fn kind(&self) -> &LinkErrorKind {
        &self.0.kind
    }

    /// The account that was not linked.
    pub fn account(&self) -> &AccountKey {
        &self.0.account
    }

    /// What went wrong below, for [`LinkErrorKind::Exchange`], [`LinkErrorKind::Portal`] and
    /// [`LinkErrorKind::Save`].
    pub fn cause(&self) -> Option<&Error> {
        self.0.cause.as_ref()
    }

    /// Whether the same credential may be taken later with nothing changed. Never for a callback, whose attempt is used
    /// up: begin again.
    pub fn is_transient(&self) -> bool {
        !matches!(self.kind(), LinkErrorKind::Callback(_)) && self.cause().is_some_and(Error::is_transient)
    }

    /// What became of a grant that was authorised for this link and is of [another
    /// portal](LinkErrorKind::OtherPortal); `None` if there was none, or if it was not to be revoked. If it could not
    /// be, the credential is still there, and an administrator of that portal can revoke it on the API Access page.
    pub fn given_back(&self) -> Option<Result<GivenBack, &Error>> {
        self.0.given_back.as_ref().map(|outcome| match outcome {
            Ok(given_back) => Ok(*given_back),
            Err(error) => Err(error),
        })
    }

    /// The section of the set-up guide that it is about, as an address; it is part of the error's text.
    pub fn guide(&self) -> Option<&'static str> {
        match self.kind() {
            LinkErrorKind::TokenSecret(_) | LinkErrorKind::OtherApp => Some(guide!("customer-flow")),
            LinkErrorKind::Exchange | LinkErrorKind::Portal => Some(guide!("when-it-does-not-work")),
            LinkErrorKind::Callback(_) => Some(guide!("partner-flow")),
            LinkErrorKind::OtherPortal { .. } => Some(guide!("more-portals")),
            LinkErrorKind::AccountKey | LinkErrorKind::Save => None,
        }
    }

    /// The account of this app that is linked to the portal of the credential, for [`LinkErrorKind::OtherPortal`]. Linking that one with [`LinkError::into_credential`] loses nothing: an
    /// authorization may have replaced the grant that it had.
    pub fn owner(&self) -> Option<&AccountKey> {
        self.0.owner.as_ref()
    }

    /// The callback's own error, for [`LinkErrorKind::Callback`].
    pub fn callback(&self) -> Option<&CompleteLinkError> {
        self.0.source.as_ref()
    }

    /// The credential, for another try.
    ///
    /// # Errors
    ///
    /// The error itself, if there is none: no grant was made, or it was given back.
    pub fn into_credential(mut self) -> Result<Credential, Self> {
        self.0.credential.take().ok_or(self)
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {} was not linked: ", self.0.account)?;
        match &self.0.kind {
            LinkErrorKind::AccountKey => {
                let provider = self.0.account.provider();
                write!(f, "the key's provider is `{provider}`, make it `{PROVIDER}`")
            }
            LinkErrorKind::TokenSecret(problem) => problem.fmt(f),
            LinkErrorKind::Callback(_) => match self.callback() {
                Some(error) => error.fmt(f),
                None => f.write_str("the callback brought no grant: begin again"),
            },
            LinkErrorKind::OtherApp => {
                f.write_str("the credential was exchanged through another app or environment: begin again with this one")
            }
            LinkErrorKind::Exchange => f.write_str(match self.cause().map(Error::kind) {
                Some(ErrorKind::NeedsRelink) => {
                    "Planday refuses the Token Secret: check on the API Access page that the app is authorised, and \
                     copy App Id and Token again"
                }
                Some(ErrorKind::ConnectorMisconfigured) => {
                    "Planday refuses the app: copy the Application ID again from the column App Id"
                }
                _ => "Planday's token endpoint gave no usable answer: try again",
            }),
            LinkErrorKind::Portal => f.write_str(
                "the portal could not be asked who it is: try again, or check that the administrator who \
                 authorised the app is active",
            ),
            LinkErrorKind::OtherPortal { linked, offered } => write!(
                f,
                "it is linked to {linked}, the new grant is of {offered}: use the Token of {linked} or choose that \
                 portal, or use another account key"
            ),
            LinkErrorKind::Save => f.write_str("the store failed: try again"),
        }?;
        match self.guide() {
            Some(address) => write!(f, "; see {address}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkError")
            .field("kind", &self.0.kind)
            .field("account", &self.0.account)
            .field("credential", &self.0.credential)
            .field("cause", &self.0.cause)
            .field("given_back", &self.0.given_back)
            .field("owner", &self.0.owner)
            .field("callback", &self.0.source)
            .finish()
    }
}

impl error::Error for LinkError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match (self.callback(), self.cause()) {
            (Some(callback), _) => Some(callback),
            (None, cause) => cause.map(|cause| cause as _),
        }
    }
}
