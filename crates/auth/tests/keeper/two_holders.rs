//! Two processes on one account, of which one stalls, dies, or is cut off from the store.

use std::{sync::Arc, time::Duration};

use attache_auth::{
    Identity, Provisional, RotationRule,
    spill::{MemorySpill, Spill},
    store::{
        NewRecord,
        kit::{Call, CallHook, Fault, FaultyStore},
    },
};
use attache_core::{
    AccountKey, Authorization, AuthorizationErrorKind, BoxFuture, Clock, ManualClock, Need, RelinkReason,
};

use crate::world::{LIFETIME, Reply, World, ask, at_once, identity, key, settle, text};

/// The same world, seen through a store that fails when it is told to.
fn through(world: &World) -> (World, FaultyStore) {
    let store = FaultyStore::new(Arc::clone(&world.store));
    (
        World {
            store: Arc::new(store.clone()),
            ..world.clone()
        },
        store,
    )
}

/// Stands still for a while after one kind of call.
struct Stall(ManualClock, Call, Duration);

impl CallHook for Stall {
    fn after<'a>(&'a self, call: Call, _: Option<&'a AccountKey>) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if call == self.1 {
                self.0.sleep_until(self.0.monotonic().plus(self.2)).await;
            }
        })
    }
}

/// Stands still for a while before one kind of call.
struct StallBefore(ManualClock, Call, Duration);

impl CallHook for StallBefore {
    fn before<'a>(&'a self, call: Call, _: Option<&'a AccountKey>) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if call == self.1 {
                self.0.sleep_until(self.0.monotonic().plus(self.2)).await;
            }
        })
    }
}

#[tokio::test]
async fn what_one_process_could_only_spill_another_one_saves_instead_of_spending_again() {
    for rule in [
        RotationRule::OnceFamily,
        RotationRule::Once,
        RotationRule::FirstUseGrace,
        RotationRule::Unknown,
    ] {
        let world = World::new(rule);
        let (cut_off, store) = through(&world);
        let spill = MemorySpill::default();
        let first = cut_off.builder().spill(Arc::new(spill.clone())).build().unwrap();
        let second = world.builder().spill(Arc::new(spill.clone())).build().unwrap();
        let ours = cut_off.linked(&first, LIFETIME).await;
        let theirs = second.account(&key(), &world.connector()).await.unwrap();
        world.clock.advance(LIFETIME);
        store.fail_always(Call::Commit, Fault::Before);
        assert_eq!(cut_off.token(&ours).await.unwrap(), "at1");
        world.provider().used("at1");
        world.pass(Duration::from_secs(46)).await;
        assert_eq!(world.token(&theirs).await.unwrap(), "at1", "{rule:?}");
        assert_eq!(world.requests(), 1);
        world.clock.advance(LIFETIME);
        assert_eq!(world.token(&theirs).await.unwrap(), "at2");
    }
}

#[tokio::test]
async fn a_revocation_gives_back_what_another_process_could_only_spill() {
    let world = World::new(RotationRule::Once);
    let (cut_off, store) = through(&world);
    let spill = MemorySpill::default();
    let first = cut_off.builder().spill(Arc::new(spill.clone())).build().unwrap();
    let second = world.builder().spill(Arc::new(spill.clone())).build().unwrap();
    let ours = cut_off.linked(&first, LIFETIME).await;
    let theirs = second.account(&key(), &world.connector()).await.unwrap();
    world.clock.advance(LIFETIME);
    store.fail_always(Call::Commit, Fault::Before);
    assert_eq!(cut_off.token(&ours).await.unwrap(), "at1");
    world.pass(Duration::from_secs(46)).await;
    theirs.revoke().await.unwrap();
    assert_eq!(world.provider().revocations, 1);
    // Nothing is left in the spill that could bring the account back.
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(
        world.token(&theirs).await.unwrap_err().kind(),
        AuthorizationErrorKind::NeedsRelink(RelinkReason::Revoked)
    );
}

