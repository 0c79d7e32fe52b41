//! Playing cases: canaries, servers, the driver process, the verdict.

mod canary;
mod cut;
mod driver;
mod emulate;
mod leak;
mod matching;
mod play;
mod review;
mod runner;
mod script;
mod verdict;

pub(crate) use driver::Launch;
pub(crate) use leak::Leaks;
pub(crate) use runner::{Run, RunOptions, run};
pub(crate) use script::Exchange;
pub(crate) use verdict::{CaseReport, Word};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, and goes on after a panic elsewhere: what is inside is only ever appended to.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
