//! What is left after the exchange was stopped at any of its waits.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use attache_auth::{
    Keeper, RotationRule,
    spill::{MemorySpill, Spill, Spilled},
    store::{
        AttemptId, StoreError,
        kit::{Call, CallHook, Fault, FaultyStore},
    },
};
use attache_core::{
    AccountKey, AuthorizationErrorKind, BoxFuture, Deadline, Need, Observer, RelinkReason, Transport,
    TransportError,
};
use bytes::Bytes;
use http::{Request, Response};
use tokio::runtime::{Builder, Runtime};

use crate::world::{LIFETIME, World, ask, at_once, key, sealer, settle, version};

const RULES: [RotationRule; 6] = [
    RotationRule::Never,
    RotationRule::FirstUseGrace,
    RotationRule::Grace(Duration::from_secs(300)),
    RotationRule::Once,
    RotationRule::OnceFamily,
    RotationRule::Unknown,
];

/// Counts the waits of an exchange and stands still at one of them.
struct StopAt {
    wait: usize,
    passed: AtomicUsize,
    stopped: mpsc::SyncSender<()>,
}

impl StopAt {
    fn new(wait: usize) -> (Arc<Self>, mpsc::Receiver<()>) {
        let (stopped, seen) = mpsc::sync_channel(1);
        (
            Arc::new(Self {
                wait,
                passed: AtomicUsize::new(0),
                stopped,
            }),
            seen,
        )
    }

    async fn pass(&self) {
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.wait {
            self.stopped.try_send(()).unwrap();
            std::future::pending::<()>().await;
        }
    }
}

impl CallHook for StopAt {
    fn before<'a>(&'a self, _: Call, _: Option<&'a AccountKey>) -> BoxFuture<'a, ()> {
        Box::pin(self.pass())
    }
    fn after<'a>(&'a self, _: Call, _: Option<&'a AccountKey>) -> BoxFuture<'a, ()> {
        Box::pin(self.pass())
    }
}

struct StoppingTransport {
    inner: Arc<dyn Transport>,
    stop: Arc<StopAt>,
}

impl Transport for StoppingTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async move {
            self.stop.pass().await;
            let answer = self.inner.send(request).await;
            self.stop.pass().await;
            answer
        })
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

struct StoppingSpill {
    inner: MemorySpill,
    stop: Arc<StopAt>,
}

impl StoppingSpill {
    fn around<'a, T: Send + 'a>(&'a self, call: BoxFuture<'a, T>) -> BoxFuture<'a, T> {
        Box::pin(async move {
            self.stop.pass().await;
            let answer = call.await;
            self.stop.pass().await;
            answer
        })
    }
}

impl Spill for StoppingSpill {
    fn reserve<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<(), StoreError>> {
        self.around(self.inner.reserve(key))
    }
    fn write<'a>(&'a self, key: &'a AccountKey, spilled: Spilled) -> BoxFuture<'a, Result<(), StoreError>> {
        self.around(self.inner.write(key, spilled))
    }
    fn read<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<Option<Spilled>, StoreError>> {
        self.around(self.inner.read(key))
    }
    fn clear<'a>(&'a self, key: &'a AccountKey, attempt: AttemptId) -> BoxFuture<'a, Result<(), StoreError>> {
        self.around(self.inner.clear(key, attempt))
    }
}

