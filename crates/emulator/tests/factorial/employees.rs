use serde_json::{Value, json};

use crate::support::{ADMIN, ANA, BASIC, BO, CAM, COMPANY, TEAM, get, send, world};

const EMPLOYEES: &str = "/employees/employees";

#[test]
fn an_employee_sees_their_own_fields_and_null_in_place_of_others() {
    let emulator = world().build().unwrap();
    let answer = get(&emulator, EMPLOYEES, "at-bo");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.column("full_name"), ["Ana Arnau", "Bo Bosch", "Cam Costa"]);
    assert_eq!(
        answer.column("bank_number"),
        [Value::Null, json!("ES00 2"), Value::Null]
    );
    let one = get(&emulator, &format!("{EMPLOYEES}/{ANA}"), "at-bo");
    assert_eq!(
        (&one.body["bank_number"], &one.body["email"]),
        (&Value::Null, &json!(ADMIN))
    );
    for token in ["at-ana", "at-brisa"] {
        let all = get(&emulator, EMPLOYEES, token).column("bank_number");
        assert_eq!(all, ["ES00 1", "ES00 2", "ES00 3"], "{token}");
    }
}

#[test]
fn a_list_is_narrowed_by_its_filters() {
    let emulator = world().build().unwrap();
    let ids = |query: &str| get(&emulator, &format!("{EMPLOYEES}?{query}"), "at-ana").column("id");
    let text = |ids: &[u64]| -> Vec<Value> { ids.iter().map(|id| json!(id.to_string())).collect() };
    assert_eq!(ids("only_active=true"), text(&[ANA, BO]));
    assert_eq!(ids("only_managers=true"), text(&[ANA]));
    assert_eq!(ids(&format!("team_ids[]={TEAM}")), text(&[ANA, BO]));
    assert_eq!(ids(&format!("emails[]={BASIC}")), text(&[BO]));
    assert_eq!(ids("full_text_name=cost"), text(&[CAM]));
    assert_eq!(ids("name_starts_with=b"), text(&[BO]));
    assert_eq!(ids("updated_at_gteq=2027-01-01"), text(&[]));
    assert_eq!(ids("legal_entity_ids[]=1"), text(&[]));
}

#[test]
fn an_employee_is_created_with_a_contract_in_an_action_of_the_collection() {
    let emulator = world().build().unwrap();
    let body = json!({
        "company_id": COMPANY.to_string(),
        "first_name": "Dan",
        "last_name": "Domènech",
        "email": "dan@brisa.example",
        "address_line1": "Carrer 1",
        "team_id": TEAM.to_string(),
    });
    let action = format!("{EMPLOYEES}/create_with_contract");
    let answer = send(&emulator, "POST", &action, "at-brisa", &body);
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    let id = answer.member("id");
    assert_eq!(answer.body["full_name"], "Dan Domènech");
    assert_eq!(answer.body["address_line_1"], "Carrer 1");
    assert_eq!(answer.body["created_at"], "2026-11-21T12:00:00.000+00:00");
    let found = get(&emulator, &format!("{EMPLOYEES}/{id}"), "at-ana");
    assert_eq!(found.body, answer.body);
    let team = get(&emulator, &format!("/teams/teams/{TEAM}"), "at-ana");
    assert!(team.body["employee_ids"].as_array().unwrap().contains(&json!(id)));
    let again = send(&emulator, "POST", &action, "at-brisa", &body);
    assert_eq!(
        again.shown(),
        (422, json!({ "errors": ["has already been taken"] }))
    );
    assert_eq!(send(&emulator, "POST", &action, "at-bo", &body).status, 403);
}

#[test]
fn a_member_that_is_required_is_missed() {
    let emulator = world().build().unwrap();
    let action = format!("{EMPLOYEES}/create_with_contract");
    for missing in ["company_id", "first_name", "last_name", "email"] {
        let mut body = json!({
            "company_id": COMPANY.to_string(), "first_name": "D", "last_name": "D", "email": "d@brisa.example",
        });
        body.as_object_mut().unwrap().remove(missing);
        let answer = send(&emulator, "POST", &action, "at-brisa", &body);
        assert_eq!(answer.status, 422, "{missing}");
    }
}

#[test]
fn an_invitation_answers_with_the_employee() {
    let emulator = world().build().unwrap();
    let body = json!({ "id": CAM.to_string(), "company_id": COMPANY.to_string() });
    let answer = send(&emulator, "POST", &format!("{EMPLOYEES}/invite"), "at-ana", &body);
    assert_eq!((answer.status, answer.member("id")), (200, CAM.to_string()));
    assert!(emulator.is_invited(COMPANY, CAM));
    let nobody = json!({ "id": "1", "company_id": COMPANY.to_string() });
    let answer = send(
        &emulator,
        "POST",
        &format!("{EMPLOYEES}/invite"),
        "at-ana",
        &nobody,
    );
    assert_eq!(answer.status, 404);
}

#[test]
fn an_update_leaves_alone_what_it_does_not_name_and_empties_what_is_null() {
    let emulator = world().build().unwrap();
    let target = format!("{EMPLOYEES}/{BO}");
    let before = get(&emulator, &target, "at-ana").body;
    let body = json!({ "id": BO.to_string(), "last_name": "Bru", "bank_number": null, "city": "Olot" });
    let answer = send(&emulator, "PUT", &target, "at-ana", &body);
    let mut expected = before;
    expected["last_name"] = json!("Bru");
    expected["full_name"] = json!("Bo Bru");
    expected["bank_number"] = Value::Null;
    expected["city"] = json!("Olot");
    expected["updated_at"] = json!("2026-11-21T12:00:00.000+00:00");
    assert_eq!(answer.shown(), (200, expected));
    assert_eq!(send(&emulator, "PUT", &target, "at-bo", &body).status, 403);
}

#[test]
fn legal_entities_are_listed() {
    let emulator = world().build().unwrap();
    let answer = get(&emulator, "/companies/legal_entities", "at-brisa");
    let expected = json!([{
        "id": (COMPANY + 1).to_string(),
        "company_id": COMPANY.to_string(),
        "country": "es",
        "legal_name": "Brisa SL",
        "currency": "EUR",
        "tin": null,
        "siret": null,
        "city": null,
        "state": null,
        "postal_code": null,
        "address_line_1": null,
        "address_line_2": null,
    }]);
    assert_eq!(answer.body["data"], expected);
    let none = get(&emulator, "/companies/legal_entities?ids[]=1", "at-brisa");
    assert_eq!(none.body["data"], json!([]));
}
