//! `POST /2.0/token`.

use std::time::Duration;

use attache_emulator::smartsheet::{Options, Rotation, TokenError};
use serde_json::json;

use crate::support::{ACCESS, APP, REDIRECT, REFRESH, SECRET, emulator, get, read, refresh, token, world};

const URL: &str =
    "http://localhost/b/authorize?response_type=code&client_id=app-one&state=s&scope=READ_SHEETS";

fn code(emulator: &attache_emulator::smartsheet::Emulator) -> String {
    let callback = emulator.consent(URL, "owner@plan.example").unwrap();
    let callback = url::Url::parse(&callback).unwrap();
    callback
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap()
        .1
        .into_owned()
}

/// SHA-256 of `s3cret-of-app-one|refresh-owner`, by another implementation (Python's hashlib).
const HASH_OF_REFRESH: &str = "6afb1b0aeabea3cbf5d49509a92db984518063c96a5641e1830017e69a64c5d9";

#[test]
fn a_refresh_rotates_both_tokens_and_the_old_pair_dies_at_once() {
    let emulator = emulator();
    let answer = refresh(&emulator, REFRESH);
    let (access, next) = (&answer.body["access_token"], &answer.body["refresh_token"]);
    assert_eq!(
        (answer.status, &answer.body),
        (
            200,
            &json!({ "access_token": access, "refresh_token": next, "token_type": "bearer", "expires_in": 604_799 })
        )
    );
    assert_eq!(get(&emulator, "/2.0/users/me").refused(), (401, 1002));
    assert_eq!(refresh(&emulator, REFRESH).refused(), (400, 1071));
    assert_eq!(refresh(&emulator, next.as_str().unwrap()).status, 200);
    assert_eq!(emulator.counters().replays, 1);
    assert_eq!(emulator.counters().refreshes, 2);
}

#[test]
fn a_hash_of_secret_and_refresh_token_stands_for_the_secret() {
    let emulator = emulator();
    let ask = |hash: &str| {
        let body = format!("grant_type=refresh_token&client_id={APP}&hash={hash}&refresh_token={REFRESH}");
        token(&emulator, &body)
    };
    assert_eq!(ask(&HASH_OF_REFRESH.replace('a', "b")).refused(), (400, 1072));
    assert_eq!(ask(HASH_OF_REFRESH).status, 200);
}

#[test]
fn exactly_one_client_authentication_is_taken() {
    let emulator = emulator();
    let ask = |more: &str| {
        let body = format!("grant_type=refresh_token&client_id={APP}&refresh_token={REFRESH}{more}");
        token(&emulator, &body)
    };
    assert_eq!(ask("").refused(), (400, 1236));
    let both = format!("&client_secret={SECRET}&hash={HASH_OF_REFRESH}");
    assert_eq!(ask(&both).refused(), (400, 1237));
    assert_eq!(ask("&client_secret=wrong").refused(), (400, 1238));
    assert_eq!(emulator.log()[1].client_faults, ["both-client-authentications"]);
    assert!(emulator.is_live_refresh_token(attache_emulator::smartsheet::Region::Us, REFRESH));
}

#[test]
fn each_mistake_has_its_number() {
    let emulator = emulator();
    for (body, refused) in [
        ("client_id=app-one", (400, 1070)),
        ("grant_type=password&client_id=app-one", (400, 1068)),
        (
            "grant_type=refresh_token&client_id=nobody&refresh_token=x&client_secret=x",
            (401, 1067),
        ),
        (
            "grant_type=refresh_token&client_id=app-one&client_secret=s3cret-of-app-one",
            (400, 1070),
        ),
        (
            "grant_type=refresh_token&client_id=app-one&client_secret=s3cret-of-app-one&refresh_token=x",
            (400, 1071),
        ),
        (
            "grant_type=authorization_code&client_id=app-one&client_secret=s3cret-of-app-one&code=x&redirect_uri=https://x.example",
            (400, 1073),
        ),
    ] {
        assert_eq!(token(&emulator, body).refused(), refused, "{body}");
    }
}

