//! `POST /connect/token` with `grant_type=authorization_code`, and the grants that come of it.

use std::time::Duration;

use attache_emulator::planday::{Effect, Fault, Pkce, SecondGrant, Target};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::partner::{
    DEMO, LOOPBACK, NORTH, PARTNER, SCOPE, SOUTH, call, code, customers, customers_with, exchange,
    exchange_request, link, post, url_with,
};
use crate::support::{OTHER_APP, oauth_error, read};

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const S256: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const DEPARTMENTS: &str = "/hr/v1.0/departments";

#[test]
fn a_code_gives_the_six_documented_members() {
    let emulator = customers().build().unwrap();
    let code = code(&emulator, &url_with(&[("nonce", "n1")]), NORTH, "ada");
    let answer = exchange(&emulator, &code, &[]);
    let member = |name: &str| answer.body[name].clone();
    let expected = json!({
        "id_token": member("id_token"),
        "access_token": member("access_token"),
        "expires_in": 3600,
        "token_type": "Bearer",
        "refresh_token": emulator.refresh_token(PARTNER, NORTH),
        "scope": SCOPE,
    });
    assert_eq!(answer.shown(), (200, expected));
    assert_eq!(answer.header("cache-control"), "no-store");
    let claims = member("id_token");
    let claims = claims.as_str().unwrap().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert_eq!(
        claims,
        json!({ "iss": "http://localhost", "aud": PARTNER, "PortalId": NORTH, "nonce": "n1" })
    );
    assert_eq!(emulator.counters().codes_exchanged, 1);
    for secret in [json!(code), member("id_token")] {
        assert!(emulator.issued_tokens().iter().any(|issued| secret == *issued));
    }
}

#[test]
fn only_what_was_asked_for_is_granted() {
    let emulator = customers().build().unwrap();
    let asked = |scope: &str| {
        let code = code(&emulator, &url_with(&[("scope", scope)]), NORTH, "ada");
        exchange(&emulator, &code, &[]).body
    };
    let bare = asked("department:read");
    assert_eq!(
        (&bare["id_token"], &bare["refresh_token"], &bare["scope"]),
        (&Value::Null, &Value::Null, &json!("department:read"))
    );
    let narrow = asked("offline_access department:read");
    let access = narrow["access_token"].as_str().unwrap();
    assert_eq!(call(&emulator, DEPARTMENTS, access).status, 200);
    let refused = call(&emulator, "/hr/v1.0/employees", access);
    assert_eq!(
        (refused.status, &refused.body["detail"]),
        (
            403,
            &json!("Your application isn't assigned to the appropriate scope (employee:read)")
        )
    );
    let refreshed = refresh(&emulator, narrow["refresh_token"].as_str().unwrap());
    assert_eq!(refreshed["scope"], "offline_access department:read");
}

fn refresh(emulator: &attache_emulator::planday::Emulator, token: &str) -> Value {
    let fields = [
        ("client_id", PARTNER),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ];
    post(emulator, "/connect/token", &fields).body
}

#[test]
fn one_app_is_authorized_on_many_portals_each_with_its_own_token_and_administrator() {
    let emulator = customers().build().unwrap();
    let (north, north_refresh) = link(&emulator, NORTH, "bo");
    let (south, south_refresh) = link(&emulator, SOUTH, "administrator");
    assert_ne!(north_refresh, south_refresh);
    let seen = |access: &str| {
        let info = call(&emulator, "/portal/v1.0/info", access).body["data"]["id"].clone();
        let total = call(&emulator, DEPARTMENTS, access).body["paging"]["total"].clone();
        (info, total)
    };
    assert_eq!(
        (seen(&north), seen(&south)),
        ((json!(NORTH), json!(1)), (json!(SOUTH), json!(1)))
    );
    assert!(emulator.is_authorized(PARTNER, NORTH) && !emulator.is_authorized(PARTNER, DEMO));
    emulator
        .set_portal_administrator_active(NORTH, "bo", false)
        .unwrap();
    assert_eq!(call(&emulator, DEPARTMENTS, &north).status, 401);
    assert_eq!(call(&emulator, DEPARTMENTS, &south).status, 200);
}

