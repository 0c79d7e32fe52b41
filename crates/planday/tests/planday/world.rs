//! An emulated Planday, and the SDK that is wired to it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use attache_auth::{
    seal::{KeyRing, Sealer},
    store::{MemoryStore, Store},
};
use attache_core::{
    ManualClock, Observer, Retried, Sent, TransportError, TransportErrorKind, transport_from_fn,
};
use attache_emulator::{
    Delivery,
    planday::{App as EmulatedApp, Builder, Connection, Department, Emulator, Exchange, Limits, Portal},
};
use attache_planday::{
    AccountKey, App, Client, Clock, Environment, Keeper, LinkError, Linked, Planday, TokenSecret, Transport,
};

pub(crate) const APPLICATION_ID: &str = "f2370889-3ffe-46b6-83e7-1a20f5a20d2f";
/// The portal that tests link, and its Token.
pub(crate) const BAKERY: i64 = 4711;
pub(crate) const BAKERY_TOKEN: &str = "canary-bakery-token";
/// Another portal, and its Token.
pub(crate) const CAFE: i64 = 4712;
pub(crate) const CAFE_TOKEN: &str = "canary-cafe-token";

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) planday: Planday,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    retries: Arc<Retries>,
}

/// Lets every wait before a retry pass at once, on both clocks, and remembers how long it was.
struct Retries {
    clock: ManualClock,
    emulator: Emulator,
    delays: Mutex<Vec<Duration>>,
}

impl Observer for Retries {
    fn retried(&self, event: &Retried<'_>) {
        self.delays.lock().unwrap().push(event.delay);
        self.emulator.clock().advance(event.delay);
        self.clock.advance(event.delay);
    }
}

impl World {
    /// Two portals. The bakery has departments 1 (Kitchen, number 10) and 2 (Shop).
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder, EmulatedApp::new(APPLICATION_ID))
    }

    pub(crate) fn with(change: impl FnOnce(Builder) -> Builder, app: EmulatedApp) -> Self {
        let bakery = Portal::new(BAKERY)
            .name("bakery")
            .department(Department::new(1, "Kitchen").number("10"))
            .department(Department::new(2, "Shop"));
        Self::of(bakery, change, app)
    }

    pub(crate) fn of(bakery: Portal, change: impl FnOnce(Builder) -> Builder, app: EmulatedApp) -> Self {
        let builder = Emulator::builder()
            .seed(7)
            .limits(Limits::unlimited())
            .app(app)
            .portal(bakery)
            .portal(Portal::new(CAFE).name("cafe"))
            .connect(Connection::new(APPLICATION_ID, BAKERY).with_refresh_token(BAKERY_TOKEN))
            .connect(Connection::new(APPLICATION_ID, CAFE).with_refresh_token(CAFE_TOKEN));
        let memory = |clock| Arc::new(MemoryStore::new(clock)) as Arc<dyn Store>;
        Self::around(change(builder).build().unwrap(), memory)
    }

    /// The same world with its accounts in another store.
    pub(crate) fn stored(self, store: impl FnOnce(Arc<dyn Clock>) -> Arc<dyn Store>) -> Self {
        Self::around(self.emulator, store)
    }

    fn around(emulator: Emulator, store: impl FnOnce(Arc<dyn Clock>) -> Arc<dyn Store>) -> Self {
        let start = attache_core::Timestamp::from_system_time(emulator.clock().now());
        let manual = ManualClock::starting_at(start);
        let clock: Arc<dyn Clock> = Arc::new(manual.clone());
        let transport: Arc<dyn Transport> = Arc::new(transport_to(&emulator));
        let store = store(Arc::clone(&clock));
        let sealer = Sealer::new(KeyRing::new([7; 32]));
        let keeper = Keeper::builder(store, Arc::clone(&transport), Arc::clone(&clock), sealer)
            .seed(7)
            .build()
            .unwrap();
        let app = App::at(APPLICATION_ID, &environment("https://planday.example.com")).unwrap();
        let retries = Arc::new(Retries {
            clock: manual,
            emulator: emulator.clone(),
            delays: Mutex::default(),
        });
        // Nobody lets the time of a wait for one's turn pass here; `pace.rs` has a world for that.
        let planday = Planday::new(app, keeper, Arc::clone(&transport), Arc::clone(&clock))
            .observer(retries.clone())
            .budget(None);
        Self {
            emulator,
            planday,
            transport,
            clock,
            retries,
        }
    }

    /// Links the bakery and gives its client.
    pub(crate) async fn bakery(&self) -> Client {
        self.link(BAKERY_TOKEN).await.unwrap();
        self.planday.client(&key()).await.unwrap()
    }

    pub(crate) async fn link(&self, token: &str) -> Result<Linked, LinkError> {
        self.planday.link(&key(), TokenSecret::new(token).unwrap()).await
    }

    /// The waits before retries so far.
    pub(crate) fn delays(&self) -> Vec<Duration> {
        self.retries.delays.lock().unwrap().clone()
    }

    /// Successful refreshes, and requests to the API, so far.
    pub(crate) fn refreshes_and_calls(&self) -> (u64, u64) {
        let counters = self.emulator.counters();
        (counters.refreshes, counters.api_requests)
    }

    pub(crate) fn last_request(&self) -> Exchange {
        self.emulator.log().pop().unwrap()
    }
}

pub(crate) fn key() -> AccountKey {
    AccountKey::new("customer-17", "planday", "main").unwrap()
}

/// Identity server and API at one address, as the emulator has them.
pub(crate) fn environment(base: &str) -> Environment {
    Environment::new(base.parse().unwrap(), base.parse().unwrap())
}

fn transport_to(emulator: &Emulator) -> impl Transport + use<> {
    let emulator = emulator.clone();
    transport_from_fn(move |request| {
        let response = emulator.handle(request);
        async move {
            match response.extensions().get::<Delivery>() {
                Some(Delivery::Drop) => {
                    Err(TransportError::new(TransportErrorKind::Interrupted, Sent::Maybe))
                }
                _ => Ok(response),
            }
        }
    })
}
