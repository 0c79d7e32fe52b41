//! What each kind of failure leads to.

use std::time::Duration;

use attache_auth::RotationRule;
use attache_core::{AuthorizationErrorKind, Clock, FailureClass, RelinkReason};

use crate::world::{LIFETIME, Reply, World, at_once, settle};

const ALL: [RotationRule; 6] = [
    RotationRule::Never,
    RotationRule::FirstUseGrace,
    RotationRule::Grace(Duration::from_secs(300)),
    RotationRule::Once,
    RotationRule::OnceFamily,
    RotationRule::Unknown,
];

#[tokio::test]
async fn a_refused_grant_is_dead_said_once_and_not_tried_again() {
    for rule in ALL {
        let world = World::new(rule);
        let (_keeper, account) = world.expired().await;
        world.provider().revoked = true;
        for _ in 0..5 {
            let error = world.token(&account).await.unwrap_err();
            assert_eq!(
                error.kind(),
                AuthorizationErrorKind::NeedsRelink(RelinkReason::Refused)
            );
            world.pass(Duration::from_secs(60)).await;
        }
        assert_eq!(world.requests(), 1);
        assert_eq!(account.needs_relink(), Some(RelinkReason::Refused));
        let said = world
            .journal
            .lines()
            .iter()
            .filter(|line| line.starts_with("needs_relink"))
            .count();
        assert_eq!(said, 1);
        let reopened = world
            .keeper()
            .account(account.key(), &world.connector())
            .await
            .unwrap();
        assert_eq!(reopened.needs_relink(), Some(RelinkReason::Refused));
        world.token(&reopened).await.unwrap_err();
        assert_eq!(world.requests(), 1);
    }
}

#[tokio::test]
async fn a_recheck_brings_a_paused_grant_back() {
    let world = World::new(RotationRule::Unknown);
    let (_keeper, account) = world.expired().await;
    world.provider().revoked = true;
    world.token(&account).await.unwrap_err();
    let error = account.recheck().await.unwrap_err();
    assert_eq!(
        error.kind(),
        AuthorizationErrorKind::NeedsRelink(RelinkReason::Refused)
    );
    assert_eq!(world.requests(), 2);
    world.provider().revoked = false;
    account.recheck().await.unwrap();
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
    assert_eq!(account.needs_relink(), None);
    assert_eq!(world.journal.lines().last().unwrap(), "refreshed 2 adopted=false");
    assert!(world.journal.lines().contains(&"recovered".to_owned()));
    account.recheck().await.unwrap();
    assert_eq!(
        world.requests(),
        3,
        "a recheck of an account that works asks nobody"
    );
}

#[tokio::test]
async fn a_recheck_in_one_process_reaches_the_others() {
    let world = World::new(RotationRule::Unknown);
    let (_keeper, account) = world.expired().await;
    let other = world
        .keeper()
        .account(account.key(), &world.connector())
        .await
        .unwrap();
    world.provider().revoked = true;
    world.token(&account).await.unwrap_err();
    world.token(&other).await.unwrap_err();
    assert_eq!(world.requests(), 1);
    world.provider().revoked = false;
    account.recheck().await.unwrap();
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(world.token(&other).await.unwrap(), "at1");
    assert_eq!(world.requests(), 2);
}

#[tokio::test]
async fn a_misconfigured_connector_is_not_the_account_s_fault() {
    for code in ["invalid_client", "unauthorized_client"] {
        let world = World::new(RotationRule::Once);
        let (_keeper, account) = world.expired().await;
        let body: &'static str = Box::leak(format!(r#"{{"error":"{code}"}}"#).into_boxed_str());
        world.script([Reply::Answer(401, body)]);
        let error = world.token(&account).await.unwrap_err();
        assert_eq!(error.kind(), AuthorizationErrorKind::ConnectorMisconfigured);
        assert_eq!(error.code(), Some(code));
        assert_eq!(account.needs_relink(), None);
        world.pass(Duration::from_secs(1)).await;
        assert_eq!(world.token(&account).await.unwrap(), "at1");
    }
}

#[tokio::test]
async fn a_throttled_renewal_waits_as_long_as_it_is_told() {
    let world = World::new(RotationRule::Once);
    let (_keeper, account) = world.expired().await;
    world.script([Reply::Wait(429, "40")]);
    let error = world
        .token_within(&account, Duration::from_millis(1))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::Throttled);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(40)));
    assert_eq!(
        world.journal.lines(),
        [format!("failed {}", FailureClass::Throttled)]
    );
    world.pass(Duration::from_secs(39)).await;
    assert!(
        world
            .token_within(&account, Duration::from_millis(1))
            .await
            .is_err()
    );
    assert_eq!(world.requests(), 1);
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(world.token(&account).await.unwrap(), "at1");
}

