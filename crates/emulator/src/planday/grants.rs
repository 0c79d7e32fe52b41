//! Tokens: which are good, and what an exchange does to them. Knows nothing of HTTP.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fastrand::Rng;
use serde_json::json;

use super::rotation::{Issues, OldToken, Replay, Reuse, RotationRule};

/// A client id and a portal: what one refresh token belongs to (Planday, Authorization: Connect an existing API
/// application on other Planday portals).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) client_id: String,
    pub(crate) portal: i64,
}

/// Every grant and token of the emulator.
pub(crate) struct Grants {
    authorized: BTreeMap<Key, Grant>,
    refresh_tokens: HashMap<String, RefreshToken>,
    access_tokens: HashMap<String, AccessToken>,
    /// How many tokens there have been.
    issued: u64,
    random: Rng,
}

struct Grant {
    paused: bool,
    killed: bool,
    /// Counts authorizations: tokens of an earlier one are dead.
    family: u64,
    newest: String,
}

struct RefreshToken {
    number: u64,
    key: Key,
    family: u64,
    replaced: Option<Replaced>,
    dead: bool,
}

#[derive(Clone)]
struct Replaced {
    since: SystemTime,
    by: Issued,
}

struct AccessToken {
    number: u64,
    key: Key,
    family: u64,
    expires: SystemTime,
    dead: bool,
    /// The refresh token that dies when the API first sees this access token.
    retires: Option<String>,
}

/// What an exchange gave.
#[derive(Clone)]
pub(crate) struct Issued {
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
    pub(crate) expires: SystemTime,
}

/// How an exchange ended.
pub(crate) struct Exchanged {
    /// `None` is `invalid_grant`.
    pub(crate) issued: Option<Issued>,
    /// Whether the token presented had already been replaced.
    pub(crate) replay: bool,
}

