//! The partner flow, and the ends of a grant.

use std::sync::Arc;

use attache_auth::{
    seal::{KeyRing, Sealer},
    store::{MemoryStore, Store},
};
use attache_emulator::planday::{App as EmulatedApp, Department, Options, Portal, SecondGrant};
use attache_planday::{
    AccountKey, App, CompleteLinkErrorKind, GivenBack, Keeper, LinkError, LinkErrorKind, Linked, Planday,
    RelinkReason, Scope, TokenSecret,
};

use crate::world::{APPLICATION_ID, BAKERY, BAKERY_TOKEN, CAFE, CAFE_TOKEN, World, environment, key};

const REDIRECT_URI: &str = "https://app.example/planday/callback";
/// A portal where nobody has authorised the app.
const DINER: i64 = 4713;

fn world() -> World {
    world_with(SecondGrant::Stands)
}

fn world_with(second_grant: SecondGrant) -> World {
    World::with(
        |builder| {
            builder
                .options(Options::default().second_grant(second_grant))
                .portal(
                    Portal::new(DINER)
                        .name("diner")
                        .department(Department::new(1, "Counter")),
                )
        },
        EmulatedApp::new(APPLICATION_ID).redirect_uri(REDIRECT_URI),
    )
}

fn partner(world: &World) -> Planday {
    of_keeper(world, world.planday.keeper().clone())
}

fn of_keeper(world: &World, keeper: Keeper) -> Planday {
    let app = App::builder(APPLICATION_ID)
        .environment(&environment("https://planday.example.com"))
        .scopes([Scope::DEPARTMENT_READ])
        .redirect_uris([REDIRECT_URI])
        .build()
        .unwrap();
    Planday::new(
        app,
        keeper,
        Arc::clone(&world.transport),
        Arc::clone(&world.clock),
    )
}

/// Another process on the same store, which has opened no account yet.
fn restarted(world: &World, store: &Arc<dyn Store>) -> Planday {
    let sealer = Sealer::new(KeyRing::new([7; 32]));
    let (transport, clock) = (Arc::clone(&world.transport), Arc::clone(&world.clock));
    let keeper = Keeper::builder(Arc::clone(store), transport, clock, sealer)
        .seed(8)
        .build()
        .unwrap();
    of_keeper(world, keeper)
}

async fn authorized(
    world: &World,
    planday: &Planday,
    key: &AccountKey,
    portal: i64,
) -> Result<Linked, LinkError> {
    let attempt = planday.begin_link(REDIRECT_URI).unwrap();
    let url = attempt.authorization_url().as_str();
    let callback = world.emulator.consent(url, portal, "administrator").unwrap();
    planday.complete_link(key, &attempt, &callback).await
}

fn other_key() -> AccountKey {
    AccountKey::new("customer-17", "planday", "other").unwrap()
}

#[tokio::test]
async fn a_customers_consent_becomes_a_kept_account_of_its_portal() {
    let world = world();
    let planday = partner(&world);
    let linked = authorized(&world, &planday, &key(), DINER).await.unwrap();
    assert_eq!(linked.portal.id.0, DINER);
    let scopes = linked.account.scope().unwrap();
    assert!(scopes.contains(&"department:read".to_owned()), "{scopes:?}");
    let departments = planday.client(&key()).await.unwrap().hr().departments().list();
    assert_eq!(departments.collect().await.unwrap()[0].name, "Counter");
    // It is renewed as any other.
    world.emulator.expire_access_tokens();
    assert!(
        planday
            .client(&key())
            .await
            .unwrap()
            .portal()
            .info()
            .await
            .is_ok()
    );
    let counters = world.emulator.counters();
    assert_eq!((counters.codes_exchanged, counters.refreshes), (1, 1));
}

#[tokio::test]
async fn an_account_is_linked_again_for_its_portal_and_keeps_its_handles() {
    let world = world();
    let planday = partner(&world);
    authorized(&world, &planday, &key(), DINER).await.unwrap();
    let client = planday.client(&key()).await.unwrap();
    world.emulator.revoke(APPLICATION_ID, DINER).unwrap();
    assert!(client.portal().info().await.unwrap_err().is_needs_relink());
    authorized(&world, &planday, &key(), DINER).await.unwrap();
    assert_eq!(client.portal().info().await.unwrap().id.0, DINER);
}

#[tokio::test]
async fn another_portals_grant_is_refused_and_revoked() {
    let world = world();
    let planday = partner(&world);
    world.link(BAKERY_TOKEN).await.unwrap();
    let error = authorized(&world, &planday, &key(), DINER).await.unwrap_err();
    assert!(matches!(error.kind(), LinkErrorKind::OtherPortal { .. }));
    assert!(matches!(error.given_back(), Some(Ok(GivenBack::Revoked))));
    assert!(!world.emulator.is_authorized(APPLICATION_ID, DINER));
    assert!(error.into_credential().is_err());
    // The account goes on as it was.
    let portal = planday
        .client(&key())
        .await
        .unwrap()
        .portal()
        .info()
        .await
        .unwrap();
    assert_eq!(portal.id.0, BAKERY);
}

