//! Calls that are dropped or fail midway: the record is as before the call or as after it.
//!
//! A store may finish a dropped call by itself, at any time, so these checks ask only for what stays true then.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use attache_core::BoxFuture;

use super::{
    Call, Failure, Harness,
    world::{ACTIVE, Checked, REASONS, TTL, World, attempt, ensure, new_record, same, settled},
};
use crate::store::{
    AbandonOutcome, BeginOutcome, CommitOutcome, CreateOutcome, GrantState, Record, Settlement, StoreError,
    Unsettled, Version,
};

/// Polls a call `polls` times and drops it. Tells whether it was done by then.
fn drop_after<T>(polls: usize, call: BoxFuture<'_, Result<T, StoreError>>) -> Checked<bool> {
    let mut call = pin!(call);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..polls {
        if let Poll::Ready(outcome) = call.as_mut().poll(&mut context) {
            outcome?;
            return Ok(true);
        }
    }
    Ok(false)
}

#[track_caller]
fn one_of<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &[T]) -> Checked {
    ensure(expected.contains(found), || {
        format!("{what}: found {found:?}, expected one of {expected:?}")
    })
}

pub(super) async fn a_dropped_create_is_whole_or_nothing(harness: &dyn Harness) -> Checked {
    let world = World::empty(harness)?;
    let after = settled(Version(1), new_record(1));
    for polls in 0..4 {
        drop_after(
            polls,
            world.store.create(&world.key, Version::FIRST, new_record(1)),
        )?;
        one_of(
            "record",
            &world.other.load(&world.key).await?,
            &[None, Some(after.clone())],
        )?;
    }
    let again = world
        .store
        .create(&world.key, Version::FIRST, new_record(1))
        .await?;
    one_of(
        "create",
        &again,
        &[CreateOutcome::Created, CreateOutcome::Exists(after.clone())],
    )?;
    same("record", world.record().await?, after)
}

pub(super) async fn a_dropped_begin_is_whole_or_nothing(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    for polls in 0..4 {
        drop_after(polls, world.store.begin(&world.key, ACTIVE, attempt(1), TTL))?;
        let record = world.record().await?;
        let holder = record.holder.map(|(attempt, _)| attempt);
        one_of("holder", &holder, &[None, Some(attempt(1))])?;
        let rest = Record {
            holder: None,
            ..record
        };
        same("the rest of the record", rest, settled(Version(1), new_record(1)))?;
    }
    // Whatever became of it, it keeps nobody out for longer than a lease. Each of the four may still run.
    for _ in 0..5 {
        world.advance(TTL);
        match world.other.begin(&world.key, ACTIVE, attempt(2), TTL).await? {
            BeginOutcome::Begun { unsettled, .. } => {
                let attempts = unsettled.map_or(0, |Unsettled { attempts, .. }| attempts);
                return ensure(attempts <= 4, || {
                    format!("four dropped begins left {attempts} attempts")
                });
            }
            BeginOutcome::Busy { .. } => {}
            other => {
                return Err(Failure::new(format_args!(
                    "begin after a dropped one: found {other:?}"
                )));
            }
        }
    }
    Err(Failure::new("a dropped begin keeps the account busy for good"))
}

pub(super) async fn a_dropped_commit_is_whole_or_nothing(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 5).await?;
    let before = world.record().await?;
    let after = settled(Version(2), new_record(5));
    for polls in 0..4 {
        drop_after(
            polls,
            world
                .store
                .commit(&world.key, Version(1), attempt(5), new_record(5)),
        )?;
        one_of("record", &world.record().await?, &[before.clone(), after.clone()])?;
    }
    let again = world
        .store
        .commit(&world.key, Version(1), attempt(5), new_record(5))
        .await?;
    same("repeated commit", again, CommitOutcome::Committed(Version(2)))?;
    same("record", world.record().await?, after)
}

