//! The levers as JSON.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::support::{Answer, MINE, REFRESH, SHEET, call, get, read, refresh, world};

fn ask(emulator: &attache_emulator::smartsheet::Emulator, method: &str, lever: &str, body: &Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("/_emulator/{lever}"));
    read(emulator.handle(request.body(Bytes::from(body.to_string())).unwrap()))
}

#[test]
fn levers_move_time_people_faults_and_switches() {
    let emulator = world().control_plane(true).build().unwrap();
    let post = |lever: &str, body: Value| ask(&emulator, "POST", lever, &body);
    assert_eq!(
        post("error-faults", json!({ "target": "list_sheets", "code": 4004 })).status,
        200
    );
    assert_eq!(get(&emulator, "/2.0/sheets").refused(), (500, 4004));
    post(
        "faults",
        json!({ "target": "token", "effect": { "kind": "html", "status": 502 } }),
    );
    assert_eq!(refresh(&emulator, REFRESH).status, 502);
    let url = "http://localhost/us/b/authorize?response_type=code&client_id=app-one&state=s";
    let consent = post("consent", json!({ "url": url, "user": "owner@plan.example" })).body;
    assert!(
        consent["location"]
            .as_str()
            .unwrap()
            .starts_with("https://app.example/callback?code=")
    );
    let token =
        post("personal-token", json!({ "user": "viewer+only@plan.example" })).body["access_token"].clone();
    assert_eq!(
        call(&emulator, "GET", "/2.0/users/me", token.as_str().unwrap()).status,
        200
    );
    post(
        "options",
        json!({ "missing_token_forbidden": true, "unknown_totals": true }),
    );
    assert_eq!(get(&emulator, "/2.0/sheets").body["totalCount"], -1);
    post("clock", json!({ "advance_seconds": 604_799 }));
    assert_eq!(get(&emulator, "/2.0/sheets").refused(), (401, 1003));
    assert_eq!(
        call(&emulator, "GET", "/2.0/sheets", MINE).status,
        200,
        "no expiry"
    );
    post(
        "revoke",
        json!({ "client_id": "app-one", "user": "owner@plan.example" }),
    );
    assert_eq!(refresh(&emulator, REFRESH).refused(), (400, 1132));
}

#[test]
fn seeds_log_and_callbacks_are_shown() {
    let emulator = world().control_plane(true).build().unwrap();
    let seeds = ask(&emulator, "GET", "seeds", &Value::Null).body;
    let us = &seeds["regions"][0];
    assert_eq!(
        (&us["region"], &us["apps"][0]["grants"][0]["refresh_token"]),
        (&json!("us"), &json!(REFRESH))
    );
    assert_eq!(us["sheets"], json!([{ "id": SHEET, "name": "Tasks" }]));
    get(&emulator, "/2.0/sheets");
    let log = ask(&emulator, "GET", "log", &Value::Null);
    assert_eq!(log.body["exchanges"][0]["endpoint"], "list_sheets");
    assert!(!log.text().contains("access-owner"), "values only on request");
    assert_eq!(
        ask(&emulator, "POST", "callbacks", &json!({})).body,
        json!({ "callbacks": [] })
    );
    assert_eq!(
        ask(&emulator, "GET", "counters", &Value::Null).body["api_requests"],
        1
    );
}

#[test]
fn a_wrong_lever_says_which_there_are() {
    let emulator = world().control_plane(true).build().unwrap();
    let answer = ask(&emulator, "POST", "nonsense", &json!({}));
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("approve-developer"));
    assert_eq!(
        ask(&emulator, "POST", "options", &json!({ "nonsense": 1 })).status,
        400
    );
    assert_eq!(
        ask(
            &emulator,
            "POST",
            "revoke",
            &json!({ "user": "x", "client_id": "y" })
        )
        .status,
        404
    );
}