#[tokio::test]
async fn a_spilled_grant_revives_an_account_that_was_called_dead() {
    let world = World::new(RotationRule::Once);
    let (cut_off, store) = through(&world);
    let spill = MemorySpill::default();
    let first = cut_off.builder().spill(Arc::new(spill.clone())).build().unwrap();
    let ours = cut_off.linked(&first, LIFETIME).await;
    // This one has no spill to look into, and so calls the grant dead.
    let blind = world.keeper().account(&key(), &world.connector()).await.unwrap();
    world.clock.advance(LIFETIME);
    store.fail_always(Call::Commit, Fault::Before);
    assert_eq!(cut_off.token(&ours).await.unwrap(), "at1");
    world.pass(Duration::from_secs(46)).await;
    assert!(world.token(&blind).await.is_err());
    let seeing = world.builder().spill(Arc::new(spill.clone())).build().unwrap();
    let account = seeing.account(&key(), &world.connector()).await.unwrap();
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(world.token(&blind).await.unwrap(), "at1");
}

#[tokio::test]
async fn a_holder_that_stood_still_before_sending_sends_nothing() {
    let world = World::new(RotationRule::OnceFamily);
    let (stalled, store) = through(&world);
    let first = stalled.keeper();
    let ours = stalled.linked(&first, LIFETIME).await;
    let theirs = world.keeper().account(&key(), &world.connector()).await.unwrap();
    world.clock.advance(LIFETIME);
    store.set_hook(Arc::new(Stall(
        world.clock.clone(),
        Call::Begin,
        Duration::from_secs(120),
    )));
    drop(ours.now(Need::default()));
    world.pass(Duration::from_secs(46)).await;
    assert_eq!(world.token(&theirs).await.unwrap(), "at1");
    world.pass(Duration::from_secs(100)).await;
    assert_eq!(world.requests(), 1, "the one that woke up sent nothing");
    world.clock.advance(LIFETIME);
    assert_eq!(
        world.token(&theirs).await.unwrap(),
        "at2",
        "and the grant is alive"
    );
}

#[tokio::test]
async fn a_holder_that_is_late_by_either_clock_sends_nothing() {
    for asleep in [false, true] {
        let world = World::new(RotationRule::OnceFamily);
        let (late, store) = through(&world);
        let keeper = late.keeper();
        let ours = late.linked(&keeper, LIFETIME).await;
        world.clock.advance(LIFETIME);
        let stalled = Duration::from_secs(if asleep { 1 } else { 20 });
        store.set_hook(Arc::new(Stall(world.clock.clone(), Call::Begin, stalled)));
        drop(ours.now(Need::default()));
        settle().await;
        if asleep {
            // A machine that sleeps stops its monotonic clock, and its wall clock goes on.
            world
                .clock
                .set_wall(world.clock.now().saturating_add(Duration::from_secs(20)));
        }
        world.pass(stalled).await;
        assert_eq!(world.requests(), 0);
        assert!(!world.journal.lines().is_empty(), "it came to its senses");
        store.set_hook(Arc::new(Stall(world.clock.clone(), Call::Begin, Duration::ZERO)));
        assert_eq!(world.token(&ours).await.unwrap(), "at1");
    }
}

#[tokio::test]
async fn nobody_clears_what_another_process_spilled() {
    let world = World::new(RotationRule::Once);
    let ((slow, slow_store), (cut_off, cut_off_store)) = (through(&world), through(&world));
    let spill = MemorySpill::default();
    let first = slow.builder().spill(Arc::new(spill.clone())).build().unwrap();
    let second = cut_off.builder().spill(Arc::new(spill.clone())).build().unwrap();
    let ours = slow.linked(&first, LIFETIME).await;
    let theirs = second.account(&key(), &world.connector()).await.unwrap();
    world.clock.advance(LIFETIME);
    slow_store.set_hook(Arc::new(Stall(
        world.clock.clone(),
        Call::Commit,
        Duration::from_secs(4000),
    )));
    drop(ours.now(Need::default()));
    settle().await;
    assert_eq!(world.token(&theirs).await.unwrap(), "at1");
    world.pass(LIFETIME).await;
    cut_off_store.fail_always(Call::Commit, Fault::Before);
    assert_eq!(cut_off.token(&theirs).await.unwrap(), "at2");
    world.pass(Duration::from_secs(500)).await;
    assert!(spill.read(&key()).await.unwrap().is_some());
}

