//! A store in a folder of the local disk.

mod folder;
mod format;
mod lease;

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use attache_core::{AccountKey, BoxFuture, Clock, Timestamp};

use self::{
    folder::{Account, Folder},
    lease::{LeaseLock, LeaseLocks},
};
use super::{
    AbandonOutcome, AttemptId, BeginOutcome, CommitOutcome, CreateOutcome, DueAccount, Expected, NewRecord,
    Record, Settlement, Store, StoreError, Version,
    disk::blocking,
    entry::{Entry, Lease, most_urgent},
};

/// Keeps records in a folder, one file for each account, for any number of processes on one machine.
///
/// The folder must lie on a **local file system**: the store relies on file locks and on renames that survive a
/// loss of power, and network file systems promise neither.
///
/// # Files
///
/// The name of an account's files is a readable part of its key and a hash of all of it.
///
/// - `NAME.json`: the account. Format name, format version, key, checksum, clear metadata, sealed bytes. Each
///   write is whole or not at all: a temporary file, flushed, renamed, and the folder flushed.
/// - `NAME.lock`: locked for the few milliseconds of each transition. It stays when the account is deleted;
///   do not remove it while a program has the folder open.
/// - `NAME.FENCE.lease`: locked by the holder of a lease for as long as it holds it.
/// - `NAME.tmp`: a write in progress. What a killed process leaves is removed by the next [`FileStore::open`]
///   or the next write.
///
/// Files that the store creates can be read by their owner alone (mode 0600), and so can a folder that it
/// creates (0700). The mode of a folder that is already there is left as it is.
///
/// A file that is damaged, foreign, from a newer version or about another account is never written over: the
/// call fails with an error that names the file. [`Store::due`] passes such files by and logs a warning.
///
/// # Leases
///
/// A holder's lock on its lease file ends with its process, so that another one takes over at once, with the
/// attempt [`Unsettled`](super::Unsettled). A holder that is stopped but not dead (SIGSTOP, a debugger) keeps
/// others waiting until its lease runs out by the clock. One that is stopped within a transition keeps others
/// waiting for as long as it is stopped.
///
/// Two stores that are opened on one folder, in one process or in two, exclude each other; clones of one store
/// are one holder.
///
/// # Cancel safety
///
/// A transition runs on tokio's threads for blocking work and finishes by itself when its future is dropped. The
/// lease of a [`Store::begin`] whose future was dropped is nobody's: the next caller gets it at once, and
/// finds an unsettled attempt.
#[derive(Clone)]
pub struct FileStore {
    inner: Arc<Inner>,
}

struct Inner {
    folder: Folder,
    clock: Arc<dyn Clock>,
    leases: LeaseLocks,
}

impl FileStore {
    /// Opens a folder, and creates it if it is missing. Blocks for a few operations on the disk.
    ///
    /// Leases are judged by the wall side of `clock`; every process on the folder should use the same one.
    ///
    /// # Errors
    ///
    /// If the folder cannot be created or listed.
    pub fn open(folder: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let folder = Folder::open(folder.into())?;
        folder.sweep()?;
        Ok(Self {
            inner: Arc::new(Inner {
                folder,
                clock,
                leases: LeaseLocks::default(),
            }),
        })
    }

    /// Runs file work about one account where it may block.
    async fn blocking<T, W>(&self, key: &AccountKey, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Inner, &AccountKey) -> Result<T, StoreError> + Send + 'static,
    {
        let (inner, key) = (Arc::clone(&self.inner), key.clone());
        blocking(move || work(&inner, &key)).await
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore")
            .field("folder", &self.inner.folder.path())
            .finish_non_exhaustive()
    }
}

impl Store for FileStore {
    fn load<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<Option<Record>, StoreError>> {
        Box::pin(self.blocking(key, |inner, key| {
            Ok(inner.folder.read(key)?.map(|entry| entry.record()))
        }))
    }

