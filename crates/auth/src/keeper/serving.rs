//! How callers get at a credential that flights renew: a kept account, or one that is derived from it.

use std::{
    ops::Deref,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use arc_swap::ArcSwap;
use attache_core::{
    AccountKey, AuthorizationError, AuthorizationErrorKind, AuthorizationNow, Authorized, Clock, Deadline,
    Generation, Monotonic, Need,
};

use crate::{
    gate::{FlightId, Gate, Join, Landing, Place, Rejected},
    keeper::{shared::Shared, snapshot::Snapshot},
    state::State,
};

/// Why a flight was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The token is old or was refused, or a dead account may have been linked again elsewhere.
    Renew,
    /// Somebody asks to try a dead grant once more.
    Recheck,
}

/// What callers of one credential share.
pub(crate) struct Served {
    pub(crate) shared: Arc<Shared>,
    /// The keeper's clock, at hand for the hot path.
    pub(crate) clock: Arc<dyn Clock>,
    /// The account that the credential belongs to.
    pub(crate) key: AccountKey,
    pub(crate) snapshot: ArcSwap<Snapshot>,
    pub(crate) rejected: Rejected,
    pub(crate) gate: Gate<AuthorizationError>,
    /// Failures in a row.
    pub(crate) failures: AtomicU32,
}

/// A credential with flights of its own.
pub(crate) trait Serve: Deref<Target = Served> + Send + Sync + 'static {
    /// Renews it and publishes the result.
    fn fly(
        self: Arc<Self>,
        purpose: Purpose,
    ) -> impl Future<Output = Landing<AuthorizationError>> + Send + 'static;
}

impl Served {
    pub(crate) fn new(shared: Arc<Shared>, key: AccountKey, snapshot: Snapshot) -> Self {
        Self {
            clock: Arc::clone(&shared.clock),
            shared,
            key,
            rejected: Rejected::none(),
            gate: Gate::new(snapshot.generation()),
            snapshot: ArcSwap::from_pointee(snapshot),
            failures: AtomicU32::new(0),
        }
    }

    /// The header, if nothing but serving it is to be done.
    #[inline]
    pub(crate) fn at_once(&self, need: Need) -> Option<Authorized> {
        let snapshot = self.snapshot.load();
        snapshot
            .timing
            .is_plainly_valid(self.rejected.highest(), self.clock.monotonic(), need.min_validity)
            .then(|| snapshot.authorized())
    }

    /// The provider called the credential of this generation stale.
    pub(crate) fn reject(&self, generation: Generation) {
        let snapshot = self.snapshot.load();
        // A token that was minted because its predecessor was refused, and is refused itself: a third would be
        // refused as well.
        if snapshot.generation() == generation && snapshot.is_on_probation() {
            return;
        }
        self.rejected.raise(generation);
    }

    /// The provider took the credential of this generation.
    pub(crate) fn accept(&self, generation: Generation) {
        let snapshot = self.snapshot.load();
        if snapshot.is_on_probation() && snapshot.generation() == generation {
            snapshot.end_probation();
        }
    }

    pub(crate) fn monotonic(&self) -> Monotonic {
        self.clock.monotonic()
    }

    pub(crate) fn error(&self, kind: AuthorizationErrorKind) -> AuthorizationError {
        AuthorizationError::new(kind).with_account(self.key.clone())
    }

    /// The wait after one more failure.
    pub(crate) fn next_backoff(&self) -> Duration {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        self.shared.policy.backoff(failures, self.shared.draw())
    }

    /// A flight has succeeded.
    pub(crate) fn landed(&self, generation: Generation) -> Landing<AuthorizationError> {
        self.failures.store(0, Ordering::Relaxed);
        Landing {
            outcome: Ok(generation),
            not_before: Monotonic::ORIGIN,
        }
    }

    fn join(&self, snapshot: &Snapshot, now: Monotonic) -> Join<AuthorizationError> {
        if self.shared.tasks.is_closing() {
            let failure = self.error(AuthorizationErrorKind::ShuttingDown);
            return Join::NotYet {
                until: Monotonic::FAR_FUTURE,
                failure,
            };
        }
        self.gate.join(snapshot.generation(), now, false)
    }
}

