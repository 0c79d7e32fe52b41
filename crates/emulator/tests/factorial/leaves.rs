use serde_json::{Value, json};

use crate::support::{BO, CAM, COMPANY, get, send, world};

const LEAVES: &str = "/timeoff/leaves";

#[test]
fn people_see_their_own_leaves_and_administrators_all() {
    let emulator = world().build().unwrap();
    let ids = |token: &str| get(&emulator, LEAVES, token).column("employee_id");
    assert_eq!(ids("at-bo"), [json!(BO.to_string())]);
    assert_eq!(ids("at-brisa"), [json!(BO.to_string()), json!(CAM.to_string())]);
    let other = format!("{LEAVES}/{}", COMPANY + 12);
    assert_eq!(get(&emulator, &other, "at-bo").status, 404);
    assert_eq!(get(&emulator, &other, "at-ana").status, 200);
}

#[test]
fn a_leave_is_asked_for_and_approved_by_an_action_with_the_id_in_the_body() {
    let emulator = world().build().unwrap();
    let body = json!({
        "employee_id": BO.to_string(),
        "start_on": "2027-01-04",
        "finish_on": "2027-01-08",
        "leave_type_id": "5",
        "description": "ski",
    });
    let created = send(&emulator, "POST", LEAVES, "at-bo", &body);
    let mut expected = json!({
        "id": created.body["id"],
        "company_id": COMPANY.to_string(),
        "employee_id": BO.to_string(),
        "employee_full_name": "Bo Bosch",
        "start_on": "2027-01-04",
        "finish_on": "2027-01-08",
        "created_at": "2026-11-21T12:00:00.000+00:00",
        "updated_at": "2026-11-21T12:00:00.000+00:00",
        "days_taken": 5.0,
        "half_day": null,
        "description": "ski",
        "reason": null,
        "leave_type_id": "5",
        "leave_type_name": "Holidays",
        "approved": null,
        "start_time": null,
        "hours_amount_in_cents": null,
        "deleted_at": null,
        "duration_attributes": null,
        "duration_by_day_attributes": null,
    });
    assert_eq!(created.shown(), (201, expected.clone()));

    let id = json!({ "id": created.member("id") });
    let approve = format!("{LEAVES}/approve");
    assert_eq!(send(&emulator, "POST", &approve, "at-bo", &id).status, 403);
    let approved = send(&emulator, "POST", &approve, "at-ana", &id);
    expected["approved"] = json!(true);
    assert_eq!(approved.shown(), (200, expected));
    assert_eq!(send(&emulator, "POST", &approve, "at-ana", &id).status, 409);
    let shown = get(&emulator, &format!("{LEAVES}?approved=true"), "at-bo");
    assert_eq!(shown.column("id"), [id["id"].clone()]);
}

#[test]
fn a_leave_is_rejected_with_a_reason() {
    let emulator = world().build().unwrap();
    let body = json!({ "id": (COMPANY + 11).to_string(), "reason": "fair" });
    let answer = send(&emulator, "POST", &format!("{LEAVES}/reject"), "at-ana", &body);
    assert_eq!(
        (answer.status, &answer.body["approved"], &answer.body["reason"]),
        (200, &json!(false), &json!("fair"))
    );
}

#[test]
fn a_leave_that_makes_no_sense_is_422_and_another_persons_403() {
    let emulator = world().build().unwrap();
    let status = |body: Value| send(&emulator, "POST", LEAVES, "at-bo", &body).status;
    let bo = BO.to_string();
    assert_eq!(status(json!({ "start_on": "2027-01-04" })), 422);
    assert_eq!(status(json!({ "employee_id": bo })), 422);
    assert_eq!(status(json!({ "employee_id": bo, "start_on": "soon" })), 422);
    assert_eq!(
        status(json!({ "employee_id": bo, "start_on": "2027-01-04", "finish_on": "2027-01-03" })),
        422
    );
    assert_eq!(
        status(json!({ "employee_id": CAM.to_string(), "start_on": "2027-01-04" })),
        403
    );
}

#[test]
fn a_range_of_days_narrows_the_list() {
    let emulator = world().build().unwrap();
    let ids = |query: &str| get(&emulator, &format!("{LEAVES}?{query}"), "at-ana").column("employee_id");
    assert_eq!(ids("from=2026-12-03&to=2026-12-20"), [json!(BO.to_string())]);
    assert_eq!(ids("from=2026-12-04"), [json!(CAM.to_string())]);
}
