//! Webhooks, their challenge, and signed callbacks.

use attache_emulator::smartsheet::{Callback, Emulator, Region, Verification};
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{ACCESS, MINE, SHEET, call, emulator, get, ids, read, request, send, sheet_path};

fn create(emulator: &Emulator, more: &Value) -> Value {
    let mut body = json!({
        "name": "w", "callbackUrl": "https://app.example/hook", "scope": "sheet",
        "scopeObjectId": SHEET, "events": ["*.*"], "version": 1,
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    send(emulator, "POST", "/2.0/webhooks", &body).body
}

fn path(webhook: &Value) -> String {
    format!("/2.0/webhooks/{}", webhook["result"]["id"])
}

/// A webhook that is enabled.
fn enabled(emulator: &Emulator, more: &Value) -> Value {
    let webhook = create(emulator, more);
    let answer = send(emulator, "PUT", &path(&webhook), &json!({ "enabled": true }));
    assert_eq!(answer.body["result"]["status"], "ENABLED");
    webhook
}

fn header<'a>(callback: &'a Callback, name: &str) -> &'a str {
    &callback
        .headers
        .iter()
        .find(|(given, _)| given == name)
        .unwrap()
        .1
}

/// RFC 2104 for a key shorter than a block, as hexadecimal digits.
fn hmac(key: &str, body: &[u8]) -> String {
    let padded = |mask: u8| -> Vec<u8> {
        let bytes = key.bytes().chain(std::iter::repeat(0)).take(64);
        bytes.map(|byte| byte ^ mask).collect()
    };
    let inner = Sha256::digest([padded(0x36), body.to_vec()].concat());
    let outer = Sha256::digest([padded(0x5c), inner.to_vec()].concat());
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap();
    let digits = outer.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    digits.collect()
}

fn respond(status: u16) -> impl FnMut(Request<Bytes>) -> Response<Bytes> {
    move |_| Response::builder().status(status).body(Bytes::new()).unwrap()
}

#[test]
fn a_new_webhook_is_not_enabled_and_not_verified() {
    let emulator = emulator();
    let webhook = create(&emulator, &json!({ "subscope": { "columnIds": [1] } }));
    let result = &webhook["result"];
    assert_eq!(
        *result,
        json!({
            "id": result["id"], "name": "w", "callbackUrl": "https://app.example/hook", "scope": "sheet",
            "scopeObjectId": SHEET, "events": ["*.*"], "version": 1, "enabled": false,
            "status": "NEW_NOT_VERIFIED", "disabledDetails": "NEW_NOT_VERIFIED",
            "sharedSecret": result["sharedSecret"], "subscope": { "columnIds": [1] },
            "apiClientId": "app-one", "apiClientName": "Sheet sync",
            "createdAt": "2026-11-21T12:00:00Z", "modifiedAt": "2026-11-21T12:00:00Z",
        })
    );
    assert_eq!(get(&emulator, &path(&webhook)).body, *result);
    assert_eq!(
        call(&emulator, "GET", &path(&webhook), MINE).refused(),
        (404, 1006),
        "another app's"
    );
}

#[test]
fn bad_webhooks_are_refused() {
    let emulator = emulator();
    for (more, code) in [
        (json!({ "callbackUrl": "http://app.example/hook" }), 1152),
        (json!({ "callbackUrl": "https://app.example:99/hook" }), 1031),
        (json!({ "scopeObjectId": 5 }), 1151),
        (json!({ "events": ["row.exploded"] }), 1031),
        (json!({ "version": 2 }), 1031),
        (json!({ "customHeaders": { "Smartsheet-X": "1" } }), 1031),
        (json!({ "name": null }), 1012),
    ] {
        assert_eq!(create(&emulator, &more)["errorCode"], code, "{more}");
    }
}