#[tokio::test]
async fn an_invitation_to_come_back_at_once_makes_no_storm() {
    for status in [429, 503] {
        let world = World::new(RotationRule::Once);
        let (_keeper, account) = world.expired().await;
        world.script(std::iter::repeat_n(Reply::Wait(status, "0"), 1000));
        assert!(
            world
                .token_within(&account, Duration::from_secs(60))
                .await
                .is_err()
        );
        assert!(
            world.requests() <= 10,
            "{} requests in a minute",
            world.requests()
        );
    }
}

#[tokio::test]
async fn failures_in_a_row_make_the_waits_longer() {
    let world = World::new(RotationRule::Never);
    let (_keeper, account) = world.expired().await;
    world.script(std::iter::repeat_n(Reply::Answer(500, ""), 10));
    let mut waits = Vec::new();
    for _ in 0..10 {
        world
            .token_within(&account, Duration::from_millis(1))
            .await
            .unwrap_err();
        waits.push(world.journal.last_retry().unwrap());
        world.pass(Duration::from_secs(60)).await;
    }
    let longest = [1, 2, 4, 8, 16, 32, 64, 120, 120, 120].map(|halves| Duration::from_millis(500 * halves));
    for (wait, longest) in waits.iter().zip(longest) {
        assert!(
            *wait <= longest && *wait >= longest * 3 / 4,
            "{wait:?} of {longest:?}"
        );
    }
}

#[tokio::test]
async fn a_token_that_still_works_is_served_whatever_became_of_its_renewal() {
    for reply in [
        Reply::Answer(401, r#"{"error":"invalid_client"}"#),
        Reply::Wait(429, "100"),
        Reply::Answer(302, ""),
    ] {
        let world = World::new(RotationRule::Once);
        let account = world.linked(&world.keeper(), LIFETIME).await;
        world
            .clock
            .advance(LIFETIME.saturating_sub(Duration::from_secs(8)));
        world.script([reply]);
        assert_eq!(world.token(&account).await.unwrap(), "at0");
        assert_eq!(at_once(&account).as_deref(), Some("at0"));
    }
}

#[tokio::test]
async fn a_moved_token_endpoint_is_not_hammered() {
    let world = World::new(RotationRule::Once);
    let (_keeper, account) = world.expired().await;
    world.script(std::iter::repeat_n(Reply::Answer(307, ""), 10));
    assert!(
        world
            .token_within(&account, Duration::from_secs(59))
            .await
            .is_err()
    );
    assert_eq!(world.requests(), 1);
}

#[tokio::test]
async fn a_new_refresh_token_is_kept_even_if_the_access_token_beside_it_cannot_be_used() {
    for body in [
        r#"{"access_token":"at1","token_type":"mac","expires_in":3600,"refresh_token":"rt1"}"#,
        r#"{"token_type":"Bearer","refresh_token":"rt1"}"#,
    ] {
        let world = World::new(RotationRule::OnceFamily);
        let (_keeper, account) = world.expired().await;
        world.script([Reply::LostBehind(200, body)]);
        let error = world
            .token_within(&account, Duration::from_millis(1))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), AuthorizationErrorKind::Transient);
        world.pass(Duration::from_secs(1)).await;
        assert_eq!(world.token(&account).await.unwrap(), "at2");
        assert_eq!(world.requests(), 2);
    }
}

#[tokio::test]
async fn a_wall_clock_that_is_set_back_keeps_no_lease_of_ours_running() {
    let world = World::new(RotationRule::Once);
    let (_keeper, account) = world.expired().await;
    world.script([Reply::Silence]);
    drop(attache_core::Authorization::now(
        &account,
        attache_core::Need::default(),
    ));
    world.pass(Duration::from_secs(31)).await;
    let wall = world.clock.now().as_unix_seconds() - 86_400;
    world
        .clock
        .set_wall(attache_core::Timestamp::from_unix_seconds(wall).unwrap());
    world.pass(Duration::from_secs(20)).await;
    assert_eq!(world.token(&account).await.unwrap(), "at1");
    assert_eq!(world.requests(), 2);
}

#[tokio::test]
async fn an_outage_of_any_length_costs_no_account() {
    for rule in ALL {
        for reply in [
            Reply::Answer(500, ""),
            Reply::Answer(502, "<html>"),
            Reply::Unreachable,
        ] {
            let world = World::new(rule);
            let (_keeper, account) = world.expired().await;
            world.script(std::iter::repeat_n(reply, 30));
            let mut failures = 0;
            while world
                .token_within(&account, Duration::from_millis(1))
                .await
                .is_err()
            {
                failures += 1;
                world.pass(Duration::from_secs(60)).await;
            }
            assert_eq!(failures, 30);
            assert_eq!(at_once(&account).as_deref(), Some("at1"));
        }
    }
}

