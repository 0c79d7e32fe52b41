//! Values that nobody can guess.

use attache_core::Secret;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// The operating system has no randomness to give.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the operating system has no randomness to give: {0}")]
pub struct RandomnessError(#[source] getrandom::Error);

/// A fresh `state` (RFC 6749, 10.12): 32 random bytes as 43 characters of base64url.
///
/// # Errors
///
/// If the operating system has no randomness to give.
pub fn random_state() -> Result<Secret, RandomnessError> {
    random_text()
}

/// 32 random bytes as 43 characters that need no encoding anywhere.
pub(super) fn random_text() -> Result<Secret, RandomnessError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(RandomnessError)?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub fn same_secret(a: &Secret, b: &Secret) -> bool {
    a == b
}
