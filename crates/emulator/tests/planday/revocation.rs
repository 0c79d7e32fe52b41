//! `POST /connect/revocation`.

use attache_emulator::planday::{Effect, Emulator, Fault, Target};
use bytes::Bytes;
use http::Request;

use crate::partner::{NORTH, PARTNER, SOUTH, call, customers, customers_with, link, post};
use crate::support::{Answer, OTHER_APP, oauth_error, read};

const INFO: &str = "/portal/v1.0/info";

fn revoke(emulator: &Emulator, client_id: &str, token: &str) -> Answer {
    post(
        emulator,
        "/connect/revocation",
        &[("client_id", client_id), ("token", token)],
    )
}

#[test]
fn revoking_a_refresh_token_ends_its_grant_and_no_other() {
    let emulator = customers().build().unwrap();
    let (access, refresh) = link(&emulator, NORTH, "ada");
    let (other, _) = link(&emulator, SOUTH, "administrator");
    let answer = revoke(&emulator, PARTNER, &refresh);
    assert_eq!((answer.status, answer.raw.len()), (200, 0));
    assert!(!emulator.is_live_refresh_token(&refresh));
    assert!(!emulator.is_authorized(PARTNER, NORTH) && emulator.is_authorized(PARTNER, SOUTH));
    assert_eq!(emulator.refresh_token(PARTNER, NORTH), None);
    assert_eq!(
        (
            call(&emulator, INFO, &access).status,
            call(&emulator, INFO, &other).status
        ),
        (401, 200)
    );
    assert_eq!(
        revoke(&emulator, PARTNER, &refresh).status,
        200,
        "once more is no error"
    );
}

#[test]
fn a_live_access_token_may_outlast_it() {
    let emulator = customers_with(|options| options.revocation_ends_access(false))
        .build()
        .unwrap();
    let (access, refresh) = link(&emulator, NORTH, "ada");
    revoke(&emulator, PARTNER, &refresh);
    assert_eq!(call(&emulator, INFO, &access).status, 200);
    assert!(!emulator.is_live_refresh_token(&refresh));
}

#[test]
fn revoking_an_access_token_ends_that_one_alone() {
    let emulator = customers().build().unwrap();
    let (access, refresh) = link(&emulator, NORTH, "ada");
    assert_eq!(revoke(&emulator, PARTNER, &access).status, 200);
    assert_eq!(call(&emulator, INFO, &access).status, 401);
    assert!(emulator.is_live_refresh_token(&refresh));
}

#[test]
fn an_unknown_or_foreign_token_is_200_and_changes_nothing() {
    let emulator = customers()
        .app(attache_emulator::planday::App::new(OTHER_APP))
        .build()
        .unwrap();
    let (access, refresh) = link(&emulator, NORTH, "ada");
    for (client_id, token) in [
        (PARTNER, "unknown"),
        (OTHER_APP, refresh.as_str()),
        (OTHER_APP, &access),
    ] {
        let answer = revoke(&emulator, client_id, token);
        assert_eq!((answer.status, answer.raw.len()), (200, 0), "{client_id} {token}");
    }
    assert!(emulator.is_live_refresh_token(&refresh) && emulator.is_live_access_token(&access));
}

#[test]
fn mistakes_have_their_oauth_error() {
    let emulator = customers().build().unwrap();
    let (_, refresh) = link(&emulator, NORTH, "ada");
    let errors = [
        (
            vec![("client_id", "nobody"), ("token", &*refresh)],
            "invalid_client",
        ),
        (vec![("token", &*refresh)], "invalid_request"),
        (vec![("client_id", PARTNER)], "invalid_request"),
        (
            vec![("client_id", PARTNER), ("token", &*refresh), ("token", "b")],
            "invalid_request",
        ),
    ];
    for (fields, error) in errors {
        assert_eq!(
            post(&emulator, "/connect/revocation", &fields).shown(),
            oauth_error(error)
        );
    }
    let get = Request::get("/connect/revocation").body(Bytes::new()).unwrap();
    assert_eq!(read(emulator.handle(get)).status, 405);
    let json = Request::post("/connect/revocation").header("content-type", "application/json");
    assert_eq!(
        read(emulator.handle(json.body(Bytes::from("{}")).unwrap())).status,
        415
    );
    assert!(emulator.is_live_refresh_token(&refresh));
}

#[test]
fn it_can_be_out_of_order() {
    let emulator = customers_with(|options| options.revocation_unavailable(true))
        .build()
        .unwrap();
    let (_, refresh) = link(&emulator, NORTH, "ada");
    assert_eq!(revoke(&emulator, PARTNER, &refresh).status, 503);
    assert!(emulator.is_live_refresh_token(&refresh));
    emulator.update_options(|options| options.revocation_unavailable = false);
    emulator.fault(Fault::new(Target::Revocation, Effect::Drop).after());
    revoke(&emulator, PARTNER, &refresh);
    assert!(
        !emulator.is_live_refresh_token(&refresh),
        "done, and the answer lost"
    );
    assert_eq!(emulator.counters().revocation_requests, 2);
}

#[test]
fn surplus_fields_are_accepted_and_named_in_the_log() {
    let emulator = customers().build().unwrap();
    let (_, refresh) = link(&emulator, NORTH, "ada");
    let fields = [
        ("client_id", PARTNER),
        ("token", &refresh),
        ("token_type_hint", "refresh_token"),
    ];
    assert_eq!(post(&emulator, "/connect/revocation", &fields).status, 200);
    assert_eq!(emulator.log().pop().unwrap().surplus, ["token_type_hint"]);
}
