//! Secrets that come back.

/// Whether a text that is to be shown, such as an error code, repeats a secret that was sent, or a good part of it.
/// Texts of fewer than eight bytes are too short to be one.
pub fn echoes(secret: &str, text: &str) -> bool {
    text.len() >= 8 && !secret.is_empty() && (secret.contains(text) || text.contains(secret))
}