/// Links the account again with a grant of its own, as another process would.
async fn link_again(world: &World) {
    let access = ("linked".into(), world.clock.now().saturating_add(LIFETIME));
    let grant =
        Provisional::from_tokens(&world.connector(), "rt0".into(), Some(access), &world.clock).unwrap();
    world.keeper().adopt(&key(), grant, identity()).await.unwrap();
}

#[tokio::test]
async fn a_refusal_is_not_believed_if_somebody_linked_the_account_meanwhile() {
    let world = World::new(RotationRule::Once);
    let (slow, store) = through(&world);
    let keeper = slow.keeper();
    let ours = slow.linked(&keeper, LIFETIME).await;
    world.clock.advance(LIFETIME);
    world.provider().revoked = true;
    store.set_hook(Arc::new(StallBefore(
        world.clock.clone(),
        Call::Abandon,
        Duration::from_secs(20),
    )));
    let asking = tokio::spawn({
        let ours = ours.clone();
        async move { ask(&ours, Need::default()).await.map(|found| text(&found)) }
    });
    settle().await;
    assert_eq!(world.requests(), 1, "it was refused");
    link_again(&world).await;
    world.pass(Duration::from_secs(30)).await;
    assert_eq!(asking.await.unwrap().unwrap(), "linked");
    assert_eq!(ours.needs_relink(), None);
    assert!(
        !world
            .journal
            .lines()
            .iter()
            .any(|line| line.starts_with("needs_relink"))
    );
}

#[tokio::test]
async fn nothing_is_sent_again_if_the_account_was_linked_between_the_lease_and_the_request() {
    let world = World::new(RotationRule::Once);
    let (slow, store) = through(&world);
    let keeper = slow.keeper();
    let ours = slow.linked(&keeper, LIFETIME).await;
    world.clock.advance(LIFETIME);
    world.script([Reply::Silence]);
    drop(ours.now(Need::default()));
    world.pass(Duration::from_secs(46)).await;
    assert_eq!(world.requests(), 1, "no answer came");
    store.set_hook(Arc::new(Stall(
        world.clock.clone(),
        Call::Begin,
        Duration::from_secs(5),
    )));
    drop(ours.now(Need::default()));
    settle().await;
    link_again(&world).await;
    world.pass(Duration::from_secs(10)).await;
    assert_eq!(world.requests(), 1);
    assert_eq!(at_once(&ours).as_deref(), Some("linked"));
}

#[tokio::test]
async fn a_handle_does_not_follow_its_name_to_somebody_else() {
    let world = World::new(RotationRule::Once);
    let (_keeper, ours) = world.expired().await;
    let other = world.keeper();
    other.forget(&key()).await.unwrap();
    let access = ("theirs".into(), world.clock.now().saturating_add(LIFETIME));
    let grant =
        Provisional::from_tokens(&world.connector(), "rtX".into(), Some(access), &world.clock).unwrap();
    other
        .adopt(&key(), grant, Identity::new("portal:2").unwrap())
        .await
        .unwrap();
    let error = world
        .token_within(&ours, Duration::from_secs(1))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::Store);
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "the account was deleted and linked for somebody else: open the account again"
    );
    assert_eq!(world.requests(), 0);
}

#[tokio::test]
async fn a_store_that_went_back_in_time_is_not_followed() {
    let world = World::new(RotationRule::Never);
    let (_keeper, ours) = world.expired().await;
    let old = world.store.load(&key()).await.unwrap().unwrap();
    assert_eq!(world.token(&ours).await.unwrap(), "at1");
    world.store.delete(&key()).await.unwrap();
    let restored = NewRecord {
        state: old.state,
        due: old.due,
        sealed: old.sealed,
    };
    world.store.create(&key(), old.version, restored).await.unwrap();
    world.clock.advance(LIFETIME);
    let error = world
        .token_within(&ours, Duration::from_secs(1))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::Store);
    let reopened = world.keeper().account(&key(), &world.connector()).await.unwrap();
    assert_eq!(world.token(&reopened).await.unwrap(), "at2");
}
