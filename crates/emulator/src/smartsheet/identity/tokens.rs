//! Tokens and codes of one region, and which of them are alive.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use fastrand::Rng;

use super::super::options::{Options, Rotation};

/// What a person allowed: an app with scopes, or (a personal token) everything.
#[derive(Clone, Debug)]
pub(crate) struct Allowed {
    /// `None`: a personal token.
    pub(crate) client_id: Option<String>,
    pub(crate) email: String,
    /// `None`: all rights of the person.
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) revoked: bool,
}

struct AccessToken {
    grant: usize,
    /// `None`: until it is revoked.
    expires: Option<SystemTime>,
    end: Option<End>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Replaced,
    Revoked,
    Expired,
}

struct RefreshToken {
    grant: usize,
    replaced: bool,
    revoked: bool,
}

/// A code between the page and the exchange.
pub(crate) struct Code {
    pub(crate) client_id: String,
    pub(crate) email: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires: SystemTime,
    pub(crate) spent: bool,
}

/// A pair as the token answer has it.
pub(crate) struct Issued {
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
}

/// Why a refresh token gives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dead {
    Unknown,
    Replaced,
    Revoked,
}

/// Why an access token opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    Unknown,
    Expired,
}

pub(crate) struct Tokens {
    rng: Rng,
    grants: Vec<Allowed>,
    access: BTreeMap<String, AccessToken>,
    refresh: BTreeMap<String, RefreshToken>,
    pub(crate) codes: BTreeMap<String, Code>,
    issued: Vec<String>,
}