#[test]
fn a_change_is_called_back_signed_with_the_change_agent() {
    let emulator = emulator();
    let webhook = enabled(&emulator, &json!({ "customHeaders": { "X-Own": "1" } }));
    let (columns, _) = ids(&emulator);
    let body = json!({ "toTop": true, "cells": [{ "columnId": columns[0], "value": "Tart" }] });
    let write = request("POST", &sheet_path("/rows"), ACCESS)
        .header("content-type", "application/json")
        .header("smartsheet-change-agent", "other,mine");
    let row = read(emulator.handle(write.body(Bytes::from(body.to_string())).unwrap())).body["result"]["id"]
        .clone();
    let callback = emulator.take_callbacks(Region::Us).remove(0);
    let said: Value = serde_json::from_slice(&callback.body).unwrap();
    let user = get(&emulator, "/2.0/users/me").body["id"].clone();
    let time = "2026-11-21T12:00:00.000+00:00";
    assert_eq!(
        said,
        json!({
            "nonce": said["nonce"], "timestamp": time, "webhookId": webhook["result"]["id"],
            "scope": "sheet", "scopeObjectId": SHEET,
            "events": [
                { "objectType": "row", "eventType": "created", "id": row, "userId": user, "timestamp": time,
                  "changeAgent": "other,mine" },
                { "objectType": "cell", "eventType": "created", "rowId": row, "columnId": columns[0],
                  "userId": user, "timestamp": time, "changeAgent": "other,mine" },
            ],
        })
    );
    assert_eq!(header(&callback, "X-Own"), "1");
    assert_eq!(
        header(&callback, "Smartsheet-Hook-Id"),
        webhook["result"]["id"].to_string()
    );
    assert_eq!(header(&callback, "Smartsheet-Hmac-SHA256").len(), 64);
    assert_eq!(callback.request().unwrap().uri(), "https://app.example/hook");
}

#[test]
fn the_secret_decides_the_signature_and_leading_zeros_stay() {
    let emulator = emulator();
    emulator.update_options(|options| options.leading_zero_signatures = true);
    let webhook = enabled(&emulator, &json!({}));
    let reset = call(
        &emulator,
        "POST",
        &format!("{}/resetSharedSecret", path(&webhook)),
        ACCESS,
    )
    .body;
    let secret = &reset["result"]["sharedSecret"];
    assert_ne!(*secret, webhook["result"]["sharedSecret"]);
    assert_eq!(get(&emulator, &path(&webhook)).body["sharedSecret"], *secret);
    send(&emulator, "POST", &sheet_path("/rows"), &json!({ "toTop": true }));
    let callback = emulator.take_callbacks(Region::Us).remove(0);
    let signature = header(&callback, "Smartsheet-Hmac-SHA256");
    assert!(signature.starts_with('0'), "{signature}");
    assert_eq!(signature, hmac(secret.as_str().unwrap(), &callback.body));
}

#[test]
fn patterns_and_columns_narrow_what_is_told() {
    let emulator = emulator();
    let (columns, rows) = ids(&emulator);
    enabled(
        &emulator,
        &json!({ "events": ["cell.updated", "row.deleted"], "subscope": { "columnIds": [columns[0]] } }),
    );
    let told = || -> Vec<(String, String)> {
        let callbacks = emulator.take_callbacks(Region::Us);
        let bodies = callbacks
            .iter()
            .map(|callback| serde_json::from_slice::<Value>(&callback.body).unwrap());
        bodies
            .flat_map(|body| body["events"].as_array().unwrap().clone())
            .map(|event| {
                let text = |name: &str| event[name].as_str().unwrap().to_owned();
                (text("objectType"), text("eventType"))
            })
            .collect()
    };
    let update = |column: i64, value: Value| {
        let body = json!({ "id": rows[0], "cells": [{ "columnId": column, "value": value }] });
        assert_eq!(send(&emulator, "PUT", &sheet_path("/rows"), &body).status, 200);
    };
    update(columns[1], json!(false));
    assert_eq!(told(), []);
    update(columns[0], json!("Rye"));
    assert_eq!(told(), [("cell".to_owned(), "updated".to_owned())]);
    call(
        &emulator,
        "DELETE",
        &sheet_path(&format!("/rows?ids={}", rows[0])),
        ACCESS,
    );
    assert_eq!(told(), [("row".to_owned(), "deleted".to_owned())]);
}

#[test]
fn enabling_waits_for_the_challenge() {
    let emulator = emulator();
    let webhook = create(&emulator, &json!({}));
    emulator.update_options(|options| options.verification = Verification::Fails);
    let enable =
        || send(&emulator, "PUT", &path(&webhook), &json!({ "enabled": true })).body["result"].clone();
    assert_eq!(
        (&enable()["status"], &enable()["enabled"]),
        (&json!("DISABLED_VERIFICATION_FAILED"), &json!(false))
    );
    let id = webhook["result"]["id"].clone();
    emulator.answer_challenges(move |request| {
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let value = request.headers()["smartsheet-hook-challenge"].to_str().unwrap();
        assert_eq!(body, json!({ "challenge": value, "webhookId": id }));
        let answer = json!({ "smartsheetHookResponse": value });
        Response::new(Bytes::from(answer.to_string()))
    });
    assert_eq!(enable()["status"], "ENABLED");
    emulator.answer_challenges(|request| {
        let mut response = Response::new(Bytes::new());
        let value = request.headers()["smartsheet-hook-challenge"].clone();
        response.headers_mut().insert("smartsheet-hook-response", value);
        response
    });
    assert_eq!(enable()["status"], "ENABLED");
    emulator.answer_challenges(|_| Response::new(Bytes::new()));
    assert_eq!(enable()["status"], "DISABLED_VERIFICATION_FAILED");
}

