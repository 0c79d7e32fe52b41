//! One kept account: its snapshot, and how callers get at it.

use std::{
    fmt,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use arc_swap::ArcSwap;
use attache_core::{
    AccountKey, AuthorizationError, AuthorizationErrorKind, AuthorizationNow, Authorized, Clock, Deadline,
    Generation, Monotonic, Need, NeedsRelink, Recovered,
};

use crate::{
    gate::{FlightId, Gate, Join, Place, Rejected},
    keeper::{flight::Unanswered, saving::UnsavedGrant, shared::Shared, snapshot::Snapshot},
    state::State,
    store::{Record, StoreError},
};

/// Why a flight was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The token is old or was refused, or a dead account may have been linked again elsewhere.
    Renew,
    /// Somebody asks to try a dead grant once more.
    Recheck,
}

pub(crate) struct Kept {
    pub(crate) shared: Arc<Shared>,
    /// The keeper's clock, at hand for the hot path.
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) key: AccountKey,
    pub(crate) snapshot: ArcSwap<Snapshot>,
    pub(crate) rejected: Rejected,
    pub(crate) gate: Gate<AuthorizationError>,
    /// Failures in a row.
    pub(crate) failures: AtomicU32,
    /// A renewed grant that the store has not taken yet.
    pub(crate) unsaved: Mutex<Option<UnsavedGrant>>,
    /// An attempt of ours that got no answer and whose lease was left to run out.
    pub(crate) unanswered: Mutex<Option<Unanswered>>,
    /// Held while a snapshot is replaced, so that an older one never replaces a newer one.
    publishing: Mutex<()>,
    /// The store no longer knows this account, or knows another one under its name.
    orphaned: AtomicBool,
}

impl Kept {
    pub(crate) fn new(shared: Arc<Shared>, key: AccountKey, snapshot: Snapshot) -> Arc<Self> {
        Arc::new(Self {
            clock: Arc::clone(&shared.clock),
            shared,
            key,
            rejected: Rejected::none(),
            gate: Gate::new(snapshot.generation()),
            snapshot: ArcSwap::from_pointee(snapshot),
            failures: AtomicU32::new(0),
            unsaved: Mutex::new(None),
            unanswered: Mutex::new(None),
            publishing: Mutex::new(()),
            orphaned: AtomicBool::new(false),
        })
    }

    pub(crate) fn is_orphaned(&self) -> bool {
        self.orphaned.load(Ordering::Acquire)
    }

    pub(crate) fn orphan(&self) {
        self.orphaned.store(true, Ordering::Release);
    }

    /// Whether anything is known here that the store does not know: a grant on its way to it, failures to wait out,
    /// a token on probation.
    pub(crate) fn remembers_something(&self) -> bool {
        let snapshot = self.snapshot.load();
        self.failures.load(Ordering::Relaxed) > 0
            || self.unsaved().is_some()
            || snapshot.dead.is_some()
            || snapshot.is_on_probation()
            || self.rejected.highest() >= snapshot.generation()
    }

