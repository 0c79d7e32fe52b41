//! `refresh-outage`: the token endpoint answers 500 for twenty seconds of virtual time.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use attache_auth::RefreshPolicy;
use attache_core::{
    Authorization, AuthorizationErrorKind, AuthorizationNow, Clock, Monotonic, Transport, transport_from_fn,
};
use attache_transport::SystemClock;
use bytes::Bytes;
use http::Response;

use crate::{
    figures::{
        Figure,
        storm::{ANSWER, advisory_account, count, expired_account, ready_at_first_poll, within},
    },
    portal::Failure,
};

const CALLERS: usize = 500;
const OUTAGE: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(5);

/// A token endpoint that is down until `heals_at`, and when it was asked.
struct Endpoint {
    asked_at: Mutex<Vec<Monotonic>>,
    heals_at: Monotonic,
}

impl Endpoint {
    fn new(clock: &Arc<dyn Clock>) -> (Arc<Self>, Arc<dyn Transport>) {
        let heals_at = clock.monotonic().plus(OUTAGE);
        let endpoint = Arc::new(Self {
            asked_at: Mutex::default(),
            heals_at,
        });
        let (asked, clock) = (Arc::clone(&endpoint), Arc::clone(clock));
        let transport = transport_from_fn(move |_| {
            let now = clock.monotonic();
            asked
                .asked_at
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(now);
            let (status, body) = if now < asked.heals_at {
                (500, "")
            } else {
                (200, ANSWER)
            };
            let answer = Response::builder()
                .status(status)
                .body(Bytes::from_static(body.as_bytes()));
            async move { Ok(answer.unwrap_or_default()) }
        });
        (endpoint, Arc::new(transport))
    }

    fn asked(&self) -> usize {
        self.asked_at.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Time that moves on by itself as soon as nothing else can happen.
fn virtual_time() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?)
}

pub(super) fn without_a_token() -> Result<Vec<Figure>, Failure> {
    virtual_time()?.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let begun = clock.monotonic();
        let (endpoint, transport) = Endpoint::new(&clock);
        let (_keeper, account) = expired_account(transport, Arc::clone(&clock)).await?;
        let transient = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..CALLERS)
            .map(|_| {
                let (account, clock, transient) =
                    (account.clone(), Arc::clone(&clock), Arc::clone(&transient));
                tokio::spawn(async move {
                    let answer = match account.now(within(&*clock, PATIENCE)) {
                        AuthorizationNow::Ready(authorized) => Ok(authorized),
                        AuthorizationNow::Wait(wait) => wait.await,
                    };
                    if answer.is_err_and(|error| error.kind() == AuthorizationErrorKind::Transient) {
                        transient.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await?;
        }
        let answered = clock.monotonic().since(begun);
        let requests = endpoint.asked();
        // One patient caller after another, until the endpoint is well and somebody is served.
        let served = loop {
            let answer = match account.now(within(&*clock, PATIENCE)) {
                AuthorizationNow::Ready(authorized) => Ok(authorized),
                AuthorizationNow::Wait(wait) => wait.await,
            };
            match answer {
                Ok(_) => break clock.monotonic(),
                Err(error) => {
                    let wait = error.retry_after().unwrap_or(Duration::from_millis(100));
                    clock.sleep_until(clock.monotonic().plus(wait)).await;
                }
            }
        };
        let asked_at = endpoint
            .asked_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        // The longest wait that the policy has after as many failures as there were, whatever was measured.
        let failures = asked_at.iter().filter(|at| **at < endpoint.heals_at).count();
        let policy = RefreshPolicy::default();
        let doublings = u32::try_from(failures.saturating_sub(1))
            .unwrap_or(u32::MAX)
            .min(20);
        let step = policy
            .backoff_first
            .saturating_mul(1 << doublings)
            .min(policy.backoff_cap);
        let late = served.since(endpoint.heals_at).as_secs_f64();
        Ok(vec![
            Figure::told(
                "refresh-outage: token requests in 5 s",
                "requests",
                count(requests),
            )
            .at_most(6.0),
            Figure::told(
                "refresh-outage: callers answered as transient",
                "callers",
                count(transient.load(Ordering::SeqCst)),
            )
            .exactly(count(CALLERS)),
            Figure::told(
                "refresh-outage: all answered after",
                "virtual s",
                answered.as_secs_f64(),
            )
            .at_most(5.0),
            Figure::told("refresh-outage: first success after healing", "virtual s", late)
                .at_most(step.as_secs_f64()),
        ])
    })
}

pub(super) fn with_a_token() -> Result<Vec<Figure>, Failure> {
    virtual_time()?.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (endpoint, transport) = Endpoint::new(&clock);
        let (_keeper, account) = advisory_account(transport, Arc::clone(&clock)).await?;
        let mut ready = 0;
        for _ in 0..CALLERS {
            ready += usize::from(ready_at_first_poll(&account, within(&*clock, PATIENCE)));
            tokio::task::yield_now().await;
        }
        Ok(vec![
            Figure::told(
                "refresh-outage: with a token, ready at first poll",
                "callers",
                count(ready),
            )
            .exactly(count(CALLERS)),
            Figure::told(
                "refresh-outage: with a token, token requests",
                "requests",
                count(endpoint.asked()),
            )
            .at_most(6.0),
        ])
    })
}
