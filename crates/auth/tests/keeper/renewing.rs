//! When tokens are renewed, and for whom.

use std::time::Duration;

use attache_auth::{RefreshPolicy, RotationRule};
use attache_core::{
    Authorization, AuthorizationErrorKind, AuthorizationNow, Clock, Deadline, Need, RelinkReason,
};

use crate::world::{LIFETIME, Reply, World, ask, at_once, generation, key, settle};

#[tokio::test]
async fn a_valid_token_is_served_at_once_and_nothing_is_asked() {
    let world = World::new(RotationRule::Once);
    let account = world.linked(&world.keeper(), LIFETIME).await;
    assert_eq!(at_once(&account).as_deref(), Some("at0"));
    assert_eq!(world.requests(), 0);
}

#[tokio::test]
async fn an_expired_token_is_renewed_once_for_everybody() {
    let world = World::new(RotationRule::OnceFamily);
    let (_keeper, account) = world.expired().await;
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let account = account.clone();
            tokio::spawn(async move { ask(&account, Need::default()).await.unwrap().generation })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), generation(2));
    }
    assert_eq!(world.requests(), 1);
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
    assert_eq!(world.journal.lines(), ["refreshed 2 adopted=false"]);
}

#[tokio::test]
async fn near_its_end_a_token_is_served_while_one_renewal_runs_beside() {
    let world = World::new(RotationRule::Once);
    let account = world.linked(&world.keeper(), LIFETIME).await;
    world
        .clock
        .advance(LIFETIME.saturating_sub(Duration::from_secs(60)));
    for _ in 0..100 {
        assert_eq!(at_once(&account).as_deref(), Some("at0"));
    }
    settle().await;
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
    assert_eq!(world.requests(), 1);
}

#[tokio::test]
async fn in_its_last_seconds_a_token_is_not_given_out_if_a_better_one_comes() {
    let world = World::new(RotationRule::Once);
    let account = world.linked(&world.keeper(), LIFETIME).await;
    world
        .clock
        .advance(LIFETIME.saturating_sub(Duration::from_secs(5)));
    assert_eq!(world.token(&account).await.unwrap(), "at1");
}

#[tokio::test]
async fn in_its_last_seconds_a_token_is_served_if_no_better_one_comes() {
    let world = World::new(RotationRule::Once);
    let account = world.linked(&world.keeper(), LIFETIME).await;
    world
        .clock
        .advance(LIFETIME.saturating_sub(Duration::from_secs(5)));
    world.script([Reply::Answer(503, "")]);
    assert_eq!(world.token(&account).await.unwrap(), "at0");
    assert_eq!(
        at_once(&account).as_deref(),
        Some("at0"),
        "shortly after the failure there is nothing to wait for"
    );
}

#[tokio::test]
async fn a_token_that_still_works_is_not_let_run_out_while_its_successor_is_waited_for() {
    let world = World::new(RotationRule::Once);
    let account = world.linked(&world.keeper(), LIFETIME).await;
    world
        .clock
        .advance(LIFETIME.saturating_sub(Duration::from_secs(8)));
    world.script([Reply::Silence]);
    assert_eq!(world.token(&account).await.unwrap(), "at0");
    assert!(world.clock.now() < account.expires_at());
}

#[tokio::test]
async fn a_caller_can_ask_for_a_token_that_lasts() {
    let world = World::new(RotationRule::Once);
    let account = world.linked(&world.keeper(), LIFETIME).await;
    world.clock.advance(LIFETIME / 2);
    let need = Need {
        min_validity: Duration::from_secs(40 * 60),
        ..Need::default()
    };
    assert_eq!(ask(&account, need).await.unwrap().generation, generation(2));
    assert_eq!(ask(&account, need).await.unwrap().generation, generation(2));
    assert_eq!(world.requests(), 1);
}

#[tokio::test]
async fn asking_for_more_than_any_token_lasts_does_not_renew_on_every_call() {
    let world = World::new(RotationRule::Once);
    let account = world.linked(&world.keeper(), LIFETIME).await;
    let need = Need {
        min_validity: LIFETIME * 2,
        ..Need::default()
    };
    for _ in 0..5 {
        ask(&account, need).await.unwrap();
    }
    assert_eq!(world.requests(), 0);
}

#[tokio::test]
async fn a_token_without_life_is_given_to_those_who_waited_and_makes_no_loop() {
    for expires_in in ["0", "-5"] {
        let world = World::new(RotationRule::Once);
        let (_keeper, account) = world.expired().await;
        world.script([Reply::ExpiresIn(expires_in), Reply::ExpiresIn(expires_in)]);
        assert_eq!(world.token(&account).await.unwrap(), "at1");
        assert_eq!(world.requests(), 1);
        assert_eq!(world.token(&account).await.unwrap(), "at2");
        assert_eq!(world.requests(), 2);
    }
}

