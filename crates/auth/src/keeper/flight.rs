//! One renewal, from the lease to the verdict.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use attache_core::{
    AuthorizationError, AuthorizationErrorKind, Deadline, FailureClass, Generation, Monotonic, RefreshFailed,
    Refreshed, RelinkReason, Secret, Sent, Timestamp,
};

use crate::{
    gate::Landing,
    keeper::{
        declined,
        grant::Tokens,
        kept::Kept,
        saving::Minted,
        serving::{Purpose, Serve},
        snapshot::Snapshot,
    },
    profile::Resend,
    state::State,
    store::{
        AbandonOutcome, AttemptId, BeginOutcome, Expected, Fence, GrantState, Record, Settlement, StoreError,
        Unsettled, Version,
    },
    wire::{self, TokenAnswer, TokenFailure, TokenFailureKind},
};

/// Why a flight brought no newer token, and how long to wait before the next one.
pub(crate) struct Failure {
    class: FailureClass,
    pub(super) error: AuthorizationError,
    /// The least wait, where something says so. Failures in a row make it longer.
    wait: Option<Duration>,
    /// Whether the observer was told of it before.
    told: bool,
}

impl Failure {
    fn of(class: FailureClass, error: AuthorizationError) -> Self {
        Self {
            class,
            error,
            wait: None,
            told: false,
        }
    }
}

/// An attempt of ours that got no answer and whose lease was left to run out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unanswered {
    version: Version,
    attempt: AttemptId,
    /// When the lease is over, by the clock that cannot be set.
    over: Monotonic,
}

/// What came of asking for the lease.
pub(super) enum Leased {
    /// It is held for this version.
    Held(Box<(Arc<Snapshot>, Attempt)>),
    /// Somebody else has saved this generation.
    Moved(Generation),
}

/// An attempt that holds the lease.
pub(super) struct Attempt {
    id: AttemptId,
    fence: Fence,
    begun_at: Monotonic,
    /// The same by the wall clock, which goes on while a machine sleeps.
    begun_on: Timestamp,
    pub(super) unsettled: Option<Unsettled>,
    /// How long ago the first unsettled attempt began.
    unsettled_for: Duration,
}

impl Serve for Kept {
    async fn fly(self: Arc<Self>, purpose: Purpose) -> Landing<AuthorizationError> {
        let failure = match self.renew(purpose).await {
            Ok(generation) => return self.landed(generation),
            Err(failure) => failure,
        };
        let Failure {
            class,
            error,
            wait,
            told,
        } = failure;
        // Whatever the provider says of waiting, failures in a row make the waits longer.
        let backoff = match class {
            FailureClass::GrantRefused => Duration::ZERO,
            _ => self.next_backoff(),
        };
        let wait = wait.unwrap_or_default().max(backoff);
        let retry_in = (class != FailureClass::GrantRefused).then_some(wait);
        if !told {
            self.shared
                .observer
                .refresh_failed(&RefreshFailed::new(&self.key, class, retry_in, &error));
        }
        let error = match retry_in {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        };
        Landing {
            outcome: Err(error),
            not_before: self.monotonic().plus(wait),
        }
    }
}

impl Kept {
    async fn renew(self: &Arc<Self>, purpose: Purpose) -> Result<Generation, Failure> {
        let leased = match self.lease(purpose == Purpose::Renew, true).await? {
            Leased::Moved(generation) => return Ok(generation),
            Leased::Held(leased) => leased,
        };
        self.exchange(&leased.0, leased.1).await
    }

