//! Creating, changing, approving, assigning and publishing shifts.

use attache_emulator::planday::{Connection, Department, Employee, Emulator, Portal, Shift, ShiftStatus};
use serde_json::{Value, json};

use crate::support::{APP, get, pair, send, world};

const LIST: &str = "/scheduling/v1.0/shifts";

fn portal() -> Portal {
    Portal::new(9)
        .department(Department::new(1, "Kitchen"))
        .department(Department::new(2, "Shop").time_zone("Europe/Helsinki"))
        .employee_group(301, "Waiters")
        .employee(Employee::new(101, "Ada", "Holm").department(1))
        .employee(Employee::new(103, "Cy", "Friis").department(1).deactivated())
        .shift(
            Shift::new(1, 1, "2026-11-02", "22:00", "06:00")
                .employee(101)
                .employee_group(301),
        )
        .shift(Shift::new(2, 2, "2026-11-04", "08:00", "16:00").status(ShiftStatus::Draft))
        .shift(Shift::new(3, 2, "2026-11-04", "08:00", "16:00").status(ShiftStatus::Draft))
}

fn staffed() -> (Emulator, String) {
    let connection = Connection::new(APP, 9).with_refresh_token("rt-nine");
    let emulator = world().portal(portal()).connect(connection).build().unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    (emulator, access)
}

fn least() -> Value {
    json!({
        "departmentId": 2, "allowConflicts": false, "useBreaks": true, "date": "2026-11-30", "employeeGroupId": 301,
    })
}

fn with(members: &Value) -> Value {
    let mut body = least();
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn shift(emulator: &Emulator, access: &str, id: i64) -> Value {
    get(emulator, &format!("{LIST}/{id}"), access).body["data"].clone()
}

#[test]
fn a_created_shift_is_answered_as_it_was_written_and_read_as_it_is() {
    let (emulator, access) = staffed();
    let body = with(&json!({
        "startTime": "22:30", "endTime": "06:15", "employeeId": 101, "comment": "Keys",
        "defaultWage": { "amount": 145.5, "type": "PerHour" }, "skillIds": [951],
    }));
    let created = send(&emulator, "POST", LIST, &access, &body);
    let expected = json!({ "data": {
        "id": 4, "departmentId": 2, "employeeId": 101, "employeeGroupId": 301, "positionId": null,
        "shiftTypeId": null, "date": "2026-11-30", "startTime": "22:30", "endTime": "06:15",
        "defaultWage": { "amount": 145.5, "type": "PerHour" }, "comment": "Keys", "skillIds": [951],
        "isDraft": false,
    }});
    assert_eq!(created.shown(), (201, expected));
    let row = shift(&emulator, &access, 4);
    assert_eq!(
        [
            &row["startDateTime"],
            &row["endDateTime"],
            &row["timeZone"],
            &row["status"],
            &row["dateTimeCreated"]
        ],
        [
            &json!("2026-11-30T22:30"),
            &json!("2026-12-01T06:15"),
            &json!("Europe/Helsinki"),
            &json!("Assigned"),
            &json!("2026-11-21T12:00:00Z"),
        ]
    );
}

#[test]
fn an_end_at_the_start_is_a_day_later_and_a_zone_can_be_given() {
    let (emulator, access) = staffed();
    let body = with(&json!({ "startTime": "08:00", "endTime": "08:00", "timeZone": "Europe/London" }));
    assert_eq!(send(&emulator, "POST", LIST, &access, &body).status, 201);
    let row = shift(&emulator, &access, 4);
    assert_eq!(
        [
            &row["startDateTime"],
            &row["endDateTime"],
            &row["timeZone"],
            &row["status"]
        ],
        [
            &json!("2026-11-30T08:00"),
            &json!("2026-12-01T08:00"),
            &json!("Europe/London"),
            &json!("Open")
        ]
    );
}

#[test]
fn a_shift_without_times_has_none() {
    let (emulator, access) = staffed();
    let created = send(
        &emulator,
        "POST",
        LIST,
        &access,
        &with(&json!({ "isDraft": true })),
    );
    assert_eq!(
        [
            &created.body["data"]["startTime"],
            &created.body["data"]["isDraft"]
        ],
        [&Value::Null, &json!(true)]
    );
    let row = shift(&emulator, &access, 4);
    assert_eq!(
        [&row["startDateTime"], &row["endDateTime"], &row["status"]],
        [&Value::Null, &Value::Null, &json!("Draft")]
    );
}

#[test]
fn required_members_are_demanded_all_at_once() {
    let (emulator, access) = staffed();
    emulator
        .update_options(|options| options.error_shape = attache_emulator::planday::ErrorShape::ErrorsList);
    let refused = send(&emulator, "POST", LIST, &access, &json!({ "startTime": "08:00" }));
    let keys: Vec<&str> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["key"].as_str().unwrap())
        .collect();
    assert_eq!(
        (refused.status, keys),
        (
            409,
            vec![
                "departmentId",
                "allowConflicts",
                "useBreaks",
                "date",
                "employeeGroupId",
                "endTime"
            ]
        )
    );
}

