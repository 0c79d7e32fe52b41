//! Positions, shift types and sections.

use attache_emulator::planday::{
    Administrator, Connection, Department, Emulator, Portal, Position, Shift, ShiftType,
};
use serde_json::{Value, json};

use crate::support::{APP, get, pair, send, world};

const POSITIONS: &str = "/scheduling/v1.0/positions";
const TYPES: &str = "/scheduling/v1.0/shifttypes";
const SECTIONS: &str = "/scheduling/v1.0/sections";

fn portal() -> Portal {
    Portal::new(9)
        .department(Department::new(1, "Kitchen"))
        .department(Department::new(2, "Shop"))
        .employee_group(301, "Waiters")
        .section(401, "Front", 1)
        .section(402, "Back", 2)
        .position(Position::new(601, "Counter", 1, 301).section(401))
        .position(Position::new(602, "Floor", 2, 301).end_date("2026-11-20"))
        .shift_type(ShiftType::new(501, "Normal"))
        .shift_type(ShiftType::new(502, "Sick").active(false))
        .shift(Shift::new(1, 1, "2026-11-22", "08:00", "16:00").position(601))
}

fn seen_by(administrator: Administrator) -> (Emulator, String) {
    let connection = Connection::new(APP, 9)
        .with_refresh_token("rt-nine")
        .administrator(administrator);
    let emulator = world().portal(portal()).connect(connection).build().unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    (emulator, access)
}

