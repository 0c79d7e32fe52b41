//! One renewal, from the lease to the verdict.

use std::{sync::Arc, time::Duration};

use attache_core::{
    AuthorizationError, AuthorizationErrorKind, Deadline, FailureClass, Generation, Monotonic, RefreshFailed,
    Refreshed, RelinkReason, Sent,
};

use crate::{
    gate::{FlightId, Landing},
    keeper::{
        grant::{Grant, Tokens},
        kept::{Kept, Purpose},
        linking,
        saving::Minted,
        snapshot::Snapshot,
    },
    profile::Resend,
    state::State,
    store::{
        AttemptId, BeginOutcome, Expected, Fence, GrantState, Record, Settlement, StoreError, Unsettled,
        Version,
    },
    wire::{self, TokenFailure, TokenFailureKind},
};

/// Why a flight brought no newer token, and how long to wait before the next one.
pub(crate) struct Failure {
    class: FailureClass,
    error: AuthorizationError,
    /// `None`: the usual wait, longer with each failure in a row.
    wait: Option<Duration>,
}

/// An attempt that holds the lease.
struct Attempt {
    id: AttemptId,
    fence: Fence,
    begun_at: Monotonic,
    unsettled: Option<Unsettled>,
    /// How long ago the first unsettled attempt began.
    unsettled_for: Duration,
}

impl Kept {
    /// Spawns a flight. Dropping every caller leaves it running.
    pub(crate) fn launch(self: &Arc<Self>, flight: FlightId, purpose: Purpose) {
        let lander = Lander {
            kept: Arc::clone(self),
            flight,
        };
        self.shared.tasks.spawn(&self.shared.spawner, async move {
            let landing = lander.kept.fly(purpose).await;
            lander.kept.gate.land(flight, landing);
        });
    }

    async fn fly(self: &Arc<Self>, purpose: Purpose) -> Landing<AuthorizationError> {
        match self.renew(purpose).await {
            Ok(generation) => {
                self.failures.store(0, std::sync::atomic::Ordering::Relaxed);
                Landing {
                    outcome: Ok(generation),
                    not_before: Monotonic::ORIGIN,
                }
            }
            Err(Failure { class, error, wait }) => {
                let wait = wait.unwrap_or_else(|| self.next_backoff());
                let retry_in = (class != FailureClass::GrantRefused).then_some(wait);
                self.shared
                    .observer
                    .refresh_failed(&RefreshFailed::new(&self.key, class, retry_in, &error));
                let error = if error.retry_after().is_none() && retry_in.is_some() {
                    error.with_retry_after(wait)
                } else {
                    error
                };
                Landing {
                    outcome: Err(error),
                    not_before: self.monotonic().plus(wait),
                }
            }
        }
    }

    async fn renew(self: &Arc<Self>, purpose: Purpose) -> Result<Generation, Failure> {
        if self.unsaved().is_some() {
            // Its predecessor is in the store; the provider must not see that one again.
            return Err(self.store_failure(StoreError::new("the last renewal is not saved yet")));
        }
        let mut looks = 0;
        loop {
            let snapshot = self.snapshot.load_full();
            if snapshot.dead.is_some() && purpose == Purpose::Renew {
                return self.look_up(&snapshot).await;
            }
            let id = AttemptId::random().map_err(|error| {
                self.store_failure(StoreError::new("no randomness to be had").with_source(error))
            })?;
            let expected = Expected {
                version: snapshot.version,
                dead: snapshot.dead.is_some(),
            };
            let begun_at = self.monotonic();
            let ttl = self.shared.policy.lease_ttl();
            let begun = self.shared.store.begin(&self.key, expected, id, ttl).await;
            match begun.map_err(|error| self.store_failure(error))? {
                BeginOutcome::Begun {
                    fence,
                    now,
                    unsettled,
                } => {
                    let unsettled_for =
                        unsettled.map_or(Duration::ZERO, |earlier| now.since(earlier.first_begun_at));
                    let attempt = Attempt {
                        id,
                        fence,
                        begun_at,
                        unsettled,
                        unsettled_for,
                    };
                    return self.exchange(&snapshot, attempt).await;
                }
                BeginOutcome::Busy { until, now } => {
                    let policy = &self.shared.policy;
                    let wait = policy
                        .busy_poll
                        .saturating_mul(1 << looks.min(4))
                        .min(policy.busy_poll * 10);
                    // A moment past the end, so that the next look finds the lease over.
                    let wait = wait.min(until.since(now) + Duration::from_millis(1));
                    looks += 1;
                    self.shared.clock.sleep_until(self.monotonic().plus(wait)).await;
                }
                BeginOutcome::Changed(record) => {
                    let adopted = self.take_over(&record)?;
                    let state = adopted.state(self.rejected.highest(), self.monotonic(), Duration::ZERO);
                    if state != State::Expired {
                        return Ok(adopted.generation());
                    }
                }
                BeginOutcome::Gone => return Err(self.gone()),
            }
        }
    }

