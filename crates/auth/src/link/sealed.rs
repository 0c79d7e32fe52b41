//! Attempts outside of memory.

use attache_core::{AccountKey, InvalidAccountKey, Secret};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::{
    link::attempt::LinkAttempt,
    seal::{SealContext, SealError, Sealer},
    store::Sealed,
    wire::CodeVerifier,
};

/// The field name in the associated data: no sealed grant opens as an attempt, and no attempt as a grant.
const SEALED_FIELD: &str = "link-attempt";
/// An attempt belongs to no account yet, so this name stands where a grant has its account's.
const NO_ACCOUNT: &str = "-";
/// The format of the bytes below. A reader refuses what it does not know.
const FORMAT: u32 = 1;
/// Roomy enough for most attempts, so that writing one does not leave copies of secrets behind in memory.
const ROOM: usize = 16 * 1024;

/// Why an attempt could not be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealedAttemptError {
    /// The bytes are none that one of the sealer's keys has sealed as an attempt.
    #[error("the link attempt cannot be sealed or opened, start the link again: {0}")]
    Seal(#[from] SealError),
    /// Another version of this program has sealed this.
    #[error("the link attempt has format {format}, which this program does not know: start the link again")]
    UnknownFormat {
        /// The format.
        format: u32,
    },
    /// What was sealed is no attempt.
    #[error("the link attempt is not in a form that this program can read: start the link again")]
    Unreadable,
}

impl From<InvalidAccountKey> for SealedAttemptError {
    fn from(_: InvalidAccountKey) -> Self {
        Self::Unreadable
    }
}

impl LinkAttempt {
    /// The attempt as bytes that only a holder of the key can read or make, for a cookie, a session store or a
    /// database. They may be opened any number of times, so keep them with the one browser that they belong to, and
    /// drop them when the link is complete: only a keeper that has seen the attempt used refuses it a second time.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness for a nonce.
    pub fn seal(&self, sealer: &Sealer) -> Result<Vec<u8>, SealedAttemptError> {
        let stored = StoredRef {
            format: FORMAT,
            client_id: &self.client_id,
            token_endpoint: &self.token_endpoint,
            redirect_uri: &self.redirect_uri,
            authorization_url: self.authorization_url.as_str(),
            scopes: &self.scopes,
            state: self.state.expose(),
            verifier: self.verifier.as_ref().map(CodeVerifier::expose),
            expires_at: self.expires_at.to_string(),
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
        serde_json::to_writer(&mut *bytes, &stored).map_err(|_| SealedAttemptError::Unreadable)?;
        let key = AccountKey::new(NO_ACCOUNT, NO_ACCOUNT, NO_ACCOUNT)?;
        Ok(sealer.seal(&SealContext::new(&key, SEALED_FIELD), &bytes)?.0)
    }

    /// Opens what [`seal`](Self::seal) made. Whether the attempt is still good is seen when it is completed.
    ///
    /// # Errors
    ///
    /// If the bytes were changed, were sealed under a key that the sealer does not have or as something else, or are
    /// of another version of this program.
    pub fn open(sealer: &Sealer, bytes: &[u8]) -> Result<Self, SealedAttemptError> {
        let key = AccountKey::new(NO_ACCOUNT, NO_ACCOUNT, NO_ACCOUNT)?;
        let plain = sealer.open(&SealContext::new(&key, SEALED_FIELD), &Sealed(bytes.to_vec()))?;
        let unreadable = |_| SealedAttemptError::Unreadable;
        // The format first: what else there is depends on it.
        let Format { format } = serde_json::from_slice(&plain).map_err(unreadable)?;
        if format != FORMAT {
            return Err(SealedAttemptError::UnknownFormat { format });
        }
        let stored: Stored = serde_json::from_slice(&plain).map_err(unreadable)?;
        let verifier = stored.verifier.map(|text| CodeVerifier::new(take(text)));
        Ok(Self {
            client_id: stored.client_id.into(),
            token_endpoint: stored.token_endpoint.into(),
            redirect_uri: stored.redirect_uri.into(),
            authorization_url: stored
                .authorization_url
                .parse()
                .map_err(|_| SealedAttemptError::Unreadable)?,
            scopes: stored.scopes,
            state: take(stored.state),
            verifier: verifier.transpose().map_err(|_| SealedAttemptError::Unreadable)?,
            expires_at: stored
                .expires_at
                .parse()
                .map_err(|_| SealedAttemptError::Unreadable)?,
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
    redirect_uri: &'a str,
    authorization_url: &'a str,
    scopes: &'a [String],
    state: &'a str,
    verifier: Option<&'a str>,
    expires_at: String,
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

#[derive(Deserialize)]
struct Stored {
    client_id: String,
    token_endpoint: String,
    redirect_uri: String,
    authorization_url: String,
    scopes: Vec<String>,
    state: String,
    verifier: Option<String>,
    expires_at: String,
}