#[test]
fn an_administrator_who_left_before_the_exchange_opens_nothing() {
    let emulator = customers().build().unwrap();
    let code = code(&emulator, &url_with(&[]), NORTH, "ada");
    emulator
        .set_portal_administrator_active(NORTH, "ada", false)
        .unwrap();
    let answer = exchange(&emulator, &code, &[]);
    assert_eq!(answer.status, 200);
    let access = answer.body["access_token"].as_str().unwrap();
    assert_eq!(call(&emulator, DEPARTMENTS, access).status, 401);
}

#[test]
fn a_code_works_once() {
    let emulator = customers().build().unwrap();
    let code = code(&emulator, &url_with(&[]), NORTH, "ada");
    let first = exchange(&emulator, &code, &[]);
    let access = first.body["access_token"].as_str().unwrap();
    assert_eq!(
        exchange(&emulator, &code, &[]).shown(),
        oauth_error("invalid_grant")
    );
    assert_eq!(call(&emulator, DEPARTMENTS, access).status, 200);
    emulator.update_options(|options| options.code_reuse_ends_grant = true);
    assert_eq!(
        exchange(&emulator, &code, &[]).shown(),
        oauth_error("invalid_grant")
    );
    assert_eq!(call(&emulator, DEPARTMENTS, access).status, 401);
    assert!(!emulator.is_authorized(PARTNER, NORTH));
}

#[test]
fn a_code_grows_old() {
    let emulator = customers_with(|options| options.code_lifetime(Duration::from_secs(30)))
        .build()
        .unwrap();
    let url = url_with(&[]);
    let (old, young) = (
        code(&emulator, &url, NORTH, "ada"),
        code(&emulator, &url, SOUTH, "administrator"),
    );
    emulator.clock().advance(Duration::from_secs(29));
    assert_eq!(exchange(&emulator, &young, &[]).status, 200);
    emulator.clock().advance(Duration::from_secs(1));
    assert_eq!(
        exchange(&emulator, &old, &[]).shown(),
        oauth_error("invalid_grant")
    );
}

#[test]
fn a_code_is_good_for_its_own_app_and_redirect_uri_only() {
    let emulator = customers()
        .app(attache_emulator::planday::App::new(OTHER_APP))
        .build()
        .unwrap();
    let fresh = || code(&emulator, &url_with(&[]), NORTH, "ada");
    let spared = fresh();
    for (code, change, error) in [
        (spared.as_str(), ("client_id", OTHER_APP), "invalid_grant"),
        (&fresh(), ("client_id", "nobody"), "invalid_client"),
        (&fresh(), ("redirect_uri", LOOPBACK), "invalid_grant"),
        (&fresh(), ("redirect_uri", ""), "invalid_request"),
        (&fresh(), ("code", "unknown"), "invalid_grant"),
        (&fresh(), ("code", ""), "invalid_request"),
        (&fresh(), ("grant_type", "password"), "unsupported_grant_type"),
    ] {
        assert_eq!(
            exchange(&emulator, code, &[change]).shown(),
            oauth_error(error),
            "{change:?}"
        );
    }
    assert_eq!(
        exchange(&emulator, &spared, &[]).status,
        200,
        "another app spends no code"
    );
}

#[test]
fn a_failed_exchange_spends_the_code() {
    let emulator = customers().build().unwrap();
    let code = code(&emulator, &url_with(&[]), NORTH, "ada");
    assert_eq!(
        exchange(&emulator, &code, &[("redirect_uri", LOOPBACK)]).status,
        400
    );
    assert_eq!(
        exchange(&emulator, &code, &[]).shown(),
        oauth_error("invalid_grant")
    );
}