#[test]
fn a_code_gives_tokens_once_and_not_after_its_time() {
    let emulator = emulator();
    let ask = |code: &str| {
        token(
            &emulator,
            &format!(
                "grant_type=authorization_code&client_id={APP}&client_secret={SECRET}&code={code}&redirect_uri={REDIRECT}"
            ),
        )
    };
    let first = code(&emulator);
    assert_eq!(ask(&first).status, 200);
    assert_eq!(ask(&first).refused(), (400, 1071));
    let late = code(&emulator);
    emulator.clock().advance(Duration::from_secs(599));
    assert_eq!(ask(&late).refused(), (400, 1069));
    assert_eq!(emulator.counters().codes_exchanged, 1);
}

#[test]
fn parameters_in_the_query_and_a_stale_bearer_are_taken_and_noted() {
    let emulator = emulator();
    let target = format!(
        "/2.0/token?grant_type=refresh_token&client_id={APP}&client_secret={SECRET}&refresh_token={REFRESH}"
    );
    let request = http::Request::post(target).header("authorization", format!("Bearer {ACCESS}"));
    let answer = read(emulator.handle(request.body(bytes::Bytes::new()).unwrap()));
    assert_eq!(answer.status, 200);
    assert_eq!(
        emulator.log()[0].client_faults,
        ["token-parameters-in-query", "authorization-on-token-call"]
    );
}

#[test]
fn the_answer_may_be_wrapped_and_the_refresh_token_left_out() {
    let options = Options::default()
        .unknown_member(false)
        .wrapped_token(true)
        .rotation(Rotation::OmitRefreshToken);
    let emulator = world().options(options).build().unwrap();
    let answer = refresh(&emulator, REFRESH);
    let access = &answer.body["token"]["access_token"];
    assert_eq!(
        answer.body,
        json!({ "token": { "access_token": access, "token_type": "bearer", "expires_in": 604_799 } })
    );
    assert_eq!(refresh(&emulator, REFRESH).status, 200);
}

#[test]
fn refusals_come_in_three_shapes() {
    let emulator = emulator();
    let ask = || {
        token(
            &emulator,
            "grant_type=refresh_token&client_id=app-one&refresh_token=x",
        )
        .body
    };
    let said = "Either client_secret or hash must be sent.";
    assert_eq!(
        ask(),
        json!({ "errorCode": 1236, "error": "invalid_request", "error_description": said })
    );
    emulator.update_options(|options| options.token_error = TokenError::Message);
    assert_eq!(
        ask(),
        json!({ "errorCode": 1236, "error": "invalid_request", "message": said })
    );
    emulator.update_options(|options| options.token_error = TokenError::Api);
    let answer = ask();
    assert_eq!(
        answer,
        json!({ "errorCode": 1236, "message": said, "refId": answer["refId"] })
    );
}

#[test]
fn an_access_token_expires_on_the_clock() {
    let emulator = emulator();
    emulator.clock().advance(Duration::from_secs(604_798));
    assert_eq!(get(&emulator, "/2.0/users/me").status, 200);
    emulator.clock().advance(Duration::from_secs(1));
    assert_eq!(get(&emulator, "/2.0/users/me").refused(), (401, 1003));
}

#[test]
fn another_secret_ends_the_old_one_but_no_token() {
    let emulator = emulator();
    let region = attache_emulator::smartsheet::Region::Us;
    let secret = emulator.new_secret(region, APP).unwrap();
    assert_eq!(refresh(&emulator, REFRESH).refused(), (400, 1238));
    let body =
        format!("grant_type=refresh_token&client_id={APP}&client_secret={secret}&refresh_token={REFRESH}");
    assert_eq!(token(&emulator, &body).status, 200);
}
