use serde_json::{Value, json};

use crate::support::{ANA, BASIC, BO, COMPANY, KEY, get, get_with_key, world};

const WHO: &str = "/api_public/credentials";

fn item(filled: &Value) -> Value {
    let mut item = json!({});
    for name in [
        "email",
        "login_email",
        "full_name",
        "first_name",
        "last_name",
        "role",
        "gdpr_tos",
        "legal_name",
        "locale",
        "logo",
        "name",
        "onboarded_on",
        "subscription_plan",
        "tin",
        "to_be_deleted",
        "tos",
        "employee_id",
    ] {
        item[name] = Value::Null;
    }
    for (name, value) in filled.as_object().unwrap() {
        item[name] = value.clone();
    }
    item
}

#[test]
fn a_user_token_is_a_person() {
    let emulator = world().build().unwrap();
    let answer = get(&emulator, WHO, "at-bo");
    let expected = item(&json!({
        "id": format!("access-{BO}"),
        "company_id": COMPANY.to_string(),
        "employee_id": BO.to_string(),
        "email": BASIC,
        "login_email": BASIC,
        "full_name": "Bo Bosch",
        "first_name": "Bo",
        "last_name": "Bosch",
        "role": "basic",
    }));
    assert_eq!(answer.body["data"], json!([expected]));
    assert_eq!(answer.body["meta"]["total"], 1);
    let admin = get(&emulator, WHO, "at-ana");
    assert_eq!(admin.body["data"][0]["employee_id"], ANA.to_string());
    assert_eq!(admin.body["data"][0]["role"], "admin");
}

#[test]
fn a_company_token_and_a_key_are_the_company() {
    let emulator = world().build().unwrap();
    let company = |id: &str| {
        json!([item(&json!({
            "id": id,
            "company_id": COMPANY.to_string(),
            "name": "Brisa",
            "legal_name": "Brisa SL",
            "locale": "es",
            "gdpr_tos": true,
            "tos": true,
            "onboarded_on": "2024-02-01",
            "subscription_plan": "enterprise",
        }))])
    };
    let token = get(&emulator, WHO, "at-brisa");
    assert_eq!(token.body["data"], company(&format!("company-{COMPANY}")));
    let key = get_with_key(&emulator, WHO, KEY);
    assert_eq!(key.body["data"], company("api_key-1"));
}

#[test]
fn somebody_who_can_no_longer_sign_in_has_no_token_that_works() {
    let emulator = world().build().unwrap();
    emulator.set_person(BASIC, false, false).unwrap();
    assert_eq!(get(&emulator, WHO, "at-bo").status, 401);
    emulator.set_person(BASIC, true, true).unwrap();
    assert_eq!(get(&emulator, WHO, "at-bo").body["data"][0]["role"], "admin");
}
