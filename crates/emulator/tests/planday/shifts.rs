//! Reading `/scheduling/v1.0/shifts`.

use attache_emulator::planday::{
    Administrator, Connection, Department, Employee, Emulator, Options, OverLimit, Portal, Shift, ShiftStatus,
};
use serde_json::{Value, json};

use crate::support::{APP, get, pair, send, world};

const LIST: &str = "/scheduling/v1.0/shifts";

/// Four shifts in two departments, one of them in another zone.
fn portal() -> Portal {
    Portal::new(9)
        .department(Department::new(1, "Kitchen"))
        .department(Department::new(2, "Shop").time_zone("Europe/Helsinki"))
        .employee(Employee::new(101, "Ada", "Holm").department(1))
        .shift(
            Shift::new(1, 1, "2026-11-02", "08:00", "16:00")
                .employee(101)
                .employee_group(301)
                .position(601),
        )
        .shift(
            Shift::new(2, 1, "2026-11-03", "22:00", "06:00")
                .employee_group(302)
                .shift_type(501),
        )
        .shift(Shift::new(3, 2, "2026-11-04", "08:00", "16:00").status(ShiftStatus::Draft))
        .shift(
            Shift::new(4, 2, "2026-11-05", "08:00", "16:00")
                .status(ShiftStatus::PunchclockStarted)
                .modified("2026-11-05T07:00:00Z"),
        )
}

fn of(portal: Portal) -> (Emulator, String) {
    let connection = Connection::new(APP, 9).with_refresh_token("rt-nine");
    let emulator = world().portal(portal).connect(connection).build().unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    (emulator, access)
}

