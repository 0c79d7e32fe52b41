//! Schedule days, the skills of a department, and time and cost.

use attache_emulator::planday::{Connection, Department, Employee, Emulator, Portal, Shift, Skill};
use serde_json::{Value, json};

use crate::support::{APP, get, pair, send, world};

const DAYS: &str = "/scheduling/v1.0/scheduleDay";

fn staffed() -> (Emulator, String) {
    let mut paid = Shift::new(2, 1, "2026-11-03", "22:00", "05:30").employee(101);
    paid.default_wage = Some(json!({ "amount": 145.5, "type": "PerHour" }));
    let portal = Portal::new(9)
        .department(Department::new(1, "Kitchen"))
        .department(Department::new(2, "Shop"))
        .employee(Employee::new(101, "Ada", "Holm").department(1))
        .skill(Skill::new(951, "Barista"))
        .shift(Shift::new(1, 1, "2026-11-03", "08:00", "16:00"))
        .shift(paid)
        .shift(Shift::new(3, 1, "2026-11-04", "08:00", "08:00").employee(101))
        .shift(Shift::new(4, 1, "2026-11-05", "08:00", "16:00").employee(101))
        .shift(Shift::new(5, 2, "2026-11-03", "08:00", "16:00").employee(101));
    let connection = Connection::new(APP, 9).with_refresh_token("rt-nine");
    let emulator = world().portal(portal).connect(connection).build().unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    (emulator, access)
}

#[test]
fn a_day_that_was_written_about_has_an_id_and_the_others_have_none() {
    let (emulator, access) = staffed();
    let note = json!({
        "departmentId": 1, "date": "2026-12-24", "title": "Closed", "description": "From noon", "isVisible": false,
    });
    assert_eq!(
        send(&emulator, "PUT", DAYS, &access, &note).shown(),
        (204, Value::Null)
    );
    let target = format!("{DAYS}?departmentId=1&from=2026-12-23&to=2026-12-24");
    let expected = json!({ "paging": { "offset": 0, "limit": 50, "total": 2 }, "data": [
        {
            "id": null, "date": "2026-12-23", "title": null, "description": null, "isVisible": true, "holiday": [],
            "lockState": "Unlocked", "departmentId": 1,
        },
        {
            "id": 1, "date": "2026-12-24", "title": "Closed", "description": "From noon", "isVisible": false,
            "holiday": [], "lockState": "Unlocked", "departmentId": 1,
        },
    ]});
    assert_eq!(get(&emulator, &target, &access).shown(), (200, expected));
}

#[test]
fn a_department_and_both_ends_of_the_span_are_required() {
    let (emulator, access) = staffed();
    for query in [
        "from=2026-12-23&to=2026-12-24",
        "departmentId=99&from=2026-12-23&to=2026-12-24",
        "departmentId=1&from=2026-12-23",
        "departmentId=1&to=2026-12-24",
        "departmentId=1&from=2026-12-24&to=2026-12-23",
        "departmentId=1&from=2026-12-23&to=2026-12-24&limit=51",
    ] {
        assert_eq!(
            get(&emulator, &format!("{DAYS}?{query}"), &access).status,
            400,
            "{query}"
        );
    }
    assert_eq!(
        send(&emulator, "PUT", DAYS, &access, &json!({ "title": "X" })).status,
        409
    );
}

#[test]
fn time_and_cost_counts_assigned_shifts_in_days_hours_and_minutes() {
    let (emulator, access) = staffed();
    let target = "/scheduling/v1.0/timeandcost/1?from=2026-11-03&to=2026-11-04";
    let expected = json!({ "data": {
        "costs": [
            {
                "shiftId": 2, "duration": "0:07:30", "cost": 1091.25, "employeeId": 101, "date": "2026-11-03",
                "shiftTypeId": null, "positionId": null,
            },
            {
                "shiftId": 3, "duration": "1:00:00", "cost": 0.0, "employeeId": 101, "date": "2026-11-04",
                "shiftTypeId": null, "positionId": null,
            },
        ],
        "currencySymbol": "kr",
        "currencyFormatString": "{0}{1}",
    }});
    assert_eq!(get(&emulator, target, &access).shown(), (200, expected));
    let unknown = "/scheduling/v1.0/timeandcost/99?from=2026-11-03&to=2026-11-04";
    assert_eq!(get(&emulator, unknown, &access).status, 404);
    assert_eq!(
        get(&emulator, "/scheduling/v1.0/timeandcost/1", &access).status,
        400
    );
}

#[test]
fn skills_have_another_name_for_their_id_here() {
    let (emulator, access) = staffed();
    let expected = json!({ "paging": { "offset": 0, "limit": 50, "total": 1 }, "data": [{
        "id": 951, "name": "Barista", "isRemoved": false, "isDeleted": false, "description": null,
        "employeeGroupIds": [], "allEmployeeGroups": true,
    }]});
    assert_eq!(
        get(&emulator, "/scheduling/v1.0/skills?departmentId=1", &access).shown(),
        (200, expected)
    );
    assert_eq!(get(&emulator, "/scheduling/v1.0/skills", &access).status, 400);
}
