//! What every call passes through.

use std::time::Duration;

use attache_emulator::smartsheet::{Grant, Limits, Region};
use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::support::{
    ACCESS, ADMIN, APP, MINE, OF_ADMIN, OF_VIEWER, OWNER, SHEET, call, emulator, get, read, request, send_as,
    sheet_path, world,
};

#[test]
fn no_token_a_bad_one_and_two_of_them_are_told_apart() {
    let emulator = emulator();
    let bare = || read(emulator.handle(Request::get("/2.0/users/me").body(Bytes::new()).unwrap()));
    assert_eq!(bare().refused(), (401, 1001));
    emulator.update_options(|options| options.missing_token_forbidden = true);
    assert_eq!(bare().refused(), (403, 1004));
    assert_eq!(
        call(&emulator, "GET", "/2.0/users/me", "nonsense").refused(),
        (401, 1002)
    );
    let twice = request("GET", "/2.0/users/me", ACCESS).header("authorization", format!("Bearer {MINE}"));
    assert_eq!(
        read(emulator.handle(twice.body(Bytes::new()).unwrap())).refused(),
        (401, 1002)
    );
    assert_eq!(
        emulator.log().last().unwrap().client_faults,
        ["several-authorizations"]
    );
}

#[test]
fn the_current_user_is_shown_to_any_token() {
    let emulator = emulator();
    let pair = emulator
        .grant(Region::Us, Grant::new(APP, OWNER).scopes(Vec::<String>::new()))
        .unwrap();
    let access = pair.access_token.unwrap();
    let me = call(&emulator, "GET", "/2.0/users/me", &access);
    assert_eq!((me.status, &me.body["email"]), (200, &json!(OWNER)));
    assert!(me.body["id"].as_i64().unwrap() > 1 << 53);
    assert_eq!(
        call(&emulator, "GET", "/2.0/sheets", &access).refused(),
        (403, 1004)
    );
}

#[test]
fn each_operation_asks_for_its_scope() {
    let emulator = emulator();
    let pair = emulator
        .grant(Region::Us, Grant::new(APP, OWNER).scopes(["READ_SHEETS"]))
        .unwrap();
    let access = pair.access_token.unwrap();
    for (method, target, status) in [
        ("GET", sheet_path(""), 200),
        ("GET", "/2.0/workspaces".to_owned(), 200),
        ("DELETE", sheet_path(""), 403),
        ("DELETE", sheet_path("/rows?ids=1"), 403),
        ("POST", sheet_path("/columns"), 403),
        ("GET", "/2.0/webhooks".to_owned(), 403),
    ] {
        assert_eq!(
            call(&emulator, method, &target, &access).status,
            status,
            "{method} {target}"
        );
    }
}

#[test]
fn scopes_never_widen_what_the_person_may() {
    let emulator = emulator();
    assert_eq!(
        call(&emulator, "GET", &sheet_path(""), OF_VIEWER).body["accessLevel"],
        "VIEWER"
    );
    let row = json!({ "toTop": true });
    assert_eq!(
        send_as(&emulator, "POST", &sheet_path("/rows"), OF_VIEWER, &row).refused(),
        (403, 1004)
    );
    assert_eq!(
        call(&emulator, "GET", &sheet_path(""), OF_ADMIN).refused(),
        (404, 1006)
    );
}

#[test]
fn only_an_admin_with_a_personal_token_assumes_somebody_else() {
    let emulator = emulator();
    let assume = |access: &str, who: &str| {
        let request = request("GET", "/2.0/users/me", access).header("assume-user", who);
        read(emulator.handle(request.body(Bytes::new()).unwrap()))
    };
    let viewer = assume(OF_ADMIN, "viewer%2Bonly%40plan.example");
    assert_eq!(viewer.body["email"], "viewer+only@plan.example");
    assert_eq!(assume(OF_ADMIN, "nobody%40plan.example").refused(), (401, 1030));
    assert_eq!(assume(OF_ADMIN, "admin%40plan.example").refused(), (401, 1030));
    assert_eq!(
        assume(MINE, "viewer%2Bonly%40plan.example").refused(),
        (401, 1030)
    );
    assert_eq!(
        assume(ACCESS, "viewer%2Bonly%40plan.example").refused(),
        (401, 1030)
    );
    let pair = emulator.grant(Region::Us, Grant::new(APP, ADMIN)).unwrap();
    let oauth = assume(&pair.access_token.unwrap(), "owner%40plan.example");
    assert_eq!(oauth.refused(), (401, 1030));
    assume(OF_ADMIN, "owner@plan.example");
    assert_eq!(
        emulator.log().last().unwrap().client_faults,
        ["assume-user-not-encoded"]
    );
}

#[test]
fn the_301st_request_of_a_minute_is_refused_without_a_hint() {
    let emulator = emulator();
    for _ in 0..300 {
        assert_eq!(get(&emulator, "/2.0/users/me").status, 200);
    }
    let refused = get(&emulator, "/2.0/users/me");
    assert_eq!(refused.refused(), (429, 4003));
    assert_eq!(
        refused.body,
        json!({ "errorCode": 4003, "message": "Rate limit exceeded." })
    );
    assert!(
        refused
            .headers
            .keys()
            .all(|name| !name.as_str().contains("retry") && !name.as_str().contains("ratelimit"))
    );
    assert_eq!(
        call(&emulator, "GET", "/2.0/users/me", MINE).status,
        200,
        "another token"
    );
    emulator.clock().advance(Duration::from_secs(60));
    assert_eq!(get(&emulator, "/2.0/users/me").status, 200);
}

#[test]
fn attaching_has_the_lower_limit() {
    let emulator = world()
        .limits(Limits {
            minute: 300,
            heavy_minute: 2,
        })
        .build()
        .unwrap();
    let link = json!({ "attachmentType": "LINK", "url": "https://files.example/a", "name": "a" });
    let attach = || send_as(&emulator, "POST", &sheet_path("/attachments"), ACCESS, &link).refused();
    assert_eq!([attach(), attach(), attach()], [(200, 0), (200, 0), (429, 4003)]);
    assert_eq!(get(&emulator, "/2.0/users/me").status, 200);
}

#[test]
fn paths_verbs_and_versions_are_told_apart() {
    let emulator = emulator();
    for (method, target, refused) in [
        ("GET", "/2.0/nothing".to_owned(), (404, 1006)),
        ("GET", "/2.0/sheets/".to_owned(), (404, 1006)),
        ("GET", "/3.0/sheets".to_owned(), (404, 1007)),
        ("PUT", "/2.0/users/me".to_owned(), (405, 1122)),
        ("PATCH", "/2.0/sheets".to_owned(), (405, 1010)),
        ("GET", "/2.0/sheets/12".to_owned(), (404, 1006)),
        ("GET", format!("/2.0/sheets/{SHEET}?level=x"), (400, 1018)),
    ] {
        assert_eq!(
            call(&emulator, method, &target, ACCESS).refused(),
            refused,
            "{method} {target}"
        );
    }
    get(&emulator, "/2.0/sheets?include=source&include=sheetVersion");
    assert_eq!(
        emulator.log().last().unwrap().client_faults,
        ["repeated-query-name"]
    );
}
