//! `/hr/v1.0/employees`.

use attache_emulator::planday::{App, Connection, Employee, Emulator, Options, Portal};
use serde_json::{Value, json};

use crate::support::{BAKERY, get, pair, world};

const LIST: &str = "/hr/v1.0/employees";

fn bakery() -> (Emulator, String) {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    (emulator, access)
}

fn ids(emulator: &Emulator, access: &str, query: &str) -> Vec<i64> {
    let answer = get(emulator, &format!("{LIST}{query}"), access);
    assert_eq!(answer.status, 200, "{query}");
    answer.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_i64().unwrap())
        .collect()
}

#[test]
fn the_list_holds_active_employees_with_the_documented_names() {
    let (emulator, access) = bakery();
    let body = get(&emulator, LIST, &access).body;
    assert_eq!(body["paging"], json!({ "offset": 0, "limit": 50, "total": 2 }));
    let mut names: Vec<&str> = body["data"][0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    let mut documented = vec![
        "id",
        "firstName",
        "lastName",
        "userName",
        "email",
        "hiredDate",
        "deactivationDate",
        "dateTimeCreated",
        "dateTimeModified",
        "dateTimeDeleted",
        "employeeTypeId",
        "salaryIdentifier",
        "primaryDepartmentId",
        "departments",
        "employeeGroups",
        "supervisorId",
        "cellPhone",
        "cellPhoneWithoutCountryPrefix",
        "cellPhoneCountryPrefix",
        "cellPhoneCountryCode",
        "phone",
        "phoneWithoutCountryPrefix",
        "phoneCountryPrefix",
        "phoneCountryCode",
        "street1",
        "street2",
        "zip",
        "city",
        "isPublic",
        "terminationTypeId",
        "terminationTypeName",
        "deactivationReason",
    ];
    documented.sort_unstable();
    assert_eq!(names, documented);
}

#[test]
fn lists_say_hired_date_and_prefix_phones_where_by_id_says_hired_from_and_does_not() {
    let mut employee = Employee::new(101, "Ada", "Holm");
    employee.hired = Some("2024-03-01".to_owned());
    employee.cell_phone = Some("20112233".to_owned());
    let emulator = world()
        .portal(Portal::new(9).employee(employee))
        .connect(Connection::new(crate::support::APP, 9).with_refresh_token("rt-nine"))
        .build()
        .unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    let row = get(&emulator, LIST, &access).body["data"][0].clone();
    assert_eq!(
        [
            &row["hiredDate"],
            &row["cellPhone"],
            &row["cellPhoneWithoutCountryPrefix"],
            &row["hiredFrom"]
        ],
        [
            &json!("2024-03-01"),
            &json!("+4520112233"),
            &json!("20112233"),
            &Value::Null
        ]
    );
    let one = get(&emulator, "/hr/v1.0/employees/101", &access).body["data"].clone();
    assert_eq!(
        [
            &one["hiredFrom"],
            &one["cellPhone"],
            &one["isDeactivated"],
            &one["hiredDate"]
        ],
        [
            &json!("2024-03-01"),
            &json!("20112233"),
            &json!(false),
            &Value::Null
        ]
    );
}

#[test]
fn filters_narrow_the_list() {
    let (emulator, access) = bakery();
    assert_eq!(ids(&emulator, &access, ""), [101, 102]);
    assert_eq!(
        ids(&emulator, &access, "?modifiedFrom=2026-06-01T12:00:00Z"),
        [102]
    );
    assert_eq!(ids(&emulator, &access, "?MODIFIEDTO=2026-06-01T11:59:59Z"), [101]);
    assert_eq!(
        ids(&emulator, &access, "?createdFrom=2026-01-05T08:00:01Z"),
        [0_i64; 0]
    );
    assert_eq!(ids(&emulator, &access, "?searchQuery=holm"), [101]);
    assert_eq!(ids(&emulator, &access, "?limit=1&offset=1"), [102]);
    for query in [
        "modifiedFrom=2026-06-01",
        "createdTo=2026-06-01T12:00:00%2B01:00",
        "includeSecurityGroups=2",
    ] {
        assert_eq!(
            get(&emulator, &format!("{LIST}?{query}"), &access).status,
            400,
            "{query}"
        );
    }
}

#[test]
fn security_groups_come_when_asked_for() {
    let (emulator, access) = bakery();
    let body = get(&emulator, &format!("{LIST}?includeSecurityGroups=true"), &access).body;
    assert_eq!(body["data"][0]["securityGroups"], json!([]));
}

#[test]
fn special_members_need_the_query_and_the_scope() {
    let employee = Employee::new(101, "Ada", "Holm").special("1990-02-03", "0302901234", ("1234", "5678"));
    let emulator = Emulator::builder()
        .options(Options::default().unknown_member(false))
        .app(App::new(crate::support::APP).scopes(["employee:read", "ssn:read", "bankaccount:read"]))
        .portal(Portal::new(BAKERY).employee(employee))
        .connect(Connection::new(crate::support::APP, BAKERY).with_refresh_token("rt-bakery"))
        .build()
        .unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    assert_eq!(get(&emulator, LIST, &access).body["data"][0].get("ssn"), None);
    let account = json!({ "registrationNumber": "1234", "accountNumber": "5678" });
    for query in ["special=Ssn,BankAccount", "special=Ssn&special=BankAccount"] {
        let one = get(&emulator, &format!("/hr/v1.0/employees/101?{query}"), &access).body["data"].clone();
        assert_eq!(
            (&one["ssn"], &one["bankAccount"]),
            (&json!("0302901234"), &account),
            "{query}"
        );
    }
    assert_eq!(
        get(&emulator, &format!("{LIST}?special=BirthDate"), &access).status,
        403
    );
    assert_eq!(
        get(&emulator, &format!("{LIST}?special=Shoe"), &access).status,
        400
    );
}

#[test]
fn unknown_employees_are_404_and_bad_ids_400_with_the_documented_messages() {
    let (emulator, access) = bakery();
    let unknown = get(&emulator, "/hr/v1.0/employees/999", &access);
    assert_eq!(
        (unknown.status, &unknown.body["detail"]),
        (404, &json!("Employee with given id doesn't exist"))
    );
    let bad = get(&emulator, "/hr/v1.0/employees/x1", &access);
    assert_eq!(
        (bad.status, &bad.body["detail"]),
        (400, &json!("Employee id is invalid"))
    );
    assert_eq!(
        get(&emulator, "/hr/v1.0/employees/103", &access).body["data"]["isDeactivated"],
        true
    );
}
