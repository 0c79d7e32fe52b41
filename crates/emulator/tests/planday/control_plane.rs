//! The levers as JSON under `/_emulator/`.

use attache_emulator::planday::{Counters, Emulator, Rotation};
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::support::{APP, BAKERY, get, pair, read, refresh, world};

fn open() -> Emulator {
    world().control_plane(true).build().unwrap()
}

fn lever(emulator: &Emulator, method: &str, name: &str, body: &Value) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(format!("/_emulator/{name}"));
    let body = if body.is_null() {
        Bytes::new()
    } else {
        Bytes::from(body.to_string())
    };
    read(emulator.handle(request.body(body).unwrap())).shown()
}

fn post(emulator: &Emulator, name: &str, body: &Value) -> (u16, Value) {
    lever(emulator, "POST", name, body)
}

#[test]
fn it_is_closed_unless_opened() {
    let emulator = world().build().unwrap();
    let request = Request::get("/_emulator/seeds").body(Bytes::new()).unwrap();
    assert_eq!(read(emulator.handle(request)).status, 404);
    assert_eq!(emulator.counters().unknown_requests, 1);
}

#[test]
fn seeds_show_what_a_newcomer_needs() {
    let (status, body) = lever(&open(), "GET", "seeds", &Value::Null);
    assert_eq!(status, 200);
    let bakery = json!({
        "client_id": APP,
        "id": 4711,
        "name": "bakery",
        "company_name": "Bakery ApS",
        "refresh_token": "rt-bakery",
    });
    assert!(body["portals"].as_array().unwrap().contains(&bakery), "{body}");
    assert_eq!(body["apps"].as_array().unwrap().len(), 2);
}

#[test]
fn the_log_names_fields_and_shows_values_only_when_asked() {
    let emulator = open();
    refresh(&emulator, "rt-bakery");
    let (_, hidden) = lever(&emulator, "GET", "log", &Value::Null);
    let expected = json!({
        "number": 1,
        "at": "2026-11-21T12:00:00Z",
        "endpoint": "token",
        "method": "POST",
        "path": "/connect/token",
        "query": [],
        "headers": ["content-type"],
        "form": ["client_id", "grant_type", "refresh_token"],
        "surplus": [],
        "body_bytes": 95,
        "status": 200,
        "fault": null,
        "lost": false,
    });
    assert_eq!(hidden["exchanges"], json!([expected]));
    let (_, shown) = lever(&emulator, "GET", "log?values=true", &Value::Null);
    assert_eq!(
        shown["exchanges"][0]["form"][2],
        json!(["refresh_token", "rt-bakery"])
    );
    assert_eq!(lever(&emulator, "DELETE", "log", &Value::Null).0, 200);
    assert_eq!(emulator.log().len(), 0);
}

#[test]
fn the_clock_moves_and_the_counters_count() {
    let emulator = open();
    let (access, _) = pair(&emulator, "rt-bakery");
    assert_eq!(
        post(&emulator, "clock", &json!({ "advance_seconds": 3600 })),
        (200, json!({ "now": "2026-11-21T13:00:00Z" }))
    );
    assert_eq!(get(&emulator, "/portal/v1.0/info", &access).status, 401);
    assert_eq!(post(&emulator, "clock", &json!({ "advance_seconds": -1 })).0, 400);
    let (_, counters) = lever(&emulator, "GET", "counters", &Value::Null);
    let expected = json!({
        "token_requests": 1,
        "refreshes": 1,
        "replays": 0,
        "token_requests_in_flight": 0,
        "max_token_requests_in_flight": 1,
        "codes_exchanged": 0,
        "child_exchanges": 0,
        "authorize_requests": 0,
        "revocation_requests": 0,
        "page_requests": 0,
        "api_requests": 1,
        "unknown_requests": 0,
        "pending_faults": 0,
    });
    assert_eq!(counters, expected);
}

#[test]
fn the_rotation_rule_changes() {
    let emulator = open();
    assert_eq!(post(&emulator, "rotation", &json!({ "rule": "once" })).0, 200);
    pair(&emulator, "rt-bakery");
    assert_eq!(refresh(&emulator, "rt-bakery").status, 400);
    assert_eq!(
        post(&emulator, "rotation", &json!({ "rule": "sometimes" })).0,
        400
    );
}

