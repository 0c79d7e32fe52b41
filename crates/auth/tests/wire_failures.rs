//! How answers without a token are sorted.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

use std::time::Duration;

use attache_auth::{
    ProviderProfile,
    wire::{
        self, LONGEST_RETRY_AFTER, TokenFailure,
        TokenFailureKind::{
            self, Empty, ErrorAnswer, Html, InvalidJson, NoAccessToken, NotUtf8, Redirect, ServerError, Text,
            Throttled, TooLarge,
        },
    },
};
use attache_core::{
    FailureClass::{self, ConnectorMisconfigured, GrantRefused, Transient},
    Timestamp,
};
use bytes::Bytes;
use http::Response;

const KNOWN: bool = true;
const UNKNOWN: bool = false;

/// Kind, class, code, and whether the outcome is known.
type Verdict<'a> = (TokenFailureKind, FailureClass, Option<&'a str>, bool);

fn read(bare_refusals: &'static [u16], status: u16, headers: &[(&str, &str)], body: &[u8]) -> TokenFailure {
    let mut profile = ProviderProfile::new("example", "Client ID");
    profile.bare_refusals = bare_refusals;
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    let response = response.body(Bytes::copy_from_slice(body)).unwrap();
    let now = "2026-11-21T12:00:00Z".parse::<Timestamp>().unwrap();
    wire::read_token_answer(&profile, &response, now).unwrap_err()
}

fn verdict(failure: &TokenFailure) -> Verdict<'_> {
    (
        failure.kind(),
        failure.class(),
        failure.code(),
        failure.outcome_known(),
    )
}

const HTML: &str = "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>";

const INVALID_GRANT: &str = r#"{"error":"invalid_grant"}"#;

/// An answer that names this code.
fn error(code: &str, class: FailureClass, outcome_known: bool) -> Verdict<'_> {
    (ErrorAnswer, class, Some(code), outcome_known)
}

/// An answer that says nothing usable.
fn silent(kind: TokenFailureKind, outcome_known: bool) -> Verdict<'static> {
    (kind, Transient, None, outcome_known)
}

