//! A provider that answers as it was told, and remembers what it was asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use attache_auth::{
    Account, Connector, Endpoints, Identity, Keeper, ProviderProfile, Provisional, RotationRule,
    TokenExchange,
    store::{MemoryStore, Store},
};
use attache_core::{
    AccountKey, Clock, ManualClock, Observer, Sent, Timestamp, Transport, TransportError, TransportErrorKind,
    transport_from_fn,
};
use bytes::Bytes;
use http::Response;

use crate::world::{Journal, LIFETIME, START, identity, key, sealer};

pub(crate) const REDIRECT: &str = "https://app.example.com/back";

/// What the provider answers next.
pub(crate) enum Told {
    /// A status and a body.
    Answer(u16, String),
    /// The connection is refused.
    Unreachable,
}

#[derive(Default)]
pub(crate) struct Asked {
    answers: VecDeque<Told>,
    /// Path and form of each request: `/token a=b&c=d`.
    requests: Vec<String>,
}

pub(crate) struct Partner {
    store: Arc<dyn Store>,
    pub(crate) clock: ManualClock,
    pub(crate) keeper: Keeper,
    pub(crate) connector: Connector,
    pub(crate) journal: Arc<Journal>,
    asked: Arc<Mutex<Asked>>,
}

impl Partner {
    pub(crate) fn new() -> Self {
        Self::with(|connector| connector)
    }

    pub(crate) fn with(
        set_up: impl FnOnce(attache_auth::ConnectorBuilder) -> attache_auth::ConnectorBuilder,
    ) -> Self {
        let clock = ManualClock::starting_at(Timestamp::from_unix_seconds(START).unwrap());
        let asked = Arc::<Mutex<Asked>>::default();
        let journal = Arc::<Journal>::default();
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
        let keeper = Keeper::builder(
            Arc::clone(&store),
            transport(&asked),
            Arc::new(clock.clone()),
            sealer(),
        )
        .observer(Arc::clone(&journal) as Arc<dyn Observer>)
        .seed(1)
        .build()
        .unwrap();
        let connector = Connector::builder(profile(), endpoints(), "client")
            .scopes(["a:read"])
            .redirect_uris([REDIRECT]);
        Self {
            store,
            clock,
            keeper,
            connector: set_up(connector).build().unwrap(),
            journal,
            asked,
        }
    }

    pub(crate) fn answers(&self, answers: impl IntoIterator<Item = Told>) {
        self.asked.lock().unwrap().answers.extend(answers);
    }

    /// What was asked since the last look.
    pub(crate) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap().requests)
    }

    /// An account with the tokens `at0` and `rt0`.
    pub(crate) async fn linked(&self) -> Account {
        self.linked_as(&key(), identity()).await
    }

    /// Another process on the same store.
    pub(crate) fn restarted(&self) -> Keeper {
        let clock = Arc::new(self.clock.clone());
        Keeper::builder(Arc::clone(&self.store), transport(&self.asked), clock, sealer())
            .seed(1)
            .build()
            .unwrap()
    }

    /// Links the account again, with these tokens.
    pub(crate) async fn link_again(&self, refresh: &str, access: &str) {
        self.link_again_from(&self.keeper, refresh, access).await;
    }

    pub(crate) async fn link_again_from(&self, keeper: &Keeper, refresh: &str, access: &str) {
        let access = (access.into(), self.clock.now().saturating_add(LIFETIME));
        let grant =
            Provisional::from_tokens(&self.connector, refresh.into(), Some(access), &self.clock).unwrap();
        keeper.adopt(&key(), grant, identity()).await.unwrap();
    }

    pub(crate) async fn linked_as(&self, key: &AccountKey, identity: Identity) -> Account {
        let access = ("at0".into(), self.clock.now().saturating_add(LIFETIME));
        let grant =
            Provisional::from_tokens(&self.connector, "rt0".into(), Some(access), &self.clock).unwrap();
        self.keeper.adopt(key, grant, identity).await.unwrap()
    }
}

pub(crate) fn profile() -> ProviderProfile {
    let mut profile = ProviderProfile::new("example", "Client ID");
    profile.rotation = RotationRule::Never;
    profile.token_exchange = Some(TokenExchange::new("token_exchange", "openapi:access_token"));
    profile.bare_refusals = &[400];
    profile
}

pub(crate) fn endpoints() -> Endpoints {
    Endpoints::new(
        "https://id.example.com/token".parse().unwrap(),
        "https://api.example.com/".parse().unwrap(),
    )
    .with_authorization("https://id.example.com/authorize".parse().unwrap())
    .with_revocation("https://id.example.com/revoke".parse().unwrap())
    .with_issuer("https://id.example.com")
}

pub(crate) fn granted(access: &str, rest: &str) -> Told {
    Told::Answer(
        200,
        format!(r#"{{"access_token":"{access}","token_type":"Bearer"{rest}}}"#),
    )
}

pub(crate) fn refused(code: &str) -> Told {
    Told::Answer(400, format!(r#"{{"error":"{code}"}}"#))
}

pub(crate) const MINUTE: Duration = Duration::from_secs(60);

fn transport(asked: &Arc<Mutex<Asked>>) -> Arc<dyn Transport> {
    let asked = Arc::clone(asked);
    Arc::new(transport_from_fn(move |request: http::Request<Bytes>| {
        let asked = Arc::clone(&asked);
        async move {
            // Others may run between question and answer.
            tokio::task::yield_now().await;
            let mut asked = asked.lock().unwrap();
            let form = String::from_utf8(request.body().to_vec()).unwrap();
            asked.requests.push(format!("{} {form}", request.uri().path()));
            match asked.answers.pop_front() {
                // Seen in the list of requests, which every test looks at.
                None => Err(TransportError::new(TransportErrorKind::Interrupted, Sent::Maybe)),
                Some(Told::Answer(status, body)) => Ok(Response::builder()
                    .status(status)
                    .body(Bytes::from(body))
                    .unwrap()),
                Some(Told::Unreachable) => Err(TransportError::new(TransportErrorKind::Connect, Sent::No)),
            }
        }
    }))
}
