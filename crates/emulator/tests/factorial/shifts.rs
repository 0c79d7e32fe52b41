use serde_json::{Value, json};

use crate::support::{ANA, BO, COMPANY, get, send, world};

const SHIFTS: &str = "/attendance/shifts";

#[test]
fn a_shift_begins_and_ends() {
    let emulator = world().build().unwrap();
    let body = json!({ "now": "2026-11-21T08:30:15", "location_type": "office", "latitude": 41.9 });
    let begun = send(&emulator, "POST", &format!("{SHIFTS}/clock_in"), "at-ana", &body);
    let mut expected = json!({
        "id": begun.body["id"],
        "employee_id": ANA.to_string(),
        "company_id": COMPANY.to_string(),
        "date": "2026-11-21",
        "reference_date": "2026-11-21",
        "created_at": "2026-11-21T12:00:00.000+00:00",
        "updated_at": "2026-11-21T12:00:00.000+00:00",
        "minutes": 0,
        "clock_in": "08:30",
        "clock_in_with_seconds": "08:30:15",
        "clock_out": null,
        "in_source": "api",
        "out_source": null,
        "observations": null,
        "location_type": "office",
        "half_day": null,
        "in_location_latitude": 41.9,
        "in_location_longitude": null,
        "in_location_accuracy": null,
        "out_location_latitude": null,
        "out_location_longitude": null,
        "out_location_accuracy": null,
        "workable": true,
        "workplace_id": null,
        "time_settings_break_configuration_id": null,
    });
    assert_eq!(begun.shown(), (200, expected.clone()));

    let body = json!({ "now": "2026-11-21T12:45:15.000+01:00", "observations": "done" });
    let ended = send(&emulator, "POST", &format!("{SHIFTS}/clock_out"), "at-ana", &body);
    expected["clock_out"] = json!("12:45");
    expected["minutes"] = json!(255);
    expected["out_source"] = json!("api");
    expected["observations"] = json!("done");
    assert_eq!(ended.shown(), (200, expected.clone()));
    let one = get(&emulator, &format!("{SHIFTS}/{}", begun.member("id")), "at-ana");
    assert_eq!(one.body, expected);
}

#[test]
fn one_shift_at_a_time_and_no_end_without_a_beginning() {
    let emulator = world().build().unwrap();
    let post = |action: &str, token: &str, body: Value| {
        send(&emulator, "POST", &format!("{SHIFTS}/{action}"), token, &body).status
    };
    let now = json!({ "now": "2026-11-21T10:00:00" });
    assert_eq!(post("clock_in", "at-bo", now.clone()), 422, "one is running");
    assert_eq!(post("clock_out", "at-ana", now), 422, "none is");
    assert_eq!(
        post("clock_out", "at-bo", json!({ "now": "2026-11-19T10:00:00" })),
        422,
        "before it began"
    );
    assert_eq!(post("clock_in", "at-ana", json!({})), 422);
    assert_eq!(post("clock_in", "at-ana", json!({ "now": "noon" })), 422);
}

#[test]
fn a_company_names_whose_shift_and_a_person_may_name_only_themselves() {
    let emulator = world().build().unwrap();
    let clock_in = |token: &str, body: Value| {
        send(&emulator, "POST", &format!("{SHIFTS}/clock_in"), token, &body).status
    };
    assert_eq!(clock_in("at-brisa", json!({ "now": "2026-11-21T08:00:00" })), 422);
    let ana = json!({ "now": "2026-11-21T08:00:00", "employee_id": ANA.to_string() });
    assert_eq!(clock_in("at-bo", ana.clone()), 403);
    assert_eq!(clock_in("at-brisa", ana), 200);
}

#[test]
fn days_and_people_narrow_the_list() {
    let emulator = world().build().unwrap();
    let rows =
        |query: &str, token: &str| get(&emulator, &format!("{SHIFTS}?{query}"), token).column("employee_id");
    let bo = [json!(BO.to_string())];
    assert_eq!(rows("start_on=2026-11-20&end_on=2026-11-20", "at-brisa"), bo);
    assert!(rows("start_on=2026-11-21", "at-brisa").is_empty());
    assert!(rows(&format!("employee_ids[]={ANA}"), "at-brisa").is_empty());
}
