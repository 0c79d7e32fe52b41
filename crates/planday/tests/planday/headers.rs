//! What requests carry.

use attache_emulator::planday::{Endpoint, Exchange};
use attache_planday::{Body, RateLimits, RequestOptions, hr::DepartmentFields};
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

use crate::world::{APPLICATION_ID, BAKERY_TOKEN, World};

/// Names and values in the order of names.
fn headers(exchange: &Exchange) -> Vec<(String, String)> {
    let mut headers: Vec<_> = exchange
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    headers
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_token_request_carries_three_fields_and_neither_credential_header() {
    let world = World::new();
    world.link(BAKERY_TOKEN).await.unwrap();
    let log = world.emulator.log();
    let tokens: Vec<_> = log
        .iter()
        .filter(|exchange| exchange.endpoint == Endpoint::Token)
        .collect();
    let [exchange] = tokens[..] else {
        panic!("one token request: {log:?}")
    };
    assert_eq!(
        (&exchange.method, exchange.path.as_str()),
        (&Method::POST, "/connect/token")
    );
    assert_eq!(
        exchange.form,
        pairs(&[
            ("client_id", APPLICATION_ID),
            ("grant_type", "refresh_token"),
            ("refresh_token", BAKERY_TOKEN),
        ])
    );
    assert_eq!(
        exchange.headers["content-type"],
        "application/x-www-form-urlencoded"
    );
    for name in ["authorization", "x-clientid"] {
        assert!(!exchange.headers.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn an_api_request_carries_the_access_token_and_the_application_id() {
    let world = World::new();
    let client = world.bakery().await;
    client.hr().departments().list().next_page().await.unwrap();
    let listed = world.last_request();
    let token = listed.headers["authorization"]
        .to_str()
        .unwrap()
        .strip_prefix("Bearer ")
        .unwrap();
    assert!(world.emulator.is_live_access_token(token));
    let authorization = format!("Bearer {token}");
    let expected = [
        ("accept", "application/json"),
        ("authorization", &authorization),
        ("x-clientid", APPLICATION_ID),
    ];
    assert_eq!(headers(&listed), pairs(&expected));

    client
        .hr()
        .departments()
        .create(&DepartmentFields::new("Bar"))
        .await
        .unwrap();
    let expected = [
        ("accept", "application/json"),
        ("authorization", &authorization),
        ("content-type", "application/json"),
        ("x-clientid", APPLICATION_ID),
    ];
    assert_eq!(headers(&world.last_request()), pairs(&expected));
}

#[tokio::test]
async fn options_add_headers_but_never_the_providers() {
    let world = World::new();
    let client = world.bakery().await;
    let with = |name: &'static str| {
        let header = HeaderName::from_static(name);
        client.with_options(RequestOptions::new().header(header, HeaderValue::from_static("value")))
    };
    with("x-correlation-id").portal().info().await.unwrap();
    assert_eq!(world.last_request().headers["x-correlation-id"], "value");
    let calls = world.refreshes_and_calls();
    for name in ["x-clientid", "authorization"] {
        assert!(
            with(name).portal().info().await.unwrap_err().is_configuration(),
            "{name}"
        );
    }
    assert_eq!(world.refreshes_and_calls(), calls);
}

#[tokio::test]
async fn the_raw_door_has_the_same_headers_and_shows_the_rate_limits() {
    let world = World::new();
    let client = world.bakery().await;
    let body = Body::json(&json!({"name": "Bar", "number": "30"})).unwrap();
    let answer = client
        .raw(
            Method::POST,
            "/hr/v1.0/departments",
            &[],
            Some(body),
            RequestOptions::new(),
        )
        .await
        .unwrap();
    let created: Value = answer.json().unwrap();
    assert_eq!(
        (&created["data"]["name"], &created["data"]["number"]),
        (&json!("Bar"), &json!("30"))
    );
    assert_eq!(world.last_request().headers["x-clientid"], APPLICATION_ID);
    let limits = RateLimits::read(&answer.headers);
    assert_eq!(limits.policy.len(), 4);
    assert!(
        limits.limit.is_some() && limits.remaining.is_some() && limits.reset.is_some(),
        "{limits:?}"
    );
}