    pub(crate) fn unsaved(&self) -> MutexGuard<'_, Option<UnsavedGrant>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn monotonic(&self) -> Monotonic {
        self.clock.monotonic()
    }

    pub(crate) fn error(&self, kind: AuthorizationErrorKind) -> AuthorizationError {
        AuthorizationError::new(kind).with_account(self.key.clone())
    }

    /// Replaces the snapshot, unless it is older than the present one, and says what changed for the account.
    pub(crate) fn publish(&self, snapshot: Snapshot) {
        let snapshot = Arc::new(snapshot);
        let before = {
            let _guard = self.publishing.lock().unwrap_or_else(PoisonError::into_inner);
            if snapshot.version < self.snapshot.load().version {
                return;
            }
            self.snapshot.swap(Arc::clone(&snapshot))
        };
        match (before.dead, snapshot.dead) {
            (None, Some(reason)) => {
                self.shared
                    .observer
                    .needs_relink(&NeedsRelink::new(&self.key, reason));
            }
            (Some(_), None) => self.shared.observer.recovered(&Recovered::new(&self.key)),
            (None, None) | (Some(_), Some(_)) => {}
        }
    }

    /// Takes over what the store holds.
    ///
    /// # Errors
    ///
    /// If the record cannot be read, or is older than what was once saved here.
    pub(crate) fn adopt(&self, record: &Record) -> Result<Arc<Snapshot>, StoreError> {
        let present = self.snapshot.load_full();
        if record.version < present.version {
            self.orphan();
            return Err(StoreError::new(
                "the store holds an older version than was saved here, as if it had been restored from a backup: open \
                 the account again",
            ));
        }
        let adopted = self.shared.snapshot(&self.key, &present.connector, record)?;
        if adopted.grant.identity != present.grant.identity {
            self.orphan();
            return Err(StoreError::new(
                "the account was deleted and linked for somebody else: open the account again",
            ));
        }
        self.publish(adopted);
        Ok(self.snapshot.load_full())
    }

    /// The header, or the wait for it, for a caller that the hot path could not serve.
    #[cold]
    pub(crate) fn slow(self: &Arc<Self>, need: Need) -> AuthorizationNow<'static> {
        let snapshot = self.snapshot.load_full();
        let now = self.monotonic();
        match snapshot.state(self.rejected.highest(), now, need.min_validity) {
            State::Valid => return AuthorizationNow::Ready(snapshot.authorized()),
            State::Advisory => {
                self.set_off(&snapshot, now);
                return AuthorizationNow::Ready(snapshot.authorized());
            }
            // Shortly after a failure there is nothing to wait for.
            State::Mandatory => match self.join(&snapshot, now) {
                Join::NotYet { .. } => return AuthorizationNow::Ready(snapshot.authorized()),
                Join::Lead(flight) => self.launch(flight, Purpose::Renew),
                Join::Moved | Join::Joined(_) => {}
            },
            // The flight starts now, not when somebody gets round to polling the wait.
            State::Expired | State::Dead => self.set_off(&snapshot, now),
        }
        let kept = Arc::clone(self);
        AuthorizationNow::Wait(Box::pin(
            async move { kept.wait(need, snapshot.generation()).await },
        ))
    }

    /// Starts a renewal, if none is under way and none has just failed.
    fn set_off(self: &Arc<Self>, snapshot: &Snapshot, now: Monotonic) {
        if let Join::Lead(flight) = self.join(snapshot, now) {
            self.launch(flight, Purpose::Renew);
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

    /// Waits for a token as long as the caller will. `seen` is the generation that sent it here: anything newer
    /// will do, even if its life is already over, because it cannot be had any fresher.
    async fn wait(self: Arc<Self>, need: Need, seen: Generation) -> Result<Authorized, AuthorizationError> {
        let clock = Arc::clone(&self.shared.clock);
        let wanted = match need.deadline.point() {
            Some(_) => need.deadline,
            None => Deadline::after(&*clock, self.shared.policy.default_wait),
        };
        let mut last = None;
        loop {
            let snapshot = self.snapshot.load_full();
            let rejected = self.rejected.highest();
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
            let flight = match self.join(&snapshot, now) {
                Join::Moved => continue,
                Join::Lead(flight) => {
                    self.launch(flight, Purpose::Renew);
                    flight
                }
                Join::Joined(flight) => flight,
                Join::NotYet { .. } if usable.is_some() => return Ok(snapshot.authorized()),
                Join::NotYet { until, failure } => {
                    if let (Some(reason), true) = (snapshot.dead, may_pass(&failure)) {
                        // A recheck that got no answer changes nothing about what is known.
                        return Err(self.error(AuthorizationErrorKind::NeedsRelink(reason)));
                    }
                    if !may_pass(&failure) || wanted.point().is_some_and(|point| until >= point) {
                        return Err(failure);
                    }
                    // Somebody may link the account again in the meantime, or a late save succeed.
                    let newer = Newer::new(&self.gate, snapshot.generation());
                    let _ = Deadline::at(until).race(&*clock, newer).await;
                    continue;
                }
            };
            match deadline
                .race(&*clock, Landed::new(&self.gate, flight, snapshot.generation()))
                .await
            {
                Ok(Ok(_)) => {}
                Ok(Err(failure)) => {
                    let snapshot = self.snapshot.load_full();
                    if snapshot.usable_for(&*clock, self.rejected.highest()).is_some() {
                        return Ok(snapshot.authorized());
                    }
                    if !may_pass(&failure) {
                        return Err(failure);
                    }
                    last = Some(failure);
                }
                Err(_) => {
                    let snapshot = self.snapshot.load_full();
                    return match snapshot.usable_for(&*clock, self.rejected.highest()) {
                        Some(_) => Ok(snapshot.authorized()),
                        None if wanted.has_passed(clock.monotonic()) => Err(last.unwrap_or_else(|| {
                            self.error(AuthorizationErrorKind::Transient)
                                .with_source("the renewal was still under way at the deadline")
                        })),
                        None => continue,
                    };
                }
            }
        }
    }

    /// Tries a dead grant once more.
    pub(crate) async fn recheck(self: &Arc<Self>) -> Result<(), AuthorizationError> {
        loop {
            let snapshot = self.snapshot.load_full();
            if snapshot.dead.is_none() {
                return Ok(());
            }
            if self.shared.tasks.is_closing() {
                return Err(self.error(AuthorizationErrorKind::ShuttingDown));
            }
            match self.gate.join(snapshot.generation(), self.monotonic(), true) {
                Join::Moved | Join::NotYet { .. } => {}
                Join::Lead(flight) => {
                    self.launch(flight, Purpose::Recheck);
                    return Landed::new(&self.gate, flight, snapshot.generation())
                        .await
                        .map(|_| ());
                }
                Join::Joined(flight) => {
                    let _ = Landed::new(&self.gate, flight, snapshot.generation()).await;
                }
            }
        }
    }

    /// The wait after one more failure.
    pub(crate) fn next_backoff(&self) -> Duration {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        self.shared.policy.backoff(failures, self.shared.draw())
    }
}

/// Whether a failure may be over by itself, so that waiting makes sense.
fn may_pass(failure: &AuthorizationError) -> bool {
    matches!(
        failure.kind(),
        AuthorizationErrorKind::Transient | AuthorizationErrorKind::Throttled | AuthorizationErrorKind::Store
    )
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.snapshot.load();
        f.debug_struct("Account")
            .field("key", &self.key)
            .field("version", &snapshot.version)
            .field("dead", &snapshot.dead)
            .finish_non_exhaustive()
    }
}

/// The wait for a flight, or for anything newer than what was seen.
struct Landed<'a> {
    gate: &'a Gate<AuthorizationError>,
    flight: FlightId,
    seen: Generation,
    place: Place,
}

impl<'a> Landed<'a> {
    fn new(gate: &'a Gate<AuthorizationError>, flight: FlightId, seen: Generation) -> Self {
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
