//! How tokens come about: authorizations, exchanges, and the random texts themselves.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fastrand::Rng;
use serde_json::json;

use super::grants::{
    AccessToken, End, Exchanged, Family, Grant, Grants, Issued, Key, Refresh, RefreshToken, Replaced,
};
use super::rotation::{Issues, OldToken, Replay, Reuse, RotationRule};

impl Grants {
    /// The first authorization, or a further one: everything older is dead. `false` when the token is taken.
    pub(crate) fn authorize_anew(&mut self, key: &Key, token: Option<String>) -> bool {
        let refresh = token.map_or(Refresh::Random, Refresh::Given);
        self.begin(key, refresh, None, false).is_some()
    }

    /// An authorization; `None` when the token is taken. Older ones end unless they stand beside it.
    pub(crate) fn begin(
        &mut self,
        key: &Key,
        refresh: Refresh,
        scopes: Option<Vec<String>>,
        others_stand: bool,
    ) -> Option<usize> {
        let token = match refresh {
            Refresh::Random => Some(self.new_refresh_token()),
            Refresh::Given(token) => Some(token),
            Refresh::None => None,
        };
        if token
            .as_ref()
            .is_some_and(|token| self.refresh_tokens.contains_key(token))
        {
            return None;
        }
        let grant = self.authorized.entry(key.clone()).or_insert(Grant {
            paused: false,
            families: Vec::new(),
            newest: None,
        });
        if !others_stand {
            for family in &mut grant.families {
                family.ended.get_or_insert(End::Replaced);
            }
        }
        grant.paused = false;
        grant.newest.clone_from(&token);
        grant.families.push(Family { ended: None, scopes });
        let family = grant.families.len() - 1;
        if let Some(token) = token {
            self.insert_refresh_token(token, key, family);
        }
        Some(family)
    }

    fn insert_refresh_token(&mut self, token: String, key: &Key, family: usize) {
        let record = RefreshToken {
            number: self.next_number(),
            key: key.clone(),
            family,
            replaced: None,
            dead: false,
        };
        self.refresh_tokens.insert(token, record);
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
        let ended = self
            .family(&key, family)
            .is_none_or(|family| family.ended.is_some());
        if ended {
            return refused(replay);
        }
        if spent {
            if replay && rule.reuse == Reuse::KillsGrant {
                self.end(&key, family, End::Reuse);
            }
            return refused(replay);
        }
        if self.authorized.get(&key).is_none_or(|grant| grant.paused) {
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
        family: usize,
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
            self.insert_refresh_token(fresh.clone(), key, family);
            if let Some(grant) = self.authorized.get_mut(key) {
                grant.newest = Some(fresh.clone());
            }
        }
        self.insert_access_token(&issued, (key, key), family, retires);
        issued
    }

    /// The first tokens of an authorization, for its code.
    pub(crate) fn issue_first(
        &mut self,
        key: &Key,
        family: usize,
        now: SystemTime,
        lifetime: Duration,
    ) -> Issued {
        let issued = Issued {
            access_token: self.new_access_token(key),
            refresh_token: self.newest(key).map(str::to_owned),
            expires: now + lifetime,
        };
        self.insert_access_token(&issued, (key, key), family, None);
        issued
    }

    /// An access token for a portal below the one that `subject` opens; it ends with the grant of `subject`.
    pub(crate) fn issue_below(
        &mut self,
        subject: &str,
        child: i64,
        now: SystemTime,
        lifetime: Duration,
    ) -> Option<Issued> {
        let record = self.access_tokens.get(subject)?;
        let (grant, family) = (record.grant.clone(), record.family);
        let key = Key {
            client_id: grant.client_id.clone(),
            portal: child,
        };
        let issued = Issued {
            access_token: self.new_access_token(&key),
            refresh_token: None,
            expires: now + lifetime,
        };
        self.insert_access_token(&issued, (&key, &grant), family, None);
        Some(issued)
    }

    fn insert_access_token(
        &mut self,
        issued: &Issued,
        (key, grant): (&Key, &Key),
        family: usize,
        retires: Option<String>,
    ) {
        let record = AccessToken {
            number: self.next_number(),
            key: key.clone(),
            grant: grant.clone(),
            family,
            expires: issued.expires,
            dead: false,
            retires,
        };
        self.access_tokens.insert(issued.access_token.clone(), record);
    }

    /// A random authorization code.
    pub(crate) fn new_code(&mut self) -> String {
        let code = URL_SAFE_NO_PAD.encode(self.bytes::<32>());
        let number = self.next_number();
        self.others.push((number, code.clone()));
        code
    }

    /// A random GUID, the form of an App ID.
    pub(crate) fn new_guid(&mut self) -> String {
        guid(&mut self.random)
    }

    /// A JWT in form only: its signature is random bytes.
    pub(crate) fn new_id_token(&mut self, claims: &serde_json::Value) -> String {
        let token = self.jwt(claims);
        let number = self.next_number();
        self.others.push((number, token.clone()));
        token
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
