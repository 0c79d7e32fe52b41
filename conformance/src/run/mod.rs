//! Playing cases: canaries, servers, the driver process, the verdict.

mod canary;
mod driver;
mod emulate;
mod exchange;
mod leak;
mod linking;
mod mask;
mod matching;
mod oracle;
mod play;
mod relay;
mod review;
mod runner;
mod script;
mod stage;
mod verdict;

pub(crate) use driver::Launch;
pub(crate) use exchange::{Exchange, Message};
pub(crate) use leak::Leaks;
pub(crate) use runner::{Run, RunOptions, run};
pub(crate) use verdict::{CaseReport, Word};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, and goes on after a panic elsewhere: what is inside is only ever appended to.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
