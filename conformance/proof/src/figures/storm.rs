//! `refresh-storm`: ten thousand tasks on one token.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use attache_auth::{
    Account, Identity, Keeper, Provisional, RotationRule,
    seal::{KeyRing, Sealer},
    store::MemoryStore,
};
use attache_core::{
    Authorization, AuthorizationNow, Clock, Deadline, Need, Transport, TransportError, transport_from_fn,
};
use attache_transport::SystemClock;
use bytes::Bytes;
use http::Response;
use tokio::sync::Barrier;

use crate::{
    figures::Figure,
    portal::{self, Failure},
};

const TASKS: usize = 10_000;
pub(super) const ANSWER: &str =
    r#"{"access_token":"fresh","token_type":"Bearer","expires_in":3600,"refresh_token":"next"}"#;

/// An account on `transport` whose token has run out. Kept in memory: what is measured is the
/// keeper, not a disk.
pub(super) async fn expired_account(
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
) -> Result<(Keeper, Account), Failure> {
    let connector = portal::connector(&"http://127.0.0.1:9/".parse()?, RotationRule::Unknown)?;
    let store = Arc::new(MemoryStore::new(Arc::clone(&clock)));
    let sealer = Sealer::new(KeyRing::generate()?);
    let keeper = Keeper::builder(store, transport, Arc::clone(&clock), sealer).build()?;
    let linked = Provisional::from_tokens(&connector, "spend".into(), None, &*clock)?;
    let account = keeper
        .adopt(&portal::account_key()?, linked, Identity::new("portal:1")?)
        .await?;
    Ok((keeper, account))
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?)
}

#[expect(clippy::cast_precision_loss, reason = "a small count")]
pub(super) fn count(number: usize) -> f64 {
    number as f64
}

/// (a) Expired, an endpoint that takes 50 ms.
pub(super) fn expired() -> Result<Vec<Figure>, Failure> {
    let requests = Arc::new(AtomicU64::new(0));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let transport = {
        let (requests, clock) = (Arc::clone(&requests), Arc::clone(&clock));
        transport_from_fn(move |_| {
            requests.fetch_add(1, Ordering::SeqCst);
            let slow = clock.sleep_until(clock.monotonic().plus(Duration::from_millis(50)));
            async move {
                slow.await;
                Ok(Response::new(Bytes::from_static(ANSWER.as_bytes())))
            }
        })
    };
    let (ok, took) = runtime()?.block_on(async {
        let (_keeper, account) = expired_account(Arc::new(transport), Arc::clone(&clock)).await?;
        let barrier = Arc::new(Barrier::new(TASKS + 1));
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                let (account, barrier, clock) = (account.clone(), Arc::clone(&barrier), Arc::clone(&clock));
                tokio::spawn(async move {
                    barrier.wait().await;
                    portal::authorized(&account, &*clock).await.is_ok()
                })
            })
            .collect();
        barrier.wait().await;
        let started = clock.monotonic();
        let mut ok = 0;
        for task in tasks {
            ok += usize::from(task.await?);
        }
        Ok::<_, Failure>((ok, clock.monotonic().since(started)))
    })?;
    let requests = usize::try_from(requests.load(Ordering::SeqCst))?;
    Ok(vec![
        Figure::told(
            "refresh-storm: expired, token requests",
            "requests",
            count(requests),
        )
        .exactly(1.0),
        Figure::told("refresh-storm: expired, callers served", "callers", count(ok)).exactly(count(TASKS)),
        Figure::told(
            "refresh-storm: expired, until all are served",
            "ms",
            took.as_secs_f64() * 1000.0,
        ),
    ])
}

