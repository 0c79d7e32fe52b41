//! Save, then publish, then use; and what is done when saving fails.

use std::{sync::Arc, time::Duration};

use attache_auth::{
    Account, Keeper, RotationRule,
    spill::{MemorySpill, Spill, Spilled},
    store::{
        AttemptId, GrantState, StoreError, Version,
        kit::{Call, CallHook, Fault, FaultyStore},
    },
};
use attache_core::{AccountKey, AuthorizationErrorKind, BoxFuture, Deadline, RelinkReason};

use crate::world::{LIFETIME, Reply, World, at_once, generation, key, settle, version};

/// A world whose store fails when it is told to.
fn faulty(rule: RotationRule) -> (World, FaultyStore) {
    let mut world = World::new(rule);
    let store = FaultyStore::new(Arc::clone(&world.store));
    world.store = Arc::new(store.clone());
    (world, store)
}

async fn expired_with_spill(world: &World, spill: &MemorySpill) -> (Keeper, Account) {
    let keeper = world.builder().spill(Arc::new(spill.clone())).build().unwrap();
    let account = world.linked(&keeper, LIFETIME).await;
    world.clock.advance(LIFETIME);
    (keeper, account)
}

async fn stored_version(world: &World) -> Version {
    world.store.load(&key()).await.unwrap().unwrap().version
}

/// A spill whose disk is gone.
struct NoSpill;

impl Spill for NoSpill {
    fn reserve<'a>(&'a self, _: &'a AccountKey) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async { Err(StoreError::new("no slot")) })
    }
    fn write<'a>(&'a self, _: &'a AccountKey, _: Spilled) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async { Err(StoreError::new("no slot")) })
    }
    fn read<'a>(&'a self, _: &'a AccountKey) -> BoxFuture<'a, Result<Option<Spilled>, StoreError>> {
        Box::pin(async { Ok(None) })
    }
    fn clear<'a>(&'a self, _: &'a AccountKey, _: AttemptId) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn the_provider_is_not_asked_while_the_store_cannot_be_written() {
    let (world, store) = faulty(RotationRule::OnceFamily);
    let (_keeper, account) = world.expired().await;
    store.fail_always(Call::Begin, Fault::Before);
    let error = world
        .token_within(&account, Duration::from_secs(20))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::Store);
    assert_eq!(world.requests(), 0);
    store.heal();
    assert_eq!(world.token(&account).await.unwrap(), "at1");
}

#[tokio::test]
async fn nobody_uses_a_token_before_it_is_saved() {
    let (world, store) = faulty(RotationRule::OnceFamily);
    let (_keeper, account) = world.expired().await;
    store.script(Call::Commit, [Some(Fault::Before), Some(Fault::Before)]);
    assert_eq!(world.token(&account).await.unwrap(), "at1");
    assert_eq!(stored_version(&world).await, version(2));
    assert_eq!(world.journal.lines(), ["refreshed 2 adopted=false"]);
}

/// Holds up every commit until it is let go.
struct HoldCommit(tokio::sync::Semaphore);

impl CallHook for HoldCommit {
    fn before<'a>(&'a self, call: Call, _: Option<&'a AccountKey>) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if call == Call::Commit {
                self.0.acquire().await.unwrap().forget();
            }
        })
    }
}

#[tokio::test]
async fn while_a_token_is_being_saved_nobody_sees_it() {
    let (world, store) = faulty(RotationRule::OnceFamily);
    let account = world.linked(&world.keeper(), LIFETIME).await;
    world
        .clock
        .advance(LIFETIME.saturating_sub(Duration::from_secs(60)));
    let hold = Arc::new(HoldCommit(tokio::sync::Semaphore::new(0)));
    store.set_hook(Arc::clone(&hold) as Arc<dyn CallHook>);
    assert_eq!(at_once(&account).as_deref(), Some("at0"));
    settle().await;
    assert_eq!(world.requests(), 1, "the answer is there");
    assert_eq!(at_once(&account).as_deref(), Some("at0"));
    hold.0.add_permits(1);
    settle().await;
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
}

#[tokio::test]
async fn closing_saves_at_once_what_could_not_be_saved() {
    for extra in [0, 10, 20, 30, 40, 50] {
        let (world, store) = faulty(RotationRule::Once);
        let (keeper, account) = world.expired().await;
        store.fail_always(Call::Commit, Fault::Before);
        world.token(&account).await.unwrap();
        world.pass(Duration::from_secs(600 + extra)).await;
        store.heal();
        let closing = tokio::spawn({
            let (keeper, clock) = (keeper.clone(), world.clock.clone());
            async move {
                keeper
                    .close(Deadline::after(&clock, Duration::from_secs(10)))
                    .await
            }
        });
        world.pass(Duration::from_secs(10)).await;
        assert_eq!(closing.await.unwrap().unfinished, 0);
        assert_eq!(stored_version(&world).await, version(2));
    }
}