    fn create<'a>(
        &'a self,
        key: &'a AccountKey,
        first: Version,
        record: NewRecord,
    ) -> BoxFuture<'a, Result<CreateOutcome, StoreError>> {
        Box::pin(self.blocking(key, move |inner, key| {
            let account = inner.folder.lock(key)?;
            if let Some(entry) = account.read()? {
                return Ok(CreateOutcome::Exists(entry.record()));
            }
            account.write(&Entry::first(first, record))?;
            Ok(CreateOutcome::Created)
        }))
    }

    fn begin<'a>(
        &'a self,
        key: &'a AccountKey,
        expected: Expected,
        attempt: AttemptId,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<BeginOutcome, StoreError>> {
        Box::pin(async move {
            let (outcome, lock) = self
                .blocking(key, move |inner, key| inner.begin(key, expected, attempt, ttl))
                .await?;
            // Here, and not on the blocking thread: if this future is dropped, nobody learns of the lease, and
            // the lock is dropped with the answer.
            if let Some(lock) = lock {
                self.inner.leases.keep(lock);
            }
            Ok(outcome)
        })
    }

    fn commit<'a>(
        &'a self,
        key: &'a AccountKey,
        spent: Version,
        attempt: AttemptId,
        record: NewRecord,
    ) -> BoxFuture<'a, Result<CommitOutcome, StoreError>> {
        Box::pin(self.blocking(key, move |inner, key| {
            inner.close(key, attempt, CommitOutcome::Gone, |entry| {
                let outcome = entry.commit(spent, attempt, record);
                let write = matches!(outcome, CommitOutcome::Committed(_));
                (outcome, write)
            })
        }))
    }

    fn abandon<'a>(
        &'a self,
        key: &'a AccountKey,
        version: Version,
        attempt: AttemptId,
        settlement: Settlement,
    ) -> BoxFuture<'a, Result<AbandonOutcome, StoreError>> {
        Box::pin(self.blocking(key, move |inner, key| {
            inner.close(key, attempt, AbandonOutcome::Gone, |entry| {
                let outcome = entry.abandon(version, attempt, settlement);
                let write = outcome == AbandonOutcome::Abandoned;
                (outcome, write)
            })
        }))
    }

    fn delete<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(self.blocking(key, |inner, key| {
            let account = inner.folder.lock(key)?;
            let Some(entry) = account.read()? else {
                return Ok(false);
            };
            account.remove()?;
            account.drop_lease_file(entry.lease());
            Ok(true)
        }))
    }

    /// Reads every file of the folder: meant for some thousand accounts.
    fn due(&self, before: Timestamp, limit: usize) -> BoxFuture<'_, Result<Vec<DueAccount>, StoreError>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(blocking(move || {
            let mut due = Vec::new();
            inner.folder.each(|key, entry| {
                due.extend(entry.due_before(before).map(|due| DueAccount { key, due }));
            })?;
            Ok(most_urgent(due, limit))
        }))
    }
}

impl Inner {
    fn begin(
        &self,
        key: &AccountKey,
        expected: Expected,
        attempt: AttemptId,
        ttl: Duration,
    ) -> Result<(BeginOutcome, Option<LeaseLock>), StoreError> {
        let account = self.folder.lock(key)?;
        let Some(mut entry) = account.read()? else {
            return Ok((BeginOutcome::Gone, None));
        };
        let now = self.clock.now();
        self.leases.forget_ended(now);
        let earlier = entry.lease();
        if let Some(lease) = entry.obstacle(expected, attempt, now)
            && account.holder_has_stopped(lease)?
        {
            entry.bury_holder();
        }
        let outcome = entry.begin(expected, attempt, ttl, now);
        let (BeginOutcome::Begun { .. }, Some(lease)) = (&outcome, entry.lease()) else {
            return Ok((outcome, None));
        };
        // The lock comes first: whoever reads the lease in the record finds its holder alive.
        let lock = if self.leases.renew(lease) {
            None
        } else {
            Some(account.take_lease_file(lease)?)
        };
        save(&account, earlier, &entry)?;
        Ok((outcome, lock))
    }

    /// A transition that ends an attempt, as far as the store is concerned, unless it fails.
    fn close<T>(
        &self,
        key: &AccountKey,
        attempt: AttemptId,
        gone: T,
        transition: impl FnOnce(&mut Entry) -> (T, bool),
    ) -> Result<T, StoreError> {
        let account = self.folder.lock(key)?;
        let outcome = match account.read()? {
            None => gone,
            Some(mut entry) => {
                let earlier = entry.lease();
                let (outcome, write) = transition(&mut entry);
                if write {
                    save(&account, earlier, &entry)?;
                }
                outcome
            }
        };
        self.leases.release(attempt);
        Ok(outcome)
    }
}

/// Writes an account, even if nothing in it has changed: the write before it may have failed to reach the disk.
fn save(account: &Account<'_>, earlier: Option<Lease>, entry: &Entry) -> Result<(), StoreError> {
    account.write(entry)?;
    account.drop_lease_file(
        earlier.filter(|earlier| Some(earlier.fence) != entry.lease().map(|lease| lease.fence)),
    );
    Ok(())
}
