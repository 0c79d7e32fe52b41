use std::time::Duration;

use attache_emulator::factorial::Options;
use serde_json::json;

use crate::support::{ADMIN, APP, code, exchange, get, refresh, world};

const COMPANY_WIDE: [(&str, &str); 1] = [("resource_owner_type", "company")];

#[test]
fn a_company_token_has_neither_expiry_nor_refresh_token() {
    let emulator = world().build().unwrap();
    let answer = exchange(&emulator, &code(&emulator, ADMIN, &COMPANY_WIDE));
    let expected = json!({
        "access_token": answer.body["access_token"],
        "token_type": "Bearer",
        "scope": answer.body["scope"],
        "created_at": 1_795_262_400,
    });
    assert_eq!(answer.shown(), (200, expected));
    emulator.clock().advance(Duration::from_secs(10 * 365 * 86_400));
    let who = get(
        &emulator,
        "/api_public/credentials",
        &answer.member("access_token"),
    );
    assert_eq!(who.status, 200);
}

#[test]
fn expiry_and_refresh_token_are_switches() {
    let options = Options::default()
        .unknown_member(false)
        .company_token_lifetime(Some(Duration::from_secs(60)))
        .company_refresh_token(true);
    let emulator = world().options(options).build().unwrap();
    let answer = exchange(&emulator, &code(&emulator, ADMIN, &COMPANY_WIDE));
    assert_eq!(answer.body["expires_in"], 60);
    let again = refresh(&emulator, &answer.member("refresh_token"));
    let who = get(
        &emulator,
        "/api_public/credentials",
        &again.member("access_token"),
    );
    assert_eq!(who.body["data"][0]["name"], "Brisa", "still the company's");
}

#[test]
fn somebody_at_factorial_can_revoke_it() {
    let emulator = world().build().unwrap();
    emulator.revoke(APP, None).unwrap();
    assert_eq!(get(&emulator, "/teams/teams", "at-brisa").status, 401);
    assert_eq!(get(&emulator, "/teams/teams", "at-ana").status, 200);
}

#[test]
fn resource_owner_type_on_the_token_request_is_surplus_and_changes_nothing() {
    let emulator = world().build().unwrap();
    let code = code(&emulator, ADMIN, &[]);
    let answer = crate::support::token(
        &emulator,
        &[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", crate::support::CALLBACK),
            ("resource_owner_type", "company"),
        ],
    );
    assert_eq!(answer.body["expires_in"], 3600, "a user token");
    assert_eq!(emulator.log().last().unwrap().surplus, ["resource_owner_type"]);
}
