//! What a revocation endpoint says.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

use std::time::Duration;

use attache_auth::wire::{self, TokenFailure, TokenFailureKind};
use attache_core::{
    FailureClass::{ConnectorMisconfigured, GrantRefused, Throttled, Transient},
    Timestamp,
};
use bytes::Bytes;
use http::Response;

fn read(status: u16, body: &str) -> Result<(), TokenFailure> {
    let response = Response::builder()
        .status(status)
        .header("retry-after", "7")
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap();
    wire::read_revocation_answer(&response, Timestamp::UNIX_EPOCH)
}

#[test]
fn any_success_means_done_whatever_the_body_is() {
    for status in [200, 201, 202, 204, 299] {
        for body in [
            "",
            "{}",
            r#"{"error":"invalid_request"}"#,
            "<html>",
            "{\"cut",
            &"x".repeat(wire::TOKEN_ANSWER_LIMIT + 1),
        ] {
            assert_eq!(read(status, body), Ok(()));
        }
    }
}

#[test]
fn failures_are_sorted() {
    use TokenFailureKind::{Empty, ErrorAnswer, Html, NoAccessToken, Redirect, ServerError, Text};
    let cases = [
        (503, "", ServerError, Transient, None, false),
        (
            500,
            r#"{"error":"invalid_token"}"#,
            ServerError,
            Transient,
            Some("invalid_token"),
            false,
        ),
        (502, "<html>", ServerError, Transient, None, false),
        (408, "", ServerError, Transient, None, false),
        (429, "", TokenFailureKind::Throttled, Throttled, None, true),
        (
            400,
            r#"{"error":"invalid_token"}"#,
            ErrorAnswer,
            GrantRefused,
            Some("invalid_token"),
            true,
        ),
        (
            400,
            r#"{"error":"invalid_grant"}"#,
            ErrorAnswer,
            GrantRefused,
            Some("invalid_grant"),
            true,
        ),
        (
            400,
            r#"{"error":"unsupported_token_type"}"#,
            ErrorAnswer,
            ConnectorMisconfigured,
            Some("unsupported_token_type"),
            true,
        ),
        (
            401,
            r#"{"error":"invalid_client"}"#,
            ErrorAnswer,
            ConnectorMisconfigured,
            Some("invalid_client"),
            true,
        ),
        (400, "", Empty, Transient, None, true),
        (400, "no", Text, Transient, None, true),
        (404, "<html>", Html, Transient, None, true),
        (404, "{}", NoAccessToken, Transient, None, true),
        (302, "", Redirect, Transient, None, false),
    ];
    for (status, body, kind, class, code, outcome_known) in cases {
        let failure = read(status, body).unwrap_err();
        let seen = (
            failure.kind(),
            failure.class(),
            failure.code(),
            failure.outcome_known(),
        );
        assert_eq!(seen, (kind, class, code, outcome_known), "{status} {body}");
        assert_eq!(
            (failure.status(), failure.retry_after()),
            (Some(status), Some(Duration::from_secs(7)))
        );
    }
}

#[test]
fn messages_name_the_endpoint_that_answered() {
    let message = |status, body| read(status, body).unwrap_err().to_string();
    assert_eq!(
        message(503, ""),
        "the revocation endpoint is out of order (status 503)"
    );
    assert_eq!(
        message(400, r#"{"error":"invalid_token"}"#),
        "the revocation endpoint refuses the request (status 400) (code invalid_token)"
    );
    assert_eq!(
        message(404, "{}"),
        "the revocation endpoint's answer names no error that is known (status 404)"
    );
}
