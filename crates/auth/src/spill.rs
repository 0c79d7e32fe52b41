//! Where a renewed grant is put when the store cannot take it: the last resort against losing an account.
//!
//! A grant that was renewed and cannot be saved lives in one process only. A spill keeps it outside the store,
//! sealed as in the store, until the store takes it. Room is reserved before the old grant is spent, so that a
//! full disk cannot stop the write that matters.

mod folder;
#[cfg(feature = "kit")]
mod memory;

use attache_core::{AccountKey, BoxFuture};

use crate::store::{AttemptId, NewRecord, StoreError, Version};

pub use folder::SpillFolder;
#[cfg(feature = "kit")]
pub use memory::MemorySpill;

/// A record that was derived from a stored version and has not been saved yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spilled {
    /// The version that was spent for it.
    pub spent: Version,
    /// The attempt that brought it.
    pub attempt: AttemptId,
    /// What is to be saved.
    pub record: NewRecord,
}

/// Keeps one unsaved record for each account.
///
/// # Cancel safety
///
/// What a call has begun may finish by itself when its future is dropped. A write that a crash cut off is found
/// out at the next [`Spill::read`], and counts for nothing.
pub trait Spill: Send + Sync + 'static {
    /// Makes sure that a later [`Spill::write`] needs no more room. Leaves alone what is kept already.
    fn reserve<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Keeps a record, in the place of an earlier one.
    fn write<'a>(&'a self, key: &'a AccountKey, spilled: Spilled) -> BoxFuture<'a, Result<(), StoreError>>;

    /// What is kept, or `None`: nothing was written, it was cleared, or the write was torn.
    fn read<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<Option<Spilled>, StoreError>>;

    /// Forgets what is kept, if it is what `attempt` brought. The room stays reserved.
    fn clear<'a>(&'a self, key: &'a AccountKey, attempt: AttemptId) -> BoxFuture<'a, Result<(), StoreError>>;
}