impl Grants {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            authorized: BTreeMap::new(),
            refresh_tokens: HashMap::new(),
            access_tokens: HashMap::new(),
            issued: 0,
            random: Rng::with_seed(seed),
        }
    }

    /// The first authorization, or a further one: everything older is dead. `false` when the token is taken.
    pub(crate) fn authorize_anew(&mut self, key: &Key, token: Option<String>) -> bool {
        let token = token.unwrap_or_else(|| self.new_refresh_token());
        if self.refresh_tokens.contains_key(&token) {
            return false;
        }
        let family = self.authorized.get(key).map_or(0, |grant| grant.family + 1);
        let grant = Grant {
            paused: false,
            killed: false,
            family,
            newest: token.clone(),
        };
        self.authorized.insert(key.clone(), grant);
        let number = self.next_number();
        self.refresh_tokens.insert(
            token,
            RefreshToken {
                number,
                key: key.clone(),
                family,
                replaced: None,
                dead: false,
            },
        );
        true
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.authorized.keys()
    }

    /// The portal page's Token column.
    pub(crate) fn newest(&self, key: &Key) -> Option<&str> {
        self.authorized.get(key).map(|grant| grant.newest.as_str())
    }

    /// Every refresh and access token there has been, dead ones too, in order.
    pub(crate) fn issued_tokens(&self) -> Vec<String> {
        let refresh = self
            .refresh_tokens
            .iter()
            .map(|(token, record)| (record.number, token));
        let access = self
            .access_tokens
            .iter()
            .map(|(token, record)| (record.number, token));
        let mut tokens: Vec<(u64, &String)> = refresh.chain(access).collect();
        tokens.sort_unstable();
        tokens.into_iter().map(|(_, token)| token.clone()).collect()
    }

    fn next_number(&mut self) -> u64 {
        self.issued += 1;
        self.issued
    }

    /// Revoke and un-revoke. `false` for an unknown connection.
    pub(crate) fn pause(&mut self, key: &Key, paused: bool) -> bool {
        self.authorized
            .get_mut(key)
            .map(|grant| grant.paused = paused)
            .is_some()
    }

    pub(crate) fn forget_client(&mut self, client_id: &str) {
        self.authorized.retain(|key, _| key.client_id != client_id);
    }

    pub(crate) fn expire_access_tokens(&mut self) {
        for token in self.access_tokens.values_mut() {
            token.dead = true;
        }
    }

    pub(crate) fn owner_of_refresh_token(&self, token: &str) -> Option<&Key> {
        self.refresh_tokens.get(token).map(|token| &token.key)
    }

    pub(crate) fn owner_of_access_token(&self, token: &str) -> Option<&Key> {
        self.access_tokens.get(token).map(|token| &token.key)
    }

    pub(crate) fn is_live_refresh_token(&self, token: &str, now: SystemTime, rule: RotationRule) -> bool {
        let Some(record) = self.refresh_tokens.get(token) else {
            return false;
        };
        let alive = self
            .authorized
            .get(&record.key)
            .is_some_and(|grant| !grant.paused && !grant.killed && grant.family == record.family);
        alive && !record.is_spent(now, rule)
    }

    pub(crate) fn is_live_access_token(
        &self,
        token: &str,
        now: SystemTime,
        revoke_ends_access: bool,
    ) -> bool {
        let Some(record) = self.access_tokens.get(token) else {
            return false;
        };
        let granted = self.authorized.get(&record.key).is_some_and(|grant| {
            let withdrawn = grant.paused || grant.family != record.family;
            !(grant.killed || withdrawn && revoke_ends_access)
        });
        granted && !record.dead && now < record.expires
    }

    /// The API saw this live access token.
    pub(crate) fn used(&mut self, token: &str) {
        let retired = self
            .access_tokens
            .get_mut(token)
            .and_then(|record| record.retires.take());
        if let Some(old) = retired.and_then(|old| self.refresh_tokens.get_mut(&old)) {
            old.dead = true;
        }
    }

    /// Exchanges a refresh token of `client_id`.
    pub(crate) fn exchange(
        &mut self,
        client_id: &str,
        token: &str,
        now: SystemTime,
        lifetime: Duration,
        rule: RotationRule,
    ) -> Exchanged {
        let refused = |replay| Exchanged { issued: None, replay };
        let Some(record) = self
            .refresh_tokens
            .get(token)
            .filter(|record| record.key.client_id == client_id)
        else {
            return refused(false);
        };
        let (key, family, replaced) = (record.key.clone(), record.family, record.replaced.clone());
        let replay = replaced.is_some();
        let spent = record.is_spent(now, rule);
        let Some(grant) = self.authorized.get_mut(&key) else {
            return refused(replay);
        };
        if grant.killed || grant.family != family {
            return refused(replay);
        }
        if spent {
            grant.killed = replay && rule.reuse == Reuse::KillsGrant;
            return refused(replay);
        }
        if grant.paused {
            return refused(replay);
        }
        if let (Some(replaced), Replay::SamePair) = (replaced, rule.replay) {
            return Exchanged {
                issued: Some(replaced.by),
                replay,
            };
        }
        Exchanged {
            issued: Some(self.issue(&key, family, token, now, lifetime, rule)),
            replay,
        }
    }

    fn issue(
        &mut self,
        key: &Key,
        family: u64,
        spent: &str,
        now: SystemTime,
        lifetime: Duration,
        rule: RotationRule,
    ) -> Issued {
        let issued = Issued {
            access_token: self.new_access_token(key),
            refresh_token: match rule.issues {
                Issues::Same => Some(spent.to_owned()),
                Issues::Nothing => None,
                Issues::New => Some(self.new_refresh_token()),
            },
            expires: now + lifetime,
        };
        let mut retires = None;
        if let (Issues::New, Some(fresh)) = (rule.issues, &issued.refresh_token) {
            if let Some(old) = self.refresh_tokens.get_mut(spent) {
                let since = old.replaced.as_ref().map_or(now, |replaced| replaced.since);
                old.replaced = Some(Replaced {
                    since,
                    by: issued.clone(),
                });
                old.dead = rule.old_token == OldToken::Dead;
            }
            retires = (rule.old_token == OldToken::UntilFirstUse).then(|| spent.to_owned());
            let record = RefreshToken {
                number: self.next_number(),
                key: key.clone(),
                family,
                replaced: None,
                dead: false,
            };
            self.refresh_tokens.insert(fresh.clone(), record);
            if let Some(grant) = self.authorized.get_mut(key) {
                grant.newest.clone_from(fresh);
            }
        }
        let record = AccessToken {
            number: self.next_number(),
            key: key.clone(),
            family,
            expires: issued.expires,
            dead: false,
            retires,
        };
        self.access_tokens.insert(issued.access_token.clone(), record);
        issued
    }

    /// A random GUID, the form of an App ID.
    pub(crate) fn new_guid(&mut self) -> String {
        guid(&mut self.random)
    }

    /// A JWT in form only: nothing signs it.
    pub(crate) fn new_id_token(&mut self, key: &Key) -> String {
        self.jwt(&json!({ "iss": "https://id.planday.com", "aud": key.client_id, "PortalId": key.portal }))
    }

    fn new_access_token(&mut self, key: &Key) -> String {
        let id = self.new_guid();
        self.jwt(&json!({ "client_id": key.client_id, "PortalId": key.portal, "jti": id }))
    }

    fn jwt(&mut self, claims: &serde_json::Value) -> String {
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "RS256", "typ": "JWT" }).to_string());
        let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
        let signature = URL_SAFE_NO_PAD.encode(self.bytes::<32>());
        format!("{header}.{claims}.{signature}")
    }

    /// 22 characters, as in the documents' sample.
    fn new_refresh_token(&mut self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<16>())
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }
}

impl RefreshToken {
    fn is_spent(&self, now: SystemTime, rule: RotationRule) -> bool {
        let too_old = match (rule.old_token, &self.replaced) {
            (OldToken::For(period), Some(replaced)) => now > replaced.since + period,
            _ => false,
        };
        self.dead || too_old
    }
}

/// A random GUID.
pub(crate) fn guid(random: &mut Rng) -> String {
    let hex = format!("{:032x}", random.u128(..));
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}