impl Tokens {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            grants: Vec::new(),
            access: BTreeMap::new(),
            refresh: BTreeMap::new(),
            codes: BTreeMap::new(),
            issued: Vec::new(),
        }
    }

    /// A text that was not handed out before.
    pub(crate) fn random_text(&mut self, length: usize) -> String {
        (0..length).map(|_| self.rng.alphanumeric()).collect()
    }

    pub(crate) fn begin(&mut self, client_id: &str, email: &str, scopes: Option<Vec<String>>) -> usize {
        self.grants.push(Allowed {
            client_id: Some(client_id.to_owned()),
            email: email.to_owned(),
            scopes,
            revoked: false,
        });
        self.grants.len() - 1
    }

    /// A first pair; given texts instead of random ones where there are some. `None` when one is taken.
    pub(crate) fn issue(
        &mut self,
        grant: usize,
        now: SystemTime,
        lifetime: Duration,
        given: (Option<String>, Option<String>),
    ) -> Option<Issued> {
        let access = given.0.unwrap_or_else(|| self.random_text(37));
        let refresh = given.1.unwrap_or_else(|| self.random_text(37));
        if self.access.contains_key(&access) || self.refresh.contains_key(&refresh) {
            return None;
        }
        self.insert_access(access.clone(), grant, Some(now + lifetime));
        self.insert_refresh(refresh.clone(), grant);
        Some(Issued {
            access_token: access,
            refresh_token: Some(refresh),
        })
    }

    /// A personal token, this one or a random one; `None` when it is taken.
    pub(crate) fn personal(&mut self, email: &str, token: Option<String>) -> Option<String> {
        let token = token.unwrap_or_else(|| self.random_text(37));
        if self.access.contains_key(&token) {
            return None;
        }
        self.grants.push(Allowed {
            client_id: None,
            email: email.to_owned(),
            scopes: None,
            revoked: false,
        });
        self.insert_access(token.clone(), self.grants.len() - 1, None);
        Some(token)
    }

    fn insert_access(&mut self, token: String, grant: usize, expires: Option<SystemTime>) {
        self.issued.push(token.clone());
        let record = AccessToken {
            grant,
            expires,
            end: None,
        };
        self.access.insert(token, record);
    }

    fn insert_refresh(&mut self, token: String, grant: usize) {
        self.issued.push(token.clone());
        let record = RefreshToken {
            grant,
            replaced: false,
            revoked: false,
        };
        self.refresh.insert(token, record);
    }

    pub(crate) fn add_code(&mut self, code: Code) -> String {
        let text = self.random_text(20).to_lowercase();
        self.issued.push(text.clone());
        self.codes.insert(text.clone(), code);
        text
    }

    /// The grant of a live refresh token of this client.
    pub(crate) fn refreshable(&self, client_id: &str, token: &str) -> Result<usize, Dead> {
        let record = self.refresh.get(token).ok_or(Dead::Unknown)?;
        let grant = &self.grants[record.grant];
        if grant.client_id.as_deref() != Some(client_id) {
            return Err(Dead::Unknown);
        }
        if record.replaced {
            return Err(Dead::Replaced);
        }
        if record.revoked || grant.revoked {
            return Err(Dead::Revoked);
        }
        Ok(record.grant)
    }

    /// Exchanges a live refresh token: the old pair is dead at once, unless the switch says that only the access token
    /// is new.
    pub(crate) fn rotate(&mut self, token: &str, now: SystemTime, options: &Options) -> Option<Issued> {
        let grant = self.refresh.get(token)?.grant;
        for access in self.access.values_mut().filter(|access| access.grant == grant) {
            access.end.get_or_insert(End::Replaced);
        }
        let lifetime = options.access_token_lifetime;
        if options.rotation == Rotation::OmitRefreshToken {
            let access = self.random_text(37);
            self.insert_access(access.clone(), grant, Some(now + lifetime));
            return Some(Issued {
                access_token: access,
                refresh_token: None,
            });
        }
        self.refresh.get_mut(token)?.replaced = true;
        self.issue(grant, now, lifetime, (None, None))
    }

    /// What an access token stands for.
    pub(crate) fn open(&self, token: &str, now: SystemTime, options: &Options) -> Result<&Allowed, Closed> {
        let record = self.access.get(token).ok_or(Closed::Unknown)?;
        let grant = &self.grants[record.grant];
        match record.end {
            Some(End::Replaced) if options.replaced_is_expired => return Err(Closed::Expired),
            Some(End::Replaced | End::Revoked) => return Err(Closed::Unknown),
            Some(End::Expired) => return Err(Closed::Expired),
            None if grant.revoked => return Err(Closed::Unknown),
            None => {}
        }
        if record.expires.is_some_and(|expires| expires <= now) {
            return Err(Closed::Expired);
        }
        Ok(grant)
    }

    /// Whose token a request concerns, alive or not.
    pub(crate) fn grant_of(&self, token: &str) -> Option<usize> {
        let access = self.access.get(token).map(|access| access.grant);
        access.or_else(|| self.refresh.get(token).map(|refresh| refresh.grant))
    }

    /// The person takes their permission back.
    pub(crate) fn revoke_grant(&mut self, grant: usize) {
        if let Some(grant) = self.grants.get_mut(grant) {
            grant.revoked = true;
        }
    }

    /// Ends one access token, and its refresh token too if the two are one record.
    pub(crate) fn revoke_token(&mut self, token: &str, with_refresh: bool) {
        let Some(record) = self.access.get_mut(token) else {
            return;
        };
        record.end = Some(End::Revoked);
        let grant = record.grant;
        if with_refresh {
            for refresh in self.refresh.values_mut().filter(|refresh| refresh.grant == grant) {
                refresh.revoked = true;
            }
        }
    }

    /// Ends every grant that a person gave an app; whether there was one.
    pub(crate) fn revoke_app(&mut self, client_id: &str, email: Option<&str>) -> bool {
        let mut found = false;
        for grant in &mut self.grants {
            let same_person = email.is_none_or(|email| grant.email == email);
            if grant.client_id.as_deref() == Some(client_id) && same_person && !grant.revoked {
                grant.revoked = true;
                found = true;
            }
        }
        found
    }

    /// Every access token issued to an app answers 1003 from now on; personal ones go on.
    pub(crate) fn expire_access_tokens(&mut self) {
        for access in self.access.values_mut().filter(|access| access.expires.is_some()) {
            access.end.get_or_insert(End::Expired);
        }
    }

    /// Whether this refresh token would be exchanged now.
    pub(crate) fn is_live_refresh_token(&self, token: &str) -> bool {
        self.refresh
            .get(token)
            .is_some_and(|record| !record.replaced && !record.revoked && !self.grants[record.grant].revoked)
    }

    pub(crate) fn issued(&self) -> &[String] {
        &self.issued
    }

    /// The newest live pair of an app and a person.
    pub(crate) fn newest(&self, client_id: &str, email: &str) -> Option<(Option<String>, String)> {
        let of = |grant: usize| {
            let grant = &self.grants[grant];
            grant.client_id.as_deref() == Some(client_id) && grant.email == email
        };
        let refresh = self.issued.iter().rev().find(|token| {
            self.is_live_refresh_token(token)
                && self.refresh.get(*token).is_some_and(|record| of(record.grant))
        })?;
        let grant = self.refresh.get(refresh)?.grant;
        let access = self.issued.iter().rev().find(|token| {
            let record = self.access.get(*token);
            record.is_some_and(|record| record.grant == grant && record.end.is_none())
        });
        Some((access.cloned(), refresh.clone()))
    }

    /// The personal tokens of a person that were not revoked.
    pub(crate) fn personal_tokens(&self, email: &str) -> Vec<String> {
        self.access
            .iter()
            .filter(|(_, record)| record.expires.is_none() && record.end.is_none())
            .filter(|(_, record)| {
                let grant = &self.grants[record.grant];
                !grant.revoked && grant.email == email
            })
            .map(|(token, _)| token.clone())
            .collect()
    }
}