#[test]
fn every_kind_of_fault_can_be_set() {
    let emulator = open();
    let effects = [
        json!({ "kind": "status", "status": 429, "retry_after": "2" }),
        json!({ "kind": "html", "status": 200 }),
        json!({ "kind": "empty" }),
        json!({ "kind": "content_type", "content_type": "text/plain" }),
        json!({ "kind": "redirect", "location": "https://elsewhere.example/" }),
        json!({ "kind": "body", "status": 201, "content_type": "text/plain", "body": "hello" }),
        json!({ "kind": "oversized", "bytes": 100 }),
        json!({ "kind": "non_utf8" }),
        json!({ "kind": "drop" }),
        json!({ "kind": "cut", "after": 3 }),
        json!({ "kind": "stall", "latch": "gate" }),
        json!({ "kind": "delay", "milliseconds": 1 }),
        json!({ "kind": "revoke" }),
    ];
    for (number, effect) in effects.iter().enumerate() {
        let fault = json!({ "target": "token", "when": "after", "effect": effect });
        assert_eq!(
            post(&emulator, "faults", &fault),
            (200, json!({ "id": number + 1 })),
            "{effect}"
        );
    }
    let first = refresh(&emulator, "rt-bakery");
    assert_eq!((first.status, first.header("retry-after")), (429, "2"));
    assert_eq!(emulator.pending_faults(), effects.len() - 1);
    assert_eq!(lever(&emulator, "DELETE", "faults", &Value::Null).0, 200);
    assert_eq!(emulator.pending_faults(), 0);
}

#[test]
fn a_fault_that_does_not_fit_is_explained() {
    let emulator = open();
    for fault in [
        json!({ "target": "list_shoes", "effect": { "kind": "drop" } }),
        json!({ "target": "token", "effect": { "kind": "explode" } }),
        json!({ "target": "token", "when": "during", "effect": { "kind": "drop" } }),
        json!({ "target": "token", "effect": { "kind": "status", "status": 7 } }),
        json!({ "target": "token", "skipp": 1, "effect": { "kind": "drop" } }),
    ] {
        let (status, body) = post(&emulator, "faults", &fault);
        assert_eq!((status, body["error"].is_string()), (400, true), "{fault}");
    }
}

#[test]
fn a_named_latch_is_released() {
    let emulator = open();
    post(
        &emulator,
        "faults",
        &json!({ "target": "token", "effect": { "kind": "stall", "latch": "gate" } }),
    );
    let stalled = refresh(&emulator, "rt-bakery").delivery;
    assert_eq!(
        post(&emulator, "release", &json!({ "latch": "gate" })),
        (200, json!({ "released": true }))
    );
    assert_eq!(
        post(&emulator, "release", &json!({ "latch": "gate" })),
        (200, json!({ "released": false }))
    );
    assert!(matches!(stalled, attache_emulator::Delivery::Stall(latch) if latch.is_released()));
}

#[test]
fn the_access_page_works_from_outside() {
    let emulator = open();
    let bakery = json!({ "client_id": APP, "portal": BAKERY });
    assert_eq!(post(&emulator, "revoke", &bakery).0, 200);
    assert_eq!(refresh(&emulator, "rt-bakery").status, 400);
    assert_eq!(post(&emulator, "authorize", &bakery).0, 200);
    let (access, _) = pair(&emulator, "rt-bakery");
    let limited = json!({ "client_id": APP, "portal": BAKERY, "sees": [2], "may_edit": false });
    assert_eq!(post(&emulator, "administrator", &limited).0, 200);
    assert_eq!(
        get(&emulator, "/hr/v1.0/departments", &access).body["paging"]["total"],
        1
    );
    let inactive = json!({ "client_id": APP, "portal": BAKERY, "active": false });
    assert_eq!(post(&emulator, "administrator", &inactive).0, 200);
    assert_eq!(get(&emulator, "/hr/v1.0/departments", &access).status, 401);
    let (_, renewed) = post(&emulator, "reauthorize", &bakery);
    assert_eq!(
        refresh(&emulator, renewed["refresh_token"].as_str().unwrap()).status,
        200
    );
    assert_eq!(post(&emulator, "expire-access-tokens", &json!({})).0, 200);
    assert_eq!(
        post(
            &emulator,
            "rename-app",
            &json!({ "client_id": APP, "name": "New" })
        )
        .0,
        200
    );
    assert_eq!(post(&emulator, "delete-app", &json!({ "client_id": APP })).0, 200);
    assert_eq!(post(&emulator, "revoke", &bakery).0, 404);
    assert_eq!(post(&emulator, "explode", &bakery).0, 404);
}

#[test]
fn it_leaves_no_trace_in_the_log() {
    let emulator = open();
    emulator.set_rotation(Rotation::Never);
    lever(&emulator, "GET", "counters", &Value::Null);
    assert_eq!(
        (emulator.log().len(), emulator.counters()),
        (0, Counters::default())
    );
}
