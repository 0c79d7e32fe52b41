//! Failures on demand, in process: what is processed, what is answered, what happens on the wire.

use std::time::Duration;

use attache_emulator::planday::{Effect, Emulator, Fault, Operation, Rotation, Target};
use attache_emulator::{Delivery, Latch};
use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use serde_json::json;

use crate::support::{APP, BAKERY, get, pair, read, refresh, refresh_request, send, world};

const INFO: &str = "/portal/v1.0/info";

fn once() -> Emulator {
    world().rotation(Rotation::Once).build().unwrap()
}

#[test]
fn a_fault_before_leaves_the_token_unspent_and_one_after_spends_it() {
    let emulator = once();
    emulator.fault(Fault::new(Target::Token, Effect::status(503)));
    assert_eq!(refresh(&emulator, "rt-bakery").status, 503);
    assert!(emulator.is_live_refresh_token("rt-bakery"));
    emulator.fault(Fault::new(Target::Token, Effect::status(503)).after());
    assert_eq!(refresh(&emulator, "rt-bakery").status, 503);
    assert!(!emulator.is_live_refresh_token("rt-bakery"));
    assert!(emulator.is_live_refresh_token(&emulator.refresh_token(APP, BAKERY).unwrap()));
    assert_eq!(emulator.counters().refreshes, 1);
}

#[test]
fn skip_and_times_choose_the_requests() {
    let emulator = world().build().unwrap();
    let id = emulator.fault(Fault::new(Target::Token, Effect::status(500)).skip(1).times(2));
    let statuses: Vec<u16> = (0..4).map(|_| refresh(&emulator, "rt-bakery").status).collect();
    assert_eq!(statuses, [200, 500, 500, 200]);
    assert_eq!((emulator.fault_hits(id), emulator.pending_faults()), (2, 0));
}

#[test]
fn faults_queue_and_a_target_leaves_the_rest_alone() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    emulator.fault(Fault::new(
        Target::Operation(Operation::ListDepartments),
        Effect::status(502),
    ));
    emulator.fault(Fault::new(Target::Api, Effect::status(500)));
    emulator.fault(Fault::new(Target::Any, Effect::status(408)).always());
    assert_eq!(get(&emulator, "/hr/v1.0/departments", &access).status, 502);
    assert_eq!(get(&emulator, INFO, &access).status, 500);
    assert_eq!(get(&emulator, INFO, &access).status, 408);
    assert_eq!(refresh(&emulator, "rt-bakery").status, 408);
    assert_eq!(emulator.pending_faults(), 1);
    emulator.clear_faults();
    assert_eq!(get(&emulator, INFO, &access).status, 200);
}

#[test]
fn a_throttle_may_name_a_wait_and_keeps_the_rate_headers() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    emulator.fault(Fault::new(Target::Api, Effect::throttled(Some("7"))));
    emulator.fault(Fault::new(Target::Api, Effect::throttled(None)));
    let first = get(&emulator, INFO, &access);
    let second = get(&emulator, INFO, &access);
    assert_eq!(
        (
            first.status,
            first.header("retry-after"),
            first.header("x-ratelimit-remaining")
        ),
        (429, "7", "20")
    );
    assert_eq!((second.status, second.header("retry-after")), (429, ""));
}

#[test]
fn answers_are_replaced_as_asked() {
    let emulator = world().build().unwrap();
    let token = |effect: Effect| {
        emulator.fault(Fault::new(Target::Token, effect).after());
        refresh(&emulator, "rt-bakery")
    };
    let html = token(Effect::Html(StatusCode::OK));
    assert_eq!((html.status, html.header("content-type")), (200, "text/html"));
    assert!(html.raw.starts_with(b"<!DOCTYPE html>"));
    let empty = token(Effect::Empty);
    assert_eq!((empty.status, empty.raw.len()), (200, 0));
    let typed = token(Effect::ContentType(HeaderValue::from_static("text/plain")));
    assert_eq!((typed.status, typed.header("content-type")), (200, "text/plain"));
    assert_eq!(
        typed.body["token_type"], "Bearer",
        "the answer itself is the real one"
    );
    let redirect = token(Effect::redirect("https://elsewhere.example/token"));
    assert_eq!(
        (redirect.status, redirect.header("location")),
        (302, "https://elsewhere.example/token")
    );
    let other = token(Effect::Body {
        status: StatusCode::OK,
        content_type: HeaderValue::from_static("application/json"),
        body: Bytes::from_static(b"{\"error\":\"invalid_grant\"}"),
    });
    assert_eq!(other.shown(), (200, json!({ "error": "invalid_grant" })));
    let huge = token(Effect::Oversized(5_000_000));
    assert_eq!((huge.raw.len(), huge.body.is_object()), (5_000_000, true));
    assert!(std::str::from_utf8(&token(Effect::NonUtf8).raw).is_err());
}

