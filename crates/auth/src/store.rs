//! Where accounts are kept: the contract that every store keeps.
//!
//! A store holds one [`Record`] for each account: clear metadata and sealed bytes. Every call is one atomic
//! transition, seen whole or not at all by every other caller, in this process or in another one.
//!
//! The contract rests on two guards. The **lease**, taken by [`Store::begin`], guards the right to spend the
//! grant: one holder at a time talks to the token endpoint. **Lineage** guards saving: [`Store::commit`] writes
//! if and only if the stored version is still the one that the result was derived from, whoever holds the lease
//! by then. A holder that was stopped for an hour may so still save what it got, and can never overwrite
//! something newer.
//!
//! The kit of tests in `attache_auth::store::kit` (feature `kit`) checks all of this for any store.

pub(crate) mod disk;
mod entry;
mod file;
#[cfg(feature = "kit")]
pub mod kit;
mod memory;
mod record;

use std::{error::Error, fmt, time::Duration};

use attache_core::{AccountKey, BoxFuture, RelinkReason, Timestamp};

pub use file::FileStore;
pub use memory::MemoryStore;
pub use record::{AttemptId, Expected, Fence, GrantState, NewRecord, Record, Sealed, Unsettled, Version};

/// Keeps records of accounts.
///
/// # Cancel safety
///
/// Dropping the future of a call leaves the record either as it was or as the call leaves it, never between.
pub trait Store: Send + Sync + 'static {
    /// The record of an account, or `None` if there is none.
    fn load<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<Option<Record>, StoreError>>;

    /// Writes the first record of an account, with the version `first`, if there is none yet.
    ///
    /// A caller that may create an account again under the name of a deleted one passes a version that the
    /// deleted one never reached ([`Version::first_at`]); otherwise a result on its way to the deleted account
    /// could pass for a descendant of the new one.
    fn create<'a>(
        &'a self,
        key: &'a AccountKey,
        first: Version,
        record: NewRecord,
    ) -> BoxFuture<'a, Result<CreateOutcome, StoreError>>;

    /// Takes the lease for one attempt to spend the grant, and journals the attempt, in one conditional write.
    ///
    /// It succeeds only if the record is what the caller expects and no other attempt's lease is running; of the
    /// two, the first is told first. Repeated by the attempt that holds the lease, it is answered as the first
    /// time. The store judges that by its own clock, whose reading it returns. An attempt whose lease ran out without
    /// [`Store::commit`] or [`Store::abandon`] stays in the journal as [`Unsettled`].
    fn begin<'a>(
        &'a self,
        key: &'a AccountKey,
        expected: Expected,
        attempt: AttemptId,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<BeginOutcome, StoreError>>;

    /// Saves what was derived from version `spent`: writes the record with the next version, closes every
    /// journalled attempt and frees the lease.
    ///
    /// It writes if and only if the stored version is `spent`; the lease is not asked for. A repeated call of
    /// the attempt that wrote the present record is answered as the first one was.
    fn commit<'a>(
        &'a self,
        key: &'a AccountKey,
        spent: Version,
        attempt: AttemptId,
        record: NewRecord,
    ) -> BoxFuture<'a, Result<CommitOutcome, StoreError>>;

    /// Ends an attempt that brought no new grant. Frees the lease, if `attempt` still holds it, and writes down
    /// what is known. Does nothing if the version is no longer `version`.
    fn abandon<'a>(
        &'a self,
        key: &'a AccountKey,
        version: Version,
        attempt: AttemptId,
        settlement: Settlement,
    ) -> BoxFuture<'a, Result<AbandonOutcome, StoreError>>;

    /// Removes an account. Tells whether there was one.
    fn delete<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// Active accounts that want a renewal before `before`, the most urgent first, `limit` at most.
    fn due(&self, before: Timestamp, limit: usize) -> BoxFuture<'_, Result<Vec<DueAccount>, StoreError>>;
}

/// What [`Store::create`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreateOutcome {
    /// The record is written, with the version that was passed.
    Created,
    /// The account has this record; nothing was written.
    Exists(Record),
}

/// What [`Store::begin`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BeginOutcome {
    /// The lease is taken and the attempt journalled.
    Begun {
        /// Counts the leases of this account; a later one is higher.
        fence: Fence,
        /// The store's clock.
        now: Timestamp,
        /// Earlier attempts at this version whose outcome nobody knows.
        unsettled: Option<Unsettled>,
    },
    /// Another attempt's lease is running.
    Busy {
        /// When that lease runs out, by the store's clock.
        until: Timestamp,
        /// The store's clock.
        now: Timestamp,
    },
    /// The record is not what the caller expected; this is it.
    Changed(Record),
    /// There is no such account.
    Gone,
}

/// What [`Store::commit`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommitOutcome {
    /// The record is written, with this version.
    Committed(Version),
    /// The stored record does not descend from the caller's; nothing was written. This is it.
    Superseded(Record),
    /// There is no such account; nothing was written.
    Gone,
}

/// How an attempt ended that brought no new grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// The grant was not spent: no byte of the request left, or the provider declined without touching the
    /// grant. The attempt leaves the journal; earlier unsettled ones stay.
    Unspent,
    /// Whether the grant was spent is not known. The lease is freed, the attempt stays in the journal.
    Unknown,
    /// The grant is dead at this version, for good. The state says so; the journal is closed. The version stays,
    /// so that a result that is still on its way to the store can bring the account back.
    Dead(RelinkReason),
}

/// What [`Store::abandon`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AbandonOutcome {
    /// It is written down.
    Abandoned,
    /// The version is another one; nothing was written. This is the record.
    Changed(Record),
    /// There is no such account.
    Gone,
}

/// An account that wants a renewal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueAccount {
    /// Which account.
    pub key: AccountKey,
    /// Since when, or from when on.
    pub due: Timestamp,
}

/// The store could not be read or written, or holds something that it should not.
#[derive(Debug)]
pub struct StoreError {
    message: Box<str>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// An error; `message` says what failed and what to do about it, as a lower-case fragment without secrets.
    pub fn new(message: impl Into<Box<str>>) -> Self {
        Self {
            message: message.into(),
            source: None,
        }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}
