//! `/hr/v1.0/employeegroups`, the membership lists, and employee types.

use attache_emulator::planday::{Administrator, App, Connection, Employee, Emulator, Portal};
use serde_json::{Value, json};

use crate::support::{APP, get, pair, send, world};

const LIST: &str = "/hr/v1.0/employeegroups";

/// Two groups, three employees of whom one left.
fn portal() -> Portal {
    Portal::new(9)
        .employee_group(301, "Waiters")
        .employee_group(302, "Cooks")
        .employee_type(901, "Full time")
        .department(attache_emulator::planday::Department::new(1, "Kitchen"))
        .department(attache_emulator::planday::Department::new(2, "Shop"))
        .employee(
            Employee::new(101, "Ada", "Holm")
                .department(1)
                .employee_group(301),
        )
        .employee(Employee::new(102, "Bo", "Lund").department(2).employee_group(301))
        .employee(
            Employee::new(103, "Cy", "Friis")
                .department(2)
                .employee_group(301)
                .deactivated(),
        )
}

fn staffed() -> (Emulator, String) {
    let connection = Connection::new(APP, 9).with_refresh_token("rt-nine");
    let emulator = world().portal(portal()).connect(connection).build().unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    (emulator, access)
}

#[test]
fn groups_are_listed_in_the_documented_envelope() {
    let (emulator, access) = staffed();
    let expected = json!({
        "paging": { "offset": 0, "limit": 50, "total": 2 },
        "data": [{ "id": 301, "name": "Waiters" }, { "id": 302, "name": "Cooks" }],
    });
    assert_eq!(get(&emulator, LIST, &access).shown(), (200, expected));
    assert_eq!(
        get(&emulator, "/hr/v1.0/employeegroups?limit=51", &access).status,
        400
    );
}

#[test]
fn a_group_is_created_read_renamed_and_deleted() {
    let (emulator, access) = staffed();
    let created = send(&emulator, "POST", LIST, &access, &json!({ "name": " Bar " }));
    let row = json!({ "data": { "id": 303, "name": "Bar" } });
    assert_eq!(created.shown(), (201, row.clone()));
    assert_eq!(
        get(&emulator, "/hr/v1.0/employeegroups/303", &access).shown(),
        (200, row)
    );
    let renamed = send(
        &emulator,
        "PUT",
        "/hr/v1.0/employeegroups/303",
        &access,
        &json!({ "name": "Pub" }),
    );
    assert_eq!((renamed.status, renamed.raw.len()), (204, 0));
    assert_eq!(
        get(&emulator, "/hr/v1.0/employeegroups/303", &access).body,
        json!({ "data": { "id": 303, "name": "Pub" } })
    );
    let deleted = send(
        &emulator,
        "DELETE",
        "/hr/v1.0/employeegroups/303",
        &access,
        &Value::Null,
    );
    assert_eq!((deleted.status, deleted.raw.len()), (204, 0));
    let gone = get(&emulator, "/hr/v1.0/employeegroups/303", &access);
    assert_eq!(
        (gone.status, &gone.body["detail"]),
        (404, &json!("Employee group with given id doesn't exist"))
    );
}

#[test]
fn a_deleted_group_has_no_members_left() {
    let (emulator, access) = staffed();
    send(
        &emulator,
        "DELETE",
        "/hr/v1.0/employeegroups/301",
        &access,
        &Value::Null,
    );
    let ada = get(&emulator, "/hr/v1.0/employees/101", &access).body;
    assert_eq!(ada["data"]["employeeGroups"], json!([]));
}

#[test]
fn a_name_is_needed_and_taken_once() {
    let (emulator, access) = staffed();
    for (body, status) in [
        (json!({}), 409),
        (json!({ "name": "  " }), 409),
        (json!({ "name": "waiters" }), 409),
        (json!({ "name": 7 }), 400),
        (json!([]), 400),
    ] {
        assert_eq!(
            send(&emulator, "POST", LIST, &access, &body).status,
            status,
            "{body}"
        );
    }
    let same = send(
        &emulator,
        "PUT",
        "/hr/v1.0/employeegroups/301",
        &access,
        &json!({ "name": "WAITERS" }),
    );
    assert_eq!(same.status, 204);
}

