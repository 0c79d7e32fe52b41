//! `POST /connect/token`.

use std::time::Duration;

use attache_emulator::planday::{ExpiresIn, Options, ScopeShape, TokenAnswer, TokenType};
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::support::{APP, OTHER_APP, form, get, oauth_error, pair, read, refresh, refresh_request, world};

/// What the app of the small world has been granted.
fn scopes() -> String {
    let app = attache_emulator::planday::App::new(APP);
    format!("openid offline_access {}", app.scopes.join(" "))
}

#[test]
fn a_refresh_answers_the_documented_members_and_forbids_caching() {
    let emulator = world().build().unwrap();
    let answer = refresh(&emulator, "rt-bakery");
    let access = answer.body["access_token"].clone();
    assert!(access.as_str().unwrap().starts_with("eyJ"), "a JWT in form");
    let expected = json!({
        "access_token": access,
        "expires_in": 3600,
        "token_type": "Bearer",
        "refresh_token": "rt-bakery",
        "scope": scopes(),
    });
    assert_eq!(answer.shown(), (200, expected));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json; charset=UTF-8");
    assert_eq!(answer.header("date"), "Sat, 21 Nov 2026 12:00:00 GMT");
}

#[test]
fn random_refresh_tokens_have_22_characters_and_depend_on_the_seed_alone() {
    let token = |seed| {
        let emulator = attache_emulator::planday::Emulator::seeded(seed).build().unwrap();
        let (client_id, portal) = emulator.connections().remove(0);
        emulator.refresh_token(&client_id, portal).unwrap()
    };
    assert_eq!(token(7).len(), 22);
    assert_eq!(token(7), token(7));
    assert_ne!(token(7), token(8));
}

#[test]
fn every_refusal_has_its_oauth_error() {
    let emulator = world().build().unwrap();
    let grant = "grant_type=refresh_token";
    let cases = [
        (
            format!("client_id={APP}&{grant}&refresh_token=unknown"),
            "invalid_grant",
        ),
        (
            format!("client_id={OTHER_APP}&{grant}&refresh_token=rt-bakery"),
            "invalid_grant",
        ),
        (
            format!("client_id=nobody&{grant}&refresh_token=rt-bakery"),
            "invalid_client",
        ),
        (format!("{grant}&refresh_token=rt-bakery"), "invalid_request"),
        (
            format!("client_id={APP}&refresh_token=rt-bakery"),
            "invalid_request",
        ),
        (format!("client_id={APP}&{grant}"), "invalid_request"),
        (
            format!("client_id={APP}&{grant}&refresh_token="),
            "invalid_request",
        ),
        (
            format!("client_id={APP}&{grant}&{grant}&refresh_token=rt-bakery"),
            "invalid_request",
        ),
        (
            format!("client_id={APP}&grant_type=password&username=u"),
            "unsupported_grant_type",
        ),
        (
            format!("client_id={APP}&grant_type=client_credentials"),
            "unsupported_grant_type",
        ),
    ];
    for (body, code) in cases {
        assert_eq!(
            read(emulator.handle(form(&body))).shown(),
            oauth_error(code),
            "{body}"
        );
    }
}

#[test]
fn only_a_posted_form_body_is_read() {
    let emulator = world().build().unwrap();
    let fields = format!("client_id={APP}&grant_type=refresh_token&refresh_token=rt-bakery");
    let send = |method: &str, target: &str, content_type: Option<&str>, body: &str| {
        let mut request = Request::builder().method(method).uri(target);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        read(emulator.handle(request.body(Bytes::from(body.to_owned())).unwrap())).status
    };
    let form = Some("application/x-www-form-urlencoded");
    assert_eq!(
        send(
            "POST",
            "/connect/token",
            Some("application/x-www-form-urlencoded; charset=utf-8"),
            &fields
        ),
        200
    );
    assert_eq!(send("POST", &format!("/connect/token?{fields}"), form, ""), 400);
    assert_eq!(send("POST", "/connect/token", None, &fields), 400);
    assert_eq!(
        send("POST", "/connect/token", Some("application/json"), "{}"),
        415
    );
    assert_eq!(send("GET", &format!("/connect/token?{fields}"), None, ""), 405);
}

#[test]
fn what_a_client_sends_too_much_is_accepted_and_logged() {
    let emulator = world().build().unwrap();
    let mut request = form(&format!(
        "client_id={APP}&grant_type=refresh_token&refresh_token=rt-bakery&client_secret=s&scope=a+b"
    ));
    request
        .headers_mut()
        .insert("authorization", "Basic eA==".parse().unwrap());
    request.headers_mut().insert("x-clientid", APP.parse().unwrap());
    assert_eq!(read(emulator.handle(request)).status, 200);
    let exchange = emulator.log().remove(0);
    let fields: Vec<(&str, &str)> = exchange
        .form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            ("client_id", APP),
            ("grant_type", "refresh_token"),
            ("refresh_token", "rt-bakery"),
            ("client_secret", "s"),
            ("scope", "a b"),
        ]
    );
    assert_eq!(exchange.surplus, ["client_secret", "scope"]);
    assert!(exchange.headers.contains_key("authorization") && exchange.headers.contains_key("x-clientid"));
}

