//! Grants and tokens: which are good, and how they end. Knows nothing of HTTP.

use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

use fastrand::Rng;

use super::rotation::{OldToken, RotationRule};

/// A client id and a portal: what one refresh token belongs to (Planday, Authorization: Connect an existing API
/// application on other Planday portals).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) client_id: String,
    pub(crate) portal: i64,
}

/// Every grant and token of the emulator.
pub(crate) struct Grants {
    pub(super) authorized: BTreeMap<Key, Grant>,
    pub(super) refresh_tokens: HashMap<String, RefreshToken>,
    pub(super) access_tokens: HashMap<String, AccessToken>,
    /// Codes and id tokens, which nothing here looks up.
    pub(super) others: Vec<(u64, String)>,
    /// How many tokens there have been.
    pub(super) issued: u64,
    pub(super) random: Rng,
}

pub(super) struct Grant {
    pub(super) paused: bool,
    /// Every authorization there was, in order.
    pub(super) families: Vec<Family>,
    pub(super) newest: Option<String>,
}

/// One authorization and the tokens that came of it.
pub(super) struct Family {
    pub(super) ended: Option<End>,
    /// As asked for; `None` is all that the app has.
    pub(super) scopes: Option<Vec<String>>,
}

/// Why an authorization is over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// A token or code was presented twice where that ends the grant.
    Reuse,
    /// Another authorization came after it.
    Replaced,
    /// The client gave it back.
    Revoked,
}

/// What becomes of live access tokens when their grant ends.
#[derive(Clone, Copy)]
pub(crate) struct EndsAccess {
    /// When the portal revokes or replaces it.
    pub(crate) by_portal: bool,
    /// When the client revokes it.
    pub(crate) by_client: bool,
}

/// The refresh token of a new authorization.
pub(crate) enum Refresh {
    Random,
    Given(String),
    None,
}

/// How things stand between an app and a portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Authorized,
    /// Revoked on the page.
    Paused,
    /// Never authorized, or ended.
    Not,
}

pub(super) struct RefreshToken {
    pub(super) number: u64,
    pub(super) key: Key,
    pub(super) family: usize,
    pub(super) replaced: Option<Replaced>,
    pub(super) dead: bool,
}

#[derive(Clone)]
pub(super) struct Replaced {
    pub(super) since: SystemTime,
    pub(super) by: Issued,
}

