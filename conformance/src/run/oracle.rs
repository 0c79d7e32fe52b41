//! The suite's own knowledge of PKCE and of randomness, taken from the RFCs and from no SDK.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// 128 bits in base64url (RFC 6749, 10.10: the chance to guess a value is at most 2^-128).
const FRESH_LENGTH: usize = 22;
/// Fewer different characters than any random text of that length has.
const FRESH_VARIETY: usize = 10;

/// The challenge of a verifier (RFC 7636, 4.2).
pub(super) fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// What is wrong with a code verifier for a challenge (RFC 7636, 4.1 and 4.6).
pub(super) fn verifier_trouble(verifier: &str, challenge: &str) -> Option<String> {
    let length = verifier.chars().count();
    if !(43..=128).contains(&length) {
        return Some(format!("has {length} characters, not 43 to 128"));
    }
    if let Some(odd) = verifier
        .chars()
        .find(|c| !(c.is_ascii_alphanumeric() || "-._~".contains(*c)))
    {
        return Some(format!("holds {odd:?}, which is not unreserved"));
    }
    (s256(verifier) != challenge).then(|| "is not the secret of the challenge".to_owned())
}

/// What speaks against a value being random and used for the first time.
pub(super) fn freshness_trouble(value: &str, earlier: &[String]) -> Option<String> {
    if earlier.iter().any(|seen| seen == value) {
        return Some("was used before".to_owned());
    }
    if value.len() < FRESH_LENGTH {
        return Some(format!(
            "has {} characters; 128 random bits take {FRESH_LENGTH}",
            value.len()
        ));
    }
    let mut kinds: Vec<char> = value.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    (kinds.len() < FRESH_VARIETY)
        .then(|| format!("has {} different characters only; it is not random", kinds.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_comes_out() {
        assert_eq!(s256(VERIFIER), CHALLENGE);
        assert_eq!(verifier_trouble(VERIFIER, CHALLENGE), None);
    }

    #[test]
    fn a_verifier_is_judged_by_length_alphabet_and_challenge() {
        let said = |verifier: &str| verifier_trouble(verifier, CHALLENGE).unwrap_or_default();
        assert_eq!(said(&VERIFIER[..42]), "has 42 characters, not 43 to 128");
        assert_eq!(said(&"a".repeat(129)), "has 129 characters, not 43 to 128");
        assert_eq!(
            said(&format!("{VERIFIER}=")),
            "holds '=', which is not unreserved"
        );
        assert_eq!(
            said(&format!("{VERIFIER}x")),
            "is not the secret of the challenge"
        );
        assert_eq!(said(CHALLENGE), "is not the secret of the challenge");
    }

    #[test]
    fn a_fresh_value_is_long_varied_and_new() {
        let earlier = [VERIFIER.to_owned()];
        assert_eq!(freshness_trouble(CHALLENGE, &earlier), None);
        assert_eq!(
            freshness_trouble(VERIFIER, &earlier),
            Some("was used before".to_owned())
        );
        assert_eq!(
            freshness_trouble("short", &[]),
            Some("has 5 characters; 128 random bits take 22".to_owned())
        );
        assert_eq!(
            freshness_trouble(&"ab".repeat(20), &[]),
            Some("has 2 different characters only; it is not random".to_owned())
        );
    }
}