    /// Takes the lease of the present version, or takes over what somebody else has saved. A dead account is only looked
    /// up in the store if `look_up`; a version that was taken over is spent in its turn if `go_on` and its token has
    /// ended.
    pub(super) async fn lease(self: &Arc<Self>, look_up: bool, go_on: bool) -> Result<Leased, Failure> {
        if !self.save_now().await {
            // Its predecessor is in the store; the provider must not see that one again.
            return Err(self.store_failure(StoreError::new("the last renewal is not saved yet")));
        }
        self.settle_unanswered().await;
        let mut looks = 0;
        loop {
            if self.shared.tasks.is_closing() {
                let error = self.error(AuthorizationErrorKind::ShuttingDown);
                return Err(Failure {
                    told: true,
                    ..Failure::of(FailureClass::Store, error)
                });
            }
            let snapshot = self.snapshot.load_full();
            if snapshot.dead.is_some() && look_up {
                return self.look_up(&snapshot).await.map(Leased::Moved);
            }
            let id = AttemptId::random().map_err(|error| self.store_failure(error))?;
            let expected = Expected {
                version: snapshot.version,
                dead: snapshot.dead.is_some(),
            };
            let (begun_at, begun_on) = (self.monotonic(), self.shared.clock.now());
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
                        begun_on,
                        unsettled,
                        unsettled_for,
                    };
                    return Ok(Leased::Held(Box::new((snapshot, attempt))));
                }
                BeginOutcome::Busy { until, now } => {
                    let poll = self.shared.policy.busy_poll;
                    let wait = poll
                        .saturating_mul(1 << looks.min(4))
                        .min(poll.saturating_mul(10));
                    // A moment past the end, so that the next look finds the lease over.
                    let wait = wait.min(until.since(now).saturating_add(Duration::from_millis(1)));
                    looks += 1;
                    self.shared.clock.sleep_until(self.monotonic().plus(wait)).await;
                }
                BeginOutcome::Changed(record) => {
                    if let Some(reason) = snapshot.dead
                        && record.version == snapshot.version
                        && record.state == GrantState::Active
                    {
                        // Our verdict was not written.
                        let verdict = Settlement::Dead(reason);
                        let written = self
                            .shared
                            .store
                            .abandon(&self.key, snapshot.version, id, verdict);
                        written.await.map_err(|error| self.store_failure(error))?;
                        continue;
                    }
                    let adopted = self.take_over(&record)?;
                    if !go_on {
                        return Ok(Leased::Moved(adopted.generation()));
                    }
                    let state = adopted.state(self.rejected.highest(), self.monotonic(), Duration::ZERO);
                    if state != State::Expired {
                        return Ok(Leased::Moved(adopted.generation()));
                    }
                }
                BeginOutcome::Gone => return Err(self.gone()),
            }
        }
    }

    /// Looks whether somebody linked a dead account again, or a late result can revive it.
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
        if record.version != dead.version {
            return self.take_over(&record).map(|adopted| adopted.generation());
        }
        if let Some(saved) = self.save_spilled(dead.version).await? {
            return self.take_over(&saved).map(|adopted| adopted.generation());
        }
        let reason = dead.dead.unwrap_or(RelinkReason::Refused);
        if record.state == GrantState::Active {
            // Only a renewal revives a grant, and that changes the version: our verdict was not written.
            let attempt = AttemptId::random().map_err(|error| self.store_failure(error))?;
            self.settle(dead.version, attempt, Settlement::Dead(reason)).await;
        }
        Err(self.dead(reason))
    }

    /// Saves what an earlier holder of `version` could only spill. Tells the record that is there then.
    pub(super) async fn save_spilled(&self, version: Version) -> Result<Option<Record>, Failure> {
        let saved = self.shared.save_spilled(&self.key, version).await;
        saved.map_err(|error| self.store_failure(error))
    }

    /// Frees the lease of an attempt that got no answer, once it is over by the clock that cannot be set: a wall
    /// clock that was set back would keep it running.
    async fn settle_unanswered(&self) {
        let over = {
            let now = self.monotonic();
            let mut unanswered = self.unanswered.lock().unwrap_or_else(PoisonError::into_inner);
            unanswered.take_if(|unanswered| unanswered.over <= now)
        };
        if let Some(Unanswered { version, attempt, .. }) = over {
            self.settle(version, attempt, Settlement::Unknown).await;
        }
    }

    /// Adopts what another process saved.
    pub(super) fn take_over(&self, record: &Record) -> Result<Arc<Snapshot>, Failure> {
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
        // Everything up to the answer happens within one limit that begins with the lease, and so ends before it.
        let limit = Deadline::at(attempt.begun_at.plus(self.shared.policy.exchange_limit));
        if let Some(spill) = &self.shared.spill {
            // Without a slot a failed save is a documented risk, not a reason to let the token run out.
            let _ = limit.race(&*self.shared.clock, spill.reserve(&self.key)).await;
        }
        if (attempt.unsettled.is_some() || snapshot.dead.is_some())
            && let Some(saved) = self.save_spilled(snapshot.version).await?
        {
            // The holder before us had an answer after all; nothing has to be spent.
            return self.take_over(&saved).map(|adopted| adopted.generation());
        }
        if attempt.unsettled.is_some() && profile.rotation.resend(attempt.unsettled_for) == Resend::AfterLease
        {
            // The holder before us may have saved after all, between its lease and ours.
            if let Some(record) = self.changed_under(snapshot.version, &attempt).await? {
                return self.take_over(&record).map(|adopted| adopted.generation());
            }
        }
        if self.overslept(&attempt) {
            // Somebody else may hold the lease by now, and may have spent the grant.
            let failure = self.error(AuthorizationErrorKind::Transient).with_source(
                "this process stood still between taking the lease and sending; nothing was sent",
            );
            return Err(self
                .unspent(snapshot, &attempt, FailureClass::Transient, failure, None)
                .await);
        }
        let request = wire::refresh_request(&snapshot.connector, &snapshot.grant.tokens.refresh_token);
        let sent_at = self.shared.clock.now();
        match limit
            .race(&*self.shared.clock, self.shared.transport.send(request))
            .await
        {
            Ok(Ok(response)) => {
                let now = self.shared.clock.now();
                match wire::read_token_answer(profile, &response, now) {
                    Ok(answer) => self.minted(snapshot, &attempt, answer, sent_at).await,
                    Err(failure) => {
                        let failure = failure.without_echo_of(&snapshot.grant.tokens.refresh_token);
                        self.declined(snapshot, &attempt, failure).await
                    }
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

    async fn minted(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        attempt: &Attempt,
        answer: TokenAnswer,
        sent_at: Timestamp,
    ) -> Result<Generation, Failure> {
        let old = &snapshot.grant.tokens;
        let profile = snapshot.connector.profile();
        let tokens = Tokens::from_answer(answer, profile, &old.refresh_token, old.scope.as_ref(), sent_at);
        let refused = snapshot.dead.is_none() && self.rejected.highest() >= snapshot.generation();
        self.save(Minted::new(snapshot, tokens, attempt.id, refused))
            .await
    }

    /// Whether this process stood still for so long after taking the lease that sending now could reach the
    /// provider after the lease: stopped, swapped out, or asleep with its machine.
    fn overslept(&self, attempt: &Attempt) -> bool {
        let margin = self.shared.policy.lease_margin;
        self.monotonic().since(attempt.begun_at) > margin
            || self.shared.clock.now().since(attempt.begun_on) > margin
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
        self: &Arc<Self>,
        snapshot: &Snapshot,
        attempt: &Attempt,
        failure: TokenFailure,
    ) -> Result<Generation, Failure> {
        if let Some(refresh_token) = failure.rescued_refresh_token().cloned() {
            return self.rescue(snapshot, attempt, refresh_token, failure).await;
        }
        let class = failure.class();
        if class == FailureClass::GrantRefused {
            return self.refused(snapshot, attempt, failure).await;
        }
        let wait = match failure.kind() {
            // A token endpoint that has moved does not come back within seconds.
            TokenFailureKind::Redirect => Some(self.shared.policy.backoff_cap),
            _ => failure.retry_after(),
        };
        let (known, garbled) = (failure.outcome_known(), failure.answered_without_token());
        let error = declined::describe(self.error(declined::kind(class)), failure);
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
        Err(Failure {
            wait,
            ..Failure::of(class, error)
        })
    }

    /// The answer's access token cannot be used, but it brought a new refresh token: that one is the grant now.
    async fn rescue(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        attempt: &Attempt,
        refresh_token: Secret,
        failure: TokenFailure,
    ) -> Result<Generation, Failure> {
        let tokens = Tokens {
            refresh_token,
            access_token: Secret::from(""),
            expires_at: self.shared.clock.now(),
            lifetime: Duration::ZERO,
            scope: snapshot.grant.tokens.scope.clone(),
        };
        self.save(Minted::new(snapshot, tokens, attempt.id, false))
            .await?;
        let error = declined::describe(self.error(AuthorizationErrorKind::Transient), failure);
        Err(Failure::of(FailureClass::Transient, error))
    }

    /// The provider refuses the grant. That is believed only if nobody renewed it meanwhile, which the store says
    /// as it takes the verdict down.
    async fn refused(
        &self,
        snapshot: &Snapshot,
        attempt: &Attempt,
        failure: TokenFailure,
    ) -> Result<Generation, Failure> {
        let lost = attempt.unsettled.is_some() && snapshot.connector.profile().rotation.refusal_means_loss();
        let reason = match (lost, snapshot.dead) {
            (_, Some(earlier)) => earlier,
            (true, None) => RelinkReason::LostInRotation,
            (false, None) => RelinkReason::Refused,
        };
        if let Some(newer) = self.bury(snapshot, attempt, reason).await? {
            return Ok(newer);
        }
        let error = declined::describe(self.error(AuthorizationErrorKind::NeedsRelink(reason)), failure);
        let wait = Some(self.shared.policy.dead_reload);
        Err(Failure {
            wait,
            ..Failure::of(FailureClass::GrantRefused, error)
        })
    }

    /// Writes down that a grant is dead and tells everybody. If somebody renewed it meanwhile, that one is taken over
    /// instead, and its generation is what this gives.
    pub(super) async fn bury(
        &self,
        snapshot: &Snapshot,
        attempt: &Attempt,
        reason: RelinkReason,
    ) -> Result<Option<Generation>, Failure> {
        let settlement = Settlement::Dead(reason);
        let settled = self
            .shared
            .store
            .abandon(&self.key, snapshot.version, attempt.id, settlement)
            .await;
        match settled {
            Ok(AbandonOutcome::Changed(newer)) => {
                return self.take_over(&newer).map(|adopted| Some(adopted.generation()));
            }
            Ok(AbandonOutcome::Gone) => return Err(self.gone()),
            // A verdict that was not written is written when the account is next looked up.
            Ok(AbandonOutcome::Abandoned) | Err(_) => {}
        }
        let grant = Arc::clone(&snapshot.grant);
        let dead = Snapshot::dead(&snapshot.connector, grant, snapshot.version, reason);
        self.publish(dead.map_err(|error| self.store_failure(error))?);
        Ok(None)
    }

    /// The grant was not spent: nothing left, or the provider declined without touching it.
    pub(super) async fn unspent(
        &self,
        snapshot: &Snapshot,
        attempt: &Attempt,
        class: FailureClass,
        error: AuthorizationError,
        wait: Option<Duration>,
    ) -> Failure {
        self.settle(snapshot.version, attempt.id, Settlement::Unspent)
            .await;
        Failure {
            wait,
            ..Failure::of(class, error)
        }
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
                *self.unanswered.lock().unwrap_or_else(PoisonError::into_inner) = Some(Unanswered {
                    version: snapshot.version,
                    attempt: attempt.id,
                    over,
                });
                Some(over.since(self.monotonic()))
            }
        };
        Failure {
            wait,
            ..Failure::of(FailureClass::Transient, error)
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

    /// An account that was known to be dead is still dead; that was told when it died.
    pub(super) fn dead(&self, reason: RelinkReason) -> Failure {
        let error = self.error(AuthorizationErrorKind::NeedsRelink(reason));
        let wait = Some(self.shared.policy.dead_reload);
        Failure {
            wait,
            told: true,
            ..Failure::of(FailureClass::GrantRefused, error)
        }
    }

    pub(crate) fn gone(&self) -> Failure {
        self.orphan();
        let error = self.error(AuthorizationErrorKind::UnknownAccount);
        Failure {
            wait: Some(self.shared.policy.dead_reload),
            ..Failure::of(FailureClass::Store, error)
        }
    }

    pub(crate) fn store_failure(&self, error: StoreError) -> Failure {
        Failure::of(
            FailureClass::Store,
            self.error(AuthorizationErrorKind::Store).with_source(error),
        )
    }
}
