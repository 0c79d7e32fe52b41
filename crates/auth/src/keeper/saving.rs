//! Saving what a renewal brought: save, then publish, then use.

use std::{pin::pin, sync::Arc, time::Duration};

use attache_core::{Generation, Recovered, Unsaved};
use futures_util::future::select;

use crate::{
    connector::Connector,
    keeper::{
        flight::Failure,
        grant::{Grant, Tokens},
        kept::Kept,
        revoking::revoke,
        snapshot::Snapshot,
    },
    spill::Spilled,
    store::{AttemptId, CommitOutcome, StoreError, Version},
};

/// What a renewal brought, on its way to the store.
#[derive(Debug, Clone)]
pub(crate) struct Minted {
    pub(crate) grant: Arc<Grant>,
    pub(crate) connector: Connector,
    /// The version it was derived from.
    pub(crate) spent: Version,
    pub(crate) attempt: AttemptId,
    /// Whether it was asked for because its predecessor was refused.
    pub(crate) after_rejection: bool,
}

impl Minted {
    /// `tokens` in the place of those in `spent`.
    pub(crate) fn new(spent: &Snapshot, tokens: Tokens, attempt: AttemptId, after_rejection: bool) -> Self {
        Self {
            grant: Arc::new(Grant {
                tokens,
                ..Grant::clone(&spent.grant)
            }),
            connector: spent.connector.clone(),
            spent: spent.version,
            attempt,
            after_rejection,
        }
    }
}

/// What a renewal brought that the store has not taken yet.
#[derive(Debug, Clone)]
pub(crate) struct UnsavedGrant {
    minted: Minted,
    /// Whether callers are kept from using it.
    held_back: bool,
}

/// The waits between the first tries to save, while the callers of the flight wait.
const SAVE_WAITS: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(250)];

impl Kept {
    /// Saves a fresh grant and publishes it. From the first failure on it waits in the spill.
    pub(crate) async fn save(self: &Arc<Self>, minted: Minted) -> Result<Generation, Failure> {
        let mut error = match self.commit(&minted).await {
            Ok(outcome) => return self.saved(&minted, outcome).await,
            Err(error) => error,
        };
        let spilled = self.spill(&minted).await;
        for wait in SAVE_WAITS {
            self.shared.clock.sleep_until(self.monotonic().plus(wait)).await;
            match self.commit(&minted).await {
                Ok(outcome) => {
                    self.clear_spill(&minted).await;
                    return self.saved(&minted, outcome).await;
                }
                Err(again) => error = again,
            }
        }
        self.unsavable(&minted, spilled, error)
    }

    async fn commit(&self, minted: &Minted) -> Result<CommitOutcome, StoreError> {
        let record = self.shared.record(&self.key, &minted.grant)?;
        self.shared
            .store
            .commit(&self.key, minted.spent, minted.attempt, record)
            .await
    }

    async fn saved(&self, minted: &Minted, outcome: CommitOutcome) -> Result<Generation, Failure> {
        match outcome {
            CommitOutcome::Committed(version) => self.publish_minted(minted, version),
            CommitOutcome::Superseded(record) => {
                let adopted = self.adopt(&record).map_err(|error| self.store_failure(error))?;
                Ok(adopted.generation())
            }
            CommitOutcome::Gone => {
                self.give_back(minted).await;
                Err(self.gone())
            }
        }
    }

    fn publish_minted(&self, minted: &Minted, version: Version) -> Result<Generation, Failure> {
        let snapshot = self
            .shared
            .live(&minted.connector, Arc::clone(&minted.grant), version)
            .map_err(|error| self.store_failure(error))?
            .on_probation(minted.after_rejection);
        self.publish(snapshot);
        self.announce(version.generation(), false);
        Ok(version.generation())
    }

    /// The store does not take it: use it if that endangers nothing, and keep trying.
    fn unsavable(
        self: &Arc<Self>,
        minted: &Minted,
        spilled: bool,
        error: StoreError,
    ) -> Result<Generation, Failure> {
        let rule = minted.connector.profile().rotation;
        let held_back = !spilled && rule.holds_back_unsaved();
        *self.unsaved() = Some(UnsavedGrant {
            minted: minted.clone(),
            held_back,
        });
        self.shared.observer.unsaved(&Unsaved::new(&self.key, spilled));
        let (kept, counted) = (Arc::clone(self), self.shared.tasks.count());
        self.shared.spawner.spawn(async move {
            kept.keep_saving().await;
            drop(counted);
        });
        if held_back {
            Err(self.store_failure(error))
        } else {
            self.publish_minted(minted, minted.spent.next())
        }
    }

    async fn spill(&self, minted: &Minted) -> bool {
        let Some(spill) = &self.shared.spill else {
            return false;
        };
        let Ok(record) = self.shared.record(&self.key, &minted.grant) else {
            return false;
        };
        let spilled = Spilled {
            spent: minted.spent,
            attempt: minted.attempt,
            record,
        };
        spill.write(&self.key, spilled).await.is_ok()
    }

    async fn clear_spill(&self, minted: &Minted) {
        if let Some(spill) = &self.shared.spill {
            // A slot that is left behind is recognised by its version at the next start.
            let _ = spill.clear(&self.key, minted.attempt).await;
        }
    }

    /// Tries until the store takes the grant, holds a newer one, or forgets the account. Once the keeper is closing
    /// it tries at once, and then at the shortest wait.
    async fn keep_saving(self: Arc<Self>) {
        let mut failures = 1;
        let mut closing = pin!(self.shared.tasks.closing());
        loop {
            let policy = &self.shared.policy;
            let wait = |wait| self.shared.clock.sleep_until(self.monotonic().plus(wait));
            if self.shared.tasks.is_closing() {
                wait(policy.backoff_first).await;
            } else {
                select(
                    wait(policy.backoff(failures, self.shared.draw())),
                    closing.as_mut(),
                )
                .await;
            }
            if self.save_now().await {
                return;
            }
            failures += 1;
        }
    }

    /// Tries once to save what is not saved yet. Tells whether nothing is left to save.
    pub(crate) async fn save_now(&self) -> bool {
        let Some(unsaved) = self.unsaved().clone() else {
            return true;
        };
        let Ok(outcome) = self.commit(&unsaved.minted).await else {
            return false;
        };
        // The saver and a renewal may both have come so far; one of them tells.
        let Some(UnsavedGrant { minted, held_back }) = self.unsaved().take() else {
            return true;
        };
        self.clear_spill(&minted).await;
        let committed = matches!(outcome, CommitOutcome::Committed(_));
        let generation = match outcome {
            CommitOutcome::Committed(version) if !held_back => Some(version.generation()),
            outcome => self.saved(&minted, outcome).await.ok(),
        };
        if let Some(generation) = generation {
            self.gate.moved_to(generation);
        }
        if committed {
            self.shared.observer.recovered(&Recovered::new(&self.key));
        }
        true
    }

    /// The account is gone: nobody will ever use the fresh token, so it is revoked where that is possible.
    async fn give_back(&self, minted: &Minted) {
        let token = &minted.grant.tokens.refresh_token;
        let _ = revoke(&self.shared, &minted.connector, token).await;
    }
}