pub(super) struct AccessToken {
    pub(super) number: u64,
    /// Where it opens the API.
    pub(super) key: Key,
    /// Whose authorization it hangs on: another portal's for a child portal's token.
    pub(super) grant: Key,
    pub(super) family: usize,
    pub(super) expires: SystemTime,
    pub(super) dead: bool,
    /// The refresh token that dies when the API first sees this access token.
    pub(super) retires: Option<String>,
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
            others: Vec::new(),
            issued: 0,
            random: Rng::with_seed(seed),
        }
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.authorized.keys()
    }

    /// The portal page's Token column.
    pub(crate) fn newest(&self, key: &Key) -> Option<&str> {
        self.authorized.get(key)?.newest.as_deref()
    }

    pub(crate) fn is_known(&self, key: &Key) -> bool {
        self.authorized.contains_key(key)
    }

    pub(crate) fn standing(&self, key: &Key) -> Standing {
        match self.authorized.get(key) {
            Some(grant) if grant.families.iter().all(|family| family.ended.is_some()) => Standing::Not,
            Some(grant) if grant.paused => Standing::Paused,
            Some(_) => Standing::Authorized,
            None => Standing::Not,
        }
    }

    pub(super) fn family(&self, key: &Key, family: usize) -> Option<&Family> {
        self.authorized.get(key)?.families.get(family)
    }

    /// Every token and code there has been, dead ones too, in order.
    pub(crate) fn issued_tokens(&self) -> Vec<String> {
        let refresh = self
            .refresh_tokens
            .iter()
            .map(|(token, record)| (record.number, token));
        let access = self
            .access_tokens
            .iter()
            .map(|(token, record)| (record.number, token));
        let others = self.others.iter().map(|(number, token)| (*number, token));
        let mut tokens: Vec<(u64, &String)> = refresh.chain(access).chain(others).collect();
        tokens.sort_unstable();
        tokens.into_iter().map(|(_, token)| token.clone()).collect()
    }

    pub(super) fn next_number(&mut self) -> u64 {
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

    /// Where an access token opens the API.
    pub(crate) fn owner_of_access_token(&self, token: &str) -> Option<&Key> {
        self.access_tokens.get(token).map(|token| &token.key)
    }

    /// Whose authorization an access token hangs on.
    pub(crate) fn grant_of_access_token(&self, token: &str) -> Option<&Key> {
        self.access_tokens.get(token).map(|token| &token.grant)
    }

    /// What an access token's grant was asked for; `None` is all that the app has.
    pub(crate) fn scopes_of_access_token(&self, token: &str) -> Option<&[String]> {
        let record = self.access_tokens.get(token)?;
        self.family(&record.grant, record.family)?.scopes.as_deref()
    }

    /// What a refresh token's grant was asked for; `None` is all that the app has.
    pub(crate) fn scopes_of_refresh_token(&self, token: &str) -> Option<&[String]> {
        let record = self.refresh_tokens.get(token)?;
        self.family(&record.key, record.family)?.scopes.as_deref()
    }

    pub(crate) fn is_live_refresh_token(&self, token: &str, now: SystemTime, rule: RotationRule) -> bool {
        let Some(record) = self.refresh_tokens.get(token) else {
            return false;
        };
        let paused = self.authorized.get(&record.key).is_none_or(|grant| grant.paused);
        let alive = self
            .family(&record.key, record.family)
            .is_some_and(|family| family.ended.is_none());
        !paused && alive && !record.is_spent(now, rule)
    }

    pub(crate) fn is_live_access_token(&self, token: &str, now: SystemTime, ends: EndsAccess) -> bool {
        let Some(record) = self.access_tokens.get(token) else {
            return false;
        };
        let paused = self
            .authorized
            .get(&record.grant)
            .is_none_or(|grant| grant.paused);
        let granted = self
            .family(&record.grant, record.family)
            .is_some_and(|family| match family.ended {
                Some(End::Reuse) => false,
                Some(End::Revoked) if ends.by_client => false,
                Some(End::Replaced) if ends.by_portal => false,
                _ => !(paused && ends.by_portal),
            });
        granted && !record.dead && now < record.expires
    }

    /// A client gives a token back: a refresh token with its whole grant, an access token alone. Nothing happens to a
    /// token that is unknown or another app's.
    pub(crate) fn give_back(&mut self, client_id: &str, token: &str) {
        if let Some(record) = self
            .refresh_tokens
            .get(token)
            .filter(|record| record.key.client_id == client_id)
        {
            let (key, family) = (record.key.clone(), record.family);
            self.end(&key, family, End::Revoked);
        } else if let Some(record) = self
            .access_tokens
            .get_mut(token)
            .filter(|record| record.grant.client_id == client_id)
        {
            record.dead = true;
        }
    }

    /// A code was presented twice where that ends what came of it.
    pub(crate) fn end_by_reuse(&mut self, key: &Key, family: usize) {
        self.end(key, family, End::Reuse);
    }

    pub(super) fn end(&mut self, key: &Key, family: usize, why: End) {
        let Some(grant) = self.authorized.get_mut(key) else {
            return;
        };
        let is_newest = family + 1 == grant.families.len();
        if let Some(family) = grant.families.get_mut(family) {
            family.ended.get_or_insert(why);
        }
        if is_newest && why == End::Revoked {
            grant.newest = None;
        }
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
}

impl RefreshToken {
    pub(super) fn is_spent(&self, now: SystemTime, rule: RotationRule) -> bool {
        let too_old = match (rule.old_token, &self.replaced) {
            (OldToken::For(period), Some(replaced)) => now > replaced.since + period,
            _ => false,
        };
        self.dead || too_old
    }
}
