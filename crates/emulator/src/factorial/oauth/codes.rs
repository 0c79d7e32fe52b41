//! Authorization codes.

use std::collections::HashMap;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::tokens::Owner;

/// What a person said yes to.
#[derive(Clone)]
pub(crate) struct Consent {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) owner: Owner,
    pub(crate) scopes: Vec<String>,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) expires: SystemTime,
}

/// A PKCE challenge (RFC 7636).
#[derive(Clone)]
pub(crate) struct Challenge {
    text: String,
    hashed: bool,
}

impl Challenge {
    /// `None` when the method is neither `plain` nor `S256`.
    pub(crate) fn read(challenge: &str, method: &str) -> Option<Self> {
        matches!(method, "" | "plain" | "S256").then(|| Self {
            text: challenge.to_owned(),
            hashed: method == "S256",
        })
    }

    pub(crate) fn is_met_by(&self, verifier: &str) -> bool {
        if self.hashed {
            URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == self.text
        } else {
            verifier == self.text
        }
    }
}

/// The codes that are not used up.
#[derive(Default)]
pub(crate) struct Codes(HashMap<String, Consent>);

impl Codes {
    pub(crate) fn add(&mut self, code: String, consent: Consent) {
        self.0.insert(code, consent);
    }

    pub(crate) fn get(&self, code: &str) -> Option<&Consent> {
        self.0.get(code)
    }

    /// A code is used once.
    pub(crate) fn spend(&mut self, code: &str) {
        self.0.remove(code);
    }

    pub(crate) fn forget_app(&mut self, client_id: &str) {
        self.0.retain(|_, consent| consent.client_id != client_id);
    }
}
