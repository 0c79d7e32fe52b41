//! What every API call passes through.

use attache_emulator::planday::{ClientHeader, Options};
use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::support::{APP, OTHER_APP, get, pair, read, refresh_request, request, send, world};

const LIST: &str = "/hr/v1.0/departments";

#[test]
fn a_missing_unknown_or_misused_bearer_token_is_401() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    for authorization in [
        None,
        Some("Bearer unknown"),
        Some("Bearer rt-bakery"),
        Some("Basic eA=="),
        Some(&*access),
    ] {
        let mut request = Request::get(LIST).header("x-clientid", APP);
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        let answer = read(emulator.handle(request.body(Bytes::new()).unwrap()));
        assert_eq!(
            (answer.status, &answer.body["detail"]),
            (401, &json!("Unauthorized"))
        );
    }
}

#[test]
fn the_bearer_scheme_is_not_case_sensitive() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    let request = Request::get(LIST)
        .header("x-clientid", APP)
        .header("authorization", format!("bearer {access}"));
    assert_eq!(
        read(emulator.handle(request.body(Bytes::new()).unwrap())).status,
        200
    );
}

#[test]
fn a_missing_or_wrong_client_header_is_401_unless_lenient() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    let with = |client_id: Option<&str>| {
        let mut request = Request::get(LIST).header("authorization", format!("Bearer {access}"));
        if let Some(client_id) = client_id {
            request = request.header("X-ClientId", client_id);
        }
        read(emulator.handle(request.body(Bytes::new()).unwrap())).status
    };
    assert_eq!(
        [with(Some(APP)), with(None), with(Some(OTHER_APP))],
        [200, 401, 401]
    );
    emulator.update_options(|options| options.client_header = ClientHeader::Lenient);
    assert_eq!([with(None), with(Some(OTHER_APP))], [200, 200]);
}

#[test]
fn a_missing_scope_is_403_with_the_documented_message() {
    let emulator = world().build().unwrap();
    let answer = read(emulator.handle(refresh_request(OTHER_APP, "rt-other")));
    let access = answer.body["access_token"].as_str().unwrap();
    let call = |target: &str| {
        let request = Request::get(target)
            .header("authorization", format!("Bearer {access}"))
            .header("x-clientid", OTHER_APP)
            .body(Bytes::new())
            .unwrap();
        read(emulator.handle(request))
    };
    let refused = call(LIST);
    assert_eq!(refused.status, 403);
    let message = refused.body["detail"].as_str().unwrap();
    assert!(
        message.starts_with("Your application isn't assigned to the appropriate scope"),
        "{message}"
    );
    assert_eq!(call("/hr/v1.0/employees").status, 200);
    assert_eq!(
        call("/portal/v1.0/info").status,
        200,
        "portal info states no scope"
    );
}

#[test]
fn path_case_and_the_version_alias_do_not_matter() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    for target in [
        "/hr/v1.0/departments",
        "/hr/v1/Departments",
        "/HR/V1/DEPARTMENTS",
        "/hr/V1.0/departments",
    ] {
        assert_eq!(get(&emulator, target, &access).status, 200, "{target}");
    }
    for target in [
        "/hr/v2/departments",
        "/hr/departments",
        "/hr/v1.1/departments",
        "/hr/v1/departments/1/heads",
    ] {
        assert_eq!(get(&emulator, target, &access).status, 404, "{target}");
    }
}

#[test]
fn documented_endpoints_that_are_not_served_are_not_read_as_ids() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    for target in [
        "/hr/v1.0/employees/deactivated/1",
        "/hr/v1.0/employees/1/invite",
        "/scheduling/v1.0/scheduleDay/1",
        "/scheduling/v1.0/shifts/drafts",
        "/pay/v1.0/salaries/types",
    ] {
        assert_eq!(get(&emulator, target, &access).status, 404, "{target}");
    }
}

#[test]
fn a_method_that_a_path_lacks_is_405_with_those_it_has() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    let answer = send(&emulator, "PATCH", "/hr/v1.0/departments/1", &access, &json!({}));
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, PUT, DELETE"));
}

#[test]
fn portal_info_is_the_portal_of_the_token() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    let expected = json!({ "data": {
        "id": 4711,
        "name": "bakery",
        "companyName": "Bakery ApS",
        "country": "DK",
        "timeZone": "Europe/Copenhagen",
        "maxDepartments": null,
        "aliases": null,
        "portals": [],
    }});
    assert_eq!(
        get(&emulator, "/portal/v1.0/info", &access).shown(),
        (200, expected)
    );
}

#[test]
fn nullable_members_can_be_left_out() {
    let options = Options::default().unknown_member(false).omit_nulls(true);
    let emulator = world().options(options).build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    assert_eq!(
        get(&emulator, "/hr/v1.0/departments/2", &access).body,
        json!({ "data": { "id": 2, "name": "Shop" } })
    );
}

#[test]
fn two_authorization_headers_are_no_authorization() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    let doubled = request("GET", LIST, &access).header("authorization", format!("Bearer {access}"));
    assert_eq!(
        read(emulator.handle(doubled.body(Bytes::new()).unwrap())).status,
        401
    );
}
