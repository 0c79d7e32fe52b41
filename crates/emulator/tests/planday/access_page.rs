//! What an administrator does to an app behind the integrator's back.

use attache_emulator::planday::{Administrator, Options, WorldError};
use serde_json::json;

use crate::support::{APP, BAKERY, CAFE, get, oauth_error, pair, refresh, send, world};

const INFO: &str = "/portal/v1.0/info";

#[test]
fn revoke_is_a_pause_and_authorize_restores_the_same_tokens() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    emulator.revoke(APP, BAKERY).unwrap();
    assert_eq!(
        refresh(&emulator, "rt-bakery").shown(),
        oauth_error("invalid_grant")
    );
    assert_eq!(get(&emulator, INFO, &access).status, 401);
    assert_eq!(
        refresh(&emulator, "rt-cafe").status,
        200,
        "the other portal goes on"
    );
    emulator.authorize(APP, BAKERY).unwrap();
    assert_eq!(refresh(&emulator, "rt-bakery").status, 200);
    assert_eq!(get(&emulator, INFO, &access).status, 200);
}

#[test]
fn live_access_tokens_may_outlast_a_revocation() {
    let emulator = world()
        .options(Options::default().revoke_ends_access(false))
        .build()
        .unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    emulator.revoke(APP, BAKERY).unwrap();
    assert_eq!(get(&emulator, INFO, &access).status, 200);
    assert_eq!(refresh(&emulator, "rt-bakery").shown().0, 400);
}

#[test]
fn authorizing_anew_gives_a_new_token_and_ends_everything_older() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    let fresh = emulator.reauthorize(APP, BAKERY).unwrap();
    assert_eq!(
        refresh(&emulator, "rt-bakery").shown(),
        oauth_error("invalid_grant")
    );
    assert_eq!(get(&emulator, INFO, &access).status, 401);
    assert_eq!(refresh(&emulator, &fresh).status, 200);
    emulator.reauthorize_with(APP, BAKERY, "rt-chosen").unwrap();
    assert_eq!(refresh(&emulator, "rt-chosen").status, 200);
    assert_eq!(
        emulator.reauthorize_with(APP, BAKERY, "rt-cafe"),
        Err(WorldError::TokenTaken(BAKERY))
    );
}

#[test]
fn renaming_changes_nothing_and_deleting_ends_the_app() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    emulator.rename_app(APP, "Roster").unwrap();
    assert_eq!(
        emulator
            .apps()
            .into_iter()
            .find(|app| app.client_id == APP)
            .unwrap()
            .name,
        "Roster"
    );
    assert_eq!(refresh(&emulator, "rt-bakery").status, 200);
    emulator.delete_app(APP).unwrap();
    assert_eq!(
        refresh(&emulator, "rt-bakery").shown(),
        oauth_error("invalid_client")
    );
    assert_eq!(get(&emulator, INFO, &access).status, 401);
    assert!(emulator.delete_app(APP).is_err());
}

#[test]
fn calls_answer_401_while_the_authorizing_administrator_is_inactive() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    emulator.set_administrator_active(APP, BAKERY, false).unwrap();
    assert_eq!(get(&emulator, INFO, &access).status, 401);
    let (fresh, _) = pair(&emulator, "rt-bakery");
    assert_eq!(
        get(&emulator, INFO, &fresh).status,
        401,
        "a fresh token does not help"
    );
    emulator.update_options(|options| options.inactive_administrator_refreshes = false);
    assert_eq!(
        refresh(&emulator, "rt-bakery").shown(),
        oauth_error("invalid_grant")
    );
    emulator.set_administrator_active(APP, BAKERY, true).unwrap();
    assert_eq!(get(&emulator, INFO, &fresh).status, 200);
}

#[test]
fn an_app_sees_only_what_its_administrator_sees() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    emulator
        .set_administrator(APP, BAKERY, Administrator::new().sees_only([1]))
        .unwrap();
    let departments = get(&emulator, "/hr/v1.0/departments", &access).body;
    let row = json!({ "id": 1, "name": "Kitchen", "number": "10" });
    assert_eq!(
        departments,
        json!({ "paging": { "offset": 0, "limit": 50, "total": 1 }, "data": [row] })
    );
    assert_eq!(get(&emulator, "/hr/v1.0/departments/2", &access).status, 404);
    assert_eq!(
        get(&emulator, "/hr/v1.0/employees", &access).body["paging"]["total"],
        1
    );
    assert_eq!(get(&emulator, "/hr/v1.0/employees/101", &access).status, 200);
    assert_eq!(get(&emulator, "/hr/v1.0/employees/102", &access).status, 404);
}

#[test]
fn an_app_edits_only_what_its_administrator_may_edit() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    emulator
        .set_administrator(APP, BAKERY, Administrator::new().may_edit(false))
        .unwrap();
    let name = json!({ "name": "Cellar" });
    for (method, target) in [
        ("POST", "/hr/v1.0/departments"),
        ("PUT", "/hr/v1.0/departments/1"),
        ("DELETE", "/hr/v1.0/departments/1"),
    ] {
        assert_eq!(
            send(&emulator, method, target, &access, &name).status,
            403,
            "{method}"
        );
    }
    emulator.update_options(|options| options.edit_refusal = http::StatusCode::UNAUTHORIZED);
    assert_eq!(
        send(&emulator, "DELETE", "/hr/v1.0/departments/1", &access, &name).status,
        401
    );
    assert_eq!(emulator.portal(BAKERY).unwrap().department_list().len(), 2);
}

#[test]
fn a_limited_administrator_sees_the_department_they_create() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    emulator
        .set_administrator(APP, BAKERY, Administrator::new().sees_only([1]))
        .unwrap();
    let created = send(
        &emulator,
        "POST",
        "/hr/v1.0/departments",
        &access,
        &json!({ "name": "Cellar" }),
    );
    assert_eq!(
        get(
            &emulator,
            &format!("/hr/v1.0/departments/{}", created.body["data"]["id"]),
            &access
        )
        .status,
        200
    );
}

#[test]
fn access_tokens_can_be_ended_ahead_of_their_time() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    assert!(emulator.is_live_access_token(&access));
    emulator.expire_access_tokens();
    assert!(!emulator.is_live_access_token(&access));
    assert_eq!(get(&emulator, INFO, &access).status, 401);
}

#[test]
fn a_connection_that_is_not_there_is_named() {
    let emulator = world().build().unwrap();
    let error = emulator.revoke("nobody", CAFE).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no connection to portal 4712 by this client id in this world: add it when building"
    );
}