#[test]
fn a_runtime_dropped_at_any_wait_of_a_save_that_fails_leaves_the_grant_in_the_spill() {
    for rule in [
        RotationRule::FirstUseGrace,
        RotationRule::Once,
        RotationRule::OnceFamily,
    ] {
        let mut spilled = 0;
        for wait in 1.. {
            let world = expired_world(rule);
            let (stop, stopped) = StopAt::new(wait);
            let spill = MemorySpill::default();
            let process = runtime();
            let reached = process.block_on(async {
                let store = FaultyStore::new(Arc::clone(&world.store));
                store.set_hook(Arc::clone(&stop) as Arc<dyn CallHook>);
                store.fail_always(Call::Commit, Fault::Before);
                let slot = StoppingSpill {
                    inner: spill.clone(),
                    stop: Arc::clone(&stop),
                };
                let failing = World {
                    store: Arc::new(store),
                    ..world.clone()
                };
                let keeper = failing.builder().spill(Arc::new(slot)).build().unwrap();
                let opened = tokio::spawn({
                    let connector = world.connector();
                    async move {
                        let account = keeper.account(&key(), &connector).await.unwrap();
                        ask(&account, Need::default()).await.unwrap();
                        // Both live until they are dropped with the runtime.
                        std::future::pending::<()>().await;
                        drop((keeper, account));
                    }
                });
                world.pass(Duration::from_secs(5)).await;
                drop(opened);
                stopped.try_recv().is_ok()
            });
            drop(process);
            let kept = spill.kept(&key()).is_some();
            spilled += usize::from(kept);
            let before = world.requests();
            runtime().block_on(async {
                world.clock.advance(Duration::from_secs(46));
                let keeper = world.builder().spill(Arc::new(spill.clone())).build().unwrap();
                let account = keeper.account(&key(), &world.connector()).await.unwrap();
                let found = world.token_within(&account, Duration::from_secs(30)).await;
                if kept {
                    assert_eq!(found.unwrap(), "at1", "{rule:?} stopped at wait {wait}");
                    assert_eq!(world.requests(), before);
                } else if before == 0 || rule == RotationRule::FirstUseGrace {
                    found.unwrap();
                } else {
                    let lost = AuthorizationErrorKind::NeedsRelink(RelinkReason::LostInRotation);
                    assert_eq!(found.unwrap_err().kind(), lost, "{rule:?} stopped at wait {wait}");
                }
            });
            if !reached {
                break;
            }
        }
        assert!(spilled > 3, "the walk went past the spill");
    }
}

fn stopping_keeper(world: &World, stop: &Arc<StopAt>, spawner: &Runtime) -> Keeper {
    let _inside = spawner.enter();
    let store = FaultyStore::new(Arc::clone(&world.store));
    store.set_hook(Arc::clone(stop) as Arc<dyn CallHook>);
    let transport = Arc::new(StoppingTransport {
        inner: world.transport(),
        stop: Arc::clone(stop),
    });
    Keeper::builder(
        Arc::new(store),
        transport,
        Arc::new(world.clock.clone()),
        sealer(),
    )
    .policy(world.policy)
    .observer(Arc::clone(&world.journal) as Arc<dyn Observer>)
    .seed(1)
    .build()
    .unwrap()
}

/// A fresh world with a linked account whose access token has run out.
fn expired_world(rule: RotationRule) -> World {
    let world = World::new(rule);
    runtime().block_on(async { world.linked(&world.keeper(), LIFETIME).await });
    world.clock.advance(LIFETIME);
    world
}

/// What a fresh process finds, once every lease has run out.
fn check_what_is_left(world: &World, rule: RotationRule, wait: usize) {
    let before = world.requests();
    let rotated = world.requests() > 0;
    runtime().block_on(async {
        let saved = world.store.load(&key()).await.unwrap().unwrap().version == version(2);
        world.clock.advance(Duration::from_secs(46));
        let keeper = world.keeper();
        let account = keeper.account(&key(), &world.connector()).await.unwrap();
        let found = world.token_within(&account, Duration::from_secs(30)).await;
        let asked = world.requests() - before;
        let resend_is_safe = matches!(
            rule,
            RotationRule::Never | RotationRule::FirstUseGrace | RotationRule::Grace(_)
        );
        if saved {
            assert_eq!(found.unwrap(), "at1", "{rule:?} stopped at wait {wait}");
            assert_eq!(asked, 0);
        } else if !rotated || resend_is_safe {
            found.unwrap_or_else(|error| panic!("{rule:?} stopped at wait {wait}: {error}"));
            assert_eq!(asked, 1);
        } else {
            let reason = match rule {
                RotationRule::Unknown => RelinkReason::Refused,
                _ => RelinkReason::LostInRotation,
            };
            let kind = AuthorizationErrorKind::NeedsRelink(reason);
            assert_eq!(found.unwrap_err().kind(), kind, "{rule:?} stopped at wait {wait}");
            assert_eq!(asked, 1, "never a second resend");
        }
    });
}

