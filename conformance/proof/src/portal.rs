//! One portal on an emulated Planday, and a process that keeps its grant in a folder.

use std::{error::Error, path::Path, sync::Arc, time::Duration};

use attache_auth::{
    Account, Connector, Endpoints, Identity, Keeper, Provisional, RefreshPolicy, RotationRule,
    seal::{KeyRing, Sealer},
    spill::SpillFolder,
    store::{FileStore, Store},
};
use attache_core::{
    AccountKey, Authorization, AuthorizationError, AuthorizationNow, Authorized, Clock, Deadline, Need,
    Transport,
};
use attache_emulator::planday::{App, Connection, Emulator, Limits, Portal, Rotation};
use attache_transport::{ReqwestTransport, SystemClock};
use bytes::Bytes;
use http::{Request, StatusCode};
use url::Url;

/// What goes wrong in a proof is the proof's own fault or its finding; either way it is only reported.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

pub(crate) const CLIENT_ID: &str = "6a1f2c34-0000-4000-8000-5d2b0c7e9a10";
const PORTAL: i64 = 4711;

/// An emulated Planday with one app on one portal.
pub(crate) fn emulator(rotation: Rotation) -> Result<Emulator, Failure> {
    Ok(Emulator::builder()
        .seed(11)
        .rotation(rotation)
        .limits(Limits::unlimited())
        .app(App::new(CLIENT_ID))
        .portal(Portal::generated(PORTAL, 11))
        .connect(Connection::new(CLIENT_ID, PORTAL))
        .build()?)
}

/// An access token of this many characters.
pub(crate) fn token(length: usize) -> String {
    "x".repeat(length)
}

/// The refresh token that the portal's page shows now.
pub(crate) fn refresh_token(emulator: &Emulator) -> Result<String, Failure> {
    emulator
        .refresh_token(CLIENT_ID, PORTAL)
        .ok_or_else(|| "the emulated portal has no refresh token".into())
}

/// The app's set-up, for an emulator at `base`.
pub(crate) fn connector(base: &Url, rotation: RotationRule) -> Result<Connector, Failure> {
    let mut profile = attache_planday::profile();
    profile.rotation = rotation;
    let endpoints = Endpoints::new(base.join("connect/token")?, base.clone());
    Ok(Connector::new(profile, endpoints, CLIENT_ID)?)
}

/// What a process is made of.
pub(crate) struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Parts {
    /// The real ones: a file store in `folder`, the network, the system's clock.
    pub(crate) fn real(folder: &Path) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Ok(Self {
            store: Arc::new(FileStore::open(folder.join("accounts"), Arc::clone(&clock))?),
            transport: Arc::new(ReqwestTransport::new()?),
            clock,
        })
    }

    /// A keeper on `folder`.
    pub(crate) fn keeper(self, folder: &Path) -> Result<Keeper, Failure> {
        let sealer = Sealer::new(KeyRing::load_or_create(folder.join("key"))?);
        let spill = Arc::new(SpillFolder::open(folder.join("spill"))?);
        Ok(Keeper::builder(self.store, self.transport, self.clock, sealer)
            .spill(spill)
            .policy(RefreshPolicy::default())
            .build()?)
    }
}

pub(crate) fn account_key() -> Result<AccountKey, Failure> {
    Ok(AccountKey::new("proof", "planday", "main")?)
}

/// Puts a grant into `folder` whose access token has run out.
pub(crate) async fn link_expired(
    folder: &Path,
    connector: &Connector,
    refresh_token: &str,
) -> Result<(), Failure> {
    let keeper = Parts::real(folder)?.keeper(folder)?;
    let provisional = Provisional::from_tokens(connector, refresh_token.into(), None, &SystemClock)?;
    keeper
        .adopt(&account_key()?, provisional, Identity::new("portal:4711")?)
        .await?;
    Ok(())
}

/// A valid header for `account`, within half a minute.
pub(crate) async fn authorized(
    account: &Account,
    clock: &dyn Clock,
) -> Result<Authorized, AuthorizationError> {
    let deadline = Deadline::after(clock, Duration::from_secs(30));
    match account.now(Need {
        deadline,
        ..Need::default()
    }) {
        AuthorizationNow::Ready(authorized) => Ok(authorized),
        AuthorizationNow::Wait(wait) => wait.await,
    }
}

/// One authorised call, and the status it was answered with.
pub(crate) async fn call(
    transport: &dyn Transport,
    connector: &Connector,
    authorized: &Authorized,
) -> Result<StatusCode, Failure> {
    let request = Request::get(connector.endpoints().api().join("portal/v1.0/info")?.as_str())
        .header(&authorized.name, &authorized.value)
        .header("x-clientid", connector.client_id())
        .body(Bytes::new())?;
    Ok(transport.send(request).await?.status())
}
