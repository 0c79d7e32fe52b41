//! How an app shows at the token endpoint that it is itself: its secret, or a hash that only it can make.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::token::Refusal;

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The `hash` of a token request: SHA-256 of the secret, a bar, and the code or refresh token.
pub(crate) fn hash(secret: &str, proven: &str) -> String {
    hex(&Sha256::digest(format!("{secret}|{proven}")))
}

/// Exactly one of the two (1236, 1237), and the right one (1238, 1072).
pub(crate) fn check(
    app_secret: &str,
    secret: Option<&str>,
    given: Option<&str>,
    proven: &str,
) -> Result<(), Refusal> {
    match (secret, given) {
        (None, None) => Err(Refusal::new(
            1236,
            "invalid_request",
            "Either client_secret or hash must be sent.",
        )),
        (Some(_), Some(_)) => Err(Refusal::new(
            1237,
            "invalid_request",
            "client_secret and hash must not both be sent.",
        )),
        (Some(secret), None) if secret == app_secret => Ok(()),
        (Some(_), None) => Err(Refusal::new(
            1238,
            "invalid_client",
            "The client secret is wrong.",
        )),
        (None, Some(given)) if given == hash(app_secret, proven) => Ok(()),
        (None, Some(_)) => Err(Refusal::new(1072, "invalid_client", "The hash does not match.")),
    }
}