    /// Looks whether somebody linked a dead account again.
    async fn look_up(&self, dead: &Snapshot) -> Result<Generation, Failure> {
        let loaded = self
            .shared
            .store
            .load(&self.key)
            .await
            .map_err(|error| self.store_failure(error))?;
        let Some(record) = loaded else {
            return Err(self.gone());
        };
        if record.version == dead.version && record.state != GrantState::Active {
            return Err(self.dead(dead.dead.unwrap_or(RelinkReason::Refused)));
        }
        self.take_over(&record).map(|adopted| adopted.generation())
    }

    /// Adopts what another process saved.
    fn take_over(&self, record: &Record) -> Result<Arc<Snapshot>, Failure> {
        let adopted = self.adopt(record).map_err(|error| self.store_failure(error))?;
        if let Some(reason) = adopted.dead {
            return Err(self.dead(reason));
        }
        self.announce(adopted.generation(), true);
        Ok(adopted)
    }

    pub(crate) fn announce(&self, generation: Generation, adopted: bool) {
        let waiters = self.gate.waiting();
        self.shared
            .observer
            .refreshed(&Refreshed::new(&self.key, generation, adopted, waiters));
    }

    async fn exchange(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        attempt: Attempt,
    ) -> Result<Generation, Failure> {
        let profile = snapshot.connector.profile();
        if let Some(spill) = &self.shared.spill {
            // Without a slot a failed save is a documented risk, not a reason to let the token run out.
            let _ = spill.reserve(&self.key).await;
        }
        let resending = attempt.unsettled.is_some();
        if resending && profile.rotation.resend(attempt.unsettled_for) == Resend::AfterLease {
            // The holder before us may have saved after all, between its lease and ours.
            if let Some(record) = self.changed_under(snapshot.version, &attempt).await? {
                return self.take_over(&record).map(|adopted| adopted.generation());
            }
        }
        let request = wire::refresh_request(&snapshot.connector, &snapshot.grant.tokens.refresh_token);
        let sent_at = self.shared.clock.now();
        let limit = Deadline::after(&*self.shared.clock, self.shared.policy.exchange_limit);
        match limit
            .race(&*self.shared.clock, self.shared.transport.send(request))
            .await
        {
            Ok(Ok(response)) => {
                let now = self.shared.clock.now();
                match wire::read_token_answer(profile, &response, now) {
                    Ok(answer) => {
                        let old = &snapshot.grant.tokens;
                        let tokens = Tokens::from_answer(
                            answer,
                            profile,
                            &old.refresh_token,
                            old.scope.as_ref(),
                            sent_at,
                        );
                        let grant = Grant {
                            client_id: snapshot.grant.client_id.clone(),
                            identity: snapshot.grant.identity.clone(),
                            tokens,
                        };
                        let refused = self.rejected.highest() >= snapshot.generation();
                        let minted = Minted {
                            grant: Arc::new(grant),
                            connector: snapshot.connector.clone(),
                            spent: snapshot.version,
                            attempt: attempt.id,
                            after_rejection: refused,
                        };
                        self.save(minted).await
                    }
                    Err(failure) => self.declined(snapshot, &attempt, failure).await,
                }
            }
            Ok(Err(error)) => {
                let sent = error.sent();
                let failure = self.error(AuthorizationErrorKind::Transient).with_source(error);
                Err(match sent {
                    Sent::No => {
                        self.unspent(snapshot, &attempt, FailureClass::Transient, failure, None)
                            .await
                    }
                    Sent::Maybe | Sent::Yes => self.unanswered(snapshot, &attempt, failure).await,
                })
            }
            Err(elapsed) => {
                let failure = self.error(AuthorizationErrorKind::Transient).with_source(elapsed);
                Err(self.unanswered(snapshot, &attempt, failure).await)
            }
        }
    }

    /// The record, if it is not ours to spend any more.
    async fn changed_under(&self, version: Version, attempt: &Attempt) -> Result<Option<Record>, Failure> {
        let loaded = self
            .shared
            .store
            .load(&self.key)
            .await
            .map_err(|error| self.store_failure(error))?;
        let Some(record) = loaded else {
            return Err(self.gone());
        };
        let ours = record.version == version && record.holder == Some((attempt.id, attempt.fence));
        Ok((!ours).then_some(record))
    }

    /// The token endpoint answered, but with no token.
    async fn declined(
        &self,
        snapshot: &Snapshot,
        attempt: &Attempt,
        failure: TokenFailure,
    ) -> Result<Generation, Failure> {
        let class = failure.class();
        let kind = match class {
            FailureClass::GrantRefused => return self.refused(snapshot, attempt, failure).await,
            FailureClass::ConnectorMisconfigured => AuthorizationErrorKind::ConnectorMisconfigured,
            FailureClass::Throttled => AuthorizationErrorKind::Throttled,
            _ => AuthorizationErrorKind::Transient,
        };
        let wait = match failure.kind() {
            // A token endpoint that has moved does not come back within seconds.
            TokenFailureKind::Redirect => Some(self.shared.policy.backoff_cap),
            _ => failure.retry_after(),
        };
        let (known, garbled) = (failure.outcome_known(), failure.answered_without_token());
        let error = self.describe(kind, failure);
        if known {
            return Err(self.unspent(snapshot, attempt, class, error, wait).await);
        }
        if garbled {
            // A success whose token did not survive the way: most likely the grant was spent.
            return Err(self.unanswered(snapshot, attempt, error).await);
        }
        // An outage, and nobody can be holding a better answer: the lease need not run out.
        self.settle(snapshot.version, attempt.id, Settlement::Unknown)
            .await;
        Err(Failure { class, error, wait })
    }

