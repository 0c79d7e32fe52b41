//! Token records: Doorkeeper keeps an access token and its refresh token as one.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fastrand::Rng;
use serde_json::json;

use crate::factorial::environment::GivenOut;
use crate::factorial::options::TokenFormat;

/// Whom a token acts as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    User { company: u64, email: String },
    Company { company: u64 },
}

pub(crate) struct Token {
    pub(crate) client_id: String,
    pub(crate) owner: Owner,
    pub(crate) scopes: Vec<String>,
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
    pub(crate) created: SystemTime,
    pub(crate) lifetime: Option<Duration>,
    pub(crate) revoked: bool,
    /// Gave another pair already.
    pub(crate) spent: bool,
    /// The record that the first use of this one's access token revokes.
    retires: Option<usize>,
}

/// What a new record is made of.
pub(crate) struct Issue {
    pub(crate) client_id: String,
    pub(crate) owner: Owner,
    pub(crate) scopes: Vec<String>,
    pub(crate) now: SystemTime,
    pub(crate) lifetime: Option<Duration>,
    pub(crate) with_refresh: bool,
    pub(crate) format: TokenFormat,
    /// Given texts in place of random ones.
    pub(crate) access: Option<String>,
    pub(crate) refresh: Option<String>,
}

/// Every token record, dead ones too, and where random texts come from.
pub(crate) struct Tokens {
    records: Vec<Token>,
    by_access: HashMap<String, usize>,
    by_refresh: HashMap<String, usize>,
    /// Codes and secrets, for what a test searches logs for.
    others: Vec<String>,
    pub(crate) given_out: GivenOut,
    random: Rng,
}

impl Tokens {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            records: Vec::new(),
            by_access: HashMap::new(),
            by_refresh: HashMap::new(),
            others: Vec::new(),
            given_out: GivenOut::default(),
            random: Rng::with_seed(seed),
        }
    }

    /// Makes a record; `None` when a given text is in use.
    pub(crate) fn issue(&mut self, issue: Issue) -> Option<usize> {
        let access = match issue.access {
            Some(access) => access,
            None => self.new_access(issue.format, issue.now, issue.lifetime),
        };
        let refresh = match (issue.with_refresh, issue.refresh) {
            (false, _) => None,
            (true, Some(given)) => Some(given),
            (true, None) => Some(self.text()),
        };
        let taken = self.by_access.contains_key(&access)
            || refresh
                .as_ref()
                .is_some_and(|text| self.by_refresh.contains_key(text));
        if taken {
            return None;
        }
        let index = self.records.len();
        self.given_out.add(&access);
        self.by_access.insert(access.clone(), index);
        if let Some(refresh) = &refresh {
            self.given_out.add(refresh);
            self.by_refresh.insert(refresh.clone(), index);
        }
        self.records.push(Token {
            client_id: issue.client_id,
            owner: issue.owner,
            scopes: issue.scopes,
            access,
            refresh,
            created: issue.now,
            lifetime: issue.lifetime,
            revoked: false,
            spent: false,
            retires: None,
        });
        Some(index)
    }

    /// A refresh gave `fresh` for `old`: dead at once, or when the new access token is first used.
    pub(crate) fn replace(&mut self, old: usize, fresh: usize, at_once: bool) {
        self.records[old].spent = true;
        if at_once {
            self.records[old].revoked = true;
        } else {
            self.records[fresh].retires = Some(old);
        }
    }

    /// The API saw this access token: the record that it replaced is dead now (Doorkeeper, revoke on use).
    pub(crate) fn used(&mut self, index: usize) {
        if let Some(old) = self.records[index].retires.take() {
            self.records[old].revoked = true;
        }
    }

    pub(crate) fn get(&self, index: usize) -> &Token {
        &self.records[index]
    }

    pub(crate) fn all(&self) -> &[Token] {
        &self.records
    }

    pub(crate) fn by_access(&self, token: &str) -> Option<usize> {
        self.by_access.get(token).copied()
    }

    pub(crate) fn by_refresh(&self, token: &str) -> Option<usize> {
        self.by_refresh.get(token).copied()
    }

    pub(crate) fn revoke(&mut self, index: usize) {
        self.records[index].revoked = true;
    }

    pub(crate) fn revoke_where(&mut self, which: impl Fn(&Token) -> bool) {
        for record in &mut self.records {
            if which(record) {
                record.revoked = true;
            }
        }
    }

    /// Ends every access token issued so far; refresh tokens live on.
    pub(crate) fn expire_access(&mut self) {
        for record in &mut self.records {
            record.lifetime = Some(Duration::ZERO);
        }
    }

    /// Every token, code, secret and key so far.
    pub(crate) fn issued(&self) -> Vec<String> {
        let mut texts = self.others.clone();
        for record in &self.records {
            texts.push(record.access.clone());
            texts.extend(record.refresh.clone());
        }
        texts
    }

    /// 43 url-safe characters: a code, a refresh token, a client id, a client secret.
    pub(crate) fn text(&mut self) -> String {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The same, remembered for [`issued`](Self::issued).
    pub(crate) fn secret(&mut self) -> String {
        let text = self.text();
        self.remember(&text);
        text
    }

    pub(crate) fn remember(&mut self, secret: &str) {
        self.given_out.add(secret);
        self.others.push(secret.to_owned());
    }

    /// An API key: a JWT in form, to be sent in `x-api-key` all the same.
    pub(crate) fn new_api_key(&mut self, company: u64, now: SystemTime) -> String {
        let iat = seconds(now);
        let claims = json!({
            "iat": iat,
            "exp": iat + 315_360_000,
            "jti": self.text(),
            "cell": "eu2",
            "company_id": company.to_string(),
        });
        self.jwt(&claims)
    }

    fn new_access(&mut self, format: TokenFormat, now: SystemTime, lifetime: Option<Duration>) -> String {
        match format {
            TokenFormat::Opaque => format!("{:032x}{:032x}", self.random.u128(..), self.random.u128(..)),
            TokenFormat::Jwt => {
                let iat = seconds(now);
                let exp = lifetime.map(|lifetime| iat + lifetime.as_secs());
                let claims = json!({ "iat": iat, "exp": exp, "jti": self.text() });
                self.jwt(&claims)
            }
        }
    }

    /// A JWT in form only: its signature is random bytes.
    fn jwt(&mut self, claims: &serde_json::Value) -> String {
        let header = json!({ "kid": "factorial-id", "alg": "ES256" }).to_string();
        let parts = [
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(claims.to_string()),
        ];
        let mut signature = [0; 64];
        self.random.fill(&mut signature);
        format!("{}.{}", parts.join("."), URL_SAFE_NO_PAD.encode(signature))
    }
}

impl Token {
    /// Whether the API takes the access token.
    pub(crate) fn is_live(&self, now: SystemTime) -> bool {
        !self.revoked && !self.is_expired(now)
    }

    pub(crate) fn is_expired(&self, now: SystemTime) -> bool {
        self.lifetime
            .is_some_and(|lifetime| now >= self.created + lifetime)
    }

    /// Whether the token endpoint takes the refresh token.
    pub(crate) fn is_refreshable(&self, now: SystemTime, lifetime: Duration) -> bool {
        self.refresh.is_some() && !self.revoked && now < self.created + lifetime
    }
}

/// Unix seconds.
pub(crate) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