#[test]
fn codes_are_classed() {
    for (code, class, outcome_known) in [
        ("invalid_grant", GrantRefused, KNOWN),
        ("invalid_client", ConnectorMisconfigured, KNOWN),
        ("unauthorized_client", ConnectorMisconfigured, KNOWN),
        ("unsupported_grant_type", ConnectorMisconfigured, KNOWN),
        ("invalid_scope", ConnectorMisconfigured, KNOWN),
        ("invalid_request", ConnectorMisconfigured, KNOWN),
        ("slow_down", FailureClass::Throttled, KNOWN),
        ("temporarily_unavailable", Transient, KNOWN),
        ("server_error", Transient, UNKNOWN),
        ("something.else-9", Transient, KNOWN),
    ] {
        for body in [
            format!(r#"{{"error":"{code}"}}"#),
            format!(r#"{{"error":"{code}","access_token":null}}"#),
            format!(r#"{{"error":{{"code":"{code}","message":"no"}}}}"#),
        ] {
            for status in [200, 201, 400, 401, 403] {
                let failure = read(&[], status, &[], body.as_bytes());
                assert_eq!(
                    verdict(&failure),
                    error(code, class, outcome_known),
                    "{status} {body}"
                );
                assert!(!failure.answered_without_token());
            }
        }
    }
}

#[test]
fn answers_are_sorted_by_body_and_status() {
    let cases = [
        // Errors in other words.
        (
            400,
            r#"{"error":" Invalid_Grant "}"#,
            error("invalid_grant", GrantRefused, KNOWN),
        ),
        (
            401,
            r#"{"errorCode":1003,"message":"It has expired.","refId":"x1"}"#,
            error("1003", Transient, KNOWN),
        ),
        (400, r#"{"error":"it went wrong"}"#, silent(ErrorAnswer, KNOWN)),
        (200, r#"{"error":"it went wrong"}"#, silent(ErrorAnswer, UNKNOWN)),
        // A client error without a code.
        (400, "", silent(Empty, KNOWN)),
        (400, "Bad Request", silent(Text, KNOWN)),
        (400, HTML, silent(Html, KNOWN)),
        (403, "<?xml version=\"1.0\"?><Error/>", silent(Html, KNOWN)),
        (404, "{}", silent(NoAccessToken, KNOWN)),
        (400, r#"{"error":"inval"#, silent(InvalidJson, KNOWN)),
        (400, r#"{"access_token":"A"}"#, silent(NoAccessToken, KNOWN)),
        // Throttling and outages win over the body.
        (429, "", (Throttled, FailureClass::Throttled, None, KNOWN)),
        (429, HTML, (Throttled, FailureClass::Throttled, None, KNOWN)),
        (
            429,
            INVALID_GRANT,
            (Throttled, FailureClass::Throttled, Some("invalid_grant"), KNOWN),
        ),
        (408, "", silent(ServerError, UNKNOWN)),
        (
            500,
            INVALID_GRANT,
            (ServerError, Transient, Some("invalid_grant"), UNKNOWN),
        ),
        (502, HTML, silent(ServerError, UNKNOWN)),
        (503, r#"{"access_token":"A"}"#, silent(ServerError, UNKNOWN)),
        (599, "", silent(ServerError, UNKNOWN)),
        (999, "", silent(ServerError, UNKNOWN)),
        // Redirects.
        (301, "", silent(Redirect, KNOWN)),
        (307, "", silent(Redirect, KNOWN)),
        (308, HTML, silent(Redirect, KNOWN)),
        (302, HTML, silent(Redirect, UNKNOWN)),
        (
            303,
            INVALID_GRANT,
            (Redirect, Transient, Some("invalid_grant"), UNKNOWN),
        ),
        // A success with nothing in it.
        (200, "", silent(Empty, UNKNOWN)),
        (204, "", silent(Empty, UNKNOWN)),
        (200, " \r\n", silent(Empty, UNKNOWN)),
        (200, HTML, silent(Html, UNKNOWN)),
        (200, "OK", silent(Text, UNKNOWN)),
        (
            200,
            r#"{"access_token":"A","refresh_tok"#,
            silent(InvalidJson, UNKNOWN),
        ),
        (200, "{}", silent(NoAccessToken, UNKNOWN)),
        (200, r#"{"refresh_token":"R"}"#, silent(NoAccessToken, UNKNOWN)),
        (
            200,
            r#"{"error":false,"errorCode":0}"#,
            silent(NoAccessToken, UNKNOWN),
        ),
        (100, "", silent(Empty, UNKNOWN)),
    ];
    for (status, body, expected) in cases {
        let failure = read(&[], status, &[], body.as_bytes());
        assert_eq!(verdict(&failure), expected, "{status} {body}");
        assert_eq!(failure.status(), Some(status));
        let without_token = (200..300).contains(&status) && expected.0 != ErrorAnswer;
        assert_eq!(failure.answered_without_token(), without_token, "{status} {body}");
    }
}

#[test]
fn a_bare_refusal_refuses_the_grant_only_where_nothing_speaks_against_it() {
    let refused = |kind| (kind, GrantRefused, None, KNOWN);
    let misconfigured = error("invalid_client", ConnectorMisconfigured, KNOWN);
    let huge = " ".repeat(wire::TOKEN_ANSWER_LIMIT + 1);
    let cases: &[(u16, &str, &[u8], Verdict<'_>)] = &[
        (400, "text/plain", b"", refused(Empty)),
        (400, "text/html", b"", refused(Empty)),
        (400, "text/plain", b"Bad Request", refused(Text)),
        (
            400,
            "text/html",
            br#"{"title":"Bad Request"}"#,
            refused(NoAccessToken),
        ),
        (
            400,
            "text/json",
            br#"{"error":"expired_token"}"#,
            error("expired_token", GrantRefused, KNOWN),
        ),
        (400, "text/json", br#"{"error":"invalid_client"}"#, misconfigured),
        (
            400,
            "text/json",
            br#"{"error":"server_error"}"#,
            error("server_error", Transient, UNKNOWN),
        ),
        (400, "text/plain", HTML.as_bytes(), silent(Html, KNOWN)),
        (
            400,
            "Text/HTML; charset=utf-8",
            b"Blocked by the proxy",
            silent(Html, KNOWN),
        ),
        (
            400,
            "text/json",
            br#"{"error":"invalid_cli"#,
            silent(InvalidJson, KNOWN),
        ),
        (400, "text/json", b"\x1f\x8b\x08\xff", silent(NotUtf8, KNOWN)),
        (400, "text/json", huge.as_bytes(), silent(TooLarge, KNOWN)),
        (401, "text/plain", b"", silent(Empty, KNOWN)),
        (500, "text/plain", b"", silent(ServerError, UNKNOWN)),
    ];
    for (status, content_type, body, expected) in cases {
        let failure = read(&[400, 500], *status, &[("content-type", content_type)], body);
        let begin = String::from_utf8_lossy(body.get(..40).unwrap_or(body));
        assert_eq!(verdict(&failure), *expected, "{status} {content_type} {begin}");
    }
}

#[test]
fn free_text_is_never_taken_for_a_code() {
    let long = "a".repeat(41);
    for text in [
        "Invalid refresh token",
        "invalid/grant",
        "SEKRET",
        "jeton_révoqué",
        &long,
        "a\nb",
    ] {
        let body = serde_json::json!({ "error": text }).to_string();
        let failure = read(&[], 400, &[], body.as_bytes());
        assert_eq!(
            (failure.code(), failure.provider_message()),
            (None, Some(text)),
            "{text}"
        );
    }
}

#[test]
fn what_the_provider_says_is_reachable_and_bounded() {
    let long = "é".repeat(5000);
    let cut = "é".repeat(1000);
    for (body, message) in [
        (r#"{"error":"invalid_grant"}"#.to_owned(), None),
        (
            r#"{"error":"invalid_grant","error_description":"It was revoked."}"#.to_owned(),
            Some("It was revoked."),
        ),
        (
            r#"{"errorCode":1003,"message":"It has expired."}"#.to_owned(),
            Some("It has expired."),
        ),
        (
            r#"{"error":{"code":401,"message":"Not you."}}"#.to_owned(),
            Some("Not you."),
        ),
        (
            r#"{"title":"Bad Request","status":400}"#.to_owned(),
            Some("Bad Request"),
        ),
        (
            format!(r#"{{"error":"invalid_grant","error_description":"{long}"}}"#),
            Some(cut.as_str()),
        ),
    ] {
        assert_eq!(
            read(&[], 400, &[], body.as_bytes()).provider_message(),
            message,
            "{body}"
        );
    }
}

#[test]
fn a_description_in_another_encoding_does_not_hide_the_code() {
    let failure = read(
        &[],
        400,
        &[],
        b"{\"error\":\"invalid_grant\",\"error_description\":\"r\xe9voqu\xe9\"}",
    );
    assert_eq!(
        (failure.class(), failure.code()),
        (GrantRefused, Some("invalid_grant"))
    );
}

#[test]
fn retry_after_is_read_as_seconds_and_as_a_date() {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    for (value, wait) in [
        ("30", seconds(30)),
        ("0", seconds(0)),
        ("99999999999999999999999", Some(LONGEST_RETRY_AFTER)),
        ("Sat, 21 Nov 2026 12:01:30 GMT", seconds(90)),
        ("Saturday, 21-Nov-26 12:01:30 GMT", seconds(90)),
        ("Sat Nov 21 12:01:30 2026", seconds(90)),
        ("Sat Nov  1 12:01:30 2026", seconds(0)),
        ("Sat, 21 Nov 2026 11:00:00 GMT", seconds(0)),
        ("Thu, 31 Dec 2099 23:59:59 GMT", Some(LONGEST_RETRY_AFTER)),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("Sat, 31 Feb 2026 12:00:00 GMT", None),
        ("Sat, 21 Nov 2026 12:00:00 CET", None),
        ("a b c d e f g h", None),
    ] {
        for status in [429, 503] {
            assert_eq!(
                read(&[], status, &[("retry-after", value)], b"").retry_after(),
                wait,
                "{value}"
            );
        }
    }
    assert_eq!(read(&[], 429, &[], b"").retry_after(), None);
}

#[test]
fn a_failure_says_kind_status_and_code_and_nothing_else() {
    let body =
        br#"{"error":"invalid_grant","error_description":"SEKRET was revoked","refresh_token":"SEKRET"}"#;
    let failure = read(&[], 400, &[("retry-after", "7")], body);
    assert_eq!(
        failure.to_string(),
        "the token endpoint refuses the request (status 400) (code invalid_grant)"
    );
    assert_eq!(
        format!("{failure:?}"),
        "TokenFailure { kind: ErrorAnswer, class: GrantRefused, status: 400, code: Some(\"invalid_grant\"), \
         message: Some(Secret(***)), retry_after: Some(7s), outcome_known: true, rescued: None, endpoint: \"token endpoint\" }"
    );
    assert_eq!(
        read(&[], 502, &[], HTML.as_bytes()).to_string(),
        "the token endpoint is out of order (status 502)"
    );
}