    fn describe(&self, kind: AuthorizationErrorKind, failure: TokenFailure) -> AuthorizationError {
        linking::describe(self.error(kind), failure)
    }

    /// The provider refuses the grant. That is believed only if nobody renewed it meanwhile.
    async fn refused(
        &self,
        snapshot: &Snapshot,
        attempt: &Attempt,
        failure: TokenFailure,
    ) -> Result<Generation, Failure> {
        let loaded = self
            .shared
            .store
            .load(&self.key)
            .await
            .map_err(|error| self.store_failure(error))?;
        let Some(record) = loaded else {
            return Err(self.gone());
        };
        if record.version != snapshot.version {
            return self.take_over(&record).map(|adopted| adopted.generation());
        }
        let lost = attempt.unsettled.is_some() && snapshot.connector.profile().rotation.refusal_means_loss();
        let reason = match (lost, snapshot.dead) {
            (_, Some(earlier)) => earlier,
            (true, None) => RelinkReason::LostInRotation,
            (false, None) => RelinkReason::Refused,
        };
        self.settle(snapshot.version, attempt.id, Settlement::Dead(reason))
            .await;
        let dead = self.shared.dead(
            &snapshot.connector,
            Arc::clone(&snapshot.grant),
            snapshot.version,
            reason,
        );
        self.publish(dead.map_err(|error| self.store_failure(error))?);
        Err(Failure {
            class: FailureClass::GrantRefused,
            error: self.describe(AuthorizationErrorKind::NeedsRelink(reason), failure),
            wait: Some(self.shared.policy.dead_reload),
        })
    }

    /// The grant was not spent: nothing left, or the provider declined without touching it.
    async fn unspent(
        &self,
        snapshot: &Snapshot,
        attempt: &Attempt,
        class: FailureClass,
        error: AuthorizationError,
        wait: Option<Duration>,
    ) -> Failure {
        self.settle(snapshot.version, attempt.id, Settlement::Unspent)
            .await;
        Failure { class, error, wait }
    }

    /// No answer came. Where sending again is harmless it is done after the usual wait; elsewhere the lease is
    /// left to run out first, so that whoever may hold the answer can still save it.
    async fn unanswered(&self, snapshot: &Snapshot, attempt: &Attempt, error: AuthorizationError) -> Failure {
        let spent_for = attempt.unsettled_for + self.monotonic().since(attempt.begun_at);
        let wait = match snapshot.connector.profile().rotation.resend(spent_for) {
            Resend::Harmless => {
                self.settle(snapshot.version, attempt.id, Settlement::Unknown)
                    .await;
                None
            }
            Resend::AfterLease => {
                let over = attempt.begun_at.plus(self.shared.policy.lease_ttl());
                Some(over.since(self.monotonic()))
            }
        };
        Failure {
            class: FailureClass::Transient,
            error,
            wait,
        }
    }

    /// Writes down how an attempt ended. If that fails, the lease runs out by itself and the attempt counts as
    /// unsettled.
    async fn settle(&self, version: Version, attempt: AttemptId, settlement: Settlement) {
        let _ = self
            .shared
            .store
            .abandon(&self.key, version, attempt, settlement)
            .await;
    }

    fn dead(&self, reason: RelinkReason) -> Failure {
        Failure {
            class: FailureClass::GrantRefused,
            error: self.error(AuthorizationErrorKind::NeedsRelink(reason)),
            wait: Some(self.shared.policy.dead_reload),
        }
    }

    pub(crate) fn gone(&self) -> Failure {
        self.orphan();
        Failure {
            class: FailureClass::Store,
            error: self.error(AuthorizationErrorKind::UnknownAccount),
            wait: Some(self.shared.policy.dead_reload),
        }
    }

    pub(crate) fn store_failure(&self, error: StoreError) -> Failure {
        Failure {
            class: FailureClass::Store,
            error: self.error(AuthorizationErrorKind::Store).with_source(error),
            wait: None,
        }
    }
}

/// Sees to it that a flight lands even if its task is aborted or its runtime dropped.
struct Lander {
    kept: Arc<Kept>,
    flight: FlightId,
}

impl Drop for Lander {
    fn drop(&mut self) {
        // A flight that has landed takes no second landing.
        let error = self
            .kept
            .error(AuthorizationErrorKind::Transient)
            .with_source("the renewal was aborted before it was done");
        let not_before = self.kept.monotonic().plus(self.kept.shared.policy.backoff_first);
        self.kept.gate.land(
            self.flight,
            Landing {
                outcome: Err(error),
                not_before,
            },
        );
    }
}
