//! From a pasted Token Secret to a kept account.

use std::{fs, sync::Arc};

use attache_auth::{Connector, ProviderProfile, store::FileStore};
use attache_emulator::planday::{Effect, Fault, Operation, Target};
use attache_planday::{
    AccountKey, App, Client, Identity, InvalidTokenSecret, LinkErrorKind, Planday, RelinkReason, Secret,
    TokenSecret, portal::PortalId,
};
use http::StatusCode;

use crate::world::{APPLICATION_ID, BAKERY, BAKERY_TOKEN, CAFE_TOKEN, World, environment, key};

#[tokio::test]
async fn a_linked_account_is_pinned_to_its_portal() {
    let world = World::new();
    let linked = world.link(BAKERY_TOKEN).await.unwrap();
    assert_eq!(linked.portal.id, PortalId(BAKERY));
    assert_eq!(linked.portal.name.as_deref(), Some("bakery"));
    assert_eq!(linked.account.identity(), Identity::new("portal:4711").unwrap());
    assert_eq!(linked.account.key(), &key());
    assert_eq!(world.refreshes_and_calls(), (1, 1));
    let client = world.planday.client(&key()).await.unwrap();
    assert_eq!(client.portal().info().await.unwrap(), linked.portal);
    assert_eq!(
        world.refreshes_and_calls(),
        (1, 2),
        "the account lives on the token that linked it"
    );
}

#[tokio::test]
async fn an_account_that_was_never_linked_needs_a_link() {
    let world = World::new();
    let error = world.planday.client(&key()).await.unwrap_err();
    assert!(error.is_needs_relink(), "{error}");
    assert_eq!((error.relink_reason(), error.account()), (None, Some(&key())));
}

#[tokio::test]
async fn a_refused_token_secret_links_nothing() {
    let world = World::new();
    let error = world.link("no-such-token").await.unwrap_err();
    assert_eq!(error.kind(), &LinkErrorKind::Exchange);
    let cause = error.cause().unwrap();
    assert_eq!(
        (cause.relink_reason(), cause.code()),
        (Some(RelinkReason::Refused), Some("invalid_grant"))
    );
    assert!(!error.is_transient());
    assert_eq!(
        error.to_string(),
        "account customer-17/planday/main was not linked: Planday refuses the Token Secret: check on the API Access \
         page that the app is authorised, and copy App Id and Token again; see \
         https://github.com/attache-rs/attache/blob/main/docs/planday.md#when-it-does-not-work"
    );
    assert!(world.planday.client(&key()).await.unwrap_err().is_needs_relink());
}

#[tokio::test]
async fn an_outage_of_the_token_endpoint_gives_the_token_secret_back() {
    let world = World::new();
    world
        .emulator
        .fault(Fault::new(Target::Token, Effect::status(503)));
    let error = world.link(BAKERY_TOKEN).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.is_transient()),
        (&LinkErrorKind::Exchange, true)
    );
    assert_eq!(
        world.emulator.counters().token_requests,
        1,
        "a token request is not repeated by itself"
    );
    let credential = error.into_credential().unwrap();
    assert!(!credential.is_exchanged());
    let linked = world.planday.link(&key(), credential).await.unwrap();
    assert_eq!(linked.portal.id, PortalId(BAKERY));
}

#[tokio::test]
async fn a_portal_that_does_not_answer_refuses_the_link_and_gives_the_grant_back() {
    let world = World::new();
    let portal = Target::Operation(Operation::PortalInfo);
    world
        .emulator
        .fault(Fault::new(portal, Effect::status(502)).always());
    let error = world.link(BAKERY_TOKEN).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.is_transient()),
        (&LinkErrorKind::Portal, true)
    );
    assert_eq!(error.cause().unwrap().operation(), Some("portal.info"));
    assert!(
        world.planday.client(&key()).await.unwrap_err().is_needs_relink(),
        "nothing was written"
    );

    world.emulator.clear_faults();
    let credential = error.into_credential().unwrap();
    assert!(credential.is_exchanged());
    let linked = world.planday.link(&key(), credential).await.unwrap();
    assert_eq!(linked.portal.id, PortalId(BAKERY));
    assert_eq!(world.emulator.counters().token_requests, 1);
}

