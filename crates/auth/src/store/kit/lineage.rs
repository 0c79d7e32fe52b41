//! Saving: a result is written on the version it was derived from, or not at all.

use super::{
    Failure, Harness,
    world::{ACTIVE, Checked, Concurrency, TTL, World, attempt, ensure, new_record, same, settled, together},
};
use crate::store::{CommitOutcome, Expected, Record, Version};

pub(super) async fn commit_writes_the_next_version(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 5).await?;
    let committed = world
        .store
        .commit(&world.key, Version(1), attempt(5), new_record(5))
        .await?;
    same("commit", committed, CommitOutcome::Committed(Version(2)))?;
    same(
        "record",
        world.record().await?,
        settled(Version(2), new_record(5)),
    )?;
    world
        .begin(
            Expected {
                version: Version(2),
                dead: false,
            },
            6,
        )
        .await?;
    world.commit(Version(2), 6).await?;
    same(
        "record",
        world.record().await?,
        settled(Version(3), new_record(6)),
    )
}

pub(super) async fn commit_asks_for_no_lease(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.commit(Version::FIRST, 5).await?;
    same(
        "record",
        world.record().await?,
        settled(Version(2), new_record(5)),
    )
}

pub(super) async fn commit_after_a_lost_lease_wins_by_lineage(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    world.advance(TTL);
    super::world::begun(world.other.begin(&world.key, ACTIVE, attempt(2), TTL).await?)?;
    let slow = world
        .store
        .commit(&world.key, Version(1), attempt(1), new_record(1))
        .await?;
    same(
        "commit of the slow holder",
        slow,
        CommitOutcome::Committed(Version(2)),
    )?;
    let saved = settled(Version(2), new_record(1));
    same("record", world.record().await?, saved.clone())?;
    let late = world
        .other
        .commit(&world.key, Version(1), attempt(2), new_record(2))
        .await?;
    same(
        "commit of the new holder",
        late,
        CommitOutcome::Superseded(saved.clone()),
    )?;
    same("record", world.record().await?, saved)?;
    // The lease of the second holder is over with the version it was for.
    world
        .begin(
            Expected {
                version: Version(2),
                dead: false,
            },
            3,
        )
        .await?;
    Ok(())
}

pub(super) async fn commit_closes_every_attempt(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    for number in 1..=3 {
        world.begin(ACTIVE, number).await?;
        world.advance(TTL);
    }
    let version = world.commit(Version::FIRST, 3).await?;
    same("record", world.record().await?, settled(version, new_record(3)))?;
    let next = world.begin(Expected { version, dead: false }, 4).await?;
    same("unsettled", next.unsettled, None)
}

pub(super) async fn commit_on_another_version_is_superseded(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.commit(Version::FIRST, 1).await?;
    let begun = world
        .begin(
            Expected {
                version: Version(2),
                dead: false,
            },
            2,
        )
        .await?;
    let record = Record {
        holder: Some((attempt(2), begun.fence)),
        ..settled(Version(2), new_record(1))
    };
    for spent in [Version(1), Version(3)] {
        for store in [&world.store, &world.other] {
            let outcome = store.commit(&world.key, spent, attempt(9), new_record(9)).await?;
            same("commit", outcome, CommitOutcome::Superseded(record.clone()))?;
            same("record", world.record().await?, record.clone())?;
        }
    }
    Ok(())
}

pub(super) async fn a_repeated_commit_is_answered_as_the_first(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    for store in [&world.store, &world.store, &world.other] {
        let outcome = store
            .commit(&world.key, Version(1), attempt(1), new_record(1))
            .await?;
        same("commit", outcome, CommitOutcome::Committed(Version(2)))?;
        same(
            "record",
            world.record().await?,
            settled(Version(2), new_record(1)),
        )?;
    }
    // Once another attempt has written, the record is no longer the one that the call wrote.
    world.commit(Version(2), 2).await?;
    let outcome = world
        .store
        .commit(&world.key, Version(1), attempt(1), new_record(1))
        .await?;
    same(
        "commit",
        outcome,
        CommitOutcome::Superseded(settled(Version(3), new_record(2))),
    )
}

pub(super) async fn a_repeated_commit_leaves_a_later_lease_alone(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    world.commit(Version::FIRST, 1).await?;
    let expected = Expected {
        version: Version(2),
        dead: false,
    };
    let later = super::world::begun(world.other.begin(&world.key, expected, attempt(2), TTL).await?)?;
    world.commit(Version::FIRST, 1).await?;
    same(
        "holder",
        world.record().await?.holder,
        Some((attempt(2), later.fence)),
    )
}

pub(super) async fn commit_on_a_deleted_account_is_gone(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    same("delete", world.other.delete(&world.key).await?, true)?;
    let outcome = world
        .store
        .commit(&world.key, Version(1), attempt(1), new_record(1))
        .await?;
    same("commit", outcome, CommitOutcome::Gone)?;
    same("load", world.other.load(&world.key).await?, None)
}

pub(super) async fn one_of_many_concurrent_commits_wins(harness: &dyn Harness) -> Checked {
    for how in [Concurrency::Turns, Concurrency::Tasks] {
        one_of_many_commits_wins(
            &World::with_account_named(harness, &format!("{how:?}")).await?,
            how,
        )
        .await?;
    }
    Ok(())
}

async fn one_of_many_commits_wins(world: &World<'_>, how: Concurrency) -> Checked {
    let outcomes = together(world, how, |store, key, number| {
        store.commit(key, Version::FIRST, attempt(number), new_record(number))
    })
    .await?;
    let (mut winners, mut told) = (Vec::new(), Vec::new());
    for (outcome, number) in outcomes.into_iter().zip(0..) {
        match outcome {
            CommitOutcome::Committed(version) => winners.push(settled(version, new_record(number))),
            CommitOutcome::Superseded(record) => told.push(record),
            CommitOutcome::Gone => return Err(Failure::new("concurrent commit: found no account")),
        }
    }
    ensure(winners.len() == 1, || {
        format!("{} concurrent commits have written", winners.len())
    })?;
    let stored = world.record().await?;
    same("winner", winners, vec![stored.clone()])?;
    ensure(told.iter().all(|record| *record == stored), || {
        "a loser was told another record".into()
    })
}
