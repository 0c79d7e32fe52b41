//! Token answers that are accepted, in all the forms that servers give them.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

use std::time::Duration;

use attache_auth::{
    ProviderProfile,
    wire::{self, LONGEST_LIFETIME, TokenFailure, TokenFailureKind},
};
use attache_core::Timestamp;
use bytes::Bytes;
use http::Response;

/// Access token, refresh token, lifetime, scope.
type Parts = (String, Option<String>, Option<Duration>, Option<Vec<String>>);

fn read(status: u16, content_type: &str, body: impl Into<Bytes>) -> Result<Parts, TokenFailure> {
    let response = Response::builder()
        .status(status)
        .header("content-type", content_type)
        .body(body.into())
        .unwrap();
    let profile = ProviderProfile::new("example", "Client ID");
    wire::read_token_answer(&profile, &response, Timestamp::UNIX_EPOCH).map(|answer| {
        (
            answer.access_token.expose().to_owned(),
            answer.refresh_token.map(|token| token.expose().to_owned()),
            answer.lifetime,
            answer.scope,
        )
    })
}

fn read_json(body: &str) -> Result<Parts, TokenFailure> {
    read(200, "application/json", body.to_owned())
}

fn only_access() -> Parts {
    ("A".into(), None, None, None)
}

#[test]
fn a_standard_answer_is_read_whole() {
    let body = r#"{"id_token":"e.y.J","access_token":"A","expires_in":3600,"token_type":"Bearer",
        "refresh_token":"R","scope":"openid offline_access"}"#;
    let scope = vec!["openid".to_owned(), "offline_access".to_owned()];
    assert_eq!(
        read_json(body).unwrap(),
        (
            "A".into(),
            Some("R".into()),
            Some(Duration::from_secs(3600)),
            Some(scope)
        )
    );
}

#[test]
fn unusual_answers_are_read_like_plain_ones() {
    for body in [
        r#"{"access_token":"A"}"#,
        r#"{"access_token":"A","token_type":"bearer"}"#,
        r#"{"access_token":"A","token_type":" BEARER "}"#,
        r#"{"access_token":"A","token_type":null}"#,
        r#"{"access_token":"A","token_type":""}"#,
        r#"{"access_token":"A","expires_in":null}"#,
        r#"{"access_token":"A","created_at":1700000000,"hash":{"x":[1,2]}}"#,
        r#"{"access_token":"A","refresh_token":null}"#,
        r#"{"access_token":"A","refresh_token":""}"#,
        r#"{"access_token":"A","refresh_token":"  "}"#,
        r#"{"access_token":"A","refresh_token":17}"#,
        r#"{"access_token":"A","scope":""}"#,
        r#"{"access_token":"A","scope":[]}"#,
        r#"{"access_token":"A","scope":null}"#,
        r#"{"access_token":"A","error":null}"#,
        r#"{"access_token":"A","error":"","error_description":""}"#,
        r#"{"access_token":"B","access_token":"A"}"#,
        r#"{"token":{"access_token":"A","token_type":"bearer"}}"#,
        r#"{"data":{"access_token":"A"},"success":true}"#,
        r#"{"access_token":"A","token":{"access_token":"B"}}"#,
        "\u{feff}{\"access_token\":\"A\"}",
        "\r\n\t {\"access_token\":\"A\"}\r\n",
    ] {
        assert_eq!(read_json(body), Ok(only_access()), "{body}");
    }
}

