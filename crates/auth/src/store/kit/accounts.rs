//! Creating, reading and removing.

use super::{
    Harness,
    world::{ACTIVE, Checked, REASONS, TTL, World, at, attempt, key, new_record, same, settled},
};
use crate::store::{
    AbandonOutcome, BeginOutcome, CommitOutcome, CreateOutcome, GrantState, NewRecord, Sealed, Settlement,
    Version,
};

pub(super) async fn an_unknown_account_is_gone_for_every_call(harness: &dyn Harness) -> Checked {
    let world = World::empty(harness)?;
    gone(&world).await
}

/// No call finds an account, and none makes one.
async fn gone(world: &World<'_>) -> Checked {
    for store in [&world.store, &world.other] {
        same("load", store.load(&world.key).await?, None)?;
        same(
            "begin",
            store.begin(&world.key, ACTIVE, attempt(9), TTL).await?,
            BeginOutcome::Gone,
        )?;
        let commit = store
            .commit(&world.key, Version::FIRST, attempt(9), new_record(9))
            .await?;
        same("commit", commit, CommitOutcome::Gone)?;
        let abandon = store
            .abandon(&world.key, Version::FIRST, attempt(9), Settlement::Unknown)
            .await?;
        same("abandon", abandon, AbandonOutcome::Gone)?;
        same("delete", store.delete(&world.key).await?, false)?;
        same("load after all", store.load(&world.key).await?, None)?;
    }
    Ok(())
}

pub(super) async fn create_writes_version_1(harness: &dyn Harness) -> Checked {
    let world = World::empty(harness)?;
    same(
        "create",
        world
            .store
            .create(&world.key, Version::FIRST, new_record(1))
            .await?,
        CreateOutcome::Created,
    )?;
    same(
        "record",
        world.record().await?,
        settled(Version(1), new_record(1)),
    )
}

pub(super) async fn create_leaves_an_existing_record_alone(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    let version = world.commit(Version::FIRST, 1).await?;
    let expected = settled(version, new_record(1));
    for store in [&world.store, &world.other] {
        let outcome = store.create(&world.key, Version::FIRST, new_record(7)).await?;
        same("create", outcome, CreateOutcome::Exists(expected.clone()))?;
        same("record", world.record().await?, expected.clone())?;
    }
    Ok(())
}

pub(super) async fn sealed_bytes_come_back_exactly(harness: &dyn Harness) -> Checked {
    let world = World::empty(harness)?;
    let every_byte: Vec<u8> = (0..=255).collect();
    let (text, long) = (b"\"',\\\r\n\t{}\xc3\x28".to_vec(), every_byte.repeat(256));
    for (index, bytes) in [Vec::new(), vec![0], every_byte, text, long]
        .into_iter()
        .enumerate()
    {
        let key = key("tenant", "kit", &format!("bytes {index}"))?;
        let new = NewRecord {
            sealed: Sealed(bytes),
            ..new_record(1)
        };
        world.store.create(&key, Version::FIRST, new.clone()).await?;
        let created = world.other.load(&key).await?;
        same("created", created, Some(settled(Version(1), new.clone())))?;
        world
            .store
            .commit(&key, Version::FIRST, attempt(1), new.clone())
            .await?;
        same(
            "committed",
            world.other.load(&key).await?,
            Some(settled(Version(2), new)),
        )?;
    }
    Ok(())
}

pub(super) async fn states_and_due_times_come_back(harness: &dyn Harness) -> Checked {
    let world = World::empty(harness)?;
    let dead = REASONS.into_iter().map(GrantState::NeedsRelink);
    for (index, state) in dead.chain([GrantState::Active]).enumerate() {
        for due in [None, Some(at(-5)?), Some(at(0)?), Some(at(4_102_444_800)?)] {
            let key = key("tenant", "kit", &format!("{index} {due:?}"))?;
            let new = NewRecord {
                state,
                due,
                sealed: Sealed(vec![1]),
            };
            world.store.create(&key, Version::FIRST, new.clone()).await?;
            let created = world.other.load(&key).await?;
            same("created", created, Some(settled(Version(1), new.clone())))?;
            world
                .store
                .commit(&key, Version::FIRST, attempt(1), new.clone())
                .await?;
            same(
                "committed",
                world.other.load(&key).await?,
                Some(settled(Version(2), new)),
            )?;
        }
    }
    Ok(())
}