#[tokio::test]
async fn an_inactive_administrator_refuses_the_link_without_a_second_exchange() {
    let world = World::new();
    world
        .emulator
        .set_administrator_active(APPLICATION_ID, BAKERY, false)
        .unwrap();
    let error = world.link(BAKERY_TOKEN).await.unwrap_err();
    assert_eq!(error.kind(), &LinkErrorKind::Portal);
    assert!(error.cause().unwrap().is_unauthorized());
    assert_eq!(world.refreshes_and_calls(), (1, 1));
}

#[tokio::test]
async fn an_answer_that_names_no_portal_refuses_the_link() {
    let world = World::new();
    let nobody = Effect::Body {
        status: StatusCode::OK,
        content_type: http::HeaderValue::from_static("application/json"),
        body: bytes::Bytes::from_static(br#"{"data":{"id":0}}"#),
    };
    world
        .emulator
        .fault(Fault::new(Target::Operation(Operation::PortalInfo), nobody));
    let error = world.link(BAKERY_TOKEN).await.unwrap_err();
    assert_eq!(error.kind(), &LinkErrorKind::Portal);
    assert!(error.cause().unwrap().is_decode());
}

#[tokio::test]
async fn another_portal_is_refused_and_the_account_goes_on() {
    let world = World::new();
    let client = world.bakery().await;
    let error = world.link(CAFE_TOKEN).await.unwrap_err();
    let expected = LinkErrorKind::OtherPortal {
        linked: Identity::new("portal:4711").unwrap(),
        offered: Identity::new("portal:4712").unwrap(),
    };
    assert_eq!(error.kind(), &expected);
    assert_eq!(client.portal().info().await.unwrap().id, PortalId(BAKERY));

    let second = AccountKey::new("customer-17", "planday", "second").unwrap();
    let linked = world
        .planday
        .link(&second, error.into_credential().unwrap())
        .await
        .unwrap();
    assert_eq!(linked.account.identity(), Identity::new("portal:4712").unwrap());
    let counters = world.emulator.counters();
    assert_eq!(
        (counters.token_requests, counters.unknown_requests),
        (2, 0),
        "nothing was revoked"
    );
}

#[tokio::test]
async fn the_same_portal_is_linked_again_and_its_handles_go_on() {
    let world = World::new();
    let client = world.bakery().await;
    let token = world.emulator.reauthorize(APPLICATION_ID, BAKERY).unwrap();
    world.link(&token).await.unwrap();
    let calls = world.emulator.counters();
    assert_eq!(client.portal().info().await.unwrap().id, PortalId(BAKERY));
    let after = world.emulator.counters();
    assert_eq!(
        (after.token_requests, after.api_requests),
        (calls.token_requests, calls.api_requests + 1)
    );
}

#[tokio::test]
async fn a_key_of_another_provider_is_refused_before_anything_is_sent() {
    let world = World::new();
    let other = AccountKey::new("customer-17", "smartsheet", "main").unwrap();
    let error = world
        .planday
        .link(&other, TokenSecret::new(BAKERY_TOKEN).unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), &LinkErrorKind::AccountKey);
    assert_eq!(
        error.to_string(),
        "account customer-17/smartsheet/main was not linked: the key's provider is `smartsheet`, make it `planday`"
    );
    assert!(world.planday.client(&other).await.unwrap_err().is_configuration());
    assert_eq!(world.emulator.log().len(), 0);
}

