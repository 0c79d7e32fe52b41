//! Ending an attempt without a new grant.

use super::{
    Harness,
    world::{
        ACTIVE, Checked, REASONS, TTL, World, attempt, begun, key, new_record, same, settled, unsettled,
    },
};
use crate::store::{AbandonOutcome, CommitOutcome, Expected, GrantState, Record, Settlement, Version};

async fn abandon(world: &World<'_>, number: u8, settlement: Settlement) -> Checked {
    let outcome = world
        .store
        .abandon(&world.key, Version::FIRST, attempt(number), settlement)
        .await?;
    same("abandon", outcome, AbandonOutcome::Abandoned)
}

pub(super) async fn unspent_frees_the_lease_and_leaves_no_trace(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    for _ in 0..2 {
        abandon(&world, 1, Settlement::Unspent).await?;
        same(
            "record",
            world.record().await?,
            settled(Version(1), new_record(1)),
        )?;
    }
    let next = begun(world.other.begin(&world.key, ACTIVE, attempt(2), TTL).await?)?;
    same("unsettled", next.unsettled, None)
}

pub(super) async fn unspent_keeps_earlier_attempts(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    let first = world.begin(ACTIVE, 1).await?;
    world.advance(TTL);
    world.begin(ACTIVE, 2).await?;
    abandon(&world, 2, Settlement::Unspent).await?;
    let record = world.record().await?;
    same("holder", record.holder, None)?;
    unsettled(record.unsettled, first.now, 1)
}

pub(super) async fn unspent_after_a_lost_lease_leaves_the_journal(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    world.advance(TTL);
    let second = begun(world.other.begin(&world.key, ACTIVE, attempt(2), TTL).await?)?;
    unsettled(second.unsettled, second.now.saturating_sub(TTL), 1)?;
    abandon(&world, 1, Settlement::Unspent).await?;
    let expected = Record {
        holder: Some((attempt(2), second.fence)),
        ..settled(Version(1), new_record(1))
    };
    same("record", world.record().await?, expected)
}

pub(super) async fn unknown_frees_the_lease_and_keeps_the_attempt(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    let first = world.begin(ACTIVE, 1).await?;
    abandon(&world, 1, Settlement::Unknown).await?;
    let record = world.record().await?;
    unsettled(record.unsettled, first.now, 1)?;
    let expected = Record {
        unsettled: record.unsettled,
        ..settled(Version(1), new_record(1))
    };
    same("record", record, expected)?;
    let next = begun(world.other.begin(&world.key, ACTIVE, attempt(2), TTL).await?)?;
    unsettled(next.unsettled, first.now, 1)
}

pub(super) async fn unknown_is_counted_once(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    let first = world.begin(ACTIVE, 1).await?;
    world.advance(TTL);
    let second = begun(world.other.begin(&world.key, ACTIVE, attempt(2), TTL).await?)?;
    for _ in 0..2 {
        abandon(&world, 1, Settlement::Unknown).await?;
        let record = world.record().await?;
        same("holder", record.holder, Some((attempt(2), second.fence)))?;
        unsettled(record.unsettled, first.now, 1)?;
    }
    for _ in 0..2 {
        abandon(&world, 2, Settlement::Unknown).await?;
        let record = world.record().await?;
        same("holder", record.holder, None)?;
        unsettled(record.unsettled, first.now, 2)?;
    }
    Ok(())
}

pub(super) async fn dead_says_so_and_keeps_the_version(harness: &dyn Harness) -> Checked {
    let world = World::empty(harness)?;
    for reason in REASONS {
        let key = key("tenant", "kit", reason.as_str())?;
        world.store.create(&key, Version::FIRST, new_record(1)).await?;
        begun(world.store.begin(&key, ACTIVE, attempt(1), TTL).await?)?;
        world.advance(TTL);
        begun(world.store.begin(&key, ACTIVE, attempt(2), TTL).await?)?;
        let dead = Settlement::Dead(reason);
        let outcome = world.store.abandon(&key, Version(1), attempt(2), dead).await?;
        same("abandon", outcome, AbandonOutcome::Abandoned)?;
        let expected = Record {
            state: GrantState::NeedsRelink(reason),
            ..settled(Version(1), new_record(1))
        };
        same("record", world.other.load(&key).await?, Some(expected))?;
    }
    Ok(())
}

pub(super) async fn dead_leaves_the_lease_of_another(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    world.advance(TTL);
    let second = begun(world.other.begin(&world.key, ACTIVE, attempt(2), TTL).await?)?;
    abandon(&world, 1, Settlement::Dead(REASONS[0])).await?;
    let expected = Record {
        state: GrantState::NeedsRelink(REASONS[0]),
        holder: Some((attempt(2), second.fence)),
        ..settled(Version(1), new_record(1))
    };
    same("record", world.record().await?, expected)
}

pub(super) async fn a_commit_revives_a_dead_account(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    world.advance(TTL);
    world.begin(ACTIVE, 2).await?;
    abandon(&world, 2, Settlement::Dead(REASONS[2])).await?;
    let outcome = world
        .other
        .commit(&world.key, Version(1), attempt(1), new_record(1))
        .await?;
    same("commit", outcome, CommitOutcome::Committed(Version(2)))?;
    same(
        "record",
        world.record().await?,
        settled(Version(2), new_record(1)),
    )
}

pub(super) async fn a_dead_account_can_be_tried_again(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    abandon(&world, 1, Settlement::Dead(REASONS[0])).await?;
    let dead = world.record().await?;
    let believed_dead = Expected { dead: true, ..ACTIVE };
    world.begin(believed_dead, 2).await?;
    abandon(&world, 2, Settlement::Unspent).await?;
    same("record", world.record().await?, dead)?;
    world.begin(believed_dead, 3).await?;
    let version = world.commit(Version::FIRST, 3).await?;
    same("record", world.record().await?, settled(version, new_record(3)))
}

pub(super) async fn abandon_on_another_version_does_nothing(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    let version = world.commit(Version::FIRST, 2).await?;
    world.begin(Expected { version, dead: false }, 1).await?;
    let record = world.record().await?;
    for wrong in [Version(1), Version(3)] {
        for settlement in [
            Settlement::Unspent,
            Settlement::Unknown,
            Settlement::Dead(REASONS[0]),
        ] {
            let outcome = world
                .other
                .abandon(&world.key, wrong, attempt(1), settlement)
                .await?;
            same("abandon", outcome, AbandonOutcome::Changed(record.clone()))?;
            same("record", world.record().await?, record.clone())?;
        }
    }
    Ok(())
}
