//! Authorization codes: what one was given for, and what may be had for it. Knows nothing of HTTP.

use std::collections::HashMap;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::grants::Key;
use crate::planday::world::Administrator;

/// What a person agreed to, behind one code.
#[derive(Clone)]
pub(crate) struct Consent {
    pub(crate) key: Key,
    /// Exactly as in the authorization request.
    pub(crate) redirect_uri: String,
    /// As asked for, `openid` and `offline_access` included.
    pub(crate) scopes: Vec<String>,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) nonce: Option<String>,
    pub(crate) administrator: Administrator,
}

/// A PKCE challenge (RFC 7636, 4.2).
#[derive(Clone)]
pub(crate) enum Challenge {
    Plain(String),
    S256(String),
}

impl Challenge {
    /// Reads the two parameters; `plain` when no method is named (RFC 7636, 4.3).
    pub(crate) fn read(challenge: &str, method: Option<&str>) -> Result<Self, &'static str> {
        if !is_well_formed(challenge) {
            return Err("code_challenge is malformed");
        }
        match method {
            None | Some("plain") => Ok(Self::Plain(challenge.to_owned())),
            Some("S256") => Ok(Self::S256(challenge.to_owned())),
            Some(_) => Err("transform algorithm not supported"),
        }
    }

    /// Whether this verifier is the one (RFC 7636, 4.6).
    pub(crate) fn is_met_by(&self, verifier: &str) -> bool {
        is_well_formed(verifier)
            && match self {
                Self::Plain(challenge) => challenge == verifier,
                Self::S256(challenge) => *challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
            }
    }
}

/// 43 to 128 unreserved characters (RFC 7636, 4.1 and 4.2).
fn is_well_formed(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// Every code there has been.
#[derive(Default)]
pub(crate) struct Codes(HashMap<String, Code>);

struct Code {
    consent: Consent,
    expires: SystemTime,
    spent: bool,
    /// The authorization that came of it.
    family: Option<usize>,
}

/// What presenting a code comes to.
pub(crate) enum Presented {
    /// It is good, and spent now.
    Good(Box<Consent>),
    /// It was spent before: whose it was, and the authorization that came of it.
    Again(Key, Option<usize>),
    /// Nothing is to be had for it.
    Refused,
}

impl Codes {
    pub(crate) fn insert(&mut self, code: String, consent: Consent, expires: SystemTime) {
        let record = Code {
            consent,
            expires,
            spent: false,
            family: None,
        };
        self.0.insert(code, record);
    }

    /// Presents a code; one of another app stays as it is.
    pub(crate) fn present(&mut self, client_id: &str, code: &str, now: SystemTime) -> Presented {
        let Some(record) = self
            .0
            .get_mut(code)
            .filter(|record| record.consent.key.client_id == client_id)
        else {
            return Presented::Refused;
        };
        if record.spent {
            return Presented::Again(record.consent.key.clone(), record.family);
        }
        record.spent = true;
        if now >= record.expires {
            return Presented::Refused;
        }
        Presented::Good(Box::new(record.consent.clone()))
    }

    /// Notes what came of a code.
    pub(crate) fn gave(&mut self, code: &str, family: usize) {
        if let Some(record) = self.0.get_mut(code) {
            record.family = Some(family);
        }
    }

    pub(crate) fn owner(&self, code: &str) -> Option<&Key> {
        self.0.get(code).map(|record| &record.consent.key)
    }
}
