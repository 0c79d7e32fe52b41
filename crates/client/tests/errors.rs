//! What errors say, and what they keep to themselves.

mod support;

use attache_client::{Call, Error, ErrorKind, InvalidField, Operation, RequestOptions};
use attache_core::{AuthorizationError, AuthorizationErrorKind, Sent, TransportError, TransportErrorKind};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Response};
use serde::Deserialize;
use support::{Reply, answer, shown, world};

static LIST: Operation = Operation::new("items.list", Method::GET, "/items").scopes(&["items:read", "more"]);

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its decoding is looked at")]
struct Items {
    data: Vec<Item>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its decoding is looked at")]
struct Item {
    id: u64,
}

#[expect(clippy::unwrap_used, reason = "part of tests")]
fn failing(status: u16, body: &str) -> Error {
    let world = world([answer(status, body)]);
    let call = Call::new(&LIST).options(RequestOptions::new().attempts(1));
    world.run(world.api.json::<Items>(call)).unwrap_err()
}

#[test]
fn every_status_has_its_kind() {
    let kinds: Vec<_> = [
        301, 400, 401, 403, 404, 408, 409, 410, 418, 422, 429, 500, 501, 503,
    ]
    .into_iter()
    .map(|status| (status, failing(status, "").kind()))
    .collect();
    assert_eq!(
        kinds,
        [
            (301, ErrorKind::Decode),
            (400, ErrorKind::Validation),
            (401, ErrorKind::Unauthorized),
            (403, ErrorKind::Forbidden),
            (404, ErrorKind::NotFound),
            (408, ErrorKind::Unavailable),
            (409, ErrorKind::Validation),
            (410, ErrorKind::NotFound),
            (418, ErrorKind::Validation),
            (422, ErrorKind::Validation),
            (429, ErrorKind::RateLimited),
            (500, ErrorKind::Unavailable),
            (501, ErrorKind::Unavailable),
            (503, ErrorKind::Unavailable),
        ]
    );
}

#[test]
fn transport_errors_have_their_kinds_and_keep_their_source() {
    for (from, to) in [
        (TransportErrorKind::Refused, ErrorKind::Configuration),
        (TransportErrorKind::Connect, ErrorKind::Transport),
        (TransportErrorKind::Interrupted, ErrorKind::Transport),
        (TransportErrorKind::Body, ErrorKind::Transport),
        (TransportErrorKind::TooLarge, ErrorKind::Transport),
        (TransportErrorKind::Elapsed, ErrorKind::Deadline),
    ] {
        let error = Error::from(TransportError::new(from, Sent::Maybe).with_status(200));
        assert_eq!(
            (error.kind(), error.sent(), error.status()),
            (to, Sent::Maybe, Some(200))
        );
        let source = std::error::Error::source(&error).unwrap();
        assert!(source.is::<TransportError>());
    }
}

#[test]
fn forbidden_names_the_scope_that_the_operation_needs() {
    let error = failing(403, "");
    assert_eq!(error.missing_scope(), Some("items:read"));
    assert_eq!(
        error.to_string(),
        "forbidden: the operation needs scopes `items:read`, `more` \
         (operation items.list, status 403, account tenant/example/one)"
    );
    assert_eq!(error.required_scopes(), ["items:read", "more"]);
    assert_eq!(failing(404, "").missing_scope(), None);
}

#[test]
fn a_token_endpoint_that_forbids_says_nothing_of_the_operations_scopes() {
    let world = world([]);
    world
        .credential
        .fail(AuthorizationError::new(AuthorizationErrorKind::Forbidden));
    let error = world.run(world.api.unit(Call::new(&LIST))).unwrap_err();
    assert_eq!(
        (error.kind(), error.sent(), error.required_scopes()),
        (ErrorKind::Forbidden, Sent::No, &[][..])
    );
}

#[test]
fn a_decode_error_tells_where_and_quotes_the_body_only_by_accessor() {
    let error = failing(200, r#"{"data":[{"id":1},{"id":"canary"}]}"#);
    assert_eq!(
        (error.kind(), error.sent(), error.status(), error.decode_path()),
        (ErrorKind::Decode, Sent::Yes, Some(200), Some("data[1].id"))
    );
    assert_eq!(
        error.to_string(),
        "the answer could not be understood: at `data[1].id` \
         (operation items.list, status 200, account tenant/example/one)"
    );
    assert!(!shown(&error).contains("canary"), "{}", shown(&error));
    assert!(error.decode_detail().unwrap().contains("canary"));
    assert!(error.body().unwrap().ends_with(br#""canary"}]}"#));
}

#[test]
fn empty_cut_and_trailing_bodies_are_decode_errors() {
    for body in ["", "<html>", r#"{"data":[{"id":1}"#, r#"{"data":[]} extra"#] {
        assert_eq!(failing(200, body).kind(), ErrorKind::Decode, "{body}");
    }
}

#[test]
fn words_and_fields_of_the_provider_are_there_but_not_shown() {
    let body =
        r#"{"title":"Invalid","detail":"canary-words","errors":{"from":["canary-field"]},"code":"E-17"}"#;
    let world = world([Reply::Answer(
        Response::builder()
            .status(400)
            .header("x-request-id", "req-1")
            .header("set-cookie", "canary-cookie")
            .body(Bytes::from_static(body.as_bytes()))
            .unwrap(),
    )]);
    let options = RequestOptions::new().header(
        HeaderName::from_static("x-extra"),
        HeaderValue::from_static("canary-header"),
    );
    let call = Call::new(&LIST).query("q", "canary-query").options(options);
    let error = world.run(world.api.unit(call)).unwrap_err();

    assert_eq!(error.provider_message(), Some("canary-words"));
    assert_eq!(
        error.validation(),
        [InvalidField::new("from", vec!["canary-field".to_owned()])]
    );
    assert_eq!(error.body().unwrap(), body);
    assert_eq!(
        error.to_string(),
        "the provider does not accept the request \
         (operation items.list, status 400, code E-17, request id req-1, account tenant/example/one)"
    );
    assert!(!shown(&error).contains("canary"), "{}", shown(&error));
}

#[test]
fn text_in_the_place_of_a_code_or_an_id_is_not_shown() {
    let world = world([Reply::Answer(
        Response::builder()
            .status(400)
            .header("x-request-id", "two words")
            .body(Bytes::from_static(br#"{"code":"canary is no code"}"#))
            .unwrap(),
    )]);
    let error = world.run(world.api.unit(Call::new(&LIST))).unwrap_err();
    assert_eq!((error.code(), error.request_id()), (None, None));
    assert!(!shown(&error).contains("canary"));
}

#[test]
fn nothing_else_shows_values_either() {
    let world = world([Reply::Answer(
        Response::builder()
            .header("set-cookie", "canary")
            .body(Bytes::from_static(b"canary"))
            .unwrap(),
    )]);
    let options = RequestOptions::new().header(
        HeaderName::from_static("x-extra"),
        HeaderValue::from_static("canary"),
    );
    let call = Call::new(&LIST)
        .query("q", "canary")
        .json("canary")
        .options(options.clone());
    let text = format!("{call:?} {options:?} {:?}", world.api);
    let answer = world.run(world.api.send(call)).unwrap();
    let text = format!("{text} {answer:?}");
    assert!(!text.contains("canary"), "{text}");
}

#[test]
fn transient_kinds_are_those_that_time_can_mend() {
    use ErrorKind::{
        Configuration, ConnectorMisconfigured, Deadline, Decode, Forbidden, NeedsRelink, NotFound,
        RateLimited, ShuttingDown, Store, Transport, Unauthorized, Unavailable, Validation,
    };
    for kind in [RateLimited, Unavailable, Deadline, Transport, Store, ShuttingDown] {
        assert!(Error::new(kind).is_transient(), "{kind:?}");
    }
    for kind in [
        Configuration,
        NeedsRelink,
        ConnectorMisconfigured,
        Unauthorized,
        Forbidden,
        NotFound,
        Validation,
        Decode,
    ] {
        assert!(!Error::new(kind).is_transient(), "{kind:?}");
    }
}

#[test]
fn an_error_is_one_pointer_wide() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn a_code_or_request_id_that_repeats_the_credential_is_not_shown() {
    let token = "canary-1";
    let echoed = format!(r#"{{"error":{{"code":"{token}"}}}}"#);
    let mut reply = Response::new(Bytes::from(echoed));
    *reply.status_mut() = http::StatusCode::BAD_REQUEST;
    let id = HeaderValue::from_str(&format!("id-{token}")).unwrap();
    reply.headers_mut().insert("x-request-id", id);
    let world = world([Reply::Answer(reply)]);
    let error = world.run(world.api.unit(Call::new(&LIST))).unwrap_err();
    assert_eq!((error.code(), error.request_id()), (None, None));
    assert!(!shown(&error).contains(token));
}
