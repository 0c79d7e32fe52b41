//! What the checks are written with.

use std::{fmt::Debug, sync::Arc, time::Duration};

use attache_core::{AccountKey, BoxFuture, RelinkReason, Timestamp};
use futures_util::future::join_all;
use tokio::sync::Barrier;

use super::{Failure, Harness};
use crate::store::{
    AttemptId, BeginOutcome, CommitOutcome, CreateOutcome, Expected, Fence, GrantState, NewRecord, Record,
    Sealed, Store, StoreError, Unsettled, Version,
};

pub(super) type Checked<T = ()> = Result<T, Failure>;

/// How long the leases of the checks are.
pub(super) const TTL: Duration = Duration::from_secs(600);
/// Instants may differ by this much between what the store said and what it kept.
const ROUNDING: Duration = Duration::from_secs(1);

pub(super) const ACTIVE: Expected = Expected {
    version: Version::FIRST,
    dead: false,
};

/// A store with an account, seen from two sides.
pub(super) struct World<'a> {
    harness: &'a dyn Harness,
    /// The store.
    pub(super) store: Arc<dyn Store>,
    /// The same data from another process.
    pub(super) other: Arc<dyn Store>,
    pub(super) key: AccountKey,
}

impl<'a> World<'a> {
    /// A world without any account.
    pub(super) fn empty(harness: &'a dyn Harness) -> Checked<Self> {
        let key = key("tenant", "kit", "account")?;
        Ok(Self {
            harness,
            store: harness.store(),
            other: harness.reopen(),
            key,
        })
    }

    /// A world with one account, whose record is `new_record(1)`.
    pub(super) async fn with_account(harness: &'a dyn Harness) -> Checked<Self> {
        Self::with_account_named(harness, "account").await
    }

    /// The same, under a name.
    pub(super) async fn with_account_named(harness: &'a dyn Harness, account: &str) -> Checked<Self> {
        let mut world = Self::empty(harness)?;
        world.key = key("tenant", "kit", account)?;
        same(
            "create",
            world
                .store
                .create(&world.key, Version::FIRST, new_record(1))
                .await?,
            CreateOutcome::Created,
        )?;
        Ok(world)
    }

    pub(super) fn advance(&self, by: Duration) {
        self.harness.advance(by);
    }

    pub(super) fn fail_next(&self, call: super::Call) -> bool {
        self.harness.fail_next(call)
    }

    /// The record as the other process sees it.
    pub(super) async fn record(&self) -> Checked<Record> {
        let record = self.other.load(&self.key).await?;
        record.ok_or_else(|| Failure::new("the account has gone"))
    }

    /// Begins an attempt that nothing stands in the way of.
    pub(super) async fn begin(&self, expected: Expected, number: u8) -> Checked<Begun> {
        begun(
            self.store
                .begin(&self.key, expected, attempt(number), TTL)
                .await?,
        )
    }

    /// Commits an attempt that nothing stands in the way of; the record is `new_record(number)`.
    pub(super) async fn commit(&self, spent: Version, number: u8) -> Checked<Version> {
        let outcome = self
            .store
            .commit(&self.key, spent, attempt(number), new_record(number))
            .await?;
        same("commit", outcome, CommitOutcome::Committed(spent.next()))?;
        Ok(spent.next())
    }
}

/// How calls are made at the same time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Concurrency {
    /// In tasks of their own: they meet wherever threads do.
    Tasks,
    /// In one task, in turn: they meet wherever a call waits.
    Turns,
}

