//! What an account is linked with.

use std::fmt;

use attache_auth::Provisional;

use crate::token_secret::TokenSecret;

/// What an account is linked with: a pasted [`TokenSecret`], or what an earlier try made of one, or of an authorization
/// code.
///
/// [`LinkError::into_credential`](crate::LinkError::into_credential) gives it back, so that a failed link costs
/// nothing. If the Token Secret was already exchanged, the credential holds the grant that came for it.
pub struct Credential(pub(crate) Held);

pub(crate) enum Held {
    TokenSecret(TokenSecret),
    Grant {
        grant: Box<Provisional>,
        /// Whether it was made for this link alone, by an authorization code: then nobody else can be using it.
        authorized: bool,
    },
}

impl Credential {
    /// The grant of an authorization code.
    pub(crate) fn authorized(grant: Provisional) -> Self {
        Self::of(grant, true)
    }

    pub(crate) fn of(grant: Provisional, authorized: bool) -> Self {
        Self(Held::Grant {
            grant: Box::new(grant),
            authorized,
        })
    }

    /// Whether the Token Secret was exchanged: another try makes no token request.
    pub fn is_exchanged(&self) -> bool {
        matches!(self.0, Held::Grant { .. })
    }
}

impl From<TokenSecret> for Credential {
    fn from(token_secret: TokenSecret) -> Self {
        Self(Held::TokenSecret(token_secret))
    }
}

impl From<Provisional> for Credential {
    fn from(grant: Provisional) -> Self {
        Self::of(grant, false)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("is_exchanged", &self.is_exchanged())
            .finish_non_exhaustive()
    }
}
