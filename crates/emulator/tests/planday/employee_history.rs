//! `/hr/v1.0/employees/{employeeId}/history`.

use std::time::Duration;

use attache_emulator::planday::{App, Connection, Department, Employee, Emulator, Portal};
use serde_json::{Value, json};

use crate::support::{APP, get, pair, send};

const HISTORY: &str = "/hr/v1.0/employees/101/history";

fn staffed() -> (Emulator, String) {
    let mut app = App::new(APP);
    app.scopes.push("ssn:update".to_owned());
    let emulator = Emulator::builder()
        .app(app)
        .portal(
            Portal::new(9)
                .department(Department::new(1, "Kitchen"))
                .employee(Employee::new(101, "Ada", "Holm").department(1)),
        )
        .connect(Connection::new(APP, 9).with_refresh_token("rt-nine"))
        .build()
        .unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    (emulator, access)
}

/// Operation, path and value of each change.
fn changes(emulator: &Emulator, access: &str, query: &str) -> Vec<(Value, Value, Value)> {
    let answer = get(emulator, &format!("{HISTORY}{query}"), access);
    assert_eq!(answer.status, 200, "{query}");
    let rows = answer.body["data"].as_array().unwrap();
    rows.iter()
        .map(|row| (row["op"].clone(), row["path"].clone(), row["value"].clone()))
        .collect()
}

#[test]
fn every_changed_member_is_on_record_with_who_and_when() {
    let (emulator, access) = staffed();
    let put = |body: &Value| send(&emulator, "PUT", "/hr/v1.0/employees/101", &access, body).status;
    assert_eq!(changes(&emulator, &access, ""), []);
    assert_eq!(put(&json!({ "city": "Odense" })), 204);
    assert_eq!(put(&json!({ "city": "Aarhus", "lastName": "Holm" })), 204);
    assert_eq!(put(&json!({ "city": null })), 204);
    let path = json!("/city");
    assert_eq!(
        changes(&emulator, &access, ""),
        [
            (json!("add"), path.clone(), json!("Odense")),
            (json!("replace"), path.clone(), json!("Aarhus")),
            (json!("remove"), path, Value::Null),
        ]
    );
    let row = get(&emulator, HISTORY, &access).body["data"][0].clone();
    assert_eq!(
        [&row["modificationDateTime"], &row["modifiedBy"]],
        [&json!("2026-11-21T12:00:00Z"), &json!(90_001)]
    );
    assert_eq!(row["modifiedByUserGuid"].as_str().map(str::len), Some(36));
}

#[test]
fn members_with_a_scope_of_their_own_stay_out() {
    let (emulator, access) = staffed();
    let body = json!({ "ssn": "0102901234" });
    assert_eq!(
        send(&emulator, "PUT", "/hr/v1.0/employees/101", &access, &body).status,
        204
    );
    assert_eq!(changes(&emulator, &access, ""), []);
}

#[test]
fn the_bounds_are_days() {
    let (emulator, access) = staffed();
    let put = |body: &Value| send(&emulator, "PUT", "/hr/v1.0/employees/101", &access, body).status;
    assert_eq!(put(&json!({ "city": "Odense" })), 204);
    emulator.clock().advance(Duration::from_secs(24 * 60 * 60));
    let (access, _) = pair(&emulator, "rt-nine");
    let leave = json!({ "date": "2026-12-31" });
    let target = "/hr/v1.0/employees/deactivate/101";
    assert_eq!(send(&emulator, "PUT", target, &access, &leave).status, 204);
    let first = (json!("add"), json!("/city"), json!("Odense"));
    let second = (json!("add"), json!("/deactivationDate"), json!("2026-12-31"));
    assert_eq!(
        [
            changes(&emulator, &access, "?endDateTime=2026-11-21"),
            changes(&emulator, &access, "?startDateTime=2026-11-22"),
            changes(
                &emulator,
                &access,
                "?startDateTime=2026-11-21&endDateTime=2026-11-22"
            ),
        ],
        [vec![first.clone()], vec![second.clone()], vec![first, second]]
    );
}
