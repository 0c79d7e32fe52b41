use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::support::{API, COMPANY, KEY, get, get_with_key, read, world};

#[test]
fn a_key_opens_everything_of_its_company_without_scopes() {
    let emulator = world().build().unwrap();
    for list in [
        "/employees/employees",
        "/teams/teams",
        "/timeoff/leaves",
        "/attendance/shifts",
        "/documents/documents",
        "/companies/legal_entities",
    ] {
        assert_eq!(get_with_key(&emulator, list, KEY).status, 200, "{list}");
    }
}

#[test]
fn a_key_as_bearer_is_401_and_the_clients_fault() {
    let emulator = world().build().unwrap();
    assert_eq!(get(&emulator, "/teams/teams", KEY).status, 401);
    assert_eq!(
        emulator.log().last().unwrap().client_faults,
        ["api-key-as-bearer"]
    );
}

#[test]
fn a_token_as_key_is_401_and_the_clients_fault() {
    let emulator = world().build().unwrap();
    assert_eq!(get_with_key(&emulator, "/teams/teams", "at-bo").status, 401);
    assert_eq!(emulator.log().last().unwrap().client_faults, ["token-as-api-key"]);
}

#[test]
fn of_both_headers_the_key_counts_and_it_is_the_clients_fault() {
    let emulator = world().build().unwrap();
    let who = |key: &str| {
        let request = Request::get(format!("{API}/api_public/credentials"))
            .header("x-api-key", key)
            .header("authorization", "Bearer at-bo");
        read(emulator.handle(request.body(Bytes::new()).unwrap()))
    };
    assert_eq!(who(KEY).body["data"][0]["id"], "api_key-1");
    assert_eq!(emulator.log().last().unwrap().client_faults, ["two-credentials"]);
    assert_eq!(who("wrong").status, 401, "the good token beside it does not help");
}

#[test]
fn a_revoked_key_is_401_and_a_new_one_is_a_jwt_in_form() {
    let emulator = world().build().unwrap();
    let new = emulator.create_api_key(COMPANY).unwrap();
    assert_eq!(new.split('.').count(), 3);
    emulator.revoke_api_key(KEY).unwrap();
    let old = get_with_key(&emulator, "/teams/teams", KEY);
    assert_eq!(old.shown(), (401, json!({ "errors": null })));
    assert_eq!(get_with_key(&emulator, "/teams/teams", &new).status, 200);
}