#[tokio::test]
async fn a_token_without_a_stated_life_gets_the_profile_s() {
    let world = World::new(RotationRule::Once);
    let (_keeper, account) = world.expired().await;
    world.script([Reply::ExpiresIn("null")]);
    world.token(&account).await.unwrap();
    assert_eq!(
        account.expires_at(),
        world.clock.now().saturating_add(Duration::from_secs(3600))
    );
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_however_many_were_refused_with_it() {
    let world = World::new(RotationRule::Once);
    let account = world.linked(&world.keeper(), LIFETIME).await;
    for _ in 0..10 {
        account.rejected(generation(1));
    }
    assert_eq!(world.token(&account).await.unwrap(), "at1");
    account.rejected(generation(1));
    assert_eq!(
        at_once(&account).as_deref(),
        Some("at1"),
        "a late rejection names an older generation"
    );
    assert_eq!(world.requests(), 1);
}

#[tokio::test]
async fn a_token_minted_after_a_rejection_and_refused_again_is_not_renewed_again() {
    let world = World::new(RotationRule::Once);
    let account = world.linked(&world.keeper(), LIFETIME).await;
    account.rejected(generation(1));
    assert_eq!(world.token(&account).await.unwrap(), "at1");
    account.rejected(generation(2));
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
    assert_eq!(world.requests(), 1);
}

#[tokio::test]
async fn what_is_known_of_an_account_outlives_its_last_handle() {
    let world = World::new(RotationRule::Once);
    let keeper = world.keeper();
    let account = world.linked(&keeper, LIFETIME).await;
    account.rejected(generation(1));
    assert_eq!(world.token(&account).await.unwrap(), "at1");
    drop(account);
    let account = keeper.account(&key(), &world.connector()).await.unwrap();
    account.rejected(generation(2));
    assert_eq!(
        at_once(&account).as_deref(),
        Some("at1"),
        "it is still on probation"
    );
    world.clock.advance(LIFETIME);
    world.script([Reply::Answer(500, "")]);
    world
        .token_within(&account, Duration::from_millis(1))
        .await
        .unwrap_err();
    drop(account);
    let account = keeper.account(&key(), &world.connector()).await.unwrap();
    world
        .token_within(&account, Duration::from_millis(1))
        .await
        .unwrap_err();
    assert_eq!(world.requests(), 2, "the wait after the failure is not forgotten");
}

#[tokio::test]
async fn a_token_that_the_api_once_took_may_be_renewed_when_it_is_refused_later() {
    let world = World::new(RotationRule::Once);
    let account = world.linked(&world.keeper(), LIFETIME).await;
    account.rejected(generation(1));
    world.token(&account).await.unwrap();
    account.accepted(generation(2));
    account.rejected(generation(2));
    assert_eq!(world.token(&account).await.unwrap(), "at2");
}

#[tokio::test]
async fn a_rejected_token_is_replaced_by_what_another_process_saved_without_an_exchange() {
    let world = World::new(RotationRule::OnceFamily);
    let (_keeper, ours) = world.expired().await;
    let other = world.keeper();
    let theirs = other.account(ours.key(), &world.connector()).await.unwrap();
    assert_eq!(world.token(&theirs).await.unwrap(), "at1");
    ours.rejected(generation(1));
    assert_eq!(world.token(&ours).await.unwrap(), "at1");
    assert_eq!(world.requests(), 1);
}

#[tokio::test]
async fn two_keepers_on_one_store_make_one_exchange() {
    let world = World::new(RotationRule::OnceFamily);
    let (_keeper, ours) = world.expired().await;
    let other = world.keeper();
    let theirs = other.account(ours.key(), &world.connector()).await.unwrap();
    let callers: Vec<_> = [ours, theirs]
        .iter()
        .flat_map(|account| std::iter::repeat_n(account, 20))
        .map(|account| {
            let account = account.clone();
            tokio::spawn(async move { ask(&account, Need::default()).await.unwrap().generation })
        })
        .collect();
    world.pass(Duration::from_secs(1)).await;
    for caller in callers {
        assert_eq!(caller.await.unwrap(), generation(2));
    }
    assert_eq!(world.requests(), 1);
}

#[tokio::test]
async fn dropping_every_caller_does_not_drop_the_exchange() {
    let world = World::new(RotationRule::OnceFamily);
    let (_keeper, account) = world.expired().await;
    drop(account.now(Need::default()));
    settle().await;
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
}

#[tokio::test]
async fn the_wall_clock_may_jump_without_a_renewal() {
    let world = World::new(RotationRule::Once);
    let account = world.linked(&world.keeper(), LIFETIME).await;
    for offset in [-86_400, 86_400] {
        let wall = world.clock.now().as_unix_seconds() + offset;
        world
            .clock
            .set_wall(attache_core::Timestamp::from_unix_seconds(wall).unwrap());
        assert_eq!(at_once(&account).as_deref(), Some("at0"));
    }
    settle().await;
    assert_eq!(world.requests(), 0);
}

#[tokio::test]
async fn a_grant_from_the_future_is_not_trusted_for_longer_than_its_life() {
    let world = World::new(RotationRule::Once);
    let account = world.linked(&world.keeper(), LIFETIME).await;
    let wall = world.clock.now().as_unix_seconds() - 86_400;
    world
        .clock
        .set_wall(attache_core::Timestamp::from_unix_seconds(wall).unwrap());
    let reopened = world
        .keeper()
        .account(account.key(), &world.connector())
        .await
        .unwrap();
    world.clock.advance(LIFETIME);
    assert_eq!(at_once(&reopened), None);
}

#[tokio::test]
async fn a_caller_that_will_not_wait_for_the_next_try_is_told_so_at_once() {
    let world = World::new(RotationRule::Never);
    let (_keeper, account) = world.expired().await;
    world.script([Reply::Answer(500, "")]);
    let asked_at = world.clock.monotonic();
    let error = world
        .token_within(&account, Duration::from_millis(100))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::Transient);
    assert_eq!(error.status(), Some(500));
    assert!(error.retry_after().is_some());
    assert_eq!(world.clock.monotonic(), asked_at);
}

