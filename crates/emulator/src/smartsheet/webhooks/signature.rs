//! HMAC-SHA-256 (RFC 2104) in lower-case hexadecimal digits.

use sha2::{Digest, Sha256};

use crate::smartsheet::identity::client_auth::hex;

/// SHA-256 works on blocks of this many bytes.
const BLOCK: usize = 64;

/// The signature of a body. Leading zeros stay.
pub(crate) fn sign(secret: &str, body: &[u8]) -> String {
    let mut key = [0_u8; BLOCK];
    if secret.len() > BLOCK {
        let digest = Sha256::digest(secret.as_bytes());
        key[..digest.len()].copy_from_slice(&digest);
    } else {
        key[..secret.len()].copy_from_slice(secret.as_bytes());
    }
    let padded = |mask: u8| key.map(|byte| byte ^ mask);
    let inner = Sha256::new()
        .chain_update(padded(0x36))
        .chain_update(body)
        .finalize();
    hex(&Sha256::new()
        .chain_update(padded(0x5c))
        .chain_update(inner)
        .finalize())
}

#[cfg(test)]
mod tests {
    use super::sign;

    /// RFC 4231, 4.3; and a key longer than a block, as Python's hmac signs it.
    #[test]
    fn signatures_are_those_of_the_standard() {
        assert_eq!(
            sign("Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            sign(&"a".repeat(65), b"body"),
            "03a6319cf7aca82ce6ba00ae79dc8679e226e11202a2f7ab6ca94ad9cd34f7b4"
        );
    }
}