#[test]
fn any_success_status_and_any_content_type_will_do() {
    for status in [200, 201, 202, 203, 299] {
        for content_type in [
            "application/json",
            "text/json",
            "text/html; charset=utf-8",
            "text/plain",
            "x",
        ] {
            let read = read(status, content_type, r#"{"access_token":"A"}"#);
            assert_eq!(read, Ok(only_access()), "{status} {content_type}");
        }
    }
}

#[test]
fn text_in_another_encoding_beside_the_tokens_does_no_harm() {
    let latin1 = b"{\"access_token\":\"A\",\"name\":\"Caf\xe9\"}".to_vec();
    assert_eq!(read(200, "application/json", latin1), Ok(only_access()));
}

#[test]
fn a_lifetime_is_read_in_every_form() {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    for (expires_in, lifetime) in [
        ("3600", seconds(3600)),
        ("3600.0", seconds(3600)),
        ("3599.5", Some(Duration::from_millis(3_599_500))),
        ("3.6e3", seconds(3600)),
        (r#""3600""#, seconds(3600)),
        (r#"" 3600 ""#, seconds(3600)),
        (r#""3599.5""#, Some(Duration::from_millis(3_599_500))),
        ("0", seconds(0)),
        ("-0.0", seconds(0)),
        ("-1", seconds(0)),
        ("-9223372036854775808", seconds(0)),
        (r#""-3600""#, seconds(0)),
        ("18446744073709551615", Some(LONGEST_LIFETIME)),
        ("1e300", Some(LONGEST_LIFETIME)),
        (r#""1e999""#, Some(LONGEST_LIFETIME)),
        ("315360001", Some(LONGEST_LIFETIME)),
        ("null", None),
        ("true", None),
        ("[3600]", None),
        (r#"{"seconds":3600}"#, None),
        (r#""""#, None),
        (r#""an hour""#, None),
        (r#""inf""#, None),
        (r#""NaN""#, None),
        (r#""-""#, None),
    ] {
        let body = format!(r#"{{"access_token":"A","expires_in":{expires_in}}}"#);
        assert_eq!(
            read_json(&body),
            Ok(("A".into(), None, lifetime, None)),
            "{expires_in}"
        );
    }
}

#[test]
fn a_scope_is_read_as_text_or_as_an_array() {
    for scope in [
        r#""a:read  b:write""#,
        r#"["a:read","b:write"]"#,
        r#"["a:read",7,"b:write"]"#,
    ] {
        let body = format!(r#"{{"access_token":"A","scope":{scope}}}"#);
        let expected = Some(vec!["a:read".to_owned(), "b:write".to_owned()]);
        assert_eq!(
            read_json(&body),
            Ok(("A".into(), None, None, expected)),
            "{scope}"
        );
    }
}

#[test]
fn a_token_that_cannot_be_used_is_no_token() {
    use TokenFailureKind::{NoAccessToken, NotUtf8, UnusableToken, UnusableTokenType};
    for (body, kind) in [
        (
            &br#"{"access_token":"A","token_type":"mac","refresh_token":"R"}"#[..],
            UnusableTokenType,
        ),
        (br#"{"access_token":"A","token_type":"DPoP"}"#, UnusableTokenType),
        (br#"{"access_token":"A","token_type":7}"#, UnusableTokenType),
        (br#"{"access_token":"A\nB"}"#, UnusableToken),
        (br#"{"access_token":"A\u0000"}"#, UnusableToken),
        (br#"{"access_token":"A\u007f"}"#, UnusableToken),
        ("{\"access_token\":\"Ä\"}".as_bytes(), UnusableToken),
        (b"{\"access_token\":\"A\xff\"}", UnusableToken),
        (b"{\"access_token\":\"A\",\"refresh_token\":\"R\xff\"}", NotUtf8),
        (br#"{"access_token":""}"#, NoAccessToken),
        (br#"{"access_token":"  "}"#, NoAccessToken),
        (br#"{"access_token":null}"#, NoAccessToken),
        (br#"{"access_token":12}"#, NoAccessToken),
        (br#"{"token":"A"}"#, NoAccessToken),
        (br#"[{"access_token":"A"}]"#, NoAccessToken),
        (b"[]", NoAccessToken),
        (b"17", NoAccessToken),
        (b"null", NoAccessToken),
    ] {
        let failure = read(200, "application/json", body.to_vec()).unwrap_err();
        let seen = (
            failure.kind(),
            failure.answered_without_token(),
            failure.outcome_known(),
        );
        assert_eq!(seen, (kind, true, false), "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn an_answer_shows_no_token_in_debug() {
    let response = Response::new(Bytes::from_static(
        br#"{"access_token":"SEKRET-A","refresh_token":"SEKRET-R","id_token":"SEKRET-I"}"#,
    ));
    let profile = ProviderProfile::new("example", "Client ID");
    let answer = wire::read_token_answer(&profile, &response, Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(
        format!("{answer:?}"),
        "TokenAnswer { access_token: Secret(***), refresh_token: Some(Secret(***)), lifetime: None, scope: None }"
    );
}
