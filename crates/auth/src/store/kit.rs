//! The tests that every store has to pass, ours and yours. Feature `kit`.
//!
//! A store's author writes a [`Harness`] and runs every check on it, each with an empty store, inside a tokio
//! runtime (one with several threads finds more):
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//! use attache_auth::store::{MemoryStore, Store, kit};
//! use attache_core::{ManualClock, Timestamp};
//!
//! struct Memory(ManualClock, MemoryStore);
//!
//! impl kit::Harness for Memory {
//!     fn store(&self) -> Arc<dyn Store> {
//!         Arc::new(self.1.clone())
//!     }
//!
//!     fn reopen(&self) -> Arc<dyn Store> {
//!         self.store()
//!     }
//!
//!     fn advance(&self, by: Duration) {
//!         self.0.advance(by);
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), kit::Failures> {
//! kit::run_all(|| async {
//!     let clock = ManualClock::starting_at(Timestamp::UNIX_EPOCH);
//!     let store = MemoryStore::new(Arc::new(clock.clone()));
//!     Box::new(Memory(clock, store)) as Box<dyn kit::Harness>
//! })
//! .await
//! # }
//! ```
//!
//! A harness over a real database may let real time run beside [`Harness::advance`]: the checks leave room for
//! some seconds of it, and for instants that are kept to the millisecond.
//!
//! [`FaultyStore`] wraps any store and makes its calls fail, for the tests of whatever uses a store.

mod accounts;
mod due;
mod faulty;
mod interrupted;
mod leases;
mod lineage;
mod settlements;
mod world;

use std::{error::Error, fmt, panic::Location, sync::Arc, time::Duration};

use attache_core::BoxFuture;

use super::{Store, StoreError};

pub use faulty::{Call, CallHook, Fault, FaultyStore};

/// What the checks need to know of a store.
pub trait Harness: Send + Sync {
    /// The store. The same one at each call: what it holds open, it keeps open.
    fn store(&self) -> Arc<dyn Store>;

    /// The same data as another process would open it, while the first store is in use. Where that makes no
    /// sense, the same store.
    fn reopen(&self) -> Arc<dyn Store>;

    /// Moves the clock by which the store judges leases.
    fn advance(&self, by: Duration);

    /// Lets the next call of this kind on [`Harness::store`] fail, with or without its effect. Returns `false`
    /// if that cannot be done; some checks then have nothing to check.
    fn fail_next(&self, _call: Call) -> bool {
        false
    }
}

/// One test of a store.
#[derive(Clone, Copy)]
pub struct Check {
    /// What it checks.
    pub name: &'static str,
    /// Runs it on a harness whose store is empty.
    pub run: for<'a> fn(&'a dyn Harness) -> BoxFuture<'a, Result<(), Failure>>,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Check").field(&self.name).finish()
    }
}

macro_rules! list {
    ($($module:ident: $($name:ident),+ ;)+) => {
        &[$($(Check { name: stringify!($name), run: |harness| Box::pin($module::$name(harness)) }),+),+]
    };
}

static CHECKS: &[Check] = list! {
    accounts:
        an_unknown_account_is_gone_for_every_call,
        create_writes_version_1,
        create_leaves_an_existing_record_alone,
        sealed_bytes_come_back_exactly,
        states_and_due_times_come_back,
        delete_removes_the_account,
        a_deleted_account_can_be_created_anew,
        keys_never_collide;
    leases:
        begin_takes_the_lease,
        begin_wants_the_expected_version,
        begin_wants_the_expected_state,
        a_running_lease_keeps_others_out,
        a_lease_runs_out_by_the_clock_of_the_store,
        unsettled_attempts_add_up,
        fences_rise,
        the_holder_may_repeat_its_begin,
        leases_of_different_accounts_are_independent,
        one_of_many_concurrent_begins_wins;
    lineage:
        commit_writes_the_next_version,
        commit_asks_for_no_lease,
        commit_after_a_lost_lease_wins_by_lineage,
        commit_closes_every_attempt,
        commit_on_another_version_is_superseded,
        a_repeated_commit_is_answered_as_the_first,
        a_repeated_commit_leaves_a_later_lease_alone,
        commit_on_a_deleted_account_is_gone,
        one_of_many_concurrent_commits_wins;
    settlements:
        unspent_frees_the_lease_and_leaves_no_trace,
        unspent_keeps_earlier_attempts,
        unspent_after_a_lost_lease_leaves_the_journal,
        unknown_frees_the_lease_and_keeps_the_attempt,
        unknown_is_counted_once,
        dead_says_so_and_keeps_the_version,
        dead_leaves_the_lease_of_another,
        a_commit_revives_a_dead_account,
        a_dead_account_can_be_tried_again,
        abandon_on_another_version_does_nothing;
    due:
        due_lists_the_most_urgent_first,
        due_obeys_its_limit,
        due_skips_what_is_not_due,
        due_follows_the_record;
    interrupted:
        a_dropped_create_is_whole_or_nothing,
        a_dropped_begin_is_whole_or_nothing,
        a_dropped_commit_is_whole_or_nothing,
        a_dropped_abandon_is_whole_or_nothing,
        a_dropped_delete_is_whole_or_nothing,
        a_failed_create_can_be_repeated,
        a_failed_begin_can_be_repeated,
        a_failed_commit_can_be_repeated,
        a_failed_abandon_can_be_repeated;
};

/// Every check. Run each on an empty store.
pub fn checks() -> &'static [Check] {
    CHECKS
}

/// Runs every check, each on a harness of its own.
///
/// # Errors
///
/// Names every check that failed, and why.
pub async fn run_all<M, F>(make_harness: M) -> Result<(), Failures>
where
    M: Fn() -> F,
    F: Future<Output = Box<dyn Harness>>,
{
    let mut failures = Vec::new();
    for check in checks() {
        let harness = make_harness().await;
        if let Err(failure) = (check.run)(&*harness).await {
            failures.push((check.name, failure));
        }
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(Failures(failures))
    }
}

/// How a store broke a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(String);

impl Failure {
    #[track_caller]
    fn new(what: impl fmt::Display) -> Self {
        let place = Location::caller();
        Self(format!("{what} ({}:{})", place.file(), place.line()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Failure {}

impl From<StoreError> for Failure {
    #[track_caller]
    fn from(error: StoreError) -> Self {
        use fmt::Write as _;

        let mut text = format!("the store failed: {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            // Writing to a String cannot fail.
            let _ = write!(text, ": {cause}");
            source = cause.source();
        }
        Self::new(text)
    }
}

/// The checks that failed. `Display` has one a line.
#[derive(Clone, PartialEq, Eq)]
pub struct Failures(Vec<(&'static str, Failure)>);

impl Failures {
    /// Names and reasons.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Failure)> {
        self.0.iter().map(|(name, failure)| (*name, failure))
    }
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} checks failed", self.0.len(), checks().len())?;
        self.iter()
            .try_for_each(|(name, failure)| write!(f, "\n  {name}: {failure}"))
    }
}

/// As `Display`, because that is what a test that returns it shows.
impl fmt::Debug for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for Failures {}
