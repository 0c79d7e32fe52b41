//! Random text for states and code verifiers.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::output::failure;

/// 256 random bits in base64url: 43 characters.
pub(crate) fn text() -> Result<String, Value> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| failure("configuration", "no", "there is no randomness"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// RFC 7636, 4.2.
pub(crate) fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// HTTP Basic, for those who think that a public client has credentials.
pub(crate) fn basic(user: &str) -> String {
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:"));
    format!("Basic {pair}")
}