#[test]
fn a_challenge_binds_the_exchange_to_its_verifier() {
    let emulator = customers().build().unwrap();
    let exchanged = |challenge: &[(&str, &str)], verifier: &str| {
        let code = code(&emulator, &url_with(challenge), NORTH, "ada");
        exchange(&emulator, &code, &[("code_verifier", verifier)]).status
    };
    let s256 = [("code_challenge", S256), ("code_challenge_method", "S256")];
    let plain = [("code_challenge", VERIFIER)];
    assert_eq!(exchanged(&s256, VERIFIER), 200);
    assert_eq!(exchanged(&s256, S256), 400);
    assert_eq!(exchanged(&s256, ""), 400);
    assert_eq!(exchanged(&plain, VERIFIER), 200);
    assert_eq!(exchanged(&plain, S256), 400);
    assert_eq!(
        exchanged(&[], VERIFIER),
        400,
        "a verifier without a challenge is a downgrade"
    );
    emulator.update_options(|options| options.pkce = Pkce::Ignore);
    assert_eq!((exchanged(&s256, ""), exchanged(&[], VERIFIER)), (200, 200));
}

#[test]
fn a_second_authorization_replaces_the_first_or_stands_beside_it() {
    let emulator = customers().build().unwrap();
    let (first, first_refresh) = link(&emulator, NORTH, "ada");
    let (_, second_refresh) = link(&emulator, NORTH, "ada");
    assert!(!emulator.is_live_refresh_token(&first_refresh));
    assert_eq!(call(&emulator, DEPARTMENTS, &first).status, 401);
    emulator.update_options(|options| options.second_grant = SecondGrant::Stands);
    let (_, third_refresh) = link(&emulator, NORTH, "ada");
    assert!(
        emulator.is_live_refresh_token(&second_refresh) && emulator.is_live_refresh_token(&third_refresh)
    );
}

#[test]
fn surplus_fields_are_accepted_and_named_in_the_log() {
    let emulator = customers().build().unwrap();
    let code = code(&emulator, &url_with(&[]), NORTH, "ada");
    let extra = [("client_secret", "s"), ("scope", "openid"), ("code_verifier", "")];
    assert_eq!(exchange(&emulator, &code, &extra).status, 200);
    assert_eq!(emulator.log().pop().unwrap().surplus, ["client_secret", "scope"]);
}

#[test]
fn a_lost_answer_has_spent_the_code_and_stands_whole_in_the_log() {
    let emulator = customers().build().unwrap();
    let code = code(&emulator, &url_with(&[]), NORTH, "ada");
    emulator.fault(Fault::new(Target::Token, Effect::Drop).after());
    let lost = read(emulator.handle(exchange_request(&code, &[])));
    assert!(matches!(lost.delivery, attache_emulator::Delivery::Drop));
    assert_eq!(
        exchange(&emulator, &code, &[]).shown(),
        oauth_error("invalid_grant")
    );
    let log = emulator.log();
    assert!(log[0].lost && log[0].response_headers.contains_key("date"));
    let body: Value = serde_json::from_slice(&log[0].response_body).unwrap();
    assert_eq!(
        body["refresh_token"].as_str(),
        emulator.refresh_token(PARTNER, NORTH).as_deref()
    );
    assert_eq!(log[1].response_body, r#"{"error":"invalid_grant"}"#);
}

#[test]
fn a_customer_can_revoke_while_the_code_is_exchanged() {
    let emulator = customers().build().unwrap();
    link(&emulator, NORTH, "ada");
    let code = code(&emulator, &url_with(&[]), NORTH, "ada");
    emulator.fault(Fault::new(Target::Token, Effect::Revoke).after());
    assert_eq!(exchange(&emulator, &code, &[]).status, 200);
    assert!(!emulator.is_authorized(PARTNER, NORTH));
}
