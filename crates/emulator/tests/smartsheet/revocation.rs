//! `DELETE /2.0/token`.

use attache_emulator::smartsheet::{Grant, Region};
use serde_json::json;

use crate::support::{ACCESS, APP, MINE, OWNER, REFRESH, SHEET, call, emulator, get, refresh, send};

#[test]
fn a_token_ends_itself_and_its_pair() {
    let emulator = emulator();
    let answer = call(&emulator, "DELETE", "/2.0/token", ACCESS);
    assert_eq!(
        (answer.status, answer.body),
        (200, json!({ "message": "SUCCESS", "resultCode": 0 }))
    );
    assert_eq!(get(&emulator, "/2.0/users/me").refused(), (401, 1002));
    assert_eq!(refresh(&emulator, REFRESH).refused(), (400, 1132));
    assert_eq!(
        call(&emulator, "DELETE", "/2.0/token", ACCESS).refused(),
        (401, 1002)
    );
}

#[test]
fn the_refresh_token_may_outlive_it_by_switch() {
    let emulator = emulator();
    emulator.update_options(|options| options.revocation_ends_refresh = false);
    call(&emulator, "DELETE", "/2.0/token", ACCESS);
    assert_eq!(refresh(&emulator, REFRESH).status, 200);
}

#[test]
fn all_of_a_client_ends_every_grant_of_the_person_and_its_webhooks() {
    let emulator = emulator();
    let other = emulator.grant(Region::Us, Grant::new(APP, OWNER)).unwrap();
    let webhook = send(
        &emulator,
        "POST",
        "/2.0/webhooks",
        &json!({ "name": "w", "callbackUrl": "https://app.example/hook", "scope": "sheet",
                 "scopeObjectId": SHEET, "events": ["*.*"], "version": 1 }),
    );
    assert_eq!(webhook.status, 200);
    let target = "/2.0/token?deleteAllForApiClient=true";
    assert_eq!(call(&emulator, "DELETE", target, ACCESS).status, 200);
    assert_eq!(refresh(&emulator, &other.refresh_token).refused(), (400, 1132));
    assert_eq!(call(&emulator, "GET", "/2.0/users/me", MINE).status, 200);
    let again = emulator.grant(Region::Us, Grant::new(APP, OWNER)).unwrap();
    let list = call(&emulator, "GET", "/2.0/webhooks", &again.access_token.unwrap()).body;
    assert_eq!(list["data"][0]["status"], "DISABLED_APP_REVOKED");
}

#[test]
fn a_personal_token_ends_itself() {
    let emulator = emulator();
    assert_eq!(call(&emulator, "DELETE", "/2.0/token", MINE).status, 200);
    assert_eq!(
        call(&emulator, "GET", "/2.0/users/me", MINE).refused(),
        (401, 1002)
    );
    assert_eq!(get(&emulator, "/2.0/users/me").status, 200);
}
