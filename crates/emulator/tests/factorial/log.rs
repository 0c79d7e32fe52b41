use attache_emulator::factorial::{Endpoint, Operation};
use bytes::Bytes;
use http::Request;

use crate::support::{
    APP, SECRET, authorization_url, basic, encoded, form, get, read, refresh, token, world,
};

#[test]
fn every_request_is_logged_with_what_it_was_for_and_what_came_of_it() {
    let emulator = world().build().unwrap();
    refresh(&emulator, "rt-bo");
    get(&emulator, "/employees/employees?limit=1", "at-bo");
    get(&emulator, "/moons/moons", "at-bo");
    form(&emulator, "/oauth/revoke", &[]);
    let _ = emulator.handle(Request::get("/oauth/applications").body(Bytes::new()).unwrap());
    let _ = emulator.handle(Request::get("/favicon.ico").body(Bytes::new()).unwrap());
    let log: Vec<(Endpoint, Option<u16>)> = emulator
        .log()
        .iter()
        .map(|row| (row.endpoint, row.status.map(|status| status.as_u16())))
        .collect();
    let expected = [
        (Endpoint::Token, Some(200)),
        (Endpoint::Api(Some(Operation::ListEmployees)), Some(200)),
        (Endpoint::Api(None), Some(404)),
        (Endpoint::Revocation, Some(403)),
        (Endpoint::Applications, Some(200)),
        (Endpoint::Unknown, Some(404)),
    ];
    assert_eq!(log, expected);
    let shown = format!("{:?} {:?}", emulator.log(), emulator);
    for secret in emulator.issued_tokens() {
        assert!(!shown.contains(&secret));
    }
}

#[test]
fn fields_that_no_document_names_are_surplus() {
    let emulator = world().build().unwrap();
    token(
        &emulator,
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", "rt-bo"),
            ("redirect_uri", "x"),
            ("tenant", "y"),
        ],
    );
    assert_eq!(emulator.log()[0].surplus, ["redirect_uri", "tenant"]);
}

#[test]
fn credentials_twice_are_the_clients_fault() {
    let emulator = world().build().unwrap();
    let body = encoded(&[
        ("client_id", APP),
        ("client_secret", SECRET),
        ("grant_type", "refresh_token"),
        ("refresh_token", "rt-bo"),
    ]);
    let request = Request::post("/oauth/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", basic(APP, SECRET));
    assert_eq!(
        read(emulator.handle(request.body(Bytes::from(body)).unwrap())).status,
        200
    );
    assert_eq!(emulator.log()[0].client_faults, ["basic-and-body"]);
}

#[test]
fn a_token_in_the_query_opens_nothing_and_is_the_clients_fault() {
    let emulator = world().build().unwrap();
    let request = Request::get("/api/2026-10-01/resources/teams/teams?access_token=at-bo");
    assert_eq!(
        read(emulator.handle(request.body(Bytes::new()).unwrap())).status,
        401
    );
    assert_eq!(emulator.log()[0].client_faults, ["token-in-query"]);
}

#[test]
fn a_resource_owner_type_other_than_company_is_the_clients_fault() {
    let emulator = world().build().unwrap();
    let url = authorization_url(&[("resource_owner_type", "user")]);
    let path = url.strip_prefix("http://localhost").unwrap();
    let _ = emulator.handle(Request::get(path).body(Bytes::new()).unwrap());
    assert_eq!(emulator.log()[0].client_faults, ["unknown-resource-owner-type"]);
}
