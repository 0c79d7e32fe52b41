//! A connector that can link, and a keeper that starts attempts and sends nothing.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

use std::sync::Arc;

use attache_auth::{
    Connector, Endpoints, Keeper, LinkAttempt, LinkStartError, ProviderProfile,
    seal::{KeyRing, Sealer},
    store::MemoryStore,
};
use attache_core::{ManualClock, Timestamp, transport_from_fn};
use bytes::Bytes;
use http::Response;

pub(crate) fn clock() -> ManualClock {
    ManualClock::starting_at(Timestamp::from_unix_seconds(1_795_262_400).unwrap())
}

pub(crate) fn sealer(key: u8) -> Sealer {
    Sealer::new(KeyRing::new([key; 32]))
}

pub(crate) fn profile() -> ProviderProfile {
    let mut profile = ProviderProfile::new("example", "Client ID");
    profile.scopes_required = true;
    profile.fixed_scopes = &["openid", "offline_access"];
    profile
}

pub(crate) fn endpoints() -> Endpoints {
    Endpoints::new(
        "https://id.example.com/token".parse().unwrap(),
        "https://api.example.com/".parse().unwrap(),
    )
}

pub(crate) fn connector(redirect_uris: &[&str], pkce: bool) -> Connector {
    let authorization = "https://id.example.com/authorize".parse().unwrap();
    Connector::builder(profile(), endpoints().with_authorization(authorization), "app-1")
        .scopes(["employee:read"])
        .redirect_uris(redirect_uris)
        .pkce(pkce)
        .build()
        .unwrap()
}

/// Inside a runtime only.
pub(crate) fn keeper(clock: &ManualClock) -> Keeper {
    let transport = transport_from_fn(|_| async { Ok(Response::new(Bytes::new())) });
    let clock = Arc::new(clock.clone());
    let store = MemoryStore::new(Arc::clone(&clock) as _);
    Keeper::builder(Arc::new(store), Arc::new(transport), clock, sealer(7))
        .build()
        .unwrap()
}

pub(crate) fn begin(
    clock: &ManualClock,
    connector: &Connector,
    redirect_uri: &str,
) -> Result<LinkAttempt, LinkStartError> {
    keeper(clock).begin_link(connector, redirect_uri)
}

/// A parameter of the address that the browser is sent to.
pub(crate) fn parameter(attempt: &LinkAttempt, name: &str) -> Option<String> {
    let mut pairs = attempt.authorization_url().query_pairs();
    pairs.find(|pair| pair.0 == name).map(|pair| pair.1.into_owned())
}
