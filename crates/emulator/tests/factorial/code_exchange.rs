use std::time::Duration;

use attache_emulator::factorial::{Options, TokenAnswer, TokenFormat};
use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::support::{
    APP, BASIC, CALLBACK, PUBLIC, SECRET, authorization_url, basic, code, encoded, exchange, form, parameter,
    read, refusal, refused, token, world,
};

#[test]
fn a_code_gives_the_documented_members_and_nobody_keeps_them() {
    let emulator = world().build().unwrap();
    let answer = exchange(&emulator, &code(&emulator, BASIC, &[("scope", "employees")]));
    let expected = json!({
        "access_token": answer.body["access_token"],
        "token_type": "Bearer",
        "expires_in": 3600,
        "refresh_token": answer.body["refresh_token"],
        "scope": "employees",
        "created_at": 1_795_262_400,
    });
    assert_eq!(answer.shown(), (200, expected));
    assert_eq!(answer.member("access_token").split('.').count(), 3);
    assert_eq!(answer.member("refresh_token").len(), 43);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
}

#[test]
fn opaque_tokens_and_odd_members_are_switches() {
    let shape = TokenAnswer::default()
        .scope(false)
        .created_at(false)
        .expires_in(Some(7200));
    let options = Options::default()
        .unknown_member(false)
        .token_format(TokenFormat::Opaque)
        .token_answer(shape);
    let emulator = world().options(options).build().unwrap();
    let answer = exchange(&emulator, &code(&emulator, BASIC, &[]));
    let access = answer.member("access_token");
    assert_eq!((access.len(), access.contains('.')), (64, false));
    let expected = json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": 7200,
        "refresh_token": answer.body["refresh_token"],
    });
    assert_eq!(answer.body, expected);
}

#[test]
fn a_code_is_good_once_and_for_ten_minutes() {
    let emulator = world().build().unwrap();
    let once = code(&emulator, BASIC, &[]);
    assert_eq!(exchange(&emulator, &once).status, 200);
    assert_eq!(
        refusal(&exchange(&emulator, &once)),
        refused(400, "invalid_grant")
    );
    let late = code(&emulator, BASIC, &[]);
    emulator.clock().advance(Duration::from_secs(600));
    assert_eq!(
        refusal(&exchange(&emulator, &late)),
        refused(400, "invalid_grant")
    );
}

#[test]
fn the_redirect_uri_and_the_client_must_be_those_of_the_request() {
    let emulator = world().build().unwrap();
    let first = code(&emulator, BASIC, &[]);
    let elsewhere = token(
        &emulator,
        &[
            ("grant_type", "authorization_code"),
            ("code", &first),
            ("redirect_uri", "https://other.example/"),
        ],
    );
    assert_eq!(refusal(&elsewhere), refused(400, "invalid_grant"));
    let other = form(
        &emulator,
        "/oauth/token",
        &[
            ("client_id", PUBLIC),
            ("grant_type", "authorization_code"),
            ("code", &first),
            ("redirect_uri", CALLBACK),
        ],
    );
    assert_eq!(refusal(&other), refused(400, "invalid_grant"));
}

#[test]
fn missing_parameters_are_named_and_unknown_grants_refused() {
    let emulator = world().build().unwrap();
    let nothing = token(&emulator, &[]);
    assert_eq!(refusal(&nothing), refused(400, "invalid_request"));
    assert!(nothing.member("error_description").contains("grant_type"));
    assert!(
        nothing
            .header("www-authenticate")
            .starts_with("Bearer realm=\"Doorkeeper\", error=\"invalid_request\"")
    );
    let without = token(&emulator, &[("grant_type", "authorization_code"), ("code", "c")]);
    assert!(without.member("error_description").contains("redirect_uri"));
    let unknown = token(&emulator, &[("grant_type", "client_credentials")]);
    assert_eq!(refusal(&unknown), refused(400, "unsupported_grant_type"));
}

#[test]
fn a_wrong_or_missing_secret_is_401_for_a_confidential_application() {
    let emulator = world().build().unwrap();
    let code = code(&emulator, BASIC, &[]);
    let ask = |client: &[(&str, &str)]| {
        let mut fields = client.to_vec();
        fields.extend([
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
        ]);
        refusal(&form(&emulator, "/oauth/token", &fields))
    };
    let expected = refused(401, "invalid_client");
    assert_eq!(ask(&[("client_id", APP)]), expected);
    assert_eq!(ask(&[("client_id", APP), ("client_secret", "wrong")]), expected);
    assert_eq!(
        ask(&[("client_id", "nobody"), ("client_secret", SECRET)]),
        expected
    );
    assert_eq!(ask(&[]), expected);
}

#[test]
fn a_public_application_may_leave_its_secret_out_but_not_send_a_wrong_one() {
    let emulator = world().build().unwrap();
    let url = authorization_url(&[]).replace(APP, PUBLIC);
    let status = |secret: &str| {
        let code = parameter(&emulator.consent(&url, BASIC).unwrap(), "code").unwrap();
        let fields = [
            ("client_id", PUBLIC),
            ("client_secret", secret),
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
        ];
        form(&emulator, "/oauth/token", &fields).status
    };
    assert_eq!(
        ["", "unneeded", "wrong"].map(status),
        [200, 200, 401],
        "empty, right, wrong"
    );
}

#[test]
fn basic_is_read_but_not_form_decoded() {
    let emulator = world().build().unwrap();
    let ask = |secret: &str| {
        let code = code(&emulator, BASIC, &[]);
        let body = encoded(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
        ]);
        let request = Request::post("/oauth/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", basic(APP, secret));
        read(emulator.handle(request.body(Bytes::from(body)).unwrap())).status
    };
    assert_eq!(ask(SECRET), 200);
    assert_eq!(ask("sec%2Bret%25%3A%C3%A4"), 401, "as RFC 6749 asks for it");
}

#[test]
fn parameters_in_the_query_work_and_are_the_clients_fault() {
    let emulator = world().build().unwrap();
    let code = code(&emulator, BASIC, &[]);
    let query = encoded(&[
        ("client_id", APP),
        ("client_secret", SECRET),
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
    ]);
    let request = Request::post(format!("/oauth/token?{query}")).body(Bytes::new());
    assert_eq!(read(emulator.handle(request.unwrap())).status, 200);
    let log = emulator.log();
    assert_eq!(log.last().unwrap().client_faults, ["secret-in-query"]);
}