/// The header, or the wait for it, for a caller that the hot path could not serve.
#[cold]
pub(crate) fn slow<S: Serve>(served: &Arc<S>, need: Need) -> AuthorizationNow<'static> {
    let snapshot = served.snapshot.load_full();
    let now = served.monotonic();
    match snapshot.state(served.rejected.highest(), now, need.min_validity) {
        State::Valid => return AuthorizationNow::Ready(snapshot.authorized()),
        State::Advisory => {
            set_off(served, &snapshot, now);
            return AuthorizationNow::Ready(snapshot.authorized());
        }
        // Shortly after a failure there is nothing to wait for.
        State::Mandatory => match served.join(&snapshot, now) {
            Join::NotYet { .. } => return AuthorizationNow::Ready(snapshot.authorized()),
            Join::Lead(flight) => launch(served, flight, Purpose::Renew),
            Join::Moved | Join::Joined(_) => {}
        },
        // The flight starts now, not when somebody gets round to polling the wait.
        State::Expired | State::Dead => set_off(served, &snapshot, now),
    }
    let served = Arc::clone(served);
    AuthorizationNow::Wait(Box::pin(async move {
        wait(served, need, snapshot.generation()).await
    }))
}

/// Starts a renewal, if none is under way and none has just failed.
fn set_off<S: Serve>(served: &Arc<S>, snapshot: &Snapshot, now: Monotonic) {
    if let Join::Lead(flight) = served.join(snapshot, now) {
        launch(served, flight, Purpose::Renew);
    }
}

/// Spawns a flight. Dropping every caller leaves it running.
pub(crate) fn launch<S: Serve>(served: &Arc<S>, flight: FlightId, purpose: Purpose) {
    let counted = served.shared.tasks.count();
    if served.shared.tasks.is_closing() {
        let outcome = Err(served.error(AuthorizationErrorKind::ShuttingDown));
        served.gate.land(
            flight,
            Landing {
                outcome,
                not_before: Monotonic::FAR_FUTURE,
            },
        );
        return;
    }
    let lander = Lander {
        served: Arc::clone(served),
        flight,
    };
    served.shared.spawner.spawn(async move {
        let landing = Arc::clone(&lander.served).fly(purpose).await;
        lander.served.gate.land(flight, landing);
        drop(counted);
    });
}

/// Waits for a token as long as the caller will. `seen` is the generation that sent it here: anything newer
/// will do, even if its life is already over, because it cannot be had any fresher.
async fn wait<S: Serve>(
    served: Arc<S>,
    need: Need,
    seen: Generation,
) -> Result<Authorized, AuthorizationError> {
    let clock = Arc::clone(&served.clock);
    let wanted = match need.deadline.point() {
        Some(_) => need.deadline,
        None => Deadline::after(&*clock, served.shared.policy.default_wait),
    };
    let mut last = None;
    loop {
        let snapshot = served.snapshot.load_full();
        let rejected = served.rejected.highest();
        let now = clock.monotonic();
        let usable = snapshot.usable_for(&*clock, rejected);
        let state = snapshot.state(rejected, now, need.min_validity);
        let fresh = snapshot.generation() > seen && snapshot.has_token(rejected);
        if fresh || matches!(state, State::Valid | State::Advisory) {
            return Ok(snapshot.authorized());
        }
        // A token that still works is not let run out while its successor is waited for.
        let deadline = match usable {
            Some(left) => wanted.earlier(Deadline::at(now.plus(left / 2))),
            None => wanted,
        };
        let flight = match served.join(&snapshot, now) {
            Join::Moved => continue,
            Join::Lead(flight) => {
                launch(&served, flight, Purpose::Renew);
                flight
            }
            Join::Joined(flight) => flight,
            Join::NotYet { .. } if usable.is_some() => return Ok(snapshot.authorized()),
            Join::NotYet { until, failure } => {
                if let (Some(reason), true) = (snapshot.dead, may_pass(&failure)) {
                    // A recheck that got no answer changes nothing about what is known.
                    return Err(served.error(AuthorizationErrorKind::NeedsRelink(reason)));
                }
                if !may_pass(&failure) || wanted.point().is_some_and(|point| until >= point) {
                    return Err(failure);
                }
                // Somebody may link the account again in the meantime, or a late save succeed.
                let newer = Newer::new(&served.gate, snapshot.generation());
                let _ = Deadline::at(until).race(&*clock, newer).await;
                continue;
            }
        };
        match deadline
            .race(&*clock, Landed::new(&served.gate, flight, snapshot.generation()))
            .await
        {
            Ok(Ok(_)) => {}
            Ok(Err(failure)) => {
                let snapshot = served.snapshot.load_full();
                if snapshot.usable_for(&*clock, served.rejected.highest()).is_some() {
                    return Ok(snapshot.authorized());
                }
                if !may_pass(&failure) {
                    return Err(failure);
                }
                last = Some(failure);
            }
            Err(_) => {
                let snapshot = served.snapshot.load_full();
                return match snapshot.usable_for(&*clock, served.rejected.highest()) {
                    Some(_) => Ok(snapshot.authorized()),
                    None if wanted.has_passed(clock.monotonic()) => Err(last.unwrap_or_else(|| {
                        served
                            .error(AuthorizationErrorKind::Transient)
                            .with_source("the renewal was still under way at the deadline")
                    })),
                    None => continue,
                };
            }
        }
    }
}

