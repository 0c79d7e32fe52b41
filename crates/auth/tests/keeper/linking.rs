//! From a pasted credential to a kept account.

use std::{fmt::Write, time::Duration};

use attache_auth::{AdoptErrorKind, Identity, RotationRule};
use attache_core::{AuthorizationErrorKind, Clock, RelinkReason};

use crate::world::{LIFETIME, Reply, World, at_once, generation, identity, key};

#[tokio::test]
async fn a_pasted_token_is_exchanged_once_and_kept_as_it_came_back() {
    let world = World::new(RotationRule::Once);
    let keeper = world.keeper();
    let provisional = keeper
        .provisional(&world.connector(), "rt0".into())
        .await
        .unwrap();
    let account = keeper.adopt(&key(), provisional, identity()).await.unwrap();
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
    assert_eq!(account.identity(), identity());
    assert_eq!(world.requests(), 1);
    world.clock.advance(LIFETIME);
    assert_eq!(world.token(&account).await.unwrap(), "at2");
    let reopened = world.keeper().account(&key(), &world.connector()).await.unwrap();
    assert_eq!(at_once(&reopened).as_deref(), Some("at2"));
}

#[tokio::test]
async fn a_pasted_token_that_is_refused_links_nothing() {
    let world = World::new(RotationRule::Once);
    world.provider().revoked = true;
    let keeper = world.keeper();
    let error = keeper
        .provisional(&world.connector(), "rt0".into())
        .await
        .unwrap_err();
    assert_eq!(
        error.kind(),
        AuthorizationErrorKind::NeedsRelink(RelinkReason::Refused)
    );
    assert_eq!(error.code(), Some("invalid_grant"));
    let error = keeper.account(&key(), &world.connector()).await.unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::UnknownAccount);
}

#[tokio::test]
async fn an_outage_while_linking_is_told_from_a_refusal() {
    let world = World::new(RotationRule::Once);
    world.script([
        Reply::Answer(503, ""),
        Reply::Unreachable,
        Reply::Answer(401, r#"{"error":"invalid_client"}"#),
    ]);
    let keeper = world.keeper();
    let mut kinds = Vec::new();
    for _ in 0..3 {
        kinds.push(
            keeper
                .provisional(&world.connector(), "rt0".into())
                .await
                .unwrap_err()
                .kind(),
        );
    }
    assert_eq!(
        kinds,
        [
            AuthorizationErrorKind::Transient,
            AuthorizationErrorKind::Transient,
            AuthorizationErrorKind::ConnectorMisconfigured
        ]
    );
}

#[tokio::test]
async fn a_new_link_for_somebody_else_is_refused_and_the_account_goes_on() {
    let world = World::new(RotationRule::Never);
    let keeper = world.keeper();
    let account = world.linked(&keeper, LIFETIME).await;
    let provisional = keeper
        .provisional(&world.connector(), "rt0".into())
        .await
        .unwrap();
    let other = Identity::new("portal:2").unwrap();
    let error = keeper
        .adopt(&key(), provisional, other.clone())
        .await
        .unwrap_err();
    assert_eq!(
        error.kind(),
        &AdoptErrorKind::IdentityMismatch {
            pinned: identity(),
            offered: other
        }
    );
    assert_eq!(
        error.to_string(),
        "account tenant/example/main is linked for portal:1, the new credential is for portal:2: link it as another \
         account, or use a credential of portal:1"
    );
    assert_eq!(account.generation(), generation(1));
    assert_eq!(account.identity(), identity());
    let returned = error.into_provisional();
    let account = keeper.adopt(&key(), returned, identity()).await.unwrap();
    assert_eq!(account.generation(), generation(2));
}

#[tokio::test]
async fn a_new_link_revives_a_dead_account_and_all_its_handles() {
    let world = World::new(RotationRule::Once);
    let (keeper, account) = world.expired().await;
    world.provider().revoked = true;
    world.token(&account).await.unwrap_err();
    world.provider().revoked = false;
    let provisional = keeper
        .provisional(&world.connector(), "rt0".into())
        .await
        .unwrap();
    keeper.adopt(&key(), provisional, identity()).await.unwrap();
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
    assert_eq!(account.needs_relink(), None);
    assert_eq!(world.journal.lines().last().unwrap(), "recovered");
}

#[tokio::test]
async fn a_new_link_wins_over_the_renewal_that_was_under_way() {
    let world = World::new(RotationRule::Never);
    let (keeper, account) = world.expired().await;
    world.script([Reply::Silence]);
    drop(attache_core::Authorization::now(
        &account,
        attache_core::Need::default(),
    ));
    world.pass(Duration::from_millis(1)).await;
    let provisional = keeper
        .provisional(&world.connector(), "rt0".into())
        .await
        .unwrap();
    keeper.adopt(&key(), provisional, identity()).await.unwrap();
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
    assert_eq!(account.needs_relink(), None);
}

#[tokio::test]
async fn one_keeper_has_one_state_for_an_account_however_often_it_is_opened() {
    let world = World::new(RotationRule::Once);
    let (keeper, first) = world.expired().await;
    let second = keeper.account(&key(), &world.connector()).await.unwrap();
    assert_eq!(world.token(&first).await.unwrap(), "at1");
    assert_eq!(at_once(&second).as_deref(), Some("at1"));
}

#[tokio::test]
async fn an_account_that_was_linked_through_another_app_is_not_opened() {
    let world = World::new(RotationRule::Once);
    world.linked(&world.keeper(), LIFETIME).await;
    let connector = world.connector();
    let other = attache_auth::Connector::new(
        connector.profile().clone(),
        connector.endpoints().clone(),
        "other",
    )
    .unwrap();
    let error = world.keeper().account(&key(), &other).await.unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::WrongConnector);
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "account tenant/example/main was linked through app client, not other: use that app's connector, or link the \
         account again"
    );
}

