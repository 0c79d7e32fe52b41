//! What is sent.

mod support;

use attache_client::{Body, Call, ErrorKind, Idempotency, Operation, RequestOptions};
use attache_core::BodyLimit;
use http::{HeaderName, HeaderValue, Method, header};
use serde_json::{Value, json};
use support::{answer, world, world_with};

static GET_ITEM: Operation = Operation::new("items.get", Method::GET, "/v1/items/{id}");
static ADD_ITEM: Operation = Operation::new("items.add", Method::POST, "/v1/items");
static ACCEPT_ITEM: Operation = Operation::new("items.accept", Method::PUT, "/v1/items/{id}").success(&[202]);

#[test]
fn a_call_carries_path_query_body_headers_and_the_credential() {
    let world = world([answer(200, r#"{"id":7}"#)]);
    let call = Call::new(&ADD_ITEM)
        .query("expand", "a,b")
        .query_some("since", None::<&str>)
        .query_some("limit", Some(5))
        .json(&json!({"name": "x"}))
        .options(RequestOptions::new().header(header::ACCEPT_LANGUAGE, HeaderValue::from_static("da")));

    let value: Value = world.run(world.api.json(call)).unwrap();

    assert_eq!(value, json!({"id": 7}));
    let request = world.last_request();
    assert_eq!(
        (request.method(), request.uri().to_string(), &request.body()[..]),
        (
            &Method::POST,
            "https://api.example.com/base/v1/items?expand=a%2Cb&limit=5".to_owned(),
            &br#"{"name":"x"}"#[..]
        )
    );
    let mut headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    headers.sort_unstable();
    assert_eq!(
        headers,
        [
            ("accept", "application/json"),
            ("accept-language", "da"),
            ("authorization", "Bearer canary-1"),
            ("content-type", "application/json"),
            ("x-clientid", "app-1"),
        ]
    );
}

#[test]
fn a_limit_for_bodies_goes_with_the_request_where_it_is_not_the_default() {
    for (limit, sent) in [(BodyLimit::default(), None), (BodyLimit(7), Some(BodyLimit(7)))] {
        let world = world_with([answer(200, "")], 0, header::AUTHORIZATION, |builder| {
            builder.body_limit(limit)
        });
        world.run(world.api.unit(Call::new(&ADD_ITEM))).unwrap();
        assert_eq!(world.last_request().extensions().get().copied(), sent);
    }
}

#[test]
fn headers_that_are_not_the_callers_are_refused_before_anything_is_sent() {
    for name in [
        "authorization",
        "host",
        "content-length",
        "content-type",
        "x-clientid",
    ] {
        let world = world([]);
        let options = RequestOptions::new().header(
            HeaderName::from_static(name),
            HeaderValue::from_static("canary-value"),
        );
        let call = Call::new(&GET_ITEM).path("id", 1).options(options);
        let error = world.run(world.api.unit(call)).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "configuration: header `{name}` is set by the client and cannot be among the options' headers \
                 (operation items.get, account tenant/example/one)"
            )
        );
        assert!(!support::shown(&error).contains("canary"));
    }
}

#[test]
fn a_header_of_the_credentials_own_name_is_refused_too() {
    let key = HeaderName::from_static("x-api-key");
    let world = world_with([], 0, key.clone(), |builder| builder);
    let options = RequestOptions::new().header(key, HeaderValue::from_static("other"));
    let call = Call::new(&GET_ITEM).path("id", 1).options(options);
    let error = world.run(world.api.unit(call)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(
        error
            .to_string()
            .contains("header `x-api-key` belongs to the credential")
    );
}

#[test]
fn a_body_that_json_cannot_hold_is_a_configuration_error() {
    let world = world([]);
    let unwritable = std::collections::BTreeMap::from([(vec![1, 2], "canary")]);
    let error = world
        .run(world.api.unit(Call::new(&ADD_ITEM).json(&unwritable)))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(
        error
            .to_string()
            .starts_with("configuration: body: the value cannot be written as JSON")
    );
}

#[test]
fn an_operation_names_its_own_success() {
    let world = world([answer(202, ""), answer(200, "")]);
    assert!(
        world
            .run(world.api.unit(Call::new(&ACCEPT_ITEM).path("id", 1)))
            .is_ok()
    );
    let error = world
        .run(world.api.unit(Call::new(&ACCEPT_ITEM).path("id", 1)))
        .unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(200)));
}

#[test]
fn the_raw_door_has_the_same_credential_and_errors() {
    let world = world([answer(201, "plain"), answer(404, "")]);
    let body = Body::new(HeaderValue::from_static("text/csv"), "a,b");
    let raw = |body| {
        world.api.raw(
            Method::PUT,
            "files/x?v=1",
            &[("q", "1")],
            body,
            RequestOptions::new(),
        )
    };
    let got = world.run(raw(Some(body))).unwrap();

    assert_eq!((got.status.as_u16(), &got.body[..]), (201, &b"plain"[..]));
    assert_eq!(
        world.lines(),
        ["PUT https://api.example.com/base/files/x?v=1&q=1"]
    );
    let request = world.last_request();
    assert_eq!(request.headers()["authorization"], "Bearer canary-1");
    assert_eq!(request.headers()["content-type"], "text/csv");

    let error = world.run(raw(None)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "not found (operation raw request, status 404, account tenant/example/one)"
    );
}

#[test]
fn the_raw_door_sends_no_credential_to_another_host() {
    let world = world([]);
    for path in ["https://evil.example.com/base/x", "//evil.example.com/x", "/../x"] {
        let call = world.api.raw(Method::GET, path, &[], None, RequestOptions::new());
        assert_eq!(
            world.run(call).unwrap_err().kind(),
            ErrorKind::Configuration,
            "{path}"
        );
    }
    assert!(world.seen().is_empty());
}

#[test]
fn a_base_that_cannot_be_one_is_refused() {
    let build = |base: &str, name: &'static str| {
        let world = world([]);
        attache_client::Api::builder(
            base.parse().unwrap(),
            world.script.clone(),
            world.credential.clone(),
            std::sync::Arc::new(world.clock),
        )
        .header(HeaderName::from_static(name), HeaderValue::from_static("v"))
        .build()
        .map(|_| ())
        .map_err(|error| error.kind())
    };
    assert_eq!(build("https://api.example.com/", "x-ok"), Ok(()));
    for (base, header) in [
        ("mailto:me@example.com", "x-ok"),
        ("https://me:pw@api.example.com/", "x-ok"),
        ("https://api.example.com/?key=1", "x-ok"),
        ("https://api.example.com/", "authorization"),
    ] {
        assert_eq!(
            build(base, header),
            Err(ErrorKind::Configuration),
            "{base} {header}"
        );
    }
}

#[test]
fn the_future_of_a_call_stays_small() {
    let world = world([]);
    let size = size_of_val(&world.api.json::<Value>(Call::new(&GET_ITEM)));
    assert!(size <= 1024, "{size}");
    assert_eq!(GET_ITEM.retry_as(), Idempotency::Safe);
}
