//! Every operation on shifts.

use attache_emulator::planday::{
    App, Department, Employee, ErrorShape, Portal, Position, Shift as EmulatedShift,
    ShiftStatus as EmulatedStatus, ShiftType,
};
use attache_planday::{
    Date, LocalDateTime, LocalTime, Patch, Timestamp,
    hr::{DepartmentId, EmployeeGroupId, EmployeeId, SkillId},
    scheduling::{
        CreateShift, ListDeletedShifts, ListShifts, PositionId, SavedShift, Shift, ShiftId, ShiftStatus,
        ShiftTime, ShiftTypeId, UpdateShift, Wage, WageType,
    },
};
use futures_util::TryStreamExt as _;
use http::Method;
use serde_json::{Value, json};

use crate::world::{APPLICATION_ID, BAKERY, World};

fn portal() -> Portal {
    Portal::new(BAKERY)
        .time_zone("Europe/Copenhagen")
        .department(Department::new(1, "Kitchen"))
        .department(Department::new(2, "Shop").time_zone("Europe/London"))
        .employee_group(301, "Bakers")
        .employee(Employee::new(51, "Ada", "Holm").department(1).employee_group(301))
        .employee(Employee::new(52, "Bo", "Lund").department(2))
        .position(Position::new(601, "Oven", 1, 301))
        .shift_type(ShiftType::new(701, "Night"))
        .shift(
            EmulatedShift::new(1001, 1, "2026-11-20", "07:30", "15:00")
                .employee(51)
                .employee_group(301),
        )
        .shift(EmulatedShift::new(1002, 2, "2026-11-21", "22:00", "06:00"))
        .shift(
            EmulatedShift::new(1003, 1, "2026-11-22", "07:30", "15:00")
                .employee(51)
                .status(EmulatedStatus::PunchclockApproved),
        )
}