#[test]
fn ids_start_at_one() {
    let (emulator, access) = staffed();
    let refused = get(&emulator, "/hr/v1.0/employeegroups/0", &access);
    assert_eq!(
        (refused.status, &refused.body["detail"]),
        (400, &json!("Employee group id is invalid"))
    );
}

#[test]
fn members_are_ids_without_paging_and_without_those_who_left() {
    let (emulator, access) = staffed();
    let members = |target: &str| get(&emulator, target, &access).shown();
    assert_eq!(
        members("/hr/v1.0/employeegroups/301/employees"),
        (
            200,
            json!({ "data": [{ "employeeId": 101 }, { "employeeId": 102 }] })
        )
    );
    assert_eq!(
        members("/hr/v1.0/employeegroups/302/employees"),
        (200, json!({ "data": [] }))
    );
    assert_eq!(
        members("/hr/v1.0/departments/2/employees"),
        (200, json!({ "data": [{ "employeeId": 102 }] }))
    );
    assert_eq!(members("/hr/v1.0/departments/99/employees").0, 404);
    assert_eq!(members("/hr/v1.0/employeegroups/99/employees").0, 404);
}

#[test]
fn members_are_those_the_administrator_sees() {
    let connection = Connection::new(APP, 9)
        .with_refresh_token("rt-nine")
        .administrator(Administrator::new().sees_only([1]));
    let emulator = world().portal(portal()).connect(connection).build().unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    assert_eq!(
        get(&emulator, "/hr/v1.0/employeegroups/301/employees", &access).body,
        json!({ "data": [{ "employeeId": 101 }] })
    );
}

#[test]
fn members_need_the_scope_of_employees_and_not_of_groups() {
    let emulator = Emulator::builder()
        .app(App::new(APP).scopes(["employeegroup:read"]))
        .portal(portal())
        .connect(Connection::new(APP, 9).with_refresh_token("rt-nine"))
        .build()
        .unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    assert_eq!(get(&emulator, LIST, &access).status, 200);
    let refused = get(&emulator, "/hr/v1.0/employeegroups/301/employees", &access);
    assert_eq!(
        (refused.status, &refused.body["detail"]),
        (
            403,
            &json!("Your application isn't assigned to the appropriate scope (employee:read)")
        )
    );
}

#[test]
fn an_administrator_without_edit_rights_writes_nothing() {
    let connection = Connection::new(APP, 9)
        .with_refresh_token("rt-nine")
        .administrator(Administrator::new().may_edit(false));
    let emulator = world().portal(portal()).connect(connection).build().unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    for (method, target) in [
        ("POST", LIST),
        ("PUT", "/hr/v1.0/employeegroups/301"),
        ("DELETE", "/hr/v1.0/employeegroups/301"),
        ("POST", "/hr/v1.0/employees"),
        ("PUT", "/hr/v1.0/employees/101"),
        ("PUT", "/hr/v1.0/employees/deactivate/101"),
        ("POST", "/scheduling/v1.0/shifts"),
    ] {
        let refused = send(&emulator, method, target, &access, &json!({ "name": "X" }));
        assert_eq!(refused.status, 403, "{method} {target}");
    }
    assert_eq!(emulator.portal(9), Some(portal()));
}

#[test]
fn employee_types_are_a_paged_list() {
    let (emulator, access) = staffed();
    let expected = json!({
        "paging": { "offset": 0, "limit": 50, "total": 1 },
        "data": [{ "id": 901, "name": "Full time", "description": null }],
    });
    assert_eq!(
        get(&emulator, "/hr/v1.0/employeetypes", &access).shown(),
        (200, expected)
    );
}