fn ids(emulator: &Emulator, access: &str, target: &str) -> Vec<i64> {
    let answer = get(emulator, target, access);
    assert_eq!(answer.status, 200, "{target}");
    let rows = answer.body["data"].as_array().unwrap();
    rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

#[test]
fn rows_have_the_documented_members() {
    let (emulator, access) = seen_by(Administrator::new());
    let first = |target: &str| get(&emulator, target, &access).body["data"][0].clone();
    assert_eq!(
        first(POSITIONS),
        json!({
            "id": 601, "name": "Counter", "startDate": null, "endDate": null, "isActive": true, "departmentId": 1,
            "sectionId": 401, "employeeGroupId": 301, "affectRevenue": true, "revenueUnitId": null, "skillIds": [],
            "color": null,
        })
    );
    assert_eq!(
        first(TYPES),
        json!({
            "id": 501, "name": "Normal", "color": null, "salaryCode": null, "isActive": true, "payPercentage": 100,
            "payMonetary": null, "allowsBreaks": true, "allowBooking": false, "paymentType": "Percentage",
            "includeInSchedulePrint": true,
        })
    );
    assert_eq!(
        first(SECTIONS),
        json!({ "id": 401, "name": "Front", "departmentId": 1 })
    );
}

#[test]
fn filters_and_the_maximum_of_fifty_hold() {
    let (emulator, access) = seen_by(Administrator::new());
    let ids = |target: String| ids(&emulator, &access, &target);
    assert_eq!(ids(format!("{POSITIONS}?isActive=true")), [601]);
    assert_eq!(ids(format!("{POSITIONS}?isActive=false")), [602]);
    assert_eq!(ids(format!("{TYPES}?isActive=false")), [502]);
    assert_eq!(ids(format!("{SECTIONS}?departmentId=2")), [402]);
    for target in [POSITIONS, TYPES, SECTIONS] {
        assert_eq!(
            get(&emulator, &format!("{target}?limit=100"), &access).status,
            400,
            "{target}"
        );
    }
}

#[test]
fn positions_and_sections_are_those_of_visible_departments() {
    let (emulator, access) = seen_by(Administrator::new().sees_only([2]));
    assert_eq!(ids(&emulator, &access, POSITIONS), [602]);
    assert_eq!(ids(&emulator, &access, SECTIONS), [402]);
    assert_eq!(ids(&emulator, &access, TYPES), [501, 502]);
    assert_eq!(
        get(&emulator, "/scheduling/v1.0/positions/601", &access).status,
        404
    );
}

#[test]
fn a_position_is_created_changed_and_deleted() {
    let (emulator, access) = seen_by(Administrator::new());
    let body = json!({
        "departmentId": 1, "employeeGroupId": 301, "name": "Terrace", "affectRevenue": false, "sectionId": 401,
        "color": "#00FF00", "validFrom": "2026-12-01T00:00:00", "validTo": "2026-12-31T00:00:00",
    });
    let created = send(&emulator, "POST", POSITIONS, &access, &body);
    let row = json!({ "data": {
        "id": 603, "name": "Terrace", "startDate": "2026-12-01", "endDate": "2026-12-31", "isActive": false,
        "departmentId": 1, "sectionId": 401, "employeeGroupId": 301, "affectRevenue": false, "revenueUnitId": null,
        "skillIds": [], "color": "#00FF00",
    }});
    assert_eq!(created.shown(), (201, row.clone()));
    assert_eq!(
        get(&emulator, "/scheduling/v1.0/positions/603", &access).shown(),
        (200, row)
    );
    let changed = send(
        &emulator,
        "PUT",
        "/scheduling/v1.0/positions/603",
        &access,
        &json!({ "name": "Garden", "affectRevenue": true }),
    );
    assert_eq!(
        (
            changed.status,
            &changed.body["data"]["name"],
            &changed.body["data"]["sectionId"]
        ),
        (200, &json!("Garden"), &Value::Null)
    );
    let deleted = send(
        &emulator,
        "DELETE",
        "/scheduling/v1.0/positions/603",
        &access,
        &Value::Null,
    );
    assert_eq!(deleted.shown(), (204, Value::Null));
    assert_eq!(ids(&emulator, &access, POSITIONS), [601, 602]);
}

#[test]
fn a_position_is_checked_before_it_is_kept() {
    let (emulator, access) = seen_by(Administrator::new());
    for (body, status) in [
        (json!({}), 409),
        (
            json!({ "departmentId": 9, "employeeGroupId": 301, "name": "X", "affectRevenue": true }),
            400,
        ),
        (
            json!({ "departmentId": 1, "employeeGroupId": 9, "name": "X", "affectRevenue": true }),
            400,
        ),
        (
            json!({ "departmentId": 1, "employeeGroupId": 301, "name": "X", "affectRevenue": true, "sectionId": 402 }),
            400,
        ),
    ] {
        assert_eq!(
            send(&emulator, "POST", POSITIONS, &access, &body).status,
            status,
            "{body}"
        );
    }
    assert_eq!(emulator.portal(9), Some(portal()));
}

#[test]
fn deleting_a_position_in_use_needs_to_know_what_becomes_of_its_shifts() {
    let delete = |query: &str| {
        let (emulator, access) = seen_by(Administrator::new());
        let target = format!("/scheduling/v1.0/positions/601{query}");
        let status = send(&emulator, "DELETE", &target, &access, &Value::Null).status;
        let shift = get(&emulator, "/scheduling/v1.0/shifts/1", &access);
        (status, shift.status, shift.body["data"]["positionId"].clone())
    };
    assert_eq!(delete(""), (409, 200, json!(601)));
    assert_eq!(delete("?deleteOption=Undecided"), (409, 200, json!(601)));
    assert_eq!(delete("?deleteOption=KeepPosition"), (204, 200, json!(601)));
    assert_eq!(delete("?deleteOption=RemovePosition"), (204, 200, Value::Null));
    assert_eq!(delete("?deleteOption=DeleteShifts"), (204, 404, Value::Null));
    assert_eq!(delete("?deleteOption=ReplacePosition"), (400, 200, json!(601)));
    assert_eq!(
        delete("?deleteOption=ReplacePosition&replacementPositionId=602"),
        (204, 200, json!(602))
    );
    assert_eq!(delete("?deleteOption=Burn"), (400, 200, json!(601)));
}

#[test]
fn a_shift_type_is_created_with_a_bare_id_and_changed() {
    let (emulator, access) = seen_by(Administrator::new());
    let body = json!({ "name": "Night", "color": "#000000", "salaryCode": "N1", "allowsBreaks": false });
    assert_eq!(
        send(&emulator, "POST", TYPES, &access, &body).shown(),
        (201, json!({ "id": 503 }))
    );
    let changed = json!({ "name": "Late", "color": "#000000", "salaryCode": "N2" });
    assert_eq!(
        send(
            &emulator,
            "PUT",
            "/scheduling/v1.0/shifttypes/503",
            &access,
            &changed
        )
        .shown(),
        (204, Value::Null)
    );
    let row = get(&emulator, &format!("{TYPES}?offset=2"), &access).body["data"][0].clone();
    assert_eq!(
        [&row["name"], &row["salaryCode"], &row["allowsBreaks"]],
        [&json!("Late"), &json!("N2"), &json!(false)]
    );
    assert_eq!(
        send(&emulator, "POST", TYPES, &access, &json!({ "name": "X" })).status,
        409
    );
    assert_eq!(
        send(
            &emulator,
            "PUT",
            "/scheduling/v1.0/shifttypes/99",
            &access,
            &changed
        )
        .status,
        404
    );
}