#[tokio::test]
async fn a_forgotten_account_is_gone_for_old_handles_and_new_ones() {
    let world = World::new(RotationRule::Once);
    let (keeper, account) = world.expired().await;
    assert!(keeper.forget(&key()).await.unwrap());
    assert!(!keeper.forget(&key()).await.unwrap());
    let error = world.token(&account).await.unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::UnknownAccount);
    let error = keeper.account(&key(), &world.connector()).await.unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::UnknownAccount);
    assert_eq!(world.requests(), 0);
    let again = world.linked(&keeper, LIFETIME).await;
    assert_eq!(
        at_once(&again).as_deref(),
        Some("at0"),
        "the name can be linked anew"
    );
}

#[tokio::test]
async fn a_handle_never_serves_another_account_that_took_its_name() {
    let world = World::new(RotationRule::Once);
    let spill = attache_auth::spill::MemorySpill::default();
    let keeper = world
        .builder()
        .spill(std::sync::Arc::new(spill.clone()))
        .build()
        .unwrap();
    let old = world.linked(&keeper, LIFETIME).await;
    // Another process forgets the account and links another portal under its name; this one then links it, too.
    let other = world.keeper();
    other.forget(&key()).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    let access = ("other".into(), world.clock.now().saturating_add(LIFETIME));
    let grant =
        attache_auth::Provisional::from_tokens(&world.connector(), "rtX".into(), Some(access), &world.clock)
            .unwrap();
    let new = keeper
        .adopt(&key(), grant, Identity::new("portal:2").unwrap())
        .await
        .unwrap();
    assert_eq!(at_once(&new).as_deref(), Some("other"));
    assert_eq!(
        at_once(&old).as_deref(),
        Some("at0"),
        "its own token, while it lasts"
    );
    world.clock.advance(LIFETIME);
    assert!(world.token(&old).await.is_err());
    assert_eq!(old.identity(), identity());
}