/// (b) Advisory, an endpoint that never answers.
pub(super) fn advisory() -> Result<Vec<Figure>, Failure> {
    let requests = Arc::new(AtomicU64::new(0));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let transport = {
        let requests = Arc::clone(&requests);
        transport_from_fn(move |_| {
            requests.fetch_add(1, Ordering::SeqCst);
            std::future::pending::<Result<Response<Bytes>, TransportError>>()
        })
    };
    let runtime = runtime()?;
    let ready = runtime.block_on(async {
        let (_keeper, account) = advisory_account(Arc::new(transport), Arc::clone(&clock)).await?;
        let barrier = Arc::new(Barrier::new(TASKS + 1));
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                let (account, barrier) = (account.clone(), Arc::clone(&barrier));
                tokio::spawn(async move {
                    barrier.wait().await;
                    ready_at_first_poll(&account, Need::default())
                })
            })
            .collect();
        barrier.wait().await;
        let mut ready = 0;
        for task in tasks {
            ready += usize::from(task.await?);
        }
        // The one renewal is a task of its own; it has to get its turn before it is counted.
        while requests.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        Ok::<_, Failure>(ready)
    })?;
    runtime.shutdown_background();
    let requests = usize::try_from(requests.load(Ordering::SeqCst))?;
    Ok(vec![
        Figure::told(
            "refresh-storm: advisory, ready at first poll",
            "callers",
            count(ready),
        )
        .exactly(count(TASKS)),
        Figure::told(
            "refresh-storm: advisory, token requests",
            "requests",
            count(requests),
        )
        .exactly(1.0),
    ])
}

/// An account whose token works and is due for renewal: it was given an hour and has five minutes left. That
/// takes a store in which it was saved earlier, hence the clock that stood 55 minutes back when it was linked.
pub(super) async fn advisory_account(
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
) -> Result<(Keeper, Account), Failure> {
    let connector = portal::connector(&"http://127.0.0.1:9/".parse()?, RotationRule::Unknown)?;
    let store = Arc::new(MemoryStore::new(Arc::clone(&clock)));
    let keys = KeyRing::generate()?.to_base64();
    let sealer = || Ok::<_, Failure>(Sealer::new(KeyRing::from_base64(keys.expose())?));
    let key = portal::account_key()?;
    let earlier = Arc::new(Earlier(Arc::clone(&clock)));
    let first = Keeper::builder(
        Arc::clone(&store) as _,
        Arc::clone(&transport),
        earlier.clone(),
        sealer()?,
    )
    .build()?;
    let access = (
        "held".into(),
        earlier.now().saturating_add(Duration::from_secs(3600)),
    );
    let linked = Provisional::from_tokens(&connector, "spend".into(), Some(access), &*earlier)?;
    first.adopt(&key, linked, Identity::new("portal:1")?).await?;
    let keeper = Keeper::builder(store, transport, clock, sealer()?).build()?;
    let account = keeper.account(&key, &connector).await?;
    Ok((keeper, account))
}

/// A clock that is 55 minutes behind.
struct Earlier(Arc<dyn Clock>);

impl Clock for Earlier {
    fn now(&self) -> attache_core::Timestamp {
        self.0.now().saturating_sub(Duration::from_secs(55 * 60))
    }
    fn monotonic(&self) -> attache_core::Monotonic {
        self.0.monotonic()
    }
    fn sleep_until(&self, at: attache_core::Monotonic) -> attache_core::BoxFuture<'static, ()> {
        self.0.sleep_until(at)
    }
}

/// Whether a caller has its token without having to wait even once.
pub(super) fn ready_at_first_poll(account: &Account, need: Need) -> bool {
    match account.now(need) {
        AuthorizationNow::Ready(_) => true,
        AuthorizationNow::Wait(wait) => {
            let mut context = Context::from_waker(Waker::noop());
            matches!(pin!(wait).as_mut().poll(&mut context), Poll::Ready(Ok(_)))
        }
    }
}

/// A need with a deadline this far ahead.
pub(super) fn within(clock: &dyn Clock, limit: Duration) -> Need {
    Need {
        deadline: Deadline::after(clock, limit),
        ..Need::default()
    }
}