#[tokio::test]
async fn an_application_id_is_refused_as_a_token_secret_before_anything_is_sent() {
    let world = World::new();
    let error = world.link(&APPLICATION_ID.to_uppercase()).await.unwrap_err();
    assert_eq!(
        error.kind(),
        &LinkErrorKind::TokenSecret(InvalidTokenSecret::ApplicationId)
    );
    assert_eq!(world.emulator.log().len(), 0);
}

#[tokio::test]
async fn a_pause_at_planday_ends_with_a_recheck() {
    let world = World::new();
    let client = world.bakery().await;
    world.emulator.revoke(APPLICATION_ID, BAKERY).unwrap();
    let error = client.portal().info().await.unwrap_err();
    assert_eq!(error.relink_reason(), Some(RelinkReason::Refused), "{error}");
    let account = world.planday.account(&key()).await.unwrap();
    world.emulator.authorize(APPLICATION_ID, BAKERY).unwrap();
    account.recheck().await.unwrap();
    assert_eq!(client.portal().info().await.unwrap().id, PortalId(BAKERY));
}

#[tokio::test]
async fn a_store_that_fails_gives_the_grant_back() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = folder.path().join("accounts");
    let world = World::new().stored(|clock| Arc::new(FileStore::open(&accounts, clock).unwrap()));
    fs::remove_dir_all(&accounts).unwrap();
    let error = world.link(BAKERY_TOKEN).await.unwrap_err();
    assert_eq!((error.kind(), error.is_transient()), (&LinkErrorKind::Save, true));
    assert!(error.cause().unwrap().is_store());

    fs::create_dir(&accounts).unwrap();
    world
        .planday
        .link(&key(), error.into_credential().unwrap())
        .await
        .unwrap();
    assert_eq!(
        world.refreshes_and_calls(),
        (1, 2),
        "exchanged once, asked for its portal twice"
    );
}

#[tokio::test]
async fn a_grant_of_another_app_or_environment_is_refused_before_anything_is_sent() {
    let world = World::new();
    world.emulator.fault(Fault::new(Target::Api, Effect::status(403)));
    let mut credential = world
        .link(BAKERY_TOKEN)
        .await
        .unwrap_err()
        .into_credential()
        .unwrap();
    let before = world.emulator.log().len();
    let elsewhere = [
        App::at("another-app", &environment("https://planday.example.com")).unwrap(),
        App::at(APPLICATION_ID, &environment("https://elsewhere.example.com")).unwrap(),
    ];
    for app in elsewhere {
        let keeper = world.planday.keeper().clone();
        let other = Planday::new(
            app,
            keeper,
            Arc::clone(&world.transport),
            Arc::clone(&world.clock),
        );
        let error = other.link(&key(), credential).await.unwrap_err();
        assert_eq!(error.kind(), &LinkErrorKind::OtherApp);
        assert_eq!(world.emulator.log().len(), before);
        credential = error.into_credential().unwrap();
    }
    world.planday.link(&key(), credential).await.unwrap();
}

#[tokio::test]
async fn a_client_takes_accounts_of_planday_only() {
    let world = World::new();
    let linked = world.link(BAKERY_TOKEN).await.unwrap();
    let client = |account| Client::new(account, Arc::clone(&world.transport), Arc::clone(&world.clock));
    let portal = client(linked.account).unwrap().portal().info().await.unwrap();
    assert_eq!(portal, linked.portal);

    let keeper = world.planday.keeper();
    let endpoints = environment("https://planday.example.com").endpoints();
    let other = Connector::new(
        ProviderProfile::new("other", "Client ID"),
        endpoints,
        APPLICATION_ID,
    )
    .unwrap();
    let grant = keeper.provisional(&other, Secret::new(CAFE_TOKEN)).await.unwrap();
    let other_key = AccountKey::new("customer-17", "other", "main").unwrap();
    let account = keeper
        .adopt(&other_key, grant, Identity::new("user:1").unwrap())
        .await
        .unwrap();
    assert!(client(account).unwrap_err().is_configuration());
}
