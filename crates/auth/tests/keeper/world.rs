//! A small world for the keeper: a token endpoint with every rotation rule, a store, a clock, and a record of
//! what happened.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use attache_auth::{
    Account, Connector, Endpoints, Identity, Keeper, KeeperBuilder, ProviderProfile, Provisional,
    RefreshPolicy, RotationRule,
    seal::{KeyRing, Sealer},
    store::{MemoryStore, Store, Version},
};
use attache_core::{
    AccountKey, Authorization, AuthorizationError, AuthorizationNow, Authorized, Clock, Deadline, Generation,
    ManualClock, Need, NeedsRelink, Observer, Recovered, RefreshFailed, Refreshed, Secret, Sent, Timestamp,
    Transport, TransportError, TransportErrorKind, Unsaved, transport_from_fn,
};
use bytes::Bytes;
use http::{Request, Response};

pub(crate) const START: i64 = 1_795_262_400;
pub(crate) const LIFETIME: Duration = Duration::from_secs(3600);

/// How the token endpoint treats one request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// By the rules.
    Usual,
    /// This answer, and nothing changes.
    Answer(u16, &'static str),
    /// This status, with this `Retry-After`, and nothing changes.
    Wait(u16, &'static str),
    /// By the rules, but the answer is lost.
    Lost,
    /// By the rules, and then this answer instead.
    LostBehind(u16, &'static str),
    /// The connection is refused.
    Unreachable,
    /// Nothing happens and no answer ever comes.
    Silence,
    /// By the rules, with this as the value of `expires_in`.
    ExpiresIn(&'static str),
}

/// The provider's side.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) rule: RotationRule,
    pub(crate) script: VecDeque<Reply>,
    pub(crate) requests: usize,
    pub(crate) revocations: usize,
    /// Refresh tokens that work.
    good: Vec<String>,
    /// Refresh tokens that were replaced.
    spent: Vec<String>,
    /// The access token that was minted last, and the refresh token it retires once it is used.
    grace: Option<(String, String)>,
    minted: usize,
    pub(crate) revoked: bool,
}

impl Provider {
    /// The API sees an access token.
    pub(crate) fn used(&mut self, access_token: &str) {
        if let Some((_, retired)) = self.grace.take_if(|(access, _)| access == access_token) {
            self.good.retain(|good| *good != retired);
        }
    }

    fn refresh(&mut self, token: &str, expires_in: &str) -> (u16, String) {
        if self.revoked || !self.good.iter().any(|good| good == token) {
            if self.rule == RotationRule::OnceFamily && self.spent.iter().any(|spent| spent == token) {
                self.good.clear();
            }
            return (400, r#"{"error":"invalid_grant"}"#.into());
        }
        self.minted += 1;
        let access = format!("at{}", self.minted);
        let next = match self.rule {
            RotationRule::Never => token.to_owned(),
            _ => format!("rt{}", self.minted),
        };
        if next != token {
            self.good.push(next.clone());
            self.spent.push(token.to_owned());
            match self.rule {
                RotationRule::FirstUseGrace | RotationRule::Grace(_) => {
                    self.grace = Some((access.clone(), token.to_owned()));
                }
                _ => self.good.retain(|good| good != token),
            }
        }
        let answer = format!(
            r#"{{"access_token":"{access}","token_type":"Bearer","expires_in":{expires_in},"refresh_token":"{next}"}}"#
        );
        (200, answer)
    }
}

/// What happened, one line an event.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Vec<String>>, Mutex<Option<Duration>>);

impl Journal {
    fn note(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    /// How long the keeper said it would wait after the last failure.
    pub(crate) fn last_retry(&self) -> Option<Duration> {
        *self.1.lock().unwrap()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Observer for Journal {
    fn refreshed(&self, event: &Refreshed<'_>) {
        self.note(format!(
            "refreshed {} adopted={}",
            event.generation.0 - generation(0).0,
            event.adopted
        ));
    }
    fn refresh_failed(&self, event: &RefreshFailed<'_>) {
        *self.1.lock().unwrap() = event.retry_in;
        self.note(format!("failed {}", event.class));
    }
    fn unsaved(&self, event: &Unsaved<'_>) {
        self.note(format!("unsaved spilled={}", event.spilled));
    }
    fn needs_relink(&self, event: &NeedsRelink<'_>) {
        self.note(format!("needs_relink {}", event.reason.as_str()));
    }
    fn recovered(&self, _: &Recovered<'_>) {
        self.note("recovered".into());
    }
}

/// Everything that outlives a process.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) provider: Arc<Mutex<Provider>>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) policy: RefreshPolicy,
}

/// The generation of the account's nth grant, from 1.
pub(crate) fn generation(nth: u64) -> Generation {
    version(nth).generation()
}

/// The version of the account's nth grant, from 1.
pub(crate) fn version(nth: u64) -> Version {
    let first = Version::first_at(Timestamp::from_unix_seconds(START).unwrap());
    Version(first.0 - 1 + nth)
}

pub(crate) fn key() -> AccountKey {
    AccountKey::new("tenant", "example", "main").unwrap()
}

pub(crate) fn identity() -> Identity {
    Identity::new("portal:1").unwrap()
}

pub(crate) fn sealer() -> Sealer {
    Sealer::new(KeyRing::new([7; 32]))
}

impl World {
    pub(crate) fn new(rule: RotationRule) -> Self {
        let clock = ManualClock::starting_at(Timestamp::from_unix_seconds(START).unwrap());
        Self {
            provider: Arc::new(Mutex::new(Provider {
                rule,
                script: VecDeque::new(),
                requests: 0,
                revocations: 0,
                good: vec!["rt0".into()],
                spent: Vec::new(),
                grace: None,
                minted: 0,
                revoked: false,
            })),
            store: Arc::new(MemoryStore::new(Arc::new(clock.clone()))),
            journal: Arc::default(),
            policy: RefreshPolicy::default(),
            clock,
        }
    }

    pub(crate) fn provider(&self) -> MutexGuard<'_, Provider> {
        self.provider.lock().unwrap()
    }

    pub(crate) fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.provider().script.extend(replies);
    }

    pub(crate) fn requests(&self) -> usize {
        self.provider().requests
    }

    pub(crate) fn connector(&self) -> Connector {
        let mut profile = ProviderProfile::new("example", "Client ID");
        profile.rotation = self.provider().rule;
        let endpoints = Endpoints::new(
            "https://id.example.com/token".parse().unwrap(),
            "https://api.example.com/".parse().unwrap(),
        )
        .with_revocation("https://id.example.com/revoke".parse().unwrap());
        Connector::new(profile, endpoints, "client").unwrap()
    }

    pub(crate) fn transport(&self) -> Arc<dyn Transport> {
        let provider = Arc::clone(&self.provider);
        Arc::new(transport_from_fn(move |request| {
            let provider = Arc::clone(&provider);
            async move { answer(&provider, &request).await }
        }))
    }

    pub(crate) fn builder(&self) -> KeeperBuilder {
        Keeper::builder(
            Arc::clone(&self.store),
            self.transport(),
            Arc::new(self.clock.clone()),
            sealer(),
        )
        .policy(self.policy)
        .observer(Arc::clone(&self.journal) as Arc<dyn Observer>)
        .seed(1)
    }

    pub(crate) fn keeper(&self) -> Keeper {
        self.builder().build().unwrap()
    }

    /// Links the account with a token that is valid for `left` from now.
    pub(crate) async fn linked(&self, keeper: &Keeper, left: Duration) -> Account {
        let access = (Secret::from("at0"), self.clock.now().saturating_add(left));
        let provisional =
            Provisional::from_tokens(&self.connector(), "rt0".into(), Some(access), &self.clock).unwrap();
        keeper.adopt(&key(), provisional, identity()).await.unwrap()
    }

    /// A keeper and an account whose access token has run out.
    pub(crate) async fn expired(&self) -> (Keeper, Account) {
        let keeper = self.keeper();
        let account = self.linked(&keeper, LIFETIME).await;
        self.clock.advance(LIFETIME);
        (keeper, account)
    }

    /// Lets everything that can run do so, and moves the clock from sleeper to sleeper, for `span` in all.
    pub(crate) async fn pass(&self, span: Duration) {
        let end = self.clock.monotonic().plus(span);
        loop {
            settle().await;
            match self.clock.next_sleeper() {
                Some(at) if at <= end => self.clock.advance(at.since(self.clock.monotonic())),
                _ => break,
            }
        }
        self.clock.advance(end.since(self.clock.monotonic()));
        settle().await;
    }

    /// What the header says, once it is there, with the clock moving on as needed.
    pub(crate) async fn token(&self, account: &Account) -> Result<String, AuthorizationError> {
        self.token_within(account, Duration::from_secs(60)).await
    }

    pub(crate) async fn token_within(
        &self,
        account: &Account,
        wait: Duration,
    ) -> Result<String, AuthorizationError> {
        let account = account.clone();
        let need = Need {
            deadline: Deadline::after(&self.clock, wait),
            ..Need::default()
        };
        let asked = tokio::spawn(async move { ask(&account, need).await });
        loop {
            settle().await;
            if asked.is_finished() {
                return asked.await.unwrap().map(|authorized| text(&authorized));
            }
            let next = self
                .clock
                .next_sleeper()
                .expect("somebody sleeps, or the answer is there");
            self.clock.advance(next.since(self.clock.monotonic()));
        }
    }
}

pub(crate) async fn ask(account: &Account, need: Need) -> Result<Authorized, AuthorizationError> {
    match account.now(need) {
        AuthorizationNow::Ready(authorized) => Ok(authorized),
        AuthorizationNow::Wait(wait) => wait.await,
    }
}

/// The token, if it is there without any wait.
pub(crate) fn at_once(account: &Account) -> Option<String> {
    match account.now(Need::default()) {
        AuthorizationNow::Ready(authorized) => Some(text(&authorized)),
        AuthorizationNow::Wait(_) => None,
    }
}

pub(crate) fn text(authorized: &Authorized) -> String {
    assert!(authorized.value.is_sensitive());
    let value = authorized.value.to_str().unwrap();
    value.strip_prefix("Bearer ").unwrap().to_owned()
}

/// Lets every task run until all of them wait for something outside.
pub(crate) async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

async fn answer(
    provider: &Mutex<Provider>,
    request: &Request<Bytes>,
) -> Result<Response<Bytes>, TransportError> {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(request.body())
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    let field = |wanted: &str| {
        form.iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.clone())
    };
    if request.uri().path() == "/revoke" {
        provider.lock().unwrap().revocations += 1;
        return Ok(Response::new(Bytes::new()));
    }
    let token = field("refresh_token").expect("the token endpoint is asked to refresh");
    // The other side takes a moment, so that others can run in between.
    tokio::task::yield_now().await;
    let reply = {
        let mut provider = provider.lock().unwrap();
        provider.requests += 1;
        provider.script.pop_front().unwrap_or(Reply::Usual)
    };
    let lost = || Err(TransportError::new(TransportErrorKind::Interrupted, Sent::Maybe));
    if let Reply::Wait(status, wait) = reply {
        return Ok(Response::builder()
            .status(status)
            .header("retry-after", wait)
            .body(Bytes::new())
            .unwrap());
    }
    let (status, body) = match reply {
        Reply::Usual => provider.lock().unwrap().refresh(&token, "3600"),
        Reply::ExpiresIn(value) => provider.lock().unwrap().refresh(&token, value),
        Reply::Answer(status, body) => (status, body.to_owned()),
        Reply::Lost => {
            provider.lock().unwrap().refresh(&token, "3600");
            return lost();
        }
        Reply::LostBehind(status, body) => {
            provider.lock().unwrap().refresh(&token, "3600");
            (status, body.to_owned())
        }
        Reply::Unreachable => return Err(TransportError::new(TransportErrorKind::Connect, Sent::No)),
        Reply::Silence | Reply::Wait(..) => std::future::pending().await,
    };
    tokio::task::yield_now().await;
    Ok(Response::builder()
        .status(status)
        .body(Bytes::from(body))
        .unwrap())
}
