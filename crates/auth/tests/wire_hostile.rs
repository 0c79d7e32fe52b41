//! Bodies that nobody should send: nothing panics, nothing leaks, the status is kept.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

use attache_auth::{
    ProviderProfile,
    wire::{self, TOKEN_ANSWER_LIMIT, TokenAnswer, TokenFailure, TokenFailureKind},
};
use attache_core::{FailureClass, Timestamp};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use proptest::prelude::*;
use serde_json::Value;

const MARKER: &str = "SEKRET-7f3a";

fn read(status: u16, body: impl Into<Bytes>) -> Result<TokenAnswer, TokenFailure> {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    read_response(&response)
}

fn read_response(response: &Response<Bytes>) -> Result<TokenAnswer, TokenFailure> {
    let mut profile = ProviderProfile::new("example", "Client ID");
    profile.bare_refusals = &[400];
    wire::read_token_answer(&profile, response, Timestamp::UNIX_EPOCH)
}

fn shown(read: &Result<TokenAnswer, TokenFailure>) -> String {
    match read {
        Ok(answer) => format!("{answer:?}"),
        Err(failure) => format!("{failure} {failure:?} {failure:#?}"),
    }
}

#[test]
fn an_oversized_body_is_refused_unread() {
    let answer = |size: usize| {
        let mut body = br#"{"access_token":"A","padding":""#.to_vec();
        body.resize(size - 2, b'x');
        body.extend_from_slice(b"\"}");
        body
    };
    assert!(read(200, answer(TOKEN_ANSWER_LIMIT)).is_ok());
    for size in [TOKEN_ANSWER_LIMIT + 1, 10 * 1024 * 1024] {
        let failure = read(200, answer(size)).unwrap_err();
        let seen = (
            failure.kind(),
            failure.class(),
            failure.status(),
            failure.outcome_known(),
        );
        assert_eq!(
            seen,
            (
                TokenFailureKind::TooLarge,
                FailureClass::Transient,
                Some(200),
                false
            )
        );
    }
}

#[test]
fn deeply_nested_json_is_refused() {
    let deep = "[".repeat(TOKEN_ANSWER_LIMIT);
    let closed = format!("{}{}", "{\"token\":".repeat(50_000), "}".repeat(50_000));
    let beside = format!(
        r#"{{"access_token":"A","x":{}{}}}"#,
        "[".repeat(1000),
        "]".repeat(1000)
    );
    for body in [deep, closed, beside] {
        assert_eq!(read(200, body).unwrap_err().kind(), TokenFailureKind::InvalidJson);
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("{\"access_token\":\"A\"}".bytes().flat_map(|byte| [byte, 0]))
        .collect();
    for body in [utf16, vec![0xff; 100], b"\x1f\x8b\x08\x00\xfe".to_vec()] {
        assert_eq!(read(200, body).unwrap_err().kind(), TokenFailureKind::NotUtf8);
    }
}

#[test]
fn every_cut_of_an_answer_is_no_answer() {
    let body = format!(r#"{{"access_token":"{MARKER}","expires_in":3600,"refresh_token":"{MARKER}"}}"#);
    assert!(read(200, body.clone()).is_ok());
    for length in 0..body.len() {
        let read = read(200, body[..length].to_owned());
        assert!(!shown(&read).contains(MARKER));
        let failure = read.unwrap_err();
        assert!(
            failure.answered_without_token() && !failure.outcome_known(),
            "cut at {length}"
        );
    }
}

/// JSON with the marker as any text, and the names that matter among others.
fn json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        Just("access_token"),
        Just("refresh_token"),
        Just("token_type"),
        Just("expires_in"),
        Just("error"),
        Just("error_description"),
        Just("errorCode"),
        Just("message"),
        Just("code"),
        Just("token"),
        Just("data"),
        Just("other"),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(Value::from(MARKER)),
        Just(Value::from("bearer")),
        Just(Value::from("invalid_grant")),
        any::<String>().prop_map(|text| Value::from(format!("{text}{MARKER}"))),
    ];
    leaf.prop_recursive(3, 24, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..8).prop_map(|members| {
                members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<Value>()
            }),
        ]
    })
}

/// A body of any bytes around the marker, or JSON that holds it, cut at any place.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let bytes = (any::<Vec<u8>>(), any::<Vec<u8>>())
        .prop_map(|(before, after)| [&before, MARKER.as_bytes(), &after].concat());
    let text = any::<String>().prop_map(String::into_bytes);
    let whole = json().prop_map(|value| value.to_string().into_bytes());
    let cut = (json(), any::<prop::sample::Index>()).prop_map(|(value, index)| {
        let mut body = value.to_string().into_bytes();
        body.truncate(index.index(body.len() + 1));
        body
    });
    prop_oneof![1 => bytes, 1 => text, 4 => whole, 1 => cut]
}

proptest! {
    #[test]
    fn no_answer_panics_leaks_or_loses_its_status(
        status in 100_u16..1000,
        success in any::<bool>(),
        body in body(),
        content_type in any::<Vec<u8>>(),
        retry_after in any::<Vec<u8>>(),
    ) {
        let status = if success { 200 } else { status };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        for (name, value) in [(header::CONTENT_TYPE, content_type), (header::RETRY_AFTER, retry_after)] {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        let read = read_response(&response);
        prop_assert!(!shown(&read).contains(MARKER), "{}", shown(&read));
        match read {
            Ok(answer) => {
                prop_assert!((200..300).contains(&status));
                let value = format!("Bearer {}", answer.access_token.expose());
                prop_assert!(HeaderValue::from_str(&value).is_ok());
            }
            Err(failure) => {
                prop_assert_eq!(failure.status(), Some(status));
                // A refused or blamed grant is always a clear word; an outage never is.
                if failure.class() == FailureClass::GrantRefused {
                    prop_assert!(failure.outcome_known());
                    prop_assert!(failure.code() == Some("invalid_grant") || status == 400);
                }
                prop_assert!(!failure.answered_without_token() || !failure.outcome_known());
                prop_assert!(!(status >= 500 && failure.outcome_known()));
            }
        }
    }

    #[test]
    fn any_number_is_a_lifetime_within_bounds(seconds in any::<f64>().prop_filter("JSON", |number| number.is_finite())) {
        for expires_in in [format!("{seconds:e}"), format!("\"{seconds:e}\"")] {
            let answer = read(200, format!(r#"{{"access_token":"A","expires_in":{expires_in}}}"#)).unwrap();
            let lifetime = answer.lifetime.unwrap();
            let expected = seconds.clamp(0.0, wire::LONGEST_LIFETIME.as_secs_f64());
            prop_assert!((lifetime.as_secs_f64() - expected).abs() < 1e-3, "{expires_in}: {lifetime:?}");
        }
    }
}