/// Makes 32 calls at the same time, half of them from either side. Their outcomes, by number.
pub(super) async fn together<T, C>(world: &World<'_>, how: Concurrency, call: C) -> Checked<Vec<T>>
where
    T: Send + 'static,
    C: for<'a> Fn(&'a dyn Store, &'a AccountKey, u8) -> BoxFuture<'a, Result<T, StoreError>>
        + Copy
        + Send
        + 'static,
{
    const CALLS: u8 = 32;
    let barrier = Arc::new(Barrier::new(usize::from(CALLS)));
    let calls = (0..CALLS).map(|number| {
        let store = Arc::clone(if number % 2 == 0 {
            &world.store
        } else {
            &world.other
        });
        let (key, barrier) = (world.key.clone(), Arc::clone(&barrier));
        async move {
            barrier.wait().await;
            call(&*store, &key, number).await
        }
    });
    match how {
        Concurrency::Turns => Ok(join_all(calls).await.into_iter().collect::<Result<_, _>>()?),
        Concurrency::Tasks => {
            let tasks = join_all(calls.map(tokio::spawn).collect::<Vec<_>>()).await;
            tasks
                .into_iter()
                .map(|task| Ok(task.map_err(Failure::new)??))
                .collect()
        }
    }
}

/// A successful begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Begun {
    pub(super) fence: Fence,
    pub(super) now: Timestamp,
    pub(super) unsettled: Option<Unsettled>,
}

#[track_caller]
pub(super) fn begun(outcome: BeginOutcome) -> Checked<Begun> {
    match outcome {
        BeginOutcome::Begun {
            fence,
            now,
            unsettled,
        } => Ok(Begun {
            fence,
            now,
            unsettled,
        }),
        other => Err(Failure::new(format_args!(
            "begin should have taken the lease, but found {other:?}"
        ))),
    }
}

pub(super) fn key(tenant: &str, provider: &str, account: &str) -> Checked<AccountKey> {
    AccountKey::new(tenant, provider, account).map_err(Failure::new)
}

pub(super) fn attempt(number: u8) -> AttemptId {
    AttemptId([number; 16])
}

pub(super) fn at(seconds: i64) -> Checked<Timestamp> {
    Timestamp::from_unix_seconds(seconds).map_err(Failure::new)
}

/// A record that can be told from others by its number.
pub(super) fn new_record(number: u8) -> NewRecord {
    let due = Timestamp::UNIX_EPOCH.saturating_add(Duration::from_secs(2_000_000_000 + u64::from(number)));
    NewRecord {
        state: GrantState::Active,
        due: Some(due),
        sealed: Sealed(vec![number, 0, 255, number]),
    }
}

/// How `new` looks in the store at `version`, with no attempt open.
pub(super) fn settled(version: Version, new: NewRecord) -> Record {
    let NewRecord { state, due, sealed } = new;
    Record {
        version,
        state,
        due,
        sealed,
        holder: None,
        unsettled: None,
    }
}

pub(super) const REASONS: [RelinkReason; 5] = [
    RelinkReason::Refused,
    RelinkReason::ExpiredIdle,
    RelinkReason::LostInRotation,
    RelinkReason::IdentityChanged,
    RelinkReason::Revoked,
];

#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "what is compared is often made in place"
)]
pub(super) fn same<T: PartialEq + Debug>(what: &str, found: T, expected: T) -> Checked {
    ensure(found == expected, || {
        format!("{what}: found {found:?}, expected {expected:?}")
    })
}

#[track_caller]
pub(super) fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Checked {
    if holds {
        Ok(())
    } else {
        Err(Failure::new(otherwise()))
    }
}

/// Whether two instants are the same, but for rounding and the time that a call takes.
#[track_caller]
pub(super) fn close(what: &str, found: Timestamp, expected: Timestamp) -> Checked {
    let difference = found.since(expected).max(expected.since(found));
    ensure(difference <= ROUNDING, || {
        format!("{what}: found {found}, expected {expected}")
    })
}

/// Whether so many attempts are unsettled, the first of them begun at `first`.
#[track_caller]
pub(super) fn unsettled(found: Option<Unsettled>, first: Timestamp, attempts: u32) -> Checked {
    match found {
        Some(found) if found.attempts == attempts => close(
            "begin of the first unsettled attempt",
            found.first_begun_at,
            first,
        ),
        _ => Err(Failure::new(format_args!(
            "unsettled attempts: found {found:?}, expected {attempts}"
        ))),
    }
}