#[test]
fn each_member_can_be_written_otherwise() {
    let member = |answer: TokenAnswer, name: &str| {
        let options = Options::default().unknown_member(false).token_answer(answer);
        let emulator = world().options(options).build().unwrap();
        refresh(&emulator, "rt-bakery").body.get(name).cloned()
    };
    let answer = TokenAnswer::default;
    let expires = |shape| member(answer().expires_in(shape), "expires_in");
    assert_eq!(expires(ExpiresIn::Text), Some(json!("3600")));
    assert_eq!(expires(ExpiresIn::Float), Some(json!(3600.5)));
    assert_eq!(expires(ExpiresIn::Omit), None);
    assert_eq!(expires(ExpiresIn::Raw(json!(0))), Some(json!(0)));
    assert_eq!(expires(ExpiresIn::Raw(json!(-1))), Some(json!(-1)));
    let kind = |shape| member(answer().token_type(shape), "token_type");
    assert_eq!(kind(TokenType::Lowercase), Some(json!("bearer")));
    assert_eq!(kind(TokenType::Uppercase), Some(json!("BEARER")));
    assert_eq!(kind(TokenType::Omit), None);
    let scope = |shape| member(answer().scope(shape), "scope");
    assert_eq!(
        scope(ScopeShape::Array),
        Some(json!(scopes().split(' ').collect::<Vec<_>>()))
    );
    assert_eq!(scope(ScopeShape::Omit), None);
    assert!(
        member(answer().id_token(true), "id_token")
            .unwrap()
            .as_str()
            .unwrap()
            .starts_with("eyJ")
    );
    let wrapped = member(answer().wrapped(true), "token").unwrap();
    assert_eq!(wrapped["refresh_token"], json!("rt-bakery"));
    assert_eq!(member(answer().wrapped(true), "access_token"), None);
}

#[test]
fn an_unknown_member_rides_along_unless_switched_off() {
    let emulator = world().options(Options::default()).build().unwrap();
    let unlisted = json!({ "since": 2027 });
    assert_eq!(refresh(&emulator, "rt-bakery").body["notInAnyDocument"], unlisted);
    assert_eq!(refresh(&emulator, "unknown").body["notInAnyDocument"], unlisted);
    let (access, _) = pair(&emulator, "rt-bakery");
    let page = get(&emulator, "/hr/v1.0/departments", &access).body;
    assert_eq!(
        (&page["notInAnyDocument"], &page["data"][0]["notInAnyDocument"]),
        (&unlisted, &unlisted)
    );
    emulator.update_options(|options| options.unknown_member = false);
    assert_eq!(
        refresh(&emulator, "rt-bakery").body["notInAnyDocument"],
        Value::Null
    );
}

#[test]
fn access_tokens_end_to_the_second_and_the_lifetime_is_a_switch() {
    let options = Options::default().access_token_lifetime(Duration::from_secs(5));
    for (emulator, lifetime) in [
        (world().build().unwrap(), 3600),
        (world().options(options).build().unwrap(), 5),
    ] {
        let (access, _) = pair(&emulator, "rt-bakery");
        emulator.clock().advance(Duration::from_secs(lifetime - 1));
        assert_eq!(get(&emulator, "/portal/v1.0/info", &access).status, 200);
        emulator.clock().advance(Duration::from_secs(1));
        assert_eq!(get(&emulator, "/portal/v1.0/info", &access).status, 401);
    }
}

#[test]
fn one_refresh_token_opens_one_portal() {
    let emulator = world().build().unwrap();
    let portal = |token| {
        let (access, _) = pair(&emulator, token);
        get(&emulator, "/portal/v1.0/info", &access).body["data"]["id"].clone()
    };
    assert_eq!(
        (portal("rt-bakery"), portal("rt-cafe")),
        (json!(4711), json!(4712))
    );
}

#[test]
fn what_is_not_emulated_is_absent() {
    let emulator = world().build().unwrap();
    for target in [
        "/connect/userinfo",
        "/connect/introspect",
        "/.well-known/openid-configuration/jwks",
        "/",
    ] {
        let request = Request::get(target).body(Bytes::new()).unwrap();
        assert_eq!(read(emulator.handle(request)).status, 404, "{target}");
    }
    assert_eq!(emulator.counters().unknown_requests, 4);
}

#[test]
fn a_token_in_the_wrong_app_hands_is_not_counted_as_a_replay() {
    let emulator = world().build().unwrap();
    assert_eq!(
        read(emulator.handle(refresh_request(OTHER_APP, "rt-bakery"))).shown(),
        oauth_error("invalid_grant")
    );
    assert_eq!(
        (emulator.counters().token_requests, emulator.counters().replays),
        (1, 0)
    );
}
