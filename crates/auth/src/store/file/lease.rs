//! The locks that tell a living holder of a lease from a dead one.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use attache_core::Timestamp;

use crate::store::{AttemptId, disk, entry::Lease};

/// A lock on the file of one lease. Dropping it, or the death of the process, ends it.
pub(super) struct LeaseLock {
    lease: Lease,
    _locked: File,
}

impl LeaseLock {
    /// Makes the file of a lease anew and locks it. The lock of the account must be held.
    ///
    /// Anew, because a process that was stopped in an earlier life of the account may still hold a lock on a
    /// file of this name.
    pub(super) fn take(path: &Path, lease: Lease) -> io::Result<Self> {
        disk::remove_if_there(path)?;
        let file = disk::private()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path)?;
        file.try_lock().map_err(io::Error::from)?;
        Ok(Self { lease, _locked: file })
    }
}

/// Whether the holder of a lease is known to have stopped. The lock of the account must be held.
///
/// A file that is missing tells nothing: the record would not name the lease if we had removed it.
pub(super) fn holder_has_stopped(path: &Path) -> io::Result<bool> {
    let file = match disk::private().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The locks of the leases that this store holds.
#[derive(Default)]
pub(super) struct LeaseLocks(Mutex<Vec<LeaseLock>>);

impl LeaseLocks {
    pub(super) fn keep(&self, lock: LeaseLock) {
        self.locks().push(lock);
    }

    /// Whether the lock of this lease is already held; its new end is noted.
    pub(super) fn renew(&self, lease: Lease) -> bool {
        let mut locks = self.locks();
        let held = locks
            .iter_mut()
            .find(|lock| (lock.lease.attempt, lock.lease.fence) == (lease.attempt, lease.fence));
        held.map(|lock| lock.lease = lease).is_some()
    }

    pub(super) fn release(&self, attempt: AttemptId) {
        self.locks().retain(|lock| lock.lease.attempt != attempt);
    }

    /// Drops the locks of leases that have run out: nobody asks for them any more.
    pub(super) fn forget_ended(&self, now: Timestamp) {
        self.locks().retain(|lock| now < lock.lease.until);
    }

    fn locks(&self) -> MutexGuard<'_, Vec<LeaseLock>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
