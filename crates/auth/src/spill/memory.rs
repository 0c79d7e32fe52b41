//! A spill for tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use attache_core::{AccountKey, BoxFuture};

use super::{Spill, Spilled};
use crate::store::{AttemptId, StoreError};

/// Keeps unsaved records in memory. Clones share them. Feature `kit`.
#[derive(Debug, Clone, Default)]
pub struct MemorySpill(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    failing: AtomicBool,
    slots: Mutex<BTreeMap<AccountKey, Option<Spilled>>>,
}

impl MemorySpill {
    /// A spill with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on every call fails, or none.
    pub fn fail(&self, failing: bool) {
        self.0.failing.store(failing, Ordering::SeqCst);
    }

    /// What is kept for an account.
    pub fn kept(&self, key: &AccountKey) -> Option<Spilled> {
        self.slots().get(key).cloned().flatten()
    }

    /// The accounts that room was reserved for.
    pub fn reserved(&self) -> BTreeSet<AccountKey> {
        self.slots().keys().cloned().collect()
    }

    fn slots(&self) -> MutexGuard<'_, BTreeMap<AccountKey, Option<Spilled>>> {
        self.0.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn visit<'a, T: Send + 'a>(
        &'a self,
        visit: impl FnOnce(&mut BTreeMap<AccountKey, Option<Spilled>>) -> T + Send + 'a,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        Box::pin(async move {
            if self.0.failing.load(Ordering::SeqCst) {
                return Err(StoreError::new("the spill was told to fail"));
            }
            Ok(visit(&mut self.slots()))
        })
    }
}

impl Spill for MemorySpill {
    fn reserve<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<(), StoreError>> {
        self.visit(|slots| {
            slots.entry(key.clone()).or_default();
        })
    }

    fn write<'a>(&'a self, key: &'a AccountKey, spilled: Spilled) -> BoxFuture<'a, Result<(), StoreError>> {
        self.visit(|slots| {
            slots.insert(key.clone(), Some(spilled));
        })
    }

    fn read<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<Option<Spilled>, StoreError>> {
        self.visit(|slots| slots.get(key).cloned().flatten())
    }

    fn clear<'a>(&'a self, key: &'a AccountKey, attempt: AttemptId) -> BoxFuture<'a, Result<(), StoreError>> {
        self.visit(move |slots| {
            slots
                .entry(key.clone())
                .or_default()
                .take_if(|kept| kept.attempt == attempt);
        })
    }
}