#[test]
fn what_happens_on_the_wire_rides_in_the_extensions() {
    let emulator = once();
    let delivery = |effect: Effect, token: &str| {
        emulator.fault(Fault::new(Target::Token, effect).after());
        refresh(&emulator, token).delivery
    };
    assert!(matches!(delivery(Effect::Drop, "rt-bakery"), Delivery::Drop));
    assert!(
        !emulator.is_live_refresh_token("rt-bakery"),
        "rotated, and the reply is lost"
    );
    let newest = || emulator.refresh_token(APP, BAKERY).unwrap();
    assert!(matches!(
        delivery(Effect::Cut { after: 9 }, &newest()),
        Delivery::Cut { after: 9 }
    ));
    assert!(matches!(
        delivery(Effect::Stall(Latch::new()), &newest()),
        Delivery::Stall(_)
    ));
    let wait = Duration::from_millis(3);
    assert!(matches!(delivery(Effect::Delay(wait), &newest()), Delivery::Delay(by) if by == wait));
    assert!(matches!(refresh(&emulator, &newest()).delivery, Delivery::Normal));
    let lost: Vec<bool> = emulator.log().iter().map(|exchange| exchange.lost).collect();
    assert_eq!(lost, [true, true, false, false, false]);
}

#[test]
fn a_drop_before_processing_has_no_status() {
    let emulator = once();
    emulator.fault(Fault::new(Target::Token, Effect::Drop));
    refresh(&emulator, "rt-bakery");
    let exchange = emulator.log().remove(0);
    assert_eq!((exchange.status, exchange.lost), (None, true));
    assert!(emulator.is_live_refresh_token("rt-bakery"));
}

#[test]
fn a_request_held_before_processing_changes_nothing_until_it_is_finished() {
    let emulator = once();
    let latch = Latch::new();
    emulator.fault(Fault::new(Target::Token, Effect::Stall(latch.clone())));
    let accepted = emulator.accept(refresh_request(APP, "rt-bakery"));
    assert!(matches!(accepted.before(), Delivery::Stall(_)));
    assert_eq!(emulator.counters().token_requests_in_flight, 1);
    assert!(emulator.is_live_refresh_token("rt-bakery"));
    latch.release();
    assert_eq!(read(accepted.finish()).status, 200);
    assert!(!emulator.is_live_refresh_token("rt-bakery"));
}

#[test]
fn a_held_request_that_is_given_up_is_never_processed() {
    let emulator = once();
    drop(emulator.accept(refresh_request(APP, "rt-bakery")));
    assert_eq!(
        (
            emulator.counters().refreshes,
            emulator.counters().token_requests_in_flight
        ),
        (0, 0)
    );
    assert_eq!(emulator.log().remove(0).status, None);
}

#[test]
fn revoked_in_flight_strikes_before_or_after_the_answer() {
    let emulator = world().build().unwrap();
    emulator.fault(Fault::new(Target::Token, Effect::Revoke));
    assert_eq!(refresh(&emulator, "rt-bakery").status, 400);
    emulator.authorize(APP, BAKERY).unwrap();
    emulator.fault(Fault::new(Target::Token, Effect::Revoke).after());
    let (access, _) = pair(&emulator, "rt-bakery");
    assert_eq!(get(&emulator, INFO, &access).status, 401);
    emulator.authorize(APP, BAKERY).unwrap();
    emulator.fault(Fault::new(Target::Api, Effect::Revoke).after());
    assert_eq!(
        [
            get(&emulator, INFO, &access).status,
            get(&emulator, INFO, &access).status
        ],
        [200, 401]
    );
}

#[test]
fn a_write_whose_reply_is_lost_was_made() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    emulator.fault(
        Fault::new(
            Target::Operation(Operation::CreateDepartment),
            Effect::status(500),
        )
        .after(),
    );
    let answer = send(
        &emulator,
        "POST",
        "/hr/v1.0/departments",
        &access,
        &json!({ "name": "Cellar" }),
    );
    assert_eq!(answer.status, 500);
    assert_eq!(emulator.portal(BAKERY).unwrap().department_list().len(), 3);
}
