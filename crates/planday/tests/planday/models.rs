//! What answers become.

use attache_planday::{
    Secret,
    hr::{CustomFieldType, Department, Employee, Gender, ListedEmployee},
    portal::PortalInfo,
};
use serde_json::json;

#[test]
fn members_that_nobody_knows_are_kept_as_they_came() {
    let department: Department =
        serde_json::from_value(json!({"id": 1, "name": "Bar", "colour": {"red": 1}, "since": null})).unwrap();
    let expected = json!({"colour": {"red": 1}, "since": null});
    assert_eq!(Some(&department.other), expected.as_object());
    assert_eq!(
        format!("{:?}", department.other.keys().collect::<Vec<_>>()),
        r#"["colour", "since"]"#
    );
}

#[test]
fn only_the_id_of_a_portal_is_required() {
    let portal: PortalInfo = serde_json::from_value(json!({"id": 4711})).unwrap();
    assert_eq!((portal.id.0, portal.name, portal.portals), (4711, None, vec![]));
    let full = json!({
        "id": 4711, "name": "bakery", "companyName": "Bakery ApS", "country": "DK", "timeZone": "Romance Standard Time",
        "maxDepartments": 10, "aliases": ["baker"], "portals": [{"id": 4712, "name": "cafe", "aliases": null}]
    });
    let portal: PortalInfo = serde_json::from_value(full).unwrap();
    assert_eq!(
        (portal.max_departments, portal.aliases),
        (Some(10), vec!["baker".to_owned()])
    );
    assert_eq!(
        (portal.portals[0].id.0, portal.portals[0].aliases.len()),
        (4712, 0)
    );
    let error = serde_json::from_value::<PortalInfo>(json!({"name": "bakery"})).unwrap_err();
    assert_eq!(error.to_string(), "missing field `id`");
}

#[test]
fn dates_are_read_from_every_form_that_was_seen() {
    let employee: ListedEmployee = serde_json::from_value(json!({
        "id": 1, "firstName": "Ada", "lastName": "Holm",
        "hiredDate": "2024-03-01T00:00:00",
        "dateTimeCreated": "2024-03-01",
        "dateTimeModified": "2026-11-20T09:30:00",
        "dateTimeDeleted": "2026-11-20T09:30:00.1234567Z",
    }))
    .unwrap();
    assert_eq!(employee.hired_date, Some("2024-03-01".parse().unwrap()));
    assert_eq!(employee.created, Some("2024-03-01T00:00:00Z".parse().unwrap()));
    assert_eq!(employee.modified, Some("2026-11-20T09:30:00Z".parse().unwrap()));
    assert_eq!(
        employee.deleted,
        Some("2026-11-20T09:30:00.1234567Z".parse().unwrap())
    );
}

#[test]
fn custom_fields_are_gathered_by_the_names_of_their_members() {
    let employee: Employee = serde_json::from_value(json!({
        "id": 1, "firstName": "Ada", "lastName": "Holm",
        "custom_12": {"name": "Locker", "type": "Numeric", "value": 7, "url": null},
        "custom_3": "plain",
        "customer": "not a custom field",
    }))
    .unwrap();
    assert_eq!(
        employee.custom.keys().collect::<Vec<_>>(),
        ["custom_12", "custom_3"]
    );
    let locker = &employee.custom["custom_12"];
    assert_eq!(locker.name.as_deref(), Some("Locker"));
    assert_eq!(
        (&locker.field_type, &locker.value),
        (&Some(CustomFieldType::Numeric), &json!(7))
    );
    assert_eq!(employee.custom["custom_3"].value, json!("plain"));
    assert_eq!(employee.other.keys().collect::<Vec<_>>(), ["customer"]);
}

#[test]
fn a_gender_that_nobody_knows_keeps_its_text() {
    let gender = |text: &str| {
        let json = json!({"id": 1, "firstName": "", "lastName": "", "gender": text});
        serde_json::from_value::<Employee>(json).unwrap().gender.unwrap()
    };
    assert_eq!((gender("Male"), gender("Female")), (Gender::Male, Gender::Female));
    assert_eq!(gender("Diverse"), Gender::Other("Diverse".into()));
    assert_eq!(gender("Diverse").to_string(), "Diverse");
}

#[test]
fn escaped_names_of_members_are_the_same_names() {
    let department: Department = serde_json::from_str(r#"{"\u0069d":1,"nam\u0065":"Bar"}"#).unwrap();
    assert_eq!(
        (department.id.0, department.name.as_str(), department.other.len()),
        (1, "Bar", 0)
    );
}

#[test]
fn personal_data_is_not_shown() {
    let json = json!({
        "id": 1, "firstName": "Ada", "lastName": "Holm",
        "ssn": "canary-ssn", "birthDate": "1990-02-03",
        "bankAccount": {"registrationNumber": "canary-registration", "accountNumber": "canary-account", "iban": "canary-iban"},
        "custom_1": {"name": "Note", "type": "Text", "value": "canary-value", "url": "canary-url", "more": "canary-more"},
        "unknown": "canary-unknown",
    });
    let employee: Employee = serde_json::from_value(json.clone()).unwrap();
    let listed: ListedEmployee = serde_json::from_value(json).unwrap();
    assert_eq!(employee.ssn, Some(Secret::new("canary-ssn")));
    for shown in [
        format!("{employee:?}"),
        format!("{employee:#?}"),
        format!("{listed:?}"),
        format!("{listed:#?}"),
    ] {
        assert!(!shown.contains("canary") && !shown.contains("1990"), "{shown}");
        assert!(
            shown.contains("birth_date: Some(") && shown.contains("Holm"),
            "{shown}"
        );
    }
}