#[test]
fn a_runtime_dropped_at_any_wait_leaves_what_the_rule_allows() {
    for rule in RULES {
        for wait in 1.. {
            let world = expired_world(rule);
            let (stop, stopped) = StopAt::new(wait);
            let first = runtime();
            let keeper = stopping_keeper(&world, &stop, &first);
            let reached = first.block_on(async {
                let opened = tokio::spawn({
                    let (keeper, connector) = (keeper.clone(), world.connector());
                    async move {
                        let account = keeper.account(&key(), &connector).await.unwrap();
                        ask(&account, Need::default()).await.unwrap();
                    }
                });
                settle().await;
                settle().await;
                let reached = stopped.try_recv().is_ok();
                assert_ne!(reached, opened.is_finished());
                reached
            });
            drop(first);
            if !reached {
                assert!(wait > 6, "the exchange has more waits than {wait}");
                break;
            }
            check_what_is_left(&world, rule, wait);
        }
    }
}

#[test]
fn an_exchange_aborted_at_any_wait_hangs_no_caller_and_leaves_what_the_rule_allows() {
    for rule in RULES {
        for wait in 1.. {
            let world = expired_world(rule);
            let (stop, stopped) = StopAt::new(wait);
            // Exchanges run on a runtime of their own, which ends while callers wait on another one.
            let exchanges = Builder::new_multi_thread().worker_threads(1).build().unwrap();
            let keeper = stopping_keeper(&world, &stop, &exchanges);
            let callers = runtime();
            let account = callers.block_on(async {
                // Opening the account passes the first two waits, of `load`.
                let opened = tokio::spawn({
                    let (keeper, connector) = (keeper.clone(), world.connector());
                    async move { keeper.account(&key(), &connector).await.unwrap() }
                });
                settle().await;
                if stopped.try_recv().is_ok() {
                    None
                } else {
                    Some(opened.await.unwrap())
                }
            });
            let Some(account) = account else { continue };
            let need = Need {
                deadline: Deadline::after(&world.clock, Duration::from_secs(5)),
                ..Need::default()
            };
            let caller = callers.spawn(async move { ask(&account, need).await });
            callers.block_on(settle());
            // Either the exchange stands still, or it was over before it came so far.
            let reached = callers.block_on(async {
                loop {
                    if stopped.try_recv().is_ok() {
                        return true;
                    }
                    if caller.is_finished() {
                        return false;
                    }
                    tokio::task::yield_now().await;
                }
            });
            exchanges.shutdown_background();
            let error = callers.block_on(async {
                while !caller.is_finished() {
                    world.pass(Duration::from_secs(1)).await;
                }
                caller.await.unwrap()
            });
            if !reached {
                error.unwrap();
                break;
            }
            assert_eq!(error.unwrap_err().kind(), AuthorizationErrorKind::Transient);
            check_what_is_left(&world, rule, wait);
        }
    }
}

#[test]
fn callers_that_give_up_take_nothing_with_them() {
    let world = expired_world(RotationRule::OnceFamily);
    runtime().block_on(async {
        let keeper = world.keeper();
        let account = keeper.account(&key(), &world.connector()).await.unwrap();
        for _ in 0..20 {
            let dropped = tokio::spawn({
                let account = account.clone();
                async move { ask(&account, Need::default()).await }
            });
            tokio::task::yield_now().await;
            dropped.abort();
        }
        settle().await;
        assert_eq!(at_once(&account).as_deref(), Some("at1"));
        assert_eq!(world.requests(), 1);
    });
}
