//! Locking that outlives a panic elsewhere: a test that fails on one thread must not poison the others.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes the lock, whether or not a holder panicked.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