/// Sees to it that there is something newer than `seen`, while what is there is served on.
pub(crate) async fn renewed<S: Serve>(served: &Arc<S>, seen: Generation) -> Result<(), AuthorizationError> {
    let flight = match served.gate.join(seen, served.monotonic(), false) {
        Join::Moved => return Ok(()),
        Join::NotYet { failure, .. } => return Err(failure),
        Join::Lead(flight) => {
            launch(served, flight, Purpose::Renew);
            flight
        }
        Join::Joined(flight) => flight,
    };
    Landed::new(&served.gate, flight, seen).await.map(|_| ())
}

/// Whether a failure may be over by itself, so that waiting makes sense.
fn may_pass(failure: &AuthorizationError) -> bool {
    matches!(
        failure.kind(),
        AuthorizationErrorKind::Transient | AuthorizationErrorKind::Throttled | AuthorizationErrorKind::Store
    )
}

/// Sees to it that a flight lands even if its task is aborted or its runtime dropped.
pub(crate) struct Lander<S: Serve> {
    pub(crate) served: Arc<S>,
    pub(crate) flight: FlightId,
}

impl<S: Serve> Drop for Lander<S> {
    fn drop(&mut self) {
        // A flight that has landed takes no second landing.
        let error = self
            .served
            .error(AuthorizationErrorKind::Transient)
            .with_source("the renewal was aborted before it was done");
        let not_before = self
            .served
            .monotonic()
            .plus(self.served.shared.policy.backoff_first);
        self.served.gate.land(
            self.flight,
            Landing {
                outcome: Err(error),
                not_before,
            },
        );
    }
}

/// The wait for a flight, or for anything newer than what was seen.
pub(crate) struct Landed<'a> {
    gate: &'a Gate<AuthorizationError>,
    flight: FlightId,
    seen: Generation,
    place: Place,
}

impl<'a> Landed<'a> {
    pub(crate) fn new(gate: &'a Gate<AuthorizationError>, flight: FlightId, seen: Generation) -> Self {
        Self {
            gate,
            flight,
            seen,
            place: Place::default(),
        }
    }
}

impl Future for Landed<'_> {
    type Output = Result<Generation, AuthorizationError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        this.gate
            .poll_landing(this.flight, this.seen, &mut this.place, context)
    }
}

impl Drop for Landed<'_> {
    fn drop(&mut self) {
        self.gate.leave(&mut self.place);
    }
}

/// The wait for anything newer than what was seen.
struct Newer<'a> {
    gate: &'a Gate<AuthorizationError>,
    seen: Generation,
    place: Place,
}

impl<'a> Newer<'a> {
    fn new(gate: &'a Gate<AuthorizationError>, seen: Generation) -> Self {
        Self {
            gate,
            seen,
            place: Place::default(),
        }
    }
}

impl Future for Newer<'_> {
    type Output = Generation;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        this.gate.poll_newer(this.seen, &mut this.place, context)
    }
}

impl Drop for Newer<'_> {
    fn drop(&mut self) {
        self.gate.leave(&mut self.place);
    }
}