#[tokio::test]
async fn a_caller_that_will_wait_gets_the_token_of_the_next_try() {
    let world = World::new(RotationRule::Never);
    let (_keeper, account) = world.expired().await;
    world.script([Reply::Answer(500, ""), Reply::Unreachable, Reply::Answer(429, "")]);
    assert_eq!(world.token(&account).await.unwrap(), "at1");
    assert_eq!(world.requests(), 4);
}

#[tokio::test]
async fn after_closing_valid_tokens_are_served_and_nothing_is_renewed() {
    let world = World::new(RotationRule::Once);
    let keeper = world.keeper();
    let account = world.linked(&keeper, LIFETIME).await;
    let closed = keeper
        .close(Deadline::after(&world.clock, Duration::from_secs(1)))
        .await;
    assert_eq!(closed.unfinished, 0);
    assert_eq!(at_once(&account).as_deref(), Some("at0"));
    world.clock.advance(LIFETIME);
    let error = world.token(&account).await.unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::ShuttingDown);
    let error = keeper
        .account(account.key(), &world.connector())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::ShuttingDown);
    assert_eq!(world.requests(), 0);
}

#[tokio::test]
async fn closing_waits_for_the_renewal_under_way() {
    let world = World::new(RotationRule::OnceFamily);
    let (keeper, account) = world.expired().await;
    let AuthorizationNow::Wait(wait) = account.now(Need::default()) else {
        panic!("the token has run out")
    };
    drop(wait);
    while world.requests() == 0 {
        tokio::task::yield_now().await;
    }
    let closed = keeper
        .close(Deadline::after(&world.clock, Duration::from_secs(1)))
        .await;
    assert_eq!(closed.unfinished, 0);
    assert_eq!(account.generation(), generation(2));
}

#[tokio::test]
async fn closing_says_what_is_unfinished_at_the_deadline() {
    let world = World::new(RotationRule::OnceFamily);
    let (keeper, account) = world.expired().await;
    world.script([Reply::Silence]);
    drop(account.now(Need::default()));
    settle().await;
    let closing = tokio::spawn({
        let (keeper, clock) = (keeper.clone(), world.clock.clone());
        async move {
            keeper
                .close(Deadline::after(&clock, Duration::from_secs(1)))
                .await
        }
    });
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(closing.await.unwrap().unfinished, 1);
}

#[test]
fn building_outside_a_runtime_is_a_clear_error() {
    let mut world = World::new(RotationRule::Once);
    world.policy = RefreshPolicy::default().busy_poll(Duration::ZERO);
    let error = world.builder().build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the keeper cannot be built: no tokio runtime: build the keeper inside one, renewals are its tasks; policy: \
         `busy_poll` must be more than zero"
    );
}

#[tokio::test]
async fn a_dead_account_is_looked_up_again_when_somebody_linked_it_elsewhere() {
    let world = World::new(RotationRule::Once);
    let (_keeper, account) = world.expired().await;
    world.provider().revoked = true;
    let error = world.token(&account).await.unwrap_err();
    assert_eq!(
        error.kind(),
        AuthorizationErrorKind::NeedsRelink(RelinkReason::Refused)
    );
    world.provider().revoked = false;
    let other = world.keeper();
    world.linked(&other, LIFETIME).await;
    assert!(
        world.token(&account).await.is_err(),
        "the store is not asked on every call"
    );
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(world.token(&account).await.unwrap(), "at0");
    assert_eq!(world.requests(), 1);
}
