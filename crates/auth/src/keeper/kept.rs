//! One kept account: what the store says of it, and what is not in the store yet.

use std::{
    fmt,
    ops::Deref,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use attache_core::{AccountKey, AuthorizationError, AuthorizationErrorKind, NeedsRelink, Recovered};

use crate::{
    gate::Join,
    keeper::{
        derived::DerivedTokens,
        flight::Unanswered,
        saving::UnsavedGrant,
        serving::{Landed, Purpose, Served, launch},
        shared::Shared,
        snapshot::Snapshot,
    },
    store::{Record, StoreError},
};

pub(crate) struct Kept {
    served: Served,
    /// A renewed grant that the store has not taken yet.
    pub(crate) unsaved: Mutex<Option<UnsavedGrant>>,
    /// An attempt of ours that got no answer and whose lease was left to run out.
    pub(crate) unanswered: Mutex<Option<Unanswered>>,
    /// The tokens that were derived from this account, by their resource.
    pub(crate) derived: Mutex<DerivedTokens>,
    /// Held while a snapshot is replaced, so that an older one never replaces a newer one.
    publishing: Mutex<()>,
    /// The store no longer knows this account, or knows another one under its name.
    orphaned: AtomicBool,
}

impl Deref for Kept {
    type Target = Served;

    fn deref(&self) -> &Served {
        &self.served
    }
}

impl Kept {
    pub(crate) fn new(shared: Arc<Shared>, key: AccountKey, snapshot: Snapshot) -> Arc<Self> {
        Arc::new(Self {
            served: Served::new(shared, key, snapshot),
            unsaved: Mutex::new(None),
            unanswered: Mutex::new(None),
            derived: Mutex::default(),
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
                    launch(self, flight, Purpose::Recheck);
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
