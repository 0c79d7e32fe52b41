//! A grant in memory, and the bytes that are sealed for the store.

use std::time::Duration;

use attache_core::{Secret, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::{keeper::identity::Identity, profile::ProviderProfile, store::StoreError, wire::TokenAnswer};

/// The field name in the associated data of sealed grants.
pub(crate) const SEALED_FIELD: &str = "grant";
/// The format of the bytes below. A reader refuses what is newer than itself.
const FORMAT: u32 = 1;
/// Roomy enough for any grant, so that writing one does not leave copies of secrets behind in memory.
const ROOM: usize = 16 * 1024;

/// The tokens of a grant.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    /// What is spent for the next access token.
    pub(crate) refresh_token: Secret,
    /// What authorises calls.
    pub(crate) access_token: Secret,
    /// When the access token ends, by the wall clock.
    pub(crate) expires_at: Timestamp,
    /// How long it was given to live.
    pub(crate) lifetime: Duration,
    /// The scopes that the provider named, if it did.
    pub(crate) scope: Option<Vec<String>>,
}

impl Tokens {
    /// The tokens that an answer makes of what was spent for it. A refresh token that does not come stays
    /// (RFC 6749, 6); a scope that does not come is the old one (5.1). Life counts from the moment of sending.
    pub(crate) fn from_answer(
        answer: TokenAnswer,
        profile: &ProviderProfile,
        spent: &Secret,
        old_scope: Option<&Vec<String>>,
        sent_at: Timestamp,
    ) -> Self {
        let lifetime = answer.lifetime.unwrap_or(profile.assumed_lifetime);
        Self {
            refresh_token: answer.refresh_token.unwrap_or_else(|| spent.clone()),
            access_token: answer.access_token,
            expires_at: sent_at.saturating_add(lifetime),
            lifetime,
            scope: answer.scope.or_else(|| old_scope.cloned()),
        }
    }
}

/// What is kept for one account.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    /// The app that the grant was given to.
    pub(crate) client_id: Box<str>,
    /// Where it is renewed. It is sent nowhere else.
    pub(crate) token_endpoint: Box<str>,
    /// Who the account was linked for, at the provider.
    pub(crate) identity: Identity,
    /// Which link brought it: the same for all its renewals, another one once the account is linked again. Empty in
    /// records from before there was one.
    pub(crate) link: Box<str>,
    /// The tokens.
    pub(crate) tokens: Tokens,
}

impl Grant {
    /// The bytes to seal.
    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let stored = StoredRef {
            format: FORMAT,
            client_id: &self.client_id,
            token_endpoint: &self.token_endpoint,
            identity: self.identity.as_str(),
            link: &self.link,
            refresh_token: self.tokens.refresh_token.expose(),
            access_token: self.tokens.access_token.expose(),
            expires_at: self.tokens.expires_at.to_string(),
            lifetime_seconds: self.tokens.lifetime.as_secs_f64(),
            scope: self.tokens.scope.as_deref(),
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
        serde_json::to_writer(&mut *bytes, &stored)
            .map_err(|_| StoreError::new("the grant could not be written as JSON"))?;
        Ok(bytes)
    }

    /// Reads what [`Self::to_bytes`] wrote.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let unreadable = || StoreError::new("a sealed grant is not in a form that this version can read");
        let Stored {
            format,
            client_id,
            token_endpoint,
            identity,
            link,
            refresh_token,
            access_token,
            expires_at,
            lifetime_seconds,
            scope,
        } = serde_json::from_slice(bytes).map_err(|_| unreadable())?;
        if format != FORMAT {
            return Err(StoreError::new(format!(
                "a sealed grant has format {format}, this version reads format {FORMAT}: use a newer version"
            )));
        }
        Ok(Self {
            client_id: client_id.into(),
            token_endpoint: token_endpoint.into(),
            identity: Identity::new(&identity).map_err(|_| unreadable())?,
            link: link.into(),
            tokens: Tokens {
                refresh_token: take(refresh_token),
                access_token: take(access_token),
                expires_at: expires_at.parse().map_err(|_| unreadable())?,
                lifetime: Duration::try_from_secs_f64(lifetime_seconds).map_err(|_| unreadable())?,
                scope,
            },
        })
    }
}

fn take(mut text: String) -> Secret {
    let secret = Secret::from(text.as_str());
    text.zeroize();
    secret
}

#[derive(Serialize)]
struct StoredRef<'a> {
    format: u32,
    client_id: &'a str,
    token_endpoint: &'a str,
    identity: &'a str,
    link: &'a str,
    refresh_token: &'a str,
    access_token: &'a str,
    expires_at: String,
    lifetime_seconds: f64,
    scope: Option<&'a [String]>,
}

#[derive(Deserialize)]
struct Stored {
    format: u32,
    client_id: String,
    token_endpoint: String,
    identity: String,
    #[serde(default)]
    link: String,
    refresh_token: String,
    access_token: String,
    expires_at: String,
    lifetime_seconds: f64,
    scope: Option<Vec<String>>,
}
