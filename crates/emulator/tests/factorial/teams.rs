use serde_json::{Value, json};

use crate::support::{ANA, BO, COMPANY, TEAM, get, send, world};

fn workshop() -> Value {
    json!({
        "id": TEAM.to_string(),
        "name": "Workshop",
        "company_id": COMPANY.to_string(),
        "description": null,
        "avatar": null,
        "employee_ids": [ANA.to_string(), BO.to_string()],
        "lead_ids": [],
        "depth": 0,
        "parent_team_id": null,
    })
}

#[test]
fn a_list_is_wrapped_and_one_is_bare() {
    let emulator = world().build().unwrap();
    let list = get(&emulator, "/teams/teams", "at-bo");
    assert_eq!(list.body["data"], json!([workshop()]));
    let one = get(&emulator, &format!("/teams/teams/{TEAM}"), "at-bo");
    assert_eq!(one.shown(), (200, workshop()));
}

#[test]
fn a_team_is_created_changed_and_deleted_with_the_documented_statuses() {
    let emulator = world().build().unwrap();
    let body = json!({ "name": "Night", "description": "22-06", "parent_team_id": TEAM.to_string() });
    let created = send(&emulator, "POST", "/teams/teams", "at-brisa", &body);
    let mut expected = workshop();
    expected["id"] = created.body["id"].clone();
    expected["name"] = json!("Night");
    expected["description"] = json!("22-06");
    expected["employee_ids"] = json!([]);
    expected["depth"] = json!(1);
    expected["parent_team_id"] = json!(TEAM.to_string());
    assert_eq!(created.shown(), (201, expected.clone()));

    let target = format!("/teams/teams/{}", created.member("id"));
    let change = json!({ "id": created.member("id"), "description": null });
    expected["description"] = Value::Null;
    let updated = send(&emulator, "PUT", &target, "at-brisa", &change);
    assert_eq!(updated.shown(), (200, expected.clone()));

    let deleted = send(&emulator, "DELETE", &target, "at-brisa", &json!({}));
    assert_eq!(deleted.shown(), (200, expected), "the object, not 204");
    assert_eq!(get(&emulator, &target, "at-brisa").status, 404);
}

#[test]
fn a_name_is_needed_and_its_own() {
    let emulator = world().build().unwrap();
    let create = |body: Value| send(&emulator, "POST", "/teams/teams", "at-ana", &body).shown();
    assert_eq!(create(json!({})), (422, json!({ "errors": ["can't be blank"] })));
    assert_eq!(
        create(json!({ "name": "Workshop" })),
        (422, json!({ "errors": ["has already been taken"] }))
    );
    assert_eq!(
        create(json!({ "name": "X", "parent_team_id": "1" })),
        (422, json!({ "errors": ["must exist"] }))
    );
}
