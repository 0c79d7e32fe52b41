use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::support::{ANA, Answer, BO, COMPANY, KEY, TEAM, read, world};

fn team(version: &str) -> Answer {
    let emulator = world().build().unwrap();
    let target = format!("/api/{version}/resources/teams/teams/{TEAM}");
    let request = Request::get(target).header("x-api-key", KEY);
    let answer = read(emulator.handle(request.body(Bytes::new()).unwrap()));
    let supported = emulator.log().last().unwrap().client_faults.is_empty();
    assert_eq!(
        supported,
        [
            "2025-10-01",
            "2026-04-01",
            "2026-07-01",
            "2026-10-01",
            "2027-01-01"
        ]
        .contains(&version),
        "{version}"
    );
    answer
}

fn expected(id: &Value, company: &Value, employees: &Value) -> Value {
    json!({
        "id": id,
        "name": "Workshop",
        "company_id": company,
        "description": null,
        "avatar": null,
        "employee_ids": employees,
        "lead_ids": [],
        "depth": 0,
        "parent_team_id": null,
    })
}

#[test]
fn ids_are_strings_from_2026_07_on_and_numbers_before() {
    let strings = expected(
        &json!(TEAM.to_string()),
        &json!(COMPANY.to_string()),
        &json!([ANA.to_string(), BO.to_string()]),
    );
    let numbers = expected(&json!(TEAM), &json!(COMPANY), &json!([ANA, BO]));
    for version in ["2026-07-01", "2026-10-01", "2027-01-01"] {
        assert_eq!(team(version).shown(), (200, strings.clone()), "{version}");
    }
    for version in ["2025-10-01", "2026-04-01"] {
        assert_eq!(team(version).shown(), (200, numbers.clone()), "{version}");
    }
}

#[test]
fn an_unsupported_version_is_served_with_the_oldest_schema_and_noted() {
    for version in ["2024-10-01", "v1", "v2", "2026-11-11"] {
        assert_eq!(team(version).body["id"], json!(TEAM), "{version}");
    }
}

#[test]
fn what_is_no_version_is_not_found() {
    let emulator = world().build().unwrap();
    let request = Request::get("/api/latest/resources/teams/teams").header("x-api-key", KEY);
    let answer = read(emulator.handle(request.body(Bytes::new()).unwrap()));
    assert_eq!(answer.status, 404);
}