#[test]
fn wrong_types_and_unknown_ids_are_400() {
    let (emulator, access) = staffed();
    for members in [
        json!({ "departmentId": 99 }),
        json!({ "employeeGroupId": 99 }),
        json!({ "employeeId": 99 }),
        json!({ "employeeId": 103 }),
        json!({ "positionId": 99 }),
        json!({ "shiftTypeId": 99 }),
        json!({ "date": "30.11.2026" }),
        json!({ "startTime": "8:00", "endTime": "16:00" }),
        json!({ "startTime": "08:00:00", "endTime": "16:00" }),
        json!({ "startTime": "08:00", "endTime": "24:00" }),
        json!({ "allowConflicts": "no" }),
        json!({ "defaultWage": { "amount": 3 } }),
    ] {
        assert_eq!(
            send(&emulator, "POST", LIST, &access, &with(&members)).status,
            400,
            "{members}"
        );
    }
    assert_eq!(emulator.portal(9), Some(portal()));
}

#[test]
fn an_overlap_is_a_conflict_unless_allowed() {
    let (emulator, access) = staffed();
    let create = |date: &str, start: &str, end: &str, allow: bool| {
        let members = json!({
            "date": date, "startTime": start, "endTime": end, "employeeId": 101, "allowConflicts": allow,
        });
        send(&emulator, "POST", LIST, &access, &with(&members)).status
    };
    assert_eq!(create("2026-11-03", "05:00", "09:00", false), 409);
    assert_eq!(create("2026-11-03", "06:00", "09:00", false), 201);
    assert_eq!(create("2026-11-03", "05:00", "09:00", true), 201);
}

#[test]
fn an_update_replaces_and_keeps_the_draft_state() {
    let (emulator, access) = staffed();
    let body = json!({
        "allowConflicts": true, "useBreaks": false, "date": "2026-11-05", "employeeGroupId": 301,
        "startTime": "09:00", "endTime": "17:00",
    });
    let changed = send(&emulator, "PUT", "/scheduling/v1.0/shifts/2", &access, &body);
    assert_eq!(
        (
            changed.status,
            &changed.body["data"]["isDraft"],
            &changed.body["data"]["departmentId"]
        ),
        (200, &json!(true), &json!(2))
    );
    let changed = send(&emulator, "PUT", "/scheduling/v1.0/shifts/1", &access, &body);
    assert_eq!(
        (changed.status, &changed.body["data"]["employeeId"]),
        (200, &Value::Null)
    );
    let row = shift(&emulator, &access, 1);
    assert_eq!(
        [
            &row["status"],
            &row["endDateTime"],
            &row["dateTimeModified"],
            &row["dateTimeCreated"]
        ],
        [
            &json!("Open"),
            &json!("2026-11-05T17:00"),
            &json!("2026-11-21T12:00:00Z"),
            &json!("2026-10-01T08:00:00Z")
        ]
    );
    assert_eq!(
        send(&emulator, "PUT", "/scheduling/v1.0/shifts/99", &access, &body).status,
        404
    );
}

#[test]
fn a_shift_is_assigned_opened_and_approved() {
    let (emulator, access) = staffed();
    let post = |target: &str, body: &Value| {
        send(&emulator, "POST", &format!("{LIST}/{target}"), &access, body).status
    };
    let state = || {
        let row = shift(&emulator, &access, 1);
        (row["employeeId"].clone(), row["status"].clone())
    };
    assert_eq!(post("1/approve", &Value::Null), 204);
    assert_eq!(state(), (json!(101), json!("Approved")));
    assert_eq!(post("1/employee", &json!({ "employeeId": null })), 204);
    assert_eq!(state(), (Value::Null, json!("Open")));
    assert_eq!(post("1/approve", &Value::Null), 409);
    assert_eq!(post("1/employee", &json!({ "employeeId": 103 })), 400);
    assert_eq!(post("1/employee", &json!({ "employeeId": 101 })), 204);
    assert_eq!(state(), (json!(101), json!("Assigned")));
    assert_eq!(post("99/approve", &Value::Null), 404);
    let history = get(&emulator, "/scheduling/v1.0/shifts/1/history", &access).body;
    let changes: Vec<&Value> = history["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["changes"][0])
        .collect();
    assert_eq!(changes, ["Approved", "Assigned", "Assigned"]);
}

#[test]
fn drafts_are_published_by_department_or_by_name() {
    let publish = |body: Value| {
        let (emulator, access) = staffed();
        let status = send(
            &emulator,
            "POST",
            "/scheduling/v1.0/shifts/drafts/publish",
            &access,
            &body,
        )
        .status;
        let statuses = [2, 3].map(|id| shift(&emulator, &access, id)["status"].clone());
        (status, statuses)
    };
    let (draft, open) = (json!("Draft"), json!("Open"));
    assert_eq!(
        publish(json!({ "departmentId": 2 })),
        (204, [open.clone(), open.clone()])
    );
    assert_eq!(
        publish(json!({ "departmentId": 2, "shiftIds": [3] })),
        (204, [draft.clone(), open])
    );
    assert_eq!(
        publish(json!({ "departmentId": 1 })),
        (204, [draft.clone(), draft.clone()])
    );
    assert_eq!(publish(json!({})), (409, [draft.clone(), draft]));
}
