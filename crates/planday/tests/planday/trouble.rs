//! What goes wrong, and what is done about it.

use std::time::Duration;

use attache_emulator::planday::{App, Effect, Fault, Limits, Target};
use attache_planday::{
    ErrorKind, Sent,
    hr::{DepartmentFields, DepartmentId, ListEmployees},
};
use http::StatusCode;

use crate::world::{APPLICATION_ID, BAKERY, World, key};

#[tokio::test]
async fn a_stale_token_is_renewed_once_and_the_call_repeated() {
    let world = World::new();
    let client = world.bakery().await;
    world.emulator.expire_access_tokens();
    let before = world.refreshes_and_calls();
    let portal = client.portal().info().await.unwrap();
    assert_eq!(portal.id.0, BAKERY);
    assert_eq!(before, (1, 1));
    assert_eq!(world.refreshes_and_calls(), (2, 3), "one renewal, two requests");
    client.portal().info().await.unwrap();
    assert_eq!(world.refreshes_and_calls(), (2, 4));
}

#[tokio::test]
async fn a_change_is_repeated_after_a_stale_token_because_the_first_request_had_no_effect() {
    let world = World::new();
    let client = world.bakery().await;
    world.emulator.expire_access_tokens();
    let created = client
        .hr()
        .departments()
        .create(&DepartmentFields::new("Bar"))
        .await
        .unwrap();
    assert_eq!(created.id, DepartmentId(3));
}

#[tokio::test]
async fn a_second_401_is_final_and_costs_one_renewal() {
    let world = World::new();
    let client = world.bakery().await;
    world
        .emulator
        .set_administrator_active(APPLICATION_ID, BAKERY, false)
        .unwrap();
    let error = client.portal().info().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Unauthorized, Some(401))
    );
    assert_eq!(
        (error.account(), error.operation()),
        (Some(&key()), Some("portal.info"))
    );
    assert_eq!(world.refreshes_and_calls(), (2, 3));

    let again = client.portal().info().await.unwrap_err();
    assert!(again.is_unauthorized());
    assert_eq!(
        world.refreshes_and_calls(),
        (2, 4),
        "no renewal for a token that was refused when it was new"
    );

    world
        .emulator
        .set_administrator_active(APPLICATION_ID, BAKERY, true)
        .unwrap();
    client.portal().info().await.unwrap();
    assert_eq!(world.refreshes_and_calls(), (2, 5));
}

#[tokio::test]
async fn a_missing_scope_is_named_and_renews_nothing() {
    let app = App::new(APPLICATION_ID).scopes(["department:read"]);
    let world = World::with(|builder| builder, app);
    let client = world.bakery().await;
    let error = client
        .hr()
        .employees()
        .list(&ListEmployees::new())
        .next_page()
        .await
        .unwrap_err();
    assert_eq!(
        (error.is_forbidden(), error.missing_scope()),
        (true, Some("employee:read"))
    );
    assert!(
        error
            .to_string()
            .contains("the operation needs scope `employee:read`"),
        "{error}"
    );
    let error = client
        .hr()
        .departments()
        .create(&DepartmentFields::new("Bar"))
        .await
        .unwrap_err();
    assert_eq!(error.missing_scope(), Some("department:create"));
    let error = client
        .hr()
        .departments()
        .update(DepartmentId(1), &DepartmentFields::new("B"))
        .await
        .unwrap_err();
    assert_eq!(error.missing_scope(), Some("department:update"));
    let error = client
        .hr()
        .departments()
        .delete(DepartmentId(1))
        .await
        .unwrap_err();
    assert_eq!(error.missing_scope(), Some("department:delete"));
    assert_eq!(world.refreshes_and_calls(), (1, 5));
}

#[tokio::test]
async fn a_rate_limit_is_waited_out_until_a_second_after_its_reset() {
    let world = World::new();
    let client = world.bakery().await;
    world.emulator.set_limits(Limits {
        portal_second: 2,
        ..Limits::unlimited()
    });
    for _ in 0..3 {
        client.portal().info().await.unwrap();
    }
    assert_eq!(
        world.delays(),
        [Duration::from_secs(2)],
        "x-ratelimit-reset 1, and a second"
    );
}

#[tokio::test]
async fn a_retry_after_comes_before_the_reset() {
    let world = World::new();
    let client = world.bakery().await;
    world
        .emulator
        .fault(Fault::new(Target::Api, Effect::throttled(Some("7"))));
    client.portal().info().await.unwrap();
    assert_eq!(world.delays(), [Duration::from_secs(7)]);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_told_instead_of_waited() {
    let world = World::new();
    let client = world.bakery().await;
    world
        .emulator
        .fault(Fault::new(Target::Api, Effect::throttled(Some("90"))));
    let error = client.portal().info().await.unwrap_err();
    assert_eq!(
        (error.is_rate_limited(), error.retry_after()),
        (true, Some(Duration::from_secs(90)))
    );
    assert_eq!(world.delays(), []);
}

#[tokio::test]
async fn an_outage_repeats_what_reads_and_not_what_creates() {
    let world = World::new();
    let client = world.bakery().await;
    for status in [500, 502, 503, 504] {
        world
            .emulator
            .fault(Fault::new(Target::Api, Effect::status(status)));
        client.hr().departments().get(DepartmentId(1)).await.unwrap();
        world
            .emulator
            .fault(Fault::new(Target::Api, Effect::status(status)));
        client
            .hr()
            .departments()
            .update(DepartmentId(1), &DepartmentFields::new("Kitchen"))
            .await
            .unwrap();

        let before = world.refreshes_and_calls();
        world
            .emulator
            .fault(Fault::new(Target::Api, Effect::status(status)));
        let error = client
            .hr()
            .departments()
            .create(&DepartmentFields::new("Bar"))
            .await
            .unwrap_err();
        assert_eq!((error.is_unavailable(), error.status()), (true, Some(status)));
        assert_eq!(world.refreshes_and_calls(), (before.0, before.1 + 1));
    }
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_not_sent_again_and_says_maybe() {
    let world = World::new();
    let client = world.bakery().await;
    world
        .emulator
        .fault(Fault::new(Target::Api, Effect::Drop).after());
    let error = client
        .hr()
        .departments()
        .create(&DepartmentFields::new("Bar"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.sent(), error.attempts()),
        (ErrorKind::Transport, Sent::Maybe, 1)
    );
    let departments = client
        .hr()
        .departments()
        .list()
        .next_page()
        .await
        .unwrap()
        .unwrap()
        .items;
    assert_eq!(departments.len(), 3, "it was created once");
}

#[tokio::test]
async fn a_page_of_html_under_200_is_a_decode_error_that_keeps_the_account() {
    let world = World::new();
    let client = world.bakery().await;
    world
        .emulator
        .fault(Fault::new(Target::Api, Effect::Html(StatusCode::OK)));
    let error = client.portal().info().await.unwrap_err();
    assert_eq!((error.is_decode(), error.status()), (true, Some(200)));
    client.portal().info().await.unwrap();
}
