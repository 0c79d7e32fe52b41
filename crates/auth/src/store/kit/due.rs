//! Which accounts want a renewal.

use attache_core::AccountKey;

use super::{
    Harness,
    world::{Checked, REASONS, World, at, attempt, key, new_record, same},
};
use crate::store::{DueAccount, GrantState, NewRecord, Settlement, Version};

async fn create(
    world: &World<'_>,
    account: &str,
    due: Option<i64>,
    state: GrantState,
) -> Checked<AccountKey> {
    let key = key("tenant", "kit", account)?;
    let due = due.map(at).transpose()?;
    world
        .store
        .create(
            &key,
            Version::FIRST,
            NewRecord {
                state,
                due,
                ..new_record(1)
            },
        )
        .await?;
    Ok(key)
}

async fn due(world: &World<'_>, before: i64, limit: usize) -> Checked<Vec<(String, i64)>> {
    let due = world.other.due(at(before)?, limit).await?;
    let line = |DueAccount { key, due }| (key.account().to_owned(), due.as_unix_seconds());
    Ok(due.into_iter().map(line).collect())
}

fn lines(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected
        .iter()
        .map(|(account, due)| ((*account).to_owned(), *due))
        .collect()
}

pub(super) async fn due_lists_the_most_urgent_first(harness: &dyn Harness) -> Checked {
    let world = World::empty(harness)?;
    for (account, seconds) in [
        ("d", 400),
        ("a", 300),
        ("e", 500),
        ("b", 100),
        ("c", 200),
        ("z", -50),
    ] {
        create(&world, account, Some(seconds), GrantState::Active).await?;
    }
    let expected = [("z", -50), ("b", 100), ("c", 200), ("a", 300), ("d", 400)];
    same("due", due(&world, 500, 100).await?, lines(&expected))
}

pub(super) async fn due_obeys_its_limit(harness: &dyn Harness) -> Checked {
    let world = World::empty(harness)?;
    for (account, seconds) in [("c", 300), ("a", 100), ("b", 200)] {
        create(&world, account, Some(seconds), GrantState::Active).await?;
    }
    same("none", due(&world, 1000, 0).await?, lines(&[]))?;
    same(
        "two",
        due(&world, 1000, 2).await?,
        lines(&[("a", 100), ("b", 200)]),
    )?;
    same(
        "all",
        due(&world, 1000, 3).await?,
        lines(&[("a", 100), ("b", 200), ("c", 300)]),
    )
}

pub(super) async fn due_skips_what_is_not_due(harness: &dyn Harness) -> Checked {
    let world = World::empty(harness)?;
    create(&world, "never", None, GrantState::Active).await?;
    create(&world, "just before", Some(499), GrantState::Active).await?;
    create(&world, "at the time", Some(500), GrantState::Active).await?;
    create(&world, "later", Some(501), GrantState::Active).await?;
    for reason in REASONS {
        create(
            &world,
            reason.as_str(),
            Some(100),
            GrantState::NeedsRelink(reason),
        )
        .await?;
    }
    let deleted = create(&world, "deleted", Some(100), GrantState::Active).await?;
    world.store.delete(&deleted).await?;
    same(
        "due",
        due(&world, 500, 100).await?,
        lines(&[("just before", 499)]),
    )
}

pub(super) async fn due_follows_the_record(harness: &dyn Harness) -> Checked {
    let world = World::empty(harness)?;
    let key = create(&world, "a", Some(100), GrantState::Active).await?;
    let new = NewRecord {
        due: Some(at(200)?),
        ..new_record(1)
    };
    world
        .store
        .commit(&key, Version::FIRST, attempt(1), new.clone())
        .await?;
    same(
        "after a commit",
        due(&world, 1000, 9).await?,
        lines(&[("a", 200)]),
    )?;
    world
        .store
        .abandon(&key, Version(2), attempt(2), Settlement::Dead(REASONS[0]))
        .await?;
    same("after its death", due(&world, 1000, 9).await?, lines(&[]))?;
    world.store.commit(&key, Version(2), attempt(3), new).await?;
    same(
        "after its revival",
        due(&world, 1000, 9).await?,
        lines(&[("a", 200)]),
    )
}
