//! The lease: who may spend a grant.

use std::time::Duration;

use super::{
    Failure, Harness,
    world::{
        ACTIVE, Checked, Concurrency, TTL, World, attempt, begun, close, ensure, key, new_record, same,
        settled, together, unsettled,
    },
};
use crate::store::{BeginOutcome, Expected, GrantState, NewRecord, Record, Settlement, Version};

pub(super) async fn begin_takes_the_lease(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    let begun = world.begin(ACTIVE, 1).await?;
    same("unsettled", begun.unsettled, None)?;
    let expected = Record {
        holder: Some((attempt(1), begun.fence)),
        ..settled(Version(1), new_record(1))
    };
    same("record", world.record().await?, expected)
}

pub(super) async fn begin_wants_the_expected_version(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    let version = world.commit(Version::FIRST, 2).await?;
    let record = settled(version, new_record(2));
    for wrong in [Version(1), Version(3)] {
        for store in [&world.store, &world.other] {
            let expected = Expected {
                version: wrong,
                dead: false,
            };
            let outcome = store.begin(&world.key, expected, attempt(3), TTL).await?;
            same("begin", outcome, BeginOutcome::Changed(record.clone()))?;
        }
    }
    same("record", world.record().await?, record)
}

pub(super) async fn begin_wants_the_expected_state(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    let believed_dead = Expected { dead: true, ..ACTIVE };
    let outcome = world
        .store
        .begin(&world.key, believed_dead, attempt(1), TTL)
        .await?;
    same(
        "begin on an active account",
        outcome,
        BeginOutcome::Changed(world.record().await?),
    )?;
    for reason in super::world::REASONS {
        let key = key("tenant", "kit", reason.as_str())?;
        let state = GrantState::NeedsRelink(reason);
        let new = NewRecord {
            state,
            ..new_record(1)
        };
        world.store.create(&key, Version::FIRST, new.clone()).await?;
        let outcome = world.store.begin(&key, ACTIVE, attempt(1), TTL).await?;
        let changed = BeginOutcome::Changed(settled(Version(1), new));
        same("begin on a dead account", outcome, changed)?;
        begun(world.store.begin(&key, believed_dead, attempt(2), TTL).await?)?;
    }
    Ok(())
}

pub(super) async fn a_running_lease_keeps_others_out(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    let first = world.begin(ACTIVE, 1).await?;
    let record = world.record().await?;
    let most = Duration::from_secs(590);
    for wait in [Duration::ZERO, most] {
        world.advance(wait);
        for (store, number) in [(&world.store, 2), (&world.other, 3)] {
            match store.begin(&world.key, ACTIVE, attempt(number), TTL).await? {
                BeginOutcome::Busy { until, now } => {
                    close("end of the lease", until, first.now.saturating_add(TTL))?;
                    close("clock of the store", now, first.now.saturating_add(wait))?;
                }
                other => {
                    return Err(Failure::new(format_args!(
                        "begin under a running lease: found {other:?}"
                    )));
                }
            }
        }
    }
    same("record", world.record().await?, record)
}

pub(super) async fn a_lease_runs_out_by_the_clock_of_the_store(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    let first = world.begin(ACTIVE, 1).await?;
    world.advance(TTL);
    same(
        "holder whose lease ran out",
        world.record().await?.holder,
        Some((attempt(1), first.fence)),
    )?;
    let second = begun(world.other.begin(&world.key, ACTIVE, attempt(2), TTL).await?)?;
    close("clock of the store", second.now, first.now.saturating_add(TTL))?;
    unsettled(second.unsettled, first.now, 1)?;
    let record = world.record().await?;
    unsettled(record.unsettled, first.now, 1)?;
    let expected = Record {
        holder: Some((attempt(2), second.fence)),
        unsettled: record.unsettled,
        ..settled(Version(1), new_record(1))
    };
    same("record", record, expected)
}