pub(super) async fn a_dropped_abandon_is_whole_or_nothing(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    let before = world.record().await?;
    let dead = Settlement::Dead(REASONS[0]);
    let after = Record {
        state: GrantState::NeedsRelink(REASONS[0]),
        ..settled(Version(1), new_record(1))
    };
    for polls in 0..4 {
        drop_after(
            polls,
            world.store.abandon(&world.key, Version(1), attempt(1), dead),
        )?;
        one_of("record", &world.record().await?, &[before.clone(), after.clone()])?;
    }
    let again = world
        .store
        .abandon(&world.key, Version(1), attempt(1), dead)
        .await?;
    same("repeated abandon", again, AbandonOutcome::Abandoned)?;
    same("record", world.record().await?, after)
}

pub(super) async fn a_dropped_delete_is_whole_or_nothing(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    let before = world.record().await?;
    for polls in 0..4 {
        drop_after(polls, world.store.delete(&world.key))?;
        one_of(
            "record",
            &world.other.load(&world.key).await?,
            &[Some(before.clone()), None],
        )?;
    }
    world.store.delete(&world.key).await?;
    same("record", world.other.load(&world.key).await?, None)
}

/// Whether a call has failed as it was told to.
fn failed<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> Checked {
    match outcome {
        Err(_) => Ok(()),
        Ok(outcome) => Err(Failure::new(format_args!(
            "the call should have failed, but found {outcome:?}"
        ))),
    }
}

pub(super) async fn a_failed_create_can_be_repeated(harness: &dyn Harness) -> Checked {
    let world = World::empty(harness)?;
    if !world.fail_next(Call::Create) {
        return Ok(());
    }
    let after = settled(Version(1), new_record(1));
    failed(
        world
            .store
            .create(&world.key, Version::FIRST, new_record(1))
            .await,
    )?;
    one_of(
        "record",
        &world.other.load(&world.key).await?,
        &[None, Some(after.clone())],
    )?;
    let again = world
        .store
        .create(&world.key, Version::FIRST, new_record(1))
        .await?;
    one_of(
        "repeated create",
        &again,
        &[CreateOutcome::Created, CreateOutcome::Exists(after.clone())],
    )?;
    same("record", world.record().await?, after)
}

pub(super) async fn a_failed_begin_can_be_repeated(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    if !world.fail_next(Call::Begin) {
        return Ok(());
    }
    failed(world.store.begin(&world.key, ACTIVE, attempt(1), TTL).await)?;
    let holder = world.record().await?.holder.map(|(attempt, _)| attempt);
    one_of("holder", &holder, &[None, Some(attempt(1))])?;
    let again = world.begin(ACTIVE, 1).await?;
    same("unsettled", again.unsettled, None)?;
    let busy = world.other.begin(&world.key, ACTIVE, attempt(2), TTL).await?;
    ensure(matches!(busy, BeginOutcome::Busy { .. }), || {
        format!("begin of another: found {busy:?}")
    })
}

pub(super) async fn a_failed_commit_can_be_repeated(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 5).await?;
    if !world.fail_next(Call::Commit) {
        return Ok(());
    }
    let before = world.record().await?;
    let after = settled(Version(2), new_record(5));
    failed(
        world
            .store
            .commit(&world.key, Version(1), attempt(5), new_record(5))
            .await,
    )?;
    one_of("record", &world.record().await?, &[before, after.clone()])?;
    let again = world
        .store
        .commit(&world.key, Version(1), attempt(5), new_record(5))
        .await?;
    same("repeated commit", again, CommitOutcome::Committed(Version(2)))?;
    same("record", world.record().await?, after)
}

pub(super) async fn a_failed_abandon_can_be_repeated(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    if !world.fail_next(Call::Abandon) {
        return Ok(());
    }
    let before = world.record().await?;
    let after = settled(Version(1), new_record(1));
    let unspent = Settlement::Unspent;
    failed(
        world
            .store
            .abandon(&world.key, Version(1), attempt(1), unspent)
            .await,
    )?;
    one_of("record", &world.record().await?, &[before, after.clone()])?;
    let again = world
        .store
        .abandon(&world.key, Version(1), attempt(1), unspent)
        .await?;
    same("repeated abandon", again, AbandonOutcome::Abandoned)?;
    same("record", world.record().await?, after)
}