#[tokio::test]
async fn a_grant_that_another_account_may_live_on_is_handed_over_not_revoked() {
    let mut kept = None;
    let world = world_with(SecondGrant::Replaces).stored(|clock| {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(clock));
        kept = Some(Arc::clone(&store));
        store
    });
    let store = kept.unwrap();
    world.link(BAKERY_TOKEN).await.unwrap();
    world
        .planday
        .link(&other_key(), TokenSecret::new(CAFE_TOKEN).unwrap())
        .await
        .unwrap();
    // Somebody chooses the cafe where the bakery was meant, which ends the cafe's own grant.
    // This process has not opened the cafe's account.
    let planday = restarted(&world, &store);
    planday.client(&key()).await.unwrap();
    let error = authorized(&world, &planday, &key(), CAFE).await.unwrap_err();
    assert_eq!(error.owner(), Some(&other_key()));
    assert!(error.given_back().is_none());
    let credential = error.into_credential().unwrap();
    planday.link(&other_key(), credential).await.unwrap();
    world.emulator.expire_access_tokens();
    for (key, portal) in [(key(), BAKERY), (other_key(), CAFE)] {
        let client = planday.client(&key).await.unwrap();
        assert_eq!(client.portal().info().await.unwrap().id.0, portal);
    }
}

#[tokio::test]
async fn a_callback_of_another_attempt_links_nothing_and_sends_nothing() {
    let world = world();
    let planday = partner(&world);
    let (mine, theirs) = (
        planday.begin_link(REDIRECT_URI).unwrap(),
        planday.begin_link(REDIRECT_URI).unwrap(),
    );
    let url = theirs.authorization_url().as_str();
    let callback = world.emulator.consent(url, DINER, "administrator").unwrap();
    let error = planday.complete_link(&key(), &mine, &callback).await.unwrap_err();
    assert_eq!(
        error.kind(),
        &LinkErrorKind::Callback(CompleteLinkErrorKind::StateMismatch)
    );
    assert_eq!(world.emulator.counters().token_requests, 0);
}

#[tokio::test]
async fn a_revoked_account_is_revoked_at_planday_and_needs_a_new_link() {
    let world = world();
    world.link(BAKERY_TOKEN).await.unwrap();
    world.planday.revoke(&key()).await.unwrap();
    assert!(!world.emulator.is_authorized(APPLICATION_ID, BAKERY));
    let error = world
        .planday
        .client(&key())
        .await
        .unwrap()
        .portal()
        .info()
        .await
        .unwrap_err();
    assert_eq!(error.relink_reason(), Some(RelinkReason::Revoked));
}

#[tokio::test]
async fn a_child_portal_is_reached_by_exchange_and_a_strange_portal_is_not() {
    const CHILD: i64 = 4721;
    let bakery = Portal::new(BAKERY).name("bakery").child(CHILD, "bakery north");
    let north = Portal::new(CHILD)
        .name("bakery north")
        .department(Department::new(1, "Oven"));
    let world = World::of(
        bakery,
        |builder| builder.portal(north),
        EmulatedApp::new(APPLICATION_ID),
    );
    world.link(BAKERY_TOKEN).await.unwrap();
    let child = world.planday.child(&key(), CHILD.into()).await.unwrap();
    assert_eq!(
        child.hr().departments().list().collect().await.unwrap()[0].name,
        "Oven"
    );
    let refreshes = world.emulator.counters().refreshes;
    // Its own portal stays what it was, and a portal that is no child is forbidden, at the cost of no account.
    let error = world.planday.child(&key(), CAFE.into()).await.unwrap_err();
    assert!(error.is_forbidden(), "{error:?}");
    assert_eq!(world.emulator.counters().refreshes, refreshes);
    let parent = world.planday.client(&key()).await.unwrap();
    assert_eq!(parent.portal().info().await.unwrap().id.0, BAKERY);
    // The child's token ends, and is exchanged anew.
    world.emulator.expire_access_tokens();
    assert!(child.portal().info().await.is_ok());
}

#[tokio::test]
async fn a_link_is_not_begun_without_scopes_or_with_a_foreign_redirect_uri() {
    let world = world();
    let error = world
        .planday
        .begin_link("https://elsewhere.example/callback")
        .unwrap_err();
    let fields: Vec<_> = error.problems().iter().map(|problem| problem.field).collect();
    assert_eq!(fields, ["scopes", "redirect URI"]);
}

#[test]
fn every_problem_of_a_partner_app_is_named_at_once() {
    let error = App::builder(" ")
        .scopes([Scope::new("two words")])
        .redirect_uris(["http://app.example/callback", "https://app.example/callback#top"])
        .build()
        .unwrap_err();
    let fields: Vec<_> = error.problems().iter().map(|problem| problem.field).collect();
    assert_eq!(
        fields,
        ["Application ID", "scope", "redirect URI", "redirect URI"]
    );
}