#[tokio::test]
async fn an_outage_in_which_requests_vanish_costs_no_account() {
    for rule in ALL {
        let world = World::new(rule);
        let (_keeper, account) = world.expired().await;
        world.script(std::iter::repeat_n(Reply::Silence, 5));
        while world
            .token_within(&account, Duration::from_millis(1))
            .await
            .is_err()
        {
            world.pass(Duration::from_secs(120)).await;
            assert!(world.requests() < 20);
        }
        assert_eq!(world.requests(), 6);
        assert_eq!(account.needs_relink(), None);
    }
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_where_that_is_safe() {
    for rule in [
        RotationRule::Never,
        RotationRule::FirstUseGrace,
        RotationRule::Grace(Duration::from_secs(300)),
    ] {
        let world = World::new(rule);
        let (_keeper, account) = world.expired().await;
        world.script([Reply::Lost]);
        let begun = world.clock.monotonic();
        assert_eq!(world.token(&account).await.unwrap(), "at2");
        assert_eq!(world.requests(), 2);
        assert!(
            world.clock.monotonic().since(begun) < Duration::from_secs(1),
            "there is no lease to wait for"
        );
    }
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_once_more_after_the_lease_and_then_called_by_its_name() {
    for (rule, reason) in [
        (RotationRule::Once, RelinkReason::LostInRotation),
        (RotationRule::OnceFamily, RelinkReason::LostInRotation),
        (
            RotationRule::Grace(Duration::from_secs(3)),
            RelinkReason::LostInRotation,
        ),
        (RotationRule::Unknown, RelinkReason::Refused),
    ] {
        let world = World::new(rule);
        let (_keeper, account) = world.expired().await;
        world.script([Reply::Lost]);
        if matches!(rule, RotationRule::Grace(_)) {
            // The first resend comes within the grace and is lost as well; the next one is after it.
            world.script([Reply::Lost]);
            world.provider().rule = RotationRule::Once;
        }
        let begun = world.clock.monotonic();
        let error = world
            .token_within(&account, Duration::from_secs(300))
            .await
            .unwrap_err();
        assert_eq!(
            error.kind(),
            AuthorizationErrorKind::NeedsRelink(reason),
            "{rule:?}"
        );
        if !matches!(rule, RotationRule::Grace(_)) {
            assert_eq!(world.requests(), 2);
            assert!(world.clock.monotonic().since(begun) >= Duration::from_secs(45));
        }
        world.pass(Duration::from_secs(600)).await;
        let before = world.requests();
        world.token(&account).await.unwrap_err();
        assert_eq!(world.requests(), before, "a dead grant is not tried again");
    }
}

#[tokio::test]
async fn an_error_page_in_front_of_a_rotated_token_is_told_from_a_refusal() {
    let world = World::new(RotationRule::Once);
    let (_keeper, account) = world.expired().await;
    world.script([Reply::LostBehind(502, "<html>bad gateway</html>")]);
    let error = world.token(&account).await.unwrap_err();
    assert_eq!(
        error.kind(),
        AuthorizationErrorKind::NeedsRelink(RelinkReason::LostInRotation)
    );
}

#[tokio::test]
async fn a_success_that_holds_no_token_is_not_believed_and_not_fatal() {
    for body in ["", "<html>", "{}", r#"{"access_token":""#, "\u{0}"] {
        let world = World::new(RotationRule::Never);
        let (_keeper, account) = world.expired().await;
        world.script([Reply::Answer(200, body)]);
        assert_eq!(world.token(&account).await.unwrap(), "at1");
    }
}

#[tokio::test]
async fn a_holder_without_an_answer_adopts_what_another_one_renewed_meanwhile() {
    let world = World::new(RotationRule::Once);
    let (_keeper, slow) = world.expired().await;
    let other = world
        .keeper()
        .account(slow.key(), &world.connector())
        .await
        .unwrap();
    // The slow holder's request gets no answer: its lease runs out, the other one renews.
    world.script([Reply::Silence]);
    drop(attache_core::Authorization::now(
        &slow,
        attache_core::Need::default(),
    ));
    settle().await;
    assert_eq!(world.requests(), 1);
    let held = world.clock.monotonic();
    world.pass(Duration::from_secs(46)).await;
    assert_eq!(world.token(&other).await.unwrap(), "at1");
    assert!(world.clock.monotonic().since(held) >= Duration::from_secs(45));
    assert_eq!(world.token(&slow).await.unwrap(), "at1");
    assert_eq!(slow.needs_relink(), None);
    assert_eq!(world.requests(), 2);
}