fn ids(emulator: &Emulator, access: &str, query: &str) -> Vec<i64> {
    let answer = get(emulator, &format!("{LIST}{query}"), access);
    assert_eq!(answer.status, 200, "{query}");
    let rows = answer.body["data"].as_array().unwrap();
    rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

#[test]
fn times_are_local_to_the_minute_and_the_zone_stands_beside_them() {
    let (emulator, access) = of(portal());
    let night = json!({
        "id": 2,
        "departmentId": 1,
        "employeeId": null,
        "employeeGroupId": 302,
        "positionId": null,
        "shiftTypeId": 501,
        "punchClockShiftId": null,
        "date": "2026-11-03",
        "startDateTime": "2026-11-03T22:00",
        "endDateTime": "2026-11-04T06:00",
        "timeZone": "Europe/Copenhagen",
        "status": "Open",
        "comment": null,
        "dateTimeCreated": "2026-10-01T08:00:00Z",
        "dateTimeModified": "2026-10-01T08:00:00Z",
        "skillIds": [],
    });
    assert_eq!(
        get(&emulator, "/scheduling/v1.0/shifts/2", &access).shown(),
        (200, json!({ "data": night }))
    );
    let body = get(&emulator, &format!("{LIST}?limit=1&offset=1"), &access).body;
    assert_eq!(
        body,
        json!({ "paging": { "offset": 1, "limit": 1, "total": 4 }, "data": [night] })
    );
    let helsinki = get(&emulator, "/scheduling/v1.0/shifts/3", &access).body;
    assert_eq!(helsinki["data"]["timeZone"], "Europe/Helsinki");
}

#[test]
fn nullable_members_can_be_left_out() {
    let (emulator, access) = of(portal());
    emulator.update_options(|options| options.omit_nulls = true);
    let row = get(&emulator, "/scheduling/v1.0/shifts/1", &access).body["data"].clone();
    for member in ["shiftTypeId", "punchClockShiftId", "comment"] {
        assert_eq!(row.get(member), None, "{member}");
    }
}

#[test]
fn every_filter_narrows_the_list() {
    let (emulator, access) = of(portal());
    for (query, expected) in [
        ("", &[1, 2, 3, 4][..]),
        ("?departmentId=2", &[3, 4]),
        ("?departmentId=1,2", &[1, 2, 3, 4]),
        ("?departmentId=1&departmentId=2", &[1, 2, 3, 4]),
        ("?DepartmentId=7", &[]),
        ("?employeeId=101", &[1]),
        ("?employeeGroupId=301,302", &[1, 2]),
        ("?positionId=601", &[1]),
        ("?shiftTypeId=501", &[2]),
        ("?shiftStatus=Draft", &[3]),
        ("?shiftStatus=assigned", &[1]),
        ("?from=2026-11-03&to=2026-11-04", &[2, 3]),
        ("?from=2026-11-05", &[4]),
        ("?to=2026-11-02", &[1]),
        ("?modifiedFrom=2026-11-05T07:00:00Z", &[4]),
        ("?modifiedTo=2026-11-05T06:59:59Z", &[1, 2, 3]),
        ("?createdFrom=2026-10-01T08:00:01Z", &[]),
        ("?departmentId=1&from=2026-11-03", &[2]),
    ] {
        assert_eq!(ids(&emulator, &access, query), expected, "{query}");
    }
}

#[test]
fn malformed_filters_are_400() {
    let (emulator, access) = of(portal());
    for query in [
        "departmentId=x",
        "employeeId=",
        "positionId=0",
        "shiftStatus=PunchclockStarted",
        "shiftStatus=Open,Draft",
        "shiftStatus=Open&shiftStatus=Draft",
        "from=2026-11-3",
        "to=2026-02-30",
        "from=2026-11-03T00:00:00Z",
        "createdFrom=2026-11-03",
        "modifiedTo=2026-11-03T00:00:00%2B01:00",
    ] {
        assert_eq!(
            get(&emulator, &format!("{LIST}?{query}"), &access).status,
            400,
            "{query}"
        );
    }
}

#[test]
fn pages_hold_one_to_five_thousand_shifts_and_fifty_when_not_told() {
    let (emulator, access) = of(Portal::generated(9, 1).departments(2).shifts(10_000));
    let page = |query: &str| {
        let body = get(&emulator, &format!("{LIST}?{query}"), &access).body;
        (
            body["paging"].clone(),
            body["data"].as_array().map_or(0, Vec::len),
        )
    };
    let paging = |offset: u32, limit: u32| json!({ "offset": offset, "limit": limit, "total": 10_000 });
    assert_eq!(page(""), (paging(0, 50), 50));
    assert_eq!(page("offset=9990"), (paging(9990, 50), 10));
    assert_eq!(page("limit=5000&offset=5000"), (paging(5000, 5000), 5000));
    assert_eq!(page("limit=1&offset=10000"), (paging(10_000, 1), 0));
    for query in ["limit=0", "limit=5001"] {
        assert_eq!(
            get(&emulator, &format!("{LIST}?{query}"), &access).status,
            400,
            "{query}"
        );
    }
    emulator.update_options(|options| options.over_limit = OverLimit::Lower);
    assert_eq!(page("limit=9000"), (paging(0, 5000), 5000));
}

#[test]
fn two_hundred_pages_of_fifty_are_every_shift_once() {
    let (emulator, access) = of(Portal::generated(9, 1).departments(2).shifts(10_000));
    emulator.set_limits(attache_emulator::planday::Limits::unlimited());
    let mut seen = Vec::new();
    for page in 0..200 {
        seen.extend(ids(&emulator, &access, &format!("?offset={}", 50 * page)));
    }
    let all: Vec<i64> = (800_001..810_001).collect();
    assert_eq!(seen, all);
}

#[test]
fn an_invented_schedule_is_the_same_for_the_same_portal() {
    let portal = || Portal::generated(9, 1).departments(3).employees(20).shifts(60);
    assert_eq!(portal(), portal());
    let shifts = portal().shift_list();
    assert_eq!(
        (shifts.len(), shifts[0].date.as_str(), shifts[59].date.as_str()),
        (60, "2026-11-02", "2026-11-04")
    );
    let known: Vec<i64> = portal().employee_list().iter().map(|one| one.id).collect();
    assert!(
        shifts
            .iter()
            .filter_map(|shift| shift.employee)
            .all(|id| known.contains(&id))
    );
}

#[test]
fn deleted_shifts_have_a_list_of_their_own() {
    let (emulator, access) = of(portal());
    assert_eq!(
        send(
            &emulator,
            "DELETE",
            "/scheduling/v1.0/shifts/2",
            &access,
            &Value::Null
        )
        .shown(),
        (204, Value::Null)
    );
    assert_eq!(ids(&emulator, &access, ""), [1, 3, 4]);
    assert_eq!(get(&emulator, "/scheduling/v1.0/shifts/2", &access).status, 404);
    let list = "/scheduling/v1.0/shifts/deleted";
    let body = get(&emulator, list, &access).body;
    assert_eq!(
        body,
        json!({ "paging": { "offset": 0, "limit": 50, "total": 1 }, "data": [{
            "id": 2,
            "departmentId": 1,
            "employeeId": null,
            "employeeGroupId": 302,
            "positionId": null,
            "shiftTypeId": 501,
            "date": "2026-11-03",
            "startDateTime": "2026-11-03T22:00",
            "endDateTime": "2026-11-04T06:00",
            "timeZone": "Europe/Copenhagen",
            "status": "Open",
            "comment": null,
            "dateTimeCreated": "2026-10-01T08:00:00Z",
            "dateTimeModified": "2026-11-21T12:00:00Z",
            "dateTimeDeleted": "2026-11-21T12:00:00Z",
            "deletedBy": 90_001,
        }]})
    );
    let total =
        |query: &str| get(&emulator, &format!("{list}?{query}"), &access).body["paging"]["total"].clone();
    assert_eq!(
        [
            total("deletedFrom=2026-11-21T12:00:00Z"),
            total("deletedTo=2026-11-21T11:59:59Z"),
            total("departmentId=2")
        ],
        [json!(1), json!(0), json!(0)]
    );
    assert_eq!(
        [
            get(&emulator, &format!("{list}?limit=1000"), &access).status,
            get(&emulator, &format!("{list}?limit=1001"), &access).status
        ],
        [200, 400]
    );
}

#[test]
fn statuses_have_the_documented_ids() {
    let (emulator, access) = of(portal());
    let body = get(&emulator, "/scheduling/v1.0/shifts/shiftstatus/all", &access).body;
    let names: Vec<(i64, &str)> = body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["id"].as_i64().unwrap(), row["name"].as_str().unwrap()))
        .collect();
    assert_eq!(
        names,
        [
            (1, "Open"),
            (2, "Assigned"),
            (3, "Approved"),
            (4, "ForSale"),
            (5, "Draft"),
            (6, "OnDuty"),
            (7, "PendingSwapAcceptance"),
            (8, "PendingApproval"),
        ]
    );
}

#[test]
fn an_administrator_sees_the_shifts_of_their_departments() {
    let connection = Connection::new(APP, 9)
        .with_refresh_token("rt-nine")
        .administrator(Administrator::new().sees_only([2]));
    let emulator = world()
        .options(Options::default())
        .portal(portal())
        .connect(connection)
        .build()
        .unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    assert_eq!(ids(&emulator, &access, ""), [3, 4]);
    assert_eq!(get(&emulator, "/scheduling/v1.0/shifts/1", &access).status, 404);
}

#[test]
fn unknown_shifts_are_404_and_ids_below_one_400() {
    let (emulator, access) = of(portal());
    let status = |id: &str| get(&emulator, &format!("{LIST}/{id}"), &access).status;
    assert_eq!([status("99"), status("0"), status("x")], [404, 400, 400]);
}