#[tokio::test]
async fn a_caller_saves_what_could_not_be_saved_without_waiting_for_the_saver() {
    let (world, store) = faulty(RotationRule::FirstUseGrace);
    let keeper = world.builder().spill(Arc::new(NoSpill)).build().unwrap();
    let account = world.linked(&keeper, LIFETIME).await;
    world.clock.advance(LIFETIME);
    store.fail_always(Call::Commit, Fault::Before);
    assert!(
        world
            .token_within(&account, Duration::from_secs(600))
            .await
            .is_err()
    );
    store.heal();
    assert_eq!(world.token(&account).await.unwrap(), "at1");
    assert_eq!(world.requests(), 1);
}

#[tokio::test]
async fn a_verdict_that_was_not_written_stays_the_verdict() {
    let (world, store) = faulty(RotationRule::Once);
    let (_keeper, account) = world.expired().await;
    world.provider().revoked = true;
    store.fail_next(Call::Abandon, Fault::Before);
    for _ in 0..3 {
        let error = world.token(&account).await.unwrap_err();
        assert_eq!(
            error.kind(),
            AuthorizationErrorKind::NeedsRelink(RelinkReason::Refused)
        );
        world.pass(Duration::from_secs(60)).await;
    }
    assert_eq!(world.requests(), 1);
    let state = world.store.load(&key()).await.unwrap().unwrap().state;
    assert_eq!(
        state,
        GrantState::NeedsRelink(RelinkReason::Refused),
        "it is written in the end"
    );
}

#[tokio::test]
async fn a_save_whose_answer_was_lost_is_recognised() {
    let (world, store) = faulty(RotationRule::OnceFamily);
    let (_keeper, account) = world.expired().await;
    store.fail_next(Call::Commit, Fault::After);
    assert_eq!(world.token(&account).await.unwrap(), "at1");
    assert_eq!(stored_version(&world).await, version(2));
    assert_eq!(account.generation(), generation(2));
}

#[tokio::test]
async fn a_token_that_cannot_be_saved_is_used_said_and_saved_later() {
    let (world, store) = faulty(RotationRule::OnceFamily);
    let (_keeper, account) = world.expired().await;
    store.fail_always(Call::Commit, Fault::Before);
    assert_eq!(world.token(&account).await.unwrap(), "at1");
    assert_eq!(stored_version(&world).await, version(1));
    store.heal();
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(stored_version(&world).await, version(2));
    assert_eq!(
        world.journal.lines(),
        ["unsaved spilled=false", "refreshed 2 adopted=false", "recovered"]
    );
    assert_eq!(world.requests(), 1);
}

#[tokio::test]
async fn the_provider_never_sees_the_old_token_while_its_successor_is_unsaved() {
    let (world, store) = faulty(RotationRule::OnceFamily);
    let (_keeper, account) = world.expired().await;
    store.fail_always(Call::Commit, Fault::Before);
    world.token(&account).await.unwrap();
    world.pass(LIFETIME).await;
    let error = world
        .token_within(&account, Duration::from_secs(20))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::Store);
    assert_eq!(world.requests(), 1);
    store.heal();
    world.pass(Duration::from_secs(120)).await;
    assert_eq!(world.token(&account).await.unwrap(), "at2");
    assert_eq!(stored_version(&world).await, version(3));
}

#[tokio::test]
async fn under_first_use_grace_a_token_that_is_saved_nowhere_is_held_back() {
    let (world, store) = faulty(RotationRule::FirstUseGrace);
    let keeper = world.builder().spill(Arc::new(NoSpill)).build().unwrap();
    let account = world.linked(&keeper, LIFETIME).await;
    world
        .clock
        .advance(LIFETIME.saturating_sub(Duration::from_secs(60)));
    store.fail_always(Call::Commit, Fault::Before);
    for _ in 0..3 {
        assert_eq!(
            at_once(&account).as_deref(),
            Some("at0"),
            "the old token is served while it lasts"
        );
        world.pass(Duration::from_secs(10)).await;
    }
    world.pass(Duration::from_secs(60)).await;
    let error = world
        .token_within(&account, Duration::from_secs(1))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::Store);
    assert_eq!(world.requests(), 1);
    store.heal();
    world.pass(Duration::from_secs(120)).await;
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
    assert_eq!(stored_version(&world).await, version(2));
}

#[tokio::test]
async fn room_in_the_spill_is_reserved_before_the_grant_is_spent() {
    let world = World::new(RotationRule::Once);
    let spill = MemorySpill::default();
    let (_keeper, account) = expired_with_spill(&world, &spill).await;
    assert!(spill.reserved().is_empty());
    world.script([Reply::Unreachable]);
    world
        .token_within(&account, Duration::from_millis(1))
        .await
        .unwrap_err();
    assert!(spill.reserved().contains(&key()));
}

#[tokio::test]
async fn under_first_use_grace_a_token_in_the_spill_is_used() {
    let (world, store) = faulty(RotationRule::FirstUseGrace);
    let spill = MemorySpill::default();
    let (_keeper, account) = expired_with_spill(&world, &spill).await;
    store.fail_always(Call::Commit, Fault::Before);
    assert_eq!(world.token(&account).await.unwrap(), "at1");
    assert_eq!(world.journal.lines()[0], "unsaved spilled=true");
}

