//! A store that forgets everything when the program ends.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use attache_core::{AccountKey, BoxFuture, Clock, Timestamp};

use super::{
    AbandonOutcome, AttemptId, BeginOutcome, CommitOutcome, CreateOutcome, DueAccount, Expected, NewRecord,
    Record, Settlement, Store, StoreError, Version,
    entry::{Entry, most_urgent},
};

/// Keeps records in memory, for tests and for programs that link their accounts anew at each start.
///
/// Clones share the same records. No call ever fails or waits.
#[derive(Clone)]
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    entries: Arc<Mutex<HashMap<AccountKey, Entry>>>,
}

impl MemoryStore {
    /// An empty store that judges leases by `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            entries: Arc::default(),
        }
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<AccountKey, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("accounts", &self.entries().len())
            .finish_non_exhaustive()
    }
}

/// Each call is one visit of the map, made at the first poll.
impl Store for MemoryStore {
    fn load<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<Option<Record>, StoreError>> {
        Box::pin(async move { Ok(self.entries().get(key).map(Entry::record)) })
    }

    fn create<'a>(
        &'a self,
        key: &'a AccountKey,
        first: Version,
        record: NewRecord,
    ) -> BoxFuture<'a, Result<CreateOutcome, StoreError>> {
        Box::pin(async move {
            let mut entries = self.entries();
            if let Some(entry) = entries.get(key) {
                return Ok(CreateOutcome::Exists(entry.record()));
            }
            entries.insert(key.clone(), Entry::first(first, record));
            Ok(CreateOutcome::Created)
        })
    }

    fn begin<'a>(
        &'a self,
        key: &'a AccountKey,
        expected: Expected,
        attempt: AttemptId,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<BeginOutcome, StoreError>> {
        Box::pin(async move {
            let mut entries = self.entries();
            let now = self.clock.now();
            Ok(entries.get_mut(key).map_or(BeginOutcome::Gone, |entry| {
                entry.begin(expected, attempt, ttl, now)
            }))
        })
    }

    fn commit<'a>(
        &'a self,
        key: &'a AccountKey,
        spent: Version,
        attempt: AttemptId,
        record: NewRecord,
    ) -> BoxFuture<'a, Result<CommitOutcome, StoreError>> {
        Box::pin(async move {
            Ok(self
                .entries()
                .get_mut(key)
                .map_or(CommitOutcome::Gone, |entry| entry.commit(spent, attempt, record)))
        })
    }

    fn abandon<'a>(
        &'a self,
        key: &'a AccountKey,
        version: Version,
        attempt: AttemptId,
        settlement: Settlement,
    ) -> BoxFuture<'a, Result<AbandonOutcome, StoreError>> {
        Box::pin(async move {
            Ok(self.entries().get_mut(key).map_or(AbandonOutcome::Gone, |entry| {
                entry.abandon(version, attempt, settlement)
            }))
        })
    }

    fn delete<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move { Ok(self.entries().remove(key).is_some()) })
    }

    fn due(&self, before: Timestamp, limit: usize) -> BoxFuture<'_, Result<Vec<DueAccount>, StoreError>> {
        Box::pin(async move {
            let entries = self.entries();
            let due = entries.iter().filter_map(|(key, entry)| {
                Some(DueAccount {
                    key: key.clone(),
                    due: entry.due_before(before)?,
                })
            });
            Ok(most_urgent(due.collect(), limit))
        })
    }
}