#[tokio::test]
async fn forgetting_an_account_succeeds_even_if_its_spill_cannot_be_cleared() {
    let world = World::new(RotationRule::Once);
    let spill = attache_auth::spill::MemorySpill::default();
    let keeper = world
        .builder()
        .spill(std::sync::Arc::new(spill.clone()))
        .build()
        .unwrap();
    world.linked(&keeper, LIFETIME).await;
    spill.fail(true);
    assert!(keeper.forget(&key()).await.unwrap());
    let error = keeper.account(&key(), &world.connector()).await.unwrap_err();
    assert_eq!(error.kind(), AuthorizationErrorKind::UnknownAccount);
}

#[tokio::test]
async fn an_account_is_not_opened_in_another_environment() {
    let world = World::new(RotationRule::Once);
    world.linked(&world.keeper(), LIFETIME).await;
    let connector = world.connector();
    let endpoints = attache_auth::Endpoints::new(
        "https://id.example.org/token".parse().unwrap(),
        "https://api.example.org/".parse().unwrap(),
    );
    let elsewhere = attache_auth::Connector::new(connector.profile().clone(), endpoints, "client").unwrap();
    let error = world.keeper().account(&key(), &elsewhere).await.unwrap_err();
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "account tenant/example/main was linked at https://id.example.com/token, not at https://id.example.org/token: \
         use that environment, or link the account again"
    );
}

#[tokio::test]
async fn callers_who_wait_for_the_next_try_are_served_as_soon_as_somebody_links_the_account_again() {
    let world = World::new(RotationRule::Once);
    let (keeper, account) = world.expired().await;
    world.script(std::iter::repeat_n(Reply::Answer(500, ""), 9));
    for _ in 0..8 {
        world
            .token_within(&account, Duration::from_millis(1))
            .await
            .unwrap_err();
        world.pass(Duration::from_secs(60)).await;
    }
    let waiting = tokio::spawn({
        let account = account.clone();
        let deadline = attache_core::Deadline::after(&world.clock, Duration::from_secs(300));
        async move {
            crate::world::ask(
                &account,
                attache_core::Need {
                    deadline,
                    ..Default::default()
                },
            )
            .await
        }
    });
    world.pass(Duration::from_secs(1)).await;
    assert!(!waiting.is_finished());
    world.linked(&keeper, LIFETIME).await;
    crate::world::settle().await;
    assert!(waiting.is_finished());
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_renewal_of_an_account_that_was_forgotten_meanwhile_is_given_back() {
    let world = World::new(RotationRule::Once);
    let (keeper, account) = world.expired().await;
    drop(attache_core::Authorization::now(
        &account,
        attache_core::Need::default(),
    ));
    while world.requests() == 0 {
        tokio::task::yield_now().await;
    }
    keeper.forget(&key()).await.unwrap();
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(world.provider().revocations, 1);
    assert_eq!(
        world.store.load(&key()).await.unwrap(),
        None,
        "a deleted link does not come back"
    );
}

#[test]
fn a_set_up_is_refused_with_every_problem_at_once() {
    let profile = attache_auth::ProviderProfile::new("example", "Client ID");
    let endpoints = attache_auth::Endpoints::new(
        "http://id.example.com/token".parse().unwrap(),
        "https://user@api.example.com/".parse().unwrap(),
    );
    let error = attache_auth::Connector::new(profile, endpoints, " ").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the example connector cannot be used: Client ID holds white space: copy it again without any; token endpoint \
         must be HTTPS, or HTTP on a loopback address; API address must not carry a user name or a password"
    );
}

#[tokio::test]
async fn nothing_that_can_be_printed_shows_a_token() {
    let world = World::new(RotationRule::Once);
    let (keeper, account) = world.expired().await;
    let provisional = keeper
        .provisional(&world.connector(), "rt0".into())
        .await
        .unwrap();
    world.script([Reply::Answer(
        400,
        r#"{"error":"invalid_grant","error_description":"rt0 is dead"}"#,
    )]);
    let error = world.token(&account).await.unwrap_err();
    let record = world.store.load(&key()).await.unwrap().unwrap();
    let mut shown = format!("{keeper:?} {account:?} {provisional:?} {error} {error:?} {record:?}");
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        write!(shown, "{cause} {cause:?}").unwrap();
        source = cause.source();
    }
    for secret in ["rt0", "at0", "at1", "rt1"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