fn world() -> World {
    World::of(portal(), |builder| builder, App::new(APPLICATION_ID))
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn time(text: &str) -> LocalTime {
    text.parse().unwrap()
}

fn wall_clock(text: &str) -> ShiftTime {
    text.parse::<LocalDateTime>().unwrap().into()
}

fn body(world: &World) -> Value {
    serde_json::from_slice(&world.last_request().body).unwrap()
}

async fn ids(world: &World, options: ListShifts) -> Vec<i64> {
    let client = world.planday.client(&crate::world::key()).await.unwrap();
    let found = client.scheduling().shifts().list(&options).items();
    found.map_ok(|shift| shift.id.0).try_collect().await.unwrap()
}

#[tokio::test]
async fn a_shift_has_the_times_of_its_wall_and_the_name_of_their_zone() {
    let world = world();
    let client = world.bakery().await;
    let page = client
        .scheduling()
        .shifts()
        .list(&ListShifts::new())
        .next_page()
        .await;
    let page = page.unwrap().unwrap();
    assert_eq!((page.limit, page.total), (Some(5000), Some(3)));
    let [day, night, punched] = &page.items[..] else {
        panic!("three shifts: {page:?}")
    };
    assert_eq!(
        (day.id, day.department_id, day.employee_id, day.employee_group_id),
        (
            ShiftId(1001),
            Some(DepartmentId(1)),
            Some(EmployeeId(51)),
            Some(EmployeeGroupId(301))
        )
    );
    assert_eq!(
        (day.start, day.end, day.time_zone.as_deref()),
        (
            Some(wall_clock("2026-11-20T07:30")),
            Some(wall_clock("2026-11-20T15:00")),
            Some("Europe/Copenhagen")
        )
    );
    assert_eq!(day.start.unwrap().instant(), None);
    assert_eq!(
        (night.date, night.end, night.time_zone.as_deref()),
        (
            Some(date("2026-11-21")),
            Some(wall_clock("2026-11-22T06:00")),
            Some("Europe/London")
        )
    );
    assert_eq!(
        [&day.status, &night.status, &punched.status],
        [
            &ShiftStatus::Assigned,
            &ShiftStatus::Open,
            &ShiftStatus::PunchclockApproved
        ]
    );
    assert_eq!(night.employee_id, None);
    assert_eq!(
        client.scheduling().shifts().get(ShiftId(1002)).await.unwrap(),
        *night
    );
    assert_eq!(world.last_request().path, "/scheduling/v1.0/shifts/1002");
}

#[tokio::test]
async fn every_filter_is_sent_under_its_documented_name() {
    let world = world();
    let client = world.bakery().await;
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let options = ListShifts::new()
        .from(date("2026-11-16"))
        .to(date("2026-11-22"))
        .department_ids([DepartmentId(1), DepartmentId(2)])
        .employee_group_ids([EmployeeGroupId(301)])
        .shift_type_ids([ShiftTypeId(701), ShiftTypeId(702)])
        .position_ids([PositionId(601)])
        .employee_ids([EmployeeId(51), EmployeeId(52)])
        .shift_status(ShiftStatus::ForSale)
        .created_from(at("2026-01-01T00:00:00.5Z"))
        .created_to(at("2026-12-31T00:00:00.5Z"))
        .modified_from(at("2026-01-02T00:00:00Z"))
        .modified_to(at("2026-12-30T00:00:00Z"))
        .rows(200);
    client
        .scheduling()
        .shifts()
        .list(&options)
        .next_page()
        .await
        .unwrap();
    let request = world.last_request();
    assert_eq!(request.path, "/scheduling/v1.0/shifts");
    let mut query = request.query;
    query.sort();
    let expected = [
        ("createdFrom", "2026-01-01T00:00:00Z"),
        ("createdTo", "2026-12-31T00:00:01Z"),
        ("departmentId", "1,2"),
        ("employeeGroupId", "301"),
        ("employeeId", "51,52"),
        ("from", "2026-11-16"),
        ("limit", "200"),
        ("modifiedFrom", "2026-01-02T00:00:00Z"),
        ("modifiedTo", "2026-12-30T00:00:00Z"),
        ("offset", "0"),
        ("positionId", "601"),
        ("shiftStatus", "ForSale"),
        ("shiftTypeId", "701,702"),
        ("to", "2026-11-22"),
    ];
    assert_eq!(
        query,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
}

#[tokio::test]
async fn filters_narrow_the_list_and_days_are_inclusive() {
    let world = world();
    world.bakery().await;
    let days = ListShifts::new().from(date("2026-11-20")).to(date("2026-11-21"));
    assert_eq!(ids(&world, days).await, [1001, 1002]);
    let of_ada = ListShifts::new().employee_ids([EmployeeId(51)]);
    assert_eq!(ids(&world, of_ada.clone()).await, [1001, 1003]);
    assert_eq!(
        ids(&world, of_ada.shift_status(ShiftStatus::Assigned)).await,
        [1001]
    );
    let both = ListShifts::new().department_ids([DepartmentId(1), DepartmentId(2)]);
    assert_eq!(ids(&world, both).await, [1001, 1002, 1003]);
}

#[tokio::test]
async fn a_row_count_that_planday_does_not_take_is_refused() {
    let world = world();
    let client = world.bakery().await;
    for rows in [0, 5001] {
        let options = ListShifts::new().rows(rows);
        let error = client
            .scheduling()
            .shifts()
            .list(&options)
            .next_page()
            .await
            .unwrap_err();
        assert_eq!(
            (error.is_validation(), error.status()),
            (true, Some(400)),
            "{rows}"
        );
    }
}

#[tokio::test]
async fn a_shift_is_created_with_every_member_under_its_documented_name() {
    let world = world();
    let client = world.bakery().await;
    let night = CreateShift::new(DepartmentId(1), EmployeeGroupId(301), date("2026-12-01"))
        .allow_conflicts(true)
        .use_breaks(true)
        .start_time(time("22:00"))
        .end_time(time("06:00"))
        .time_zone("Europe/London")
        .employee_id(EmployeeId(51))
        .position_id(PositionId(601))
        .shift_type_id(ShiftTypeId(701))
        .default_wage(Wage::new(180.5, WageType::PerHour))
        .comment("bring keys")
        .skill_ids([SkillId(501)])
        .is_draft(true);
    let created = client.scheduling().shifts().create(&night).await.unwrap();
    let request = world.last_request();
    assert_eq!(
        (&request.method, request.path.as_str()),
        (&Method::POST, "/scheduling/v1.0/shifts")
    );
    assert_eq!(
        body(&world),
        json!({
            "departmentId": 1, "employeeGroupId": 301, "date": "2026-12-01", "allowConflicts": true, "useBreaks": true,
            "startTime": "22:00", "endTime": "06:00", "timeZone": "Europe/London", "employeeId": 51, "positionId": 601,
            "shiftTypeId": 701, "defaultWage": {"amount": 180.5, "type": "PerHour"}, "comment": "bring keys",
            "skillIds": [501], "isDraft": true,
        })
    );
    assert_eq!(
        (created.start_time, created.end_time, created.is_draft),
        (Some(time("22:00")), Some(time("06:00")), Some(true))
    );
    let wage = created.default_wage.as_ref().unwrap();
    assert_eq!(
        (wage.amount, &wage.wage_type),
        (Some(180.5), &Some(WageType::PerHour))
    );
    let read = client.scheduling().shifts().get(created.id).await.unwrap();
    assert_eq!(
        (read.status, read.end, read.time_zone.as_deref()),
        (
            ShiftStatus::Draft,
            Some(wall_clock("2026-12-02T06:00")),
            Some("Europe/London")
        )
    );
}

#[tokio::test]
async fn the_least_shift_says_what_planday_requires_and_no_more() {
    let world = world();
    let client = world.bakery().await;
    let shift = CreateShift::new(DepartmentId(1), EmployeeGroupId(301), date("2026-12-01"));
    let created = client.scheduling().shifts().create(&shift).await.unwrap();
    assert_eq!(
        body(&world),
        json!({
            "departmentId": 1, "employeeGroupId": 301, "date": "2026-12-01", "allowConflicts": false, "useBreaks": false,
        })
    );
    assert_eq!(
        (created.start_time, created.employee_id, created.default_wage),
        (None, None, None)
    );
}

#[tokio::test]
async fn a_shift_is_changed_assigned_opened_approved_and_deleted() {
    let world = world();
    let client = world.bakery().await;
    let shifts = client.scheduling().shifts();
    let id = ShiftId(1002);
    let last = |world: &World| {
        let request = world.last_request();
        (
            request.method,
            request.path,
            String::from_utf8(request.body.to_vec()).unwrap(),
        )
    };

    let change = UpdateShift::new(EmployeeGroupId(301), date("2026-11-21"))
        .start_time(time("21:30"))
        .end_time(time("05:30"))
        .comment(Patch::Null);
    let changed: SavedShift = shifts.update(id, &change).await.unwrap();
    assert_eq!(
        last(&world),
        (
            Method::PUT,
            "/scheduling/v1.0/shifts/1002".to_owned(),
            concat!(
                r#"{"employeeGroupId":301,"date":"2026-11-21","allowConflicts":false,"useBreaks":false,"#,
                r#""startTime":"21:30","endTime":"05:30","comment":null}"#
            )
            .to_owned()
        )
    );
    assert_eq!(
        (changed.id, changed.start_time, changed.end_time),
        (id, Some(time("21:30")), Some(time("05:30")))
    );

    shifts.assign(id, Some(EmployeeId(52))).await.unwrap();
    assert_eq!(
        last(&world),
        (
            Method::POST,
            "/scheduling/v1.0/shifts/1002/employee".to_owned(),
            r#"{"employeeId":52}"#.to_owned()
        )
    );
    assert_eq!(shifts.get(id).await.unwrap().status, ShiftStatus::Assigned);

    shifts.approve(id).await.unwrap();
    assert_eq!(
        last(&world),
        (
            Method::POST,
            "/scheduling/v1.0/shifts/1002/approve".to_owned(),
            String::new()
        )
    );
    assert_eq!(shifts.get(id).await.unwrap().status, ShiftStatus::Approved);

    shifts.assign(id, None).await.unwrap();
    assert_eq!(last(&world).2, r#"{"employeeId":null}"#);
    let opened = shifts.get(id).await.unwrap();
    assert_eq!((opened.status, opened.employee_id), (ShiftStatus::Open, None));
    let error = shifts.approve(id).await.unwrap_err();
    assert_eq!((error.is_validation(), error.status()), (true, Some(409)));

    shifts.delete(id).await.unwrap();
    assert_eq!(
        last(&world),
        (
            Method::DELETE,
            "/scheduling/v1.0/shifts/1002".to_owned(),
            String::new()
        )
    );
    assert!(shifts.get(id).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_deleted_shift_is_in_a_list_of_its_own() {
    let world = world();
    let client = world.bakery().await;
    let shifts = client.scheduling().shifts();
    shifts.delete(ShiftId(1001)).await.unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let options = ListDeletedShifts::new()
        .deleted_from(at("2020-01-01T00:00:00.5Z"))
        .deleted_to(at("2099-12-31T00:00:00.5Z"))
        .employee_ids([EmployeeId(51)])
        .rows(100);
    let page = shifts.list_deleted(&options).next_page().await.unwrap().unwrap();
    let request = world.last_request();
    assert_eq!(request.path, "/scheduling/v1.0/shifts/deleted");
    let mut query = request.query;
    query.sort();
    let expected = [
        ("deletedFrom", "2020-01-01T00:00:00Z"),
        ("deletedTo", "2099-12-31T00:00:01Z"),
        ("employeeId", "51"),
        ("limit", "100"),
        ("offset", "0"),
    ];
    assert_eq!(
        query,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    let [deleted] = &page.items[..] else {
        panic!("one shift: {page:?}")
    };
    assert_eq!(
        (deleted.id, deleted.start, &deleted.status),
        (
            ShiftId(1001),
            Some(wall_clock("2026-11-20T07:30")),
            &ShiftStatus::Assigned
        )
    );
    assert!(
        deleted.deleted.is_some() && deleted.deleted_by.is_some(),
        "{deleted:?}"
    );
}

#[tokio::test]
async fn drafts_are_published_all_or_those_that_are_named() {
    let world = world();
    let client = world.bakery().await;
    let shifts = client.scheduling().shifts();
    let draft = CreateShift::new(DepartmentId(1), EmployeeGroupId(301), date("2026-12-01")).is_draft(true);
    let (first, second) = (
        shifts.create(&draft).await.unwrap(),
        shifts.create(&draft).await.unwrap(),
    );
    shifts
        .publish_drafts(DepartmentId(1), Some(&[second.id]))
        .await
        .unwrap();
    let request = world.last_request();
    assert_eq!(
        (&request.method, request.path.as_str()),
        (&Method::POST, "/scheduling/v1.0/shifts/drafts/publish")
    );
    assert_eq!(body(&world), json!({"departmentId": 1, "shiftIds": [second.id]}));
    assert_eq!(shifts.get(first.id).await.unwrap().status, ShiftStatus::Draft);
    assert_eq!(shifts.get(second.id).await.unwrap().status, ShiftStatus::Open);
    shifts.publish_drafts(DepartmentId(1), None).await.unwrap();
    assert_eq!(body(&world), json!({"departmentId": 1}));
    assert_eq!(shifts.get(first.id).await.unwrap().status, ShiftStatus::Open);
}

#[tokio::test]
async fn a_shift_that_overlaps_is_a_conflict_with_the_field_unless_it_may() {
    let world = world();
    let client = world.bakery().await;
    world
        .emulator
        .update_options(|options| options.error_shape = ErrorShape::ValidationProblemDetails);
    let second = CreateShift::new(DepartmentId(1), EmployeeGroupId(301), date("2026-11-20"))
        .start_time(time("14:00"))
        .end_time(time("16:00"))
        .employee_id(EmployeeId(51));
    let error = client.scheduling().shifts().create(&second).await.unwrap_err();
    assert_eq!((error.is_validation(), error.status()), (true, Some(409)));
    let fields: Vec<_> = error
        .validation()
        .iter()
        .map(|field| field.field.as_str())
        .collect();
    assert_eq!(fields, ["employeeId"]);
    client
        .scheduling()
        .shifts()
        .create(&second.allow_conflicts(true))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_shift_that_may_be_there_is_not_sent_again() {
    use attache_emulator::planday::{Effect, Fault, Operation, Target};
    let world = world();
    let client = world.bakery().await;
    let before = world.refreshes_and_calls().1;
    world.emulator.fault(Fault::new(
        Target::Operation(Operation::CreateShift),
        Effect::status(503),
    ));
    let shift = CreateShift::new(DepartmentId(1), EmployeeGroupId(301), date("2026-12-01"));
    let error = client.scheduling().shifts().create(&shift).await.unwrap_err();
    assert_eq!((error.is_unavailable(), error.attempts()), (true, 1));
    assert_eq!(world.refreshes_and_calls().1, before + 1);
}

#[test]
fn a_shift_with_little_more_than_an_id_is_read_and_unknown_members_are_kept() {
    let shift: Shift = serde_json::from_value(json!({"id": 1, "status": "Moonlit", "later": [1]})).unwrap();
    assert_eq!(shift.status, ShiftStatus::Other("Moonlit".into()));
    assert_eq!(
        (
            shift.start,
            shift.end,
            shift.time_zone,
            shift.skill_ids,
            shift.date
        ),
        (None, None, None, None, None)
    );
    assert_eq!(shift.other["later"], json!([1]));
}

#[test]
fn times_are_read_from_every_form_that_was_seen_or_could_be() {
    let shift = |start: &str, end: &str| -> Shift {
        serde_json::from_value(json!({
            "id": 1, "status": "Open", "startDateTime": start, "endDateTime": end, "timeZone": "Europe/Copenhagen",
        }))
        .unwrap()
    };
    let plain = shift("2026-11-21T07:30", "2026-11-21T15:00:00.0000000");
    assert_eq!(
        (plain.start, plain.end),
        (
            Some(wall_clock("2026-11-21T07:30")),
            Some(wall_clock("2026-11-21T15:00"))
        )
    );
    let zoned = shift("2026-11-21T07:30:00Z", "2026-11-21T15:00+01:00");
    let instant = |time: Option<ShiftTime>| time.unwrap().instant().unwrap().to_string();
    assert_eq!(
        (instant(zoned.start), instant(zoned.end)),
        (
            "2026-11-21T07:30:00Z".to_owned(),
            "2026-11-21T14:00:00Z".to_owned()
        )
    );
    assert_eq!(zoned.end.unwrap().wall_clock().to_string(), "2026-11-21T15:00");
    let error = serde_json::from_value::<Shift>(json!({"id": 1, "status": "Open", "startDateTime": "soon"}));
    assert_eq!(
        error.unwrap_err().to_string(),
        "not a local date and time: expected YYYY-MM-DDTHH:MM"
    );
}
