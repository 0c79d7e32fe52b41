//! Why an account was not linked.

use std::{error, fmt};

use attache_auth::Identity;
use attache_client::{Error, ErrorKind};
use attache_core::AccountKey;

use crate::{credential::Credential, profile::PROVIDER, token_secret::InvalidTokenSecret};

/// Why an account was not linked. Nothing was written, and the credential is still in it.
pub struct LinkError(Box<Inner>);

struct Inner {
    kind: LinkErrorKind,
    account: AccountKey,
    credential: Credential,
    cause: Option<Error>,
}

/// The kinds of [`LinkError`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkErrorKind {
    /// The account key names another provider than `planday`. Nothing was sent.
    AccountKey,
    /// The Token Secret cannot be one. Nothing was sent.
    TokenSecret(InvalidTokenSecret),
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
        Self(Box::new(Inner {
            kind,
            account: account.clone(),
            credential: credential.into(),
            cause,
        }))
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

    /// Whether the same credential may be taken later with nothing changed.
    pub fn is_transient(&self) -> bool {
        self.cause().is_some_and(Error::is_transient)
    }

    /// The credential, for another try.
    pub fn into_credential(self) -> Credential {
        self.0.credential
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
            LinkErrorKind::OtherApp => {
                f.write_str("the Token Secret was exchanged through another app: paste it again")
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
                "it is linked to {linked}, the Token Secret is of {offered}: use the Token of {linked}, or another \
                 account key"
            ),
            LinkErrorKind::Save => f.write_str("the store failed: try again"),
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
            .finish()
    }
}

impl error::Error for LinkError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.cause().map(|cause| cause as _)
    }
}
