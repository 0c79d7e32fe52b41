use attache_emulator::factorial::{ErrorShape, Options};
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::support::{Answer, KEY, get, read, send, world};

fn unnamed(shape: ErrorShape) -> Answer {
    let options = Options::default().error_shape(shape);
    let emulator = world().options(options).build().unwrap();
    send(&emulator, "POST", "/teams/teams", "at-ana", &json!({}))
}

#[test]
fn every_known_shape_of_an_error_body_is_a_switch() {
    let message = "can't be blank";
    let shapes: [(ErrorShape, Value); 6] = [
        (ErrorShape::ByVersion, json!({ "errors": [message] })),
        (ErrorShape::Null, json!({ "errors": null })),
        (ErrorShape::Strings, json!({ "errors": [message] })),
        (
            ErrorShape::Objects,
            json!({ "errors": [{ "code": "validation_failed", "message": message, "field": "name" }] }),
        ),
        (ErrorShape::Map, json!({ "errors": { "name": [message] } })),
        (ErrorShape::Message, json!({ "message": message })),
    ];
    for (shape, body) in shapes {
        assert_eq!(unnamed(shape).shown(), (422, body), "{shape:?}");
    }
    let html = unnamed(ErrorShape::Html);
    assert_eq!(
        (html.status, html.header("content-type")),
        (422, "text/html; charset=utf-8")
    );
    assert_eq!(unnamed(ErrorShape::Empty).raw.len(), 0);
}

#[test]
fn an_empty_401_says_why_in_the_header() {
    let options = Options::default().error_shape(ErrorShape::Empty);
    let emulator = world().options(options).build().unwrap();
    emulator.expire_access_tokens();
    let answer = get(&emulator, "/teams/teams", "at-ana");
    assert_eq!((answer.status, answer.raw.len()), (401, 0));
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer realm=\"Doorkeeper\", error=\"invalid_token\", error_description=\"The access token expired\""
    );
}

#[test]
fn a_401_is_errors_null_before_2027_and_an_envelope_from_then_on() {
    let emulator = world().build().unwrap();
    let of = |version: &str| {
        let target = format!("/api/{version}/resources/teams/teams");
        let request = Request::get(target).header("x-api-key", "wrong");
        read(emulator.handle(request.body(Bytes::new()).unwrap())).shown()
    };
    assert_eq!(of("2026-10-01"), (401, json!({ "errors": null })));
    let envelope = json!({
        "errors": [{ "code": "unauthorized", "message": "The API key is invalid", "field": null }],
    });
    assert_eq!(of("2027-01-01"), (401, envelope));
}

#[test]
fn what_is_not_there_is_404_and_what_is_no_json_400() {
    let emulator = world().build().unwrap();
    assert_eq!(get(&emulator, "/teams/teams/1", "at-ana").status, 404);
    assert_eq!(get(&emulator, "/moons/moons", "at-ana").status, 404);
    let request = Request::post("/api/2026-10-01/resources/teams/teams")
        .header("x-api-key", KEY)
        .header("content-type", "application/json");
    let answer = read(emulator.handle(request.body(Bytes::from_static(b"{\"name\":")).unwrap()));
    assert_eq!(answer.status, 400);
}

#[test]
fn unknown_members_come_along_and_nulls_may_go_as_switches_say() {
    let options = Options::default().omit_nulls(true);
    let emulator = world().options(options).build().unwrap();
    let answer = get(&emulator, "/teams/teams", "at-ana");
    let team = &answer.body["data"][0];
    assert_eq!(team["notInAnyDocument"], json!({ "since": 2027 }));
    assert!(team.get("description").is_none());
}
