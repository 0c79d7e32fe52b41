//! Proof that whoever exchanges a code is who asked for it (RFC 7636).

use attache_core::Secret;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::randomness::{RandomnessError, random_text};

/// A code verifier: a secret of one authorization, shown only when its code is exchanged (RFC 7636, 4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeVerifier(Secret);

/// A code verifier has to be 43 to 128 letters, digits, `-`, `.`, `_` and `~`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code verifier must have 43 to 128 characters, all of them letters, digits, '-', '.', '_' or '~'")]
pub struct InvalidCodeVerifier;

/// What an authorization says of its code verifier. No secret: it travels in a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChallenge(Box<str>);

impl CodeVerifier {
    /// A new verifier: 32 random bytes as 43 characters. Take one for each authorization.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness to give.
    pub fn random() -> Result<Self, RandomnessError> {
        random_text().map(Self)
    }

    /// A verifier that was made before.
    ///
    /// # Errors
    ///
    /// If it has not the length or the characters that RFC 7636, 4.1 asks for.
    pub fn new(verifier: Secret) -> Result<Self, InvalidCodeVerifier> {
        let text = verifier.expose();
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if (43..=128).contains(&text.len()) && text.bytes().all(unreserved) {
            Ok(Self(verifier))
        } else {
            Err(InvalidCodeVerifier)
        }
    }

    /// The challenge by S256, the only method that is ever sent: SHA-256 in base64url without padding (RFC 7636, 4.2).
    pub fn challenge(&self) -> CodeChallenge {
        let hash: [u8; 32] = Sha256::digest(self.0.expose().as_bytes()).into();
        CodeChallenge(URL_SAFE_NO_PAD.encode(hash).into())
    }

    /// The verifier itself. It goes to the token endpoint and nowhere else.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl CodeChallenge {
    /// The value of `code_challenge`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
