//! The seam to the network: its errors, and transports made from functions.

use std::error::Error;

use attache_core::{
    BodyLimit, MaskedUrl, Sent, Transport, TransportError, TransportErrorKind, transport_from_fn,
};
use bytes::Bytes;
use futures_util::FutureExt;
use http::{Request, Response};
use url::Url;

#[derive(Debug, thiserror::Error)]
#[error("outer")]
struct Outer(#[source] std::io::Error);

#[test]
fn every_kind_says_what_happened() {
    use TransportErrorKind::{Body, Connect, Elapsed, Interrupted, Refused, TooLarge};

    assert_eq!(
        [Refused, Connect, Interrupted, Body, TooLarge, Elapsed].map(|kind| TransportError::new(
            kind,
            Sent::Maybe
        )
        .to_string()),
        [
            "the request was not sent",
            "no connection",
            "the connection broke before the answer",
            "the answer was cut",
            "the answer is larger than the limit",
            "no answer before the deadline",
        ]
    );
}

#[test]
fn the_address_is_shown_without_its_query_and_its_user() {
    let url =
        Url::parse("https://user:canary@id.example.com/connect/token?client_secret=canary#canary").unwrap();
    let error = TransportError::new(TransportErrorKind::Connect, Sent::No).with_url(MaskedUrl::new(&url));
    assert_eq!(
        error.to_string(),
        "no connection (https://id.example.com/connect/token?…)"
    );
    assert!(!format!("{error:?}").contains("canary"));
}

#[test]
fn what_is_known_can_be_asked_for() {
    let error = TransportError::new(TransportErrorKind::Body, Sent::Yes).with_status(502);
    assert_eq!(
        (error.kind(), error.sent(), error.status()),
        (TransportErrorKind::Body, Sent::Yes, Some(502))
    );
    let error = TransportError::new(TransportErrorKind::Refused, Sent::No);
    assert_eq!(
        (error.sent(), error.status(), error.source().is_none()),
        (Sent::No, None, true)
    );
}

#[test]
fn causes_are_a_chain_and_no_part_of_the_message() {
    let error = TransportError::new(TransportErrorKind::Interrupted, Sent::Maybe)
        .with_source(Outer(std::io::Error::other("inner")));
    let causes: Vec<_> = std::iter::successors(error.source(), |&cause| cause.source())
        .map(ToString::to_string)
        .collect();
    assert_eq!(causes, ["outer", "inner"]);
    assert_eq!(error.to_string(), "the connection broke before the answer");
}

#[test]
fn a_function_is_a_transport_and_is_given_the_whole_request() {
    let echo = transport_from_fn(|request: Request<Bytes>| async move {
        let limit = request
            .extensions()
            .get::<BodyLimit>()
            .copied()
            .unwrap_or_default();
        Response::builder()
            .status(201)
            .header(
                "x-seen",
                format!("{} {} {}", request.method(), request.uri(), limit.0),
            )
            .body(request.into_body())
            .map_err(|error| TransportError::new(TransportErrorKind::Refused, Sent::No).with_source(error))
    });
    let echo: &dyn Transport = &echo;
    let request = Request::put("https://api.example.com/v1/items?a=b")
        .extension(BodyLimit(10))
        .body(Bytes::from_static(b"{}"))
        .unwrap();
    let answer = echo.send(request).now_or_never().unwrap().unwrap();
    assert_eq!(
        (
            answer.status().as_u16(),
            &answer.headers()["x-seen"],
            &answer.body()[..]
        ),
        (
            201,
            &http::HeaderValue::from_static("PUT https://api.example.com/v1/items?a=b 10"),
            &b"{}"[..]
        )
    );
}

#[test]
fn a_function_may_fail_and_may_be_asked_again() {
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let flaky = transport_from_fn(move |_| {
        let call = calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        async move {
            match call {
                0 => Err(TransportError::new(TransportErrorKind::Connect, Sent::No)),
                _ => Ok(Response::new(Bytes::new())),
            }
        }
    });
    let send = || flaky.send(Request::new(Bytes::new())).now_or_never().unwrap();
    assert_eq!(
        [send(), send(), send()].map(|answer| match answer {
            Ok(answer) => Ok(answer.status().as_u16()),
            Err(error) => Err((error.kind(), error.sent())),
        }),
        [Err((TransportErrorKind::Connect, Sent::No)), Ok(200), Ok(200)]
    );
}

#[test]
fn a_body_may_have_64_mebibytes_unless_somebody_says_otherwise() {
    assert_eq!(BodyLimit::default(), BodyLimit(67_108_864));
}
