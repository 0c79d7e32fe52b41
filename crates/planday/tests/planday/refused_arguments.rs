//! Arguments that would mean something else to Planday than to the caller: nothing is sent.

use attache_emulator::planday::{App, Employee as EmulatedEmployee, Portal};
use attache_planday::{
    Date, Error, ErrorKind, LocalTime, Patch, Sent,
    hr::{DepartmentId, EmployeeGroupId, ListDeactivatedEmployees, ListEmployees},
    scheduling::{CreateShift, ListDeletedShifts, ListShifts, ShiftId, UpdateShift},
};

use crate::world::{APPLICATION_ID, BAKERY, World};

/// What a refusal shows, and that it is one.
fn refusal(error: &Error) -> String {
    assert_eq!(
        (error.kind(), error.sent(), error.attempts()),
        (ErrorKind::Configuration, Sent::No, 0)
    );
    error.to_string()
}

fn refused_list(field: &str, operation: &str) -> String {
    format!(
        "configuration: {field}: is empty, which may be read as no filter: name at least one id, or leave it unset to \
         have them all (operation scheduling.{operation}, account customer-17/planday/main)"
    )
}

fn date() -> Date {
    "2026-11-21".parse().unwrap()
}

fn time(text: &str) -> LocalTime {
    text.parse().unwrap()
}

#[tokio::test]
async fn an_empty_list_of_ids_does_not_become_a_list_of_everybody() {
    let world = World::new();
    let client = world.bakery().await;
    let before = world.refreshes_and_calls();
    let shifts = client.scheduling().shifts();
    let filters: [(&str, ListShifts); 5] = [
        ("department_ids", ListShifts::new().department_ids([])),
        ("employee_group_ids", ListShifts::new().employee_group_ids([])),
        ("shift_type_ids", ListShifts::new().shift_type_ids([])),
        ("position_ids", ListShifts::new().position_ids([])),
        ("employee_ids", ListShifts::new().employee_ids([])),
    ];
    for (field, options) in filters {
        let expected = refused_list(field, "listShifts");
        let mut pager = shifts.list(&options);
        assert_eq!(refusal(&pager.next_page().await.unwrap_err()), expected);
        assert_eq!(refusal(&pager.next_page().await.unwrap_err()), expected, "again");
        assert_eq!(
            refusal(&pager.collect().await.unwrap_err()),
            expected,
            "as a stream"
        );
    }
    let filters: [(&str, ListDeletedShifts); 5] = [
        ("department_ids", ListDeletedShifts::new().department_ids([])),
        (
            "employee_group_ids",
            ListDeletedShifts::new().employee_group_ids([]),
        ),
        ("shift_type_ids", ListDeletedShifts::new().shift_type_ids([])),
        ("position_ids", ListDeletedShifts::new().position_ids([])),
        ("employee_ids", ListDeletedShifts::new().employee_ids([])),
    ];
    for (field, options) in filters {
        let error = shifts.list_deleted(&options).next_page().await.unwrap_err();
        assert_eq!(refusal(&error), refused_list(field, "listDeletedShifts"));
    }
    assert_eq!(world.refreshes_and_calls(), before);
}

#[tokio::test]
async fn an_empty_list_of_special_members_is_left_out() {
    let bakery = Portal::new(BAKERY).employee(EmulatedEmployee::new(51, "Ada", "Holm").deactivated());
    let app = App::new(APPLICATION_ID).scopes(["employee:read"]);
    let world = World::of(bakery, |builder| builder, app);
    let client = world.bakery().await;
    let employees = client.hr().employees();
    let names = |world: &World| -> Vec<String> {
        let query = world.last_request().query;
        query.into_iter().map(|(name, _)| name).collect()
    };
    let left = employees.list_deactivated(&ListDeactivatedEmployees::new().special([]));
    assert_eq!(left.collect().await.unwrap().len(), 1);
    assert_eq!(names(&world), ["offset", "limit"]);
    let active = employees.list(&ListEmployees::new().special([]));
    assert_eq!(active.collect().await.unwrap().len(), 0);
    assert_eq!(names(&world), ["offset", "limit"]);
}

#[tokio::test]
async fn publishing_no_drafts_does_not_publish_all() {
    let world = World::new();
    let client = world.bakery().await;
    let before = world.refreshes_and_calls();
    let nothing: [ShiftId; 0] = [];
    let shifts = client.scheduling().shifts();
    let error = shifts.publish_drafts(DepartmentId(1), Some(&nothing)).await;
    assert_eq!(
        refusal(&error.unwrap_err()),
        "configuration: shift_ids: is empty, which may be read as all drafts: name at least one, or give `None` for all \
         (operation scheduling.publishDraftShifts, account customer-17/planday/main)"
    );
    assert_eq!(world.refreshes_and_calls(), before);
}

#[tokio::test]
async fn a_time_with_seconds_is_not_written_where_whole_minutes_belong() {
    let world = World::new();
    let client = world.bakery().await;
    let before = world.refreshes_and_calls();
    let shifts = client.scheduling().shifts();
    let expected = |member: &str, operation: &str| {
        format!(
            "configuration: {member}: takes whole minutes, as `HH:mm`: leave out the seconds (operation \
             scheduling.{operation}, account customer-17/planday/main)"
        )
    };
    let new = || CreateShift::new(DepartmentId(1), EmployeeGroupId(301), date());
    let change = || UpdateShift::new(EmployeeGroupId(301), date());
    for seconds in ["07:30:15", "07:30:00.5"].map(time) {
        let error = shifts.create(&new().start_time(seconds)).await.unwrap_err();
        assert_eq!(refusal(&error), expected("startTime", "createShift"));
        let error = shifts.create(&new().end_time(seconds)).await.unwrap_err();
        assert_eq!(refusal(&error), expected("endTime", "createShift"));
        let error = shifts.update(ShiftId(1), &change().start_time(seconds)).await;
        assert_eq!(refusal(&error.unwrap_err()), expected("startTime", "updateShift"));
        let error = shifts
            .update(ShiftId(1), &change().end_time(Patch::Value(seconds)))
            .await;
        assert_eq!(refusal(&error.unwrap_err()), expected("endTime", "updateShift"));
    }
    assert_eq!(world.refreshes_and_calls(), before);
    let written = shifts.create(&new().start_time(time("07:30:00"))).await;
    assert_eq!(
        written.unwrap_err().status(),
        Some(400),
        "no such group: it was sent"
    );
}

#[test]
fn what_is_searched_for_is_not_shown() {
    let active = ListEmployees::new().search_query("030290-1234").rows(10);
    let left = ListDeactivatedEmployees::new()
        .search_query("030290-1234")
        .rows(10);
    assert_eq!(
        [format!("{active:?}"), format!("{left:?}")],
        [
            "ListEmployees { created_from: None, created_to: None, modified_from: None, modified_to: None, special: [], \
             include_security_groups: false, search_query: Some(***), rows: Some(10) }",
            "ListDeactivatedEmployees { created_from: None, created_to: None, modified_from: None, modified_to: None, \
             deactivated_from: None, deactivated_to: None, special: None, search_query: Some(***), rows: Some(10) }",
        ]
    );
}