pub(super) async fn delete_removes_the_account(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    same("delete", world.store.delete(&world.key).await?, true)?;
    gone(&world).await?;
    same("due", world.store.due(at(4_102_444_800)?, 10).await?, Vec::new())
}

pub(super) async fn a_deleted_account_can_be_created_anew(harness: &dyn Harness) -> Checked {
    let world = World::with_account(harness).await?;
    world.begin(ACTIVE, 1).await?;
    world.advance(TTL);
    world.begin(ACTIVE, 2).await?;
    world.store.delete(&world.key).await?;
    let created = world
        .other
        .create(&world.key, Version::FIRST, new_record(3))
        .await?;
    same("create", created, CreateOutcome::Created)?;
    same(
        "record",
        world.record().await?,
        settled(Version(1), new_record(3)),
    )?;
    let begun = world.begin(ACTIVE, 3).await?;
    same("unsettled attempts of the earlier account", begun.unsettled, None)
}

pub(super) async fn keys_never_collide(harness: &dyn Harness) -> Checked {
    let world = World::empty(harness)?;
    let long = "x".repeat(127);
    let wide = "\u{1f511}".repeat(127);
    let mut keys = Vec::new();
    for (tenant, provider, account) in [
        ("a", "b", "c"),
        ("A", "b", "c"),
        ("a", "B", "c"),
        ("a", "b", "C"),
        ("c", "b", "a"),
        ("ab", "c", "d"),
        ("a", "bc", "d"),
        ("a", "b", "cd"),
        ("a-b", "c", "d"),
        ("a", "b-c", "d"),
        ("a_b", "c", "d"),
        ("a.b", "c", "d"),
        ("a:b", "c", "d"),
        ("a|b", "c", "d"),
        ("a\\b", "c", "d"),
        ("a b", "c", "d"),
        ("a%2Fb", "c", "d"),
        ("a", "b", "c "),
        ("a", "b", " c"),
        ("a", "b", "c."),
        (".", ".", "."),
        ("..", "..", ".."),
        ("..\\..", "etc", "passwd"),
        ("C:", "x", "y"),
        ("con", "nul", "aux"),
        ("-rf", "~", "$HOME"),
        ("*", "?", "\""),
        ("{a}", "b", "c"),
        ("a'; delete from accounts; --", "b", "c"),
        ("%", "_", "c"),
        ("1", "2", "3"),
        ("01", "2", "3"),
        ("null", "b", "c"),
        ("stra\u{df}e", "b", "c"),
        ("strasse", "b", "c"),
        ("k\u{f8}benhavn", "b", "c"),
        ("caf\u{e9}", "b", "c"),
        ("cafe\u{301}", "b", "c"),
        (&*format!("{long}x"), "b", "c"),
        (&*format!("{long}y"), "b", "c"),
        (&*format!("{wide}x"), &*format!("{wide}x"), &*format!("{wide}x")),
        (&*format!("{wide}x"), &*format!("{wide}x"), &*format!("{wide}y")),
    ] {
        keys.push(key(tenant, provider, account)?);
    }
    for (key, number) in keys.iter().zip(1..) {
        let outcome = world
            .store
            .create(key, Version::FIRST, new_record(number))
            .await?;
        same(&format!("create of {key}"), outcome, CreateOutcome::Created)?;
    }
    for (key, number) in keys.iter().zip(1..) {
        let record = world.other.load(key).await?;
        let expected = Some(settled(Version(1), new_record(number)));
        same(&format!("record of {key}"), record, expected)?;
    }
    let due = world.store.due(at(4_102_444_800)?, usize::from(u8::MAX)).await?;
    let listed: Vec<_> = due.into_iter().map(|account| account.key).collect();
    same("keys in the order of their due times", &listed, &keys)?;
    for (index, key) in keys.iter().enumerate() {
        same(&format!("delete of {key}"), world.store.delete(key).await?, true)?;
        if let Some(next) = keys.get(index + 1) {
            let next_is_there = world.other.load(next).await?.is_some();
            same(
                &format!("{next} is there after the delete of {key}"),
                next_is_there,
                true,
            )?;
        }
    }
    Ok(())
}