pub(super) async fn unsettled_attempts_add_up(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    let first = world.begin(ACTIVE, 0).await?;
    for (number, count) in (1..40).zip(1..) {
        let store = if number % 2 == 0 {
            &world.store
        } else {
            &world.other
        };
        world.advance(TTL);
        let begun = begun(store.begin(&world.key, ACTIVE, attempt(number), TTL).await?)?;
        unsettled(begun.unsettled, first.now, count)?;
    }
    unsettled(world.record().await?.unsettled, first.now, 39)
}

pub(super) async fn fences_rise(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    let mut fences = vec![world.begin(ACTIVE, 1).await?.fence];
    world.advance(TTL);
    fences.push(world.begin(ACTIVE, 2).await?.fence);
    for (number, settlement) in [(2, Settlement::Unspent), (3, Settlement::Unknown)] {
        world
            .store
            .abandon(&world.key, Version::FIRST, attempt(number), settlement)
            .await?;
        fences.push(world.begin(ACTIVE, number + 1).await?.fence);
    }
    let version = world.commit(Version::FIRST, 4).await?;
    fences.push(world.begin(Expected { version, dead: false }, 5).await?.fence);
    ensure(fences.is_sorted_by(|left, right| left < right), || {
        format!("fences do not rise: {fences:?}")
    })
}

pub(super) async fn the_holder_may_repeat_its_begin(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    let first = world.begin(ACTIVE, 1).await?;
    let second = world.begin(ACTIVE, 1).await?;
    same("unsettled", second.unsettled, None)?;
    ensure(second.fence >= first.fence, || {
        format!("fence fell from {:?} to {:?}", first.fence, second.fence)
    })?;
    let expected = Record {
        holder: Some((attempt(1), second.fence)),
        ..settled(Version(1), new_record(1))
    };
    same("record", world.record().await?, expected)?;
    let busy = world.other.begin(&world.key, ACTIVE, attempt(2), TTL).await?;
    ensure(matches!(busy, BeginOutcome::Busy { .. }), || {
        format!("begin of another: found {busy:?}")
    })
}

pub(super) async fn leases_of_different_accounts_are_independent(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    let sister = key("tenant", "kit", "sister")?;
    world.store.create(&sister, Version::FIRST, new_record(2)).await?;
    world.begin(ACTIVE, 1).await?;
    begun(world.other.begin(&sister, ACTIVE, attempt(2), TTL).await?)?;
    world.commit(Version::FIRST, 1).await?;
    let holder = world.other.load(&sister).await?.and_then(|record| record.holder);
    same(
        "holder of the sister account",
        holder.map(|(attempt, _)| attempt),
        Some(attempt(2)),
    )
}

pub(super) async fn one_of_many_concurrent_begins_wins(harness: &dyn Harness) -> Checked {
    for how in [Concurrency::Turns, Concurrency::Tasks] {
        one_of_many_begins_wins(
            &World::with_account_named(harness, &format!("{how:?}")).await?,
            how,
        )
        .await?;
    }
    Ok(())
}

async fn one_of_many_begins_wins(world: &World<'_>, how: Concurrency) -> Checked {
    let outcomes = together(world, how, |store, key, number| {
        store.begin(key, ACTIVE, attempt(number), TTL)
    })
    .await?;
    let mut winners = Vec::new();
    for (outcome, number) in outcomes.into_iter().zip(0..) {
        match outcome {
            BeginOutcome::Begun { fence, unsettled, .. } => {
                same("unsettled", unsettled, None)?;
                winners.push((attempt(number), fence));
            }
            BeginOutcome::Busy { .. } => {}
            other => return Err(Failure::new(format_args!("concurrent begin: found {other:?}"))),
        }
    }
    ensure(winners.len() == 1, || {
        format!("{} concurrent begins took the lease: {winners:?}", winners.len())
    })?;
    same("holder", world.record().await?.holder, winners.first().copied())
}