#[tokio::test]
async fn what_a_process_could_only_spill_the_next_one_saves() {
    for rule in [
        RotationRule::FirstUseGrace,
        RotationRule::Once,
        RotationRule::OnceFamily,
        RotationRule::Unknown,
    ] {
        let (world, store) = faulty(rule);
        let spill = MemorySpill::default();
        let (_keeper, account) = expired_with_spill(&world, &spill).await;
        store.fail_always(Call::Commit, Fault::Before);
        assert_eq!(world.token(&account).await.unwrap(), "at1");
        world.provider().used("at1");

        let next = World {
            store: Arc::new(FaultyStore::new(Arc::clone(&world.store))),
            ..world.clone()
        };
        store.heal();
        let keeper = next.builder().spill(Arc::new(spill.clone())).build().unwrap();
        let account = keeper.account(&key(), &next.connector()).await.unwrap();
        assert_eq!(at_once(&account).as_deref(), Some("at1"));
        assert_eq!(stored_version(&next).await, version(2));
        assert!(spill.read(&key()).await.unwrap().is_none());
        next.clock.advance(LIFETIME);
        assert_eq!(next.token(&account).await.unwrap(), "at2");
    }
}

#[tokio::test]
async fn a_spill_that_is_older_than_the_store_is_dropped() {
    let (world, _) = faulty(RotationRule::Never);
    let spill = MemorySpill::default();
    let (_keeper, account) = expired_with_spill(&world, &spill).await;
    let old = world.store.load(&key()).await.unwrap().unwrap();
    assert_eq!(world.token(&account).await.unwrap(), "at1");
    let stale = Spilled {
        spent: old.version,
        attempt: AttemptId([9; 16]),
        record: attache_auth::store::NewRecord {
            state: old.state,
            due: old.due,
            sealed: old.sealed,
        },
    };
    spill.reserve(&key()).await.unwrap();
    spill.write(&key(), stale).await.unwrap();
    let keeper = world.builder().spill(Arc::new(spill.clone())).build().unwrap();
    let account = keeper.account(&key(), &world.connector()).await.unwrap();
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
    assert!(spill.read(&key()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_result_that_comes_late_revives_an_account_that_was_called_dead() {
    let (world, store) = faulty(RotationRule::Once);
    let (_keeper, holder) = world.expired().await;
    let other = world.keeper().account(&key(), &world.connector()).await.unwrap();
    // The holder has its answer but cannot save; the other one is told that the grant is dead.
    store.fail_always(Call::Commit, Fault::Before);
    assert_eq!(world.token(&holder).await.unwrap(), "at1");
    world.pass(Duration::from_secs(46)).await;
    let error = world.token(&other).await.unwrap_err();
    assert!(matches!(error.kind(), AuthorizationErrorKind::NeedsRelink(_)));
    store.heal();
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(world.token(&other).await.unwrap(), "at1");
    assert_eq!(other.needs_relink(), None);
}

#[tokio::test]
async fn a_store_that_fails_at_random_costs_no_account() {
    for seed in 0..60 {
        let (world, store) = faulty(RotationRule::OnceFamily);
        let spill = MemorySpill::default();
        let (keeper, account) = expired_with_spill(&world, &spill).await;
        store.fail_at_random(seed, 300);
        for _ in 0..10 {
            let _ = world.token_within(&account, Duration::from_secs(30)).await;
            world.pass(LIFETIME).await;
        }
        store.heal();
        world.pass(Duration::from_secs(300)).await;
        let token = world.token(&account).await.unwrap();
        assert_eq!(account.needs_relink(), None, "seed {seed}");
        // And so for the next process.
        let reopened = world
            .builder()
            .build()
            .unwrap()
            .account(&key(), &world.connector())
            .await
            .unwrap();
        assert_eq!(at_once(&reopened), Some(token), "seed {seed}");
        drop(keeper);
    }
}

#[tokio::test]
async fn outages_of_the_provider_and_the_store_together_cost_no_account() {
    for seed in 0..40 {
        let (world, store) = faulty(RotationRule::OnceFamily);
        let spill = MemorySpill::default();
        let (_keeper, account) = expired_with_spill(&world, &spill).await;
        store.fail_at_random(seed, 400);
        let replies = [
            Reply::Answer(503, ""),
            Reply::Unreachable,
            Reply::Usual,
            Reply::Answer(429, ""),
        ];
        world.script(replies.into_iter().cycle().take(40));
        for _ in 0..12 {
            let _ = world.token_within(&account, Duration::from_secs(30)).await;
            world.pass(LIFETIME / 3).await;
        }
        store.heal();
        world.provider().script.clear();
        world.pass(Duration::from_secs(300)).await;
        world.token(&account).await.unwrap();
        settle().await;
        assert_eq!(account.needs_relink(), None, "seed {seed}");
    }
}
