//! Deactivating and reactivating employees, and the list of those who left.

use std::time::Duration;

use attache_emulator::planday::{App, Connection, Department, Employee, Emulator, Portal, Shift};
use serde_json::{Value, json};

use crate::support::{APP, get, pair, send, world};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn portal() -> Portal {
    Portal::new(9)
        .department(Department::new(1, "Kitchen"))
        .department(Department::new(2, "Shop"))
        .employee(Employee::new(101, "Ada", "Holm").department(1))
        .employee(
            Employee::new(102, "Bo", "Lund")
                .department(1)
                .leaves_on("2026-10-31"),
        )
        .shift(Shift::new(1, 1, "2026-11-20", "08:00", "16:00").employee(101))
        .shift(Shift::new(2, 1, "2026-11-22", "08:00", "16:00").employee(101))
}

fn staffed() -> (Emulator, String) {
    let emulator = world()
        .portal(portal())
        .connect(Connection::new(APP, 9).with_refresh_token("rt-nine"))
        .build()
        .unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    (emulator, access)
}

fn ids(emulator: &Emulator, access: &str, target: &str) -> Vec<i64> {
    let answer = get(emulator, target, access);
    assert_eq!(answer.status, 200, "{target}");
    let rows = answer.body["data"].as_array().unwrap();
    rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

fn employee_of(emulator: &Emulator, access: &str, shift: i64) -> (Value, Value) {
    let row = get(emulator, &format!("/scheduling/v1.0/shifts/{shift}"), access).body["data"].clone();
    (row["employeeId"].clone(), row["status"].clone())
}

#[test]
fn who_is_deactivated_moves_from_one_list_to_the_other_and_back() {
    let (emulator, access) = staffed();
    let body = json!({ "reason": "Moved", "terminationTypeId": 3, "keepShifts": true });
    let gone = send(
        &emulator,
        "PUT",
        "/hr/v1.0/employees/deactivate/101",
        &access,
        &body,
    );
    assert_eq!((gone.status, gone.raw.len()), (204, 0));
    assert_eq!(ids(&emulator, &access, "/hr/v1.0/employees"), [0_i64; 0]);
    assert_eq!(
        ids(&emulator, &access, "/hr/v1.0/employees/deactivated"),
        [101, 102]
    );
    let row = get(&emulator, "/hr/v1.0/employees/101", &access).body["data"].clone();
    assert_eq!(
        [
            &row["isDeactivated"],
            &row["deactivationDate"],
            &row["deactivationReason"],
            &row["terminationTypeId"]
        ],
        [&json!(true), &json!("2026-11-21"), &json!("Moved"), &json!(3)]
    );
    let again = send(
        &emulator,
        "PUT",
        "/hr/v1.0/employees/deactivate/101",
        &access,
        &body,
    );
    assert_eq!(
        again.status, 400,
        "id invalid or user no longer active is one status"
    );

    let back = send(
        &emulator,
        "PUT",
        "/hr/v1.0/employees/reactivate/101",
        &access,
        &json!({ "comment": "Welcome back", "departments": [2] }),
    );
    assert_eq!((back.status, back.raw.len()), (204, 0));
    let row = get(&emulator, "/hr/v1.0/employees/101", &access).body["data"].clone();
    assert_eq!(
        [
            &row["isDeactivated"],
            &row["deactivationDate"],
            &row["departments"]
        ],
        [&json!(false), &Value::Null, &json!([2])]
    );
    let active = send(
        &emulator,
        "PUT",
        "/hr/v1.0/employees/reactivate/101",
        &access,
        &json!({}),
    );
    assert_eq!(active.status, 409);
}

#[test]
fn a_day_in_the_future_deactivates_when_it_comes() {
    let (emulator, access) = staffed();
    let body = json!({ "date": "2026-11-23", "terminationTypeId": 3 });
    send(
        &emulator,
        "PUT",
        "/hr/v1.0/employees/deactivate/101",
        &access,
        &body,
    );
    let row = get(&emulator, "/hr/v1.0/employees", &access).body["data"][0].clone();
    assert_eq!(
        [&row["deactivationDate"], &row["terminationTypeId"]],
        [&json!("2026-11-23"), &json!(3)]
    );
    emulator.clock().advance(2 * DAY);
    let (access, _) = pair(&emulator, "rt-nine");
    assert_eq!(ids(&emulator, &access, "/hr/v1.0/employees"), [0_i64; 0]);
}

#[test]
fn shifts_from_that_day_on_open_up_unless_kept() {
    let (emulator, access) = staffed();
    send(
        &emulator,
        "PUT",
        "/hr/v1.0/employees/deactivate/101",
        &access,
        &json!({}),
    );
    assert_eq!(
        [
            employee_of(&emulator, &access, 1),
            employee_of(&emulator, &access, 2)
        ],
        [(json!(101), json!("Assigned")), (Value::Null, json!("Open")),]
    );
    let (emulator, access) = staffed();
    send(
        &emulator,
        "PUT",
        "/hr/v1.0/employees/deactivate/101",
        &access,
        &json!({ "keepShifts": true }),
    );
    assert_eq!(
        employee_of(&emulator, &access, 2),
        (json!(101), json!("Assigned"))
    );
}

#[test]
fn the_deactivated_list_has_its_own_filter_and_lacks_three_members() {
    let (emulator, access) = staffed();
    let list = "/hr/v1.0/employees/deactivated";
    assert_eq!(
        ids(
            &emulator,
            &access,
            &format!("{list}?deactivatedFrom=2026-10-31T00:00:00Z")
        ),
        [102]
    );
    assert_eq!(
        ids(
            &emulator,
            &access,
            &format!("{list}?deactivatedTo=2026-10-30T23:59:59Z")
        ),
        [0_i64; 0]
    );
    let row = get(&emulator, list, &access).body["data"][0].clone();
    for member in ["supervisorId", "securityGroups", "primaryDepartmentId"] {
        assert_eq!(row.get(member), None, "{member}");
    }
    assert_eq!(
        get(&emulator, &format!("{list}?deactivatedFrom=2026-10-31"), &access).status,
        400
    );
}

#[test]
fn deactivation_takes_either_scope_that_the_documents_name() {
    let call = |scope: &str| {
        let emulator = Emulator::builder()
            .app(App::new(APP).scopes([scope]))
            .portal(portal())
            .connect(Connection::new(APP, 9).with_refresh_token("rt-nine"))
            .build()
            .unwrap();
        let (access, _) = pair(&emulator, "rt-nine");
        send(
            &emulator,
            "PUT",
            "/hr/v1.0/employees/deactivate/101",
            &access,
            &json!({}),
        )
        .status
    };
    assert_eq!(
        [
            call("employee:update"),
            call("employee:deactivate"),
            call("employee:read")
        ],
        [204, 204, 403]
    );
}