#[test]
fn deliveries_are_heard_retried_or_disabling() {
    let emulator = emulator();
    let webhook = enabled(&emulator, &json!({}));
    let status = || get(&emulator, &path(&webhook)).body["status"].clone();
    let write = || send(&emulator, "POST", &sheet_path("/rows"), &json!({ "toTop": true }));
    write();
    assert_eq!(emulator.deliver_callbacks(Region::Us, respond(503)), 0);
    assert_eq!(emulator.deliver_callbacks(Region::Us, respond(404)), 0);
    assert_eq!(emulator.deliver_callbacks(Region::Us, respond(200)), 1);
    assert_eq!(status(), "ENABLED");
    write();
    assert_eq!(emulator.deliver_callbacks(Region::Us, respond(202)), 0);
    assert_eq!(status(), "DISABLED_CALLBACK_FAILED");
    let told: Value = serde_json::from_slice(&emulator.take_callbacks(Region::Us)[0].body).unwrap();
    assert_eq!(told["newWebhookStatus"], "DISABLED_CALLBACK_FAILED");
    assert_eq!(told["events"], Value::Null);
    write();
    assert_eq!(
        emulator.take_callbacks(Region::Us).len(),
        0,
        "lost while disabled"
    );
}

#[test]
fn webhooks_are_listed_newest_first_without_totals_and_deleted() {
    let emulator = emulator();
    let first = create(&emulator, &json!({ "name": "first" }));
    emulator.clock().advance(std::time::Duration::from_secs(1));
    create(&emulator, &json!({ "name": "second" }));
    let list = get(&emulator, "/2.0/webhooks").body;
    assert_eq!(
        (&list["totalPages"], &list["totalCount"]),
        (&json!(-1), &json!(-1))
    );
    assert_eq!(
        (&list["data"][0]["name"], &list["data"][1]["name"]),
        (&json!("second"), &json!("first"))
    );
    assert_eq!(call(&emulator, "DELETE", &path(&first), ACCESS).status, 200);
    assert_eq!(get(&emulator, &path(&first)).refused(), (404, 1006));
}

#[test]
fn after_a_hundred_callbacks_comes_another_challenge() {
    let emulator = emulator();
    let webhook = enabled(&emulator, &json!({}));
    for _ in 0..101 {
        send(&emulator, "POST", &sheet_path("/rows"), &json!({ "toTop": true }));
    }
    let mut challenges = 0;
    let heard = emulator.deliver_callbacks(Region::Us, |request| {
        challenges += u32::from(request.headers().contains_key("smartsheet-hook-challenge"));
        Response::new(Bytes::new())
    });
    assert_eq!((heard, challenges), (100, 1));
    let shown = get(&emulator, &path(&webhook)).body;
    assert_eq!(shown["status"], "DISABLED_VERIFICATION_FAILED");
}

#[test]
fn the_fourteenth_failure_disables() {
    let emulator = emulator();
    let webhook = enabled(&emulator, &json!({}));
    send(&emulator, "POST", &sheet_path("/rows"), &json!({ "toTop": true }));
    let status = || get(&emulator, &path(&webhook)).body["status"].clone();
    for _ in 0..13 {
        emulator.deliver_callbacks(Region::Us, respond(500));
    }
    assert_eq!(status(), "ENABLED");
    emulator.deliver_callbacks(Region::Us, respond(500));
    assert_eq!(status(), "DISABLED_CALLBACK_FAILED");
}

#[test]
fn a_long_change_agent_loses_its_front() {
    let emulator = emulator();
    enabled(&emulator, &json!({}));
    let agent = format!("{}{}", "a".repeat(100), "b".repeat(512));
    let write = request("POST", &sheet_path("/rows"), ACCESS)
        .header("content-type", "application/json")
        .header("smartsheet-change-agent", agent);
    read(emulator.handle(write.body(Bytes::from("{}")).unwrap()));
    let callback = emulator.take_callbacks(Region::Us).remove(0);
    let said: Value = serde_json::from_slice(&callback.body).unwrap();
    assert_eq!(said["events"][0]["changeAgent"], "b".repeat(512));
    assert_eq!(
        emulator.log().last().unwrap().client_faults,
        ["change-agent-too-long"]
    );
}
