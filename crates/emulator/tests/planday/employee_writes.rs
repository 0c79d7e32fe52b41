//! Creating and changing employees.

use attache_emulator::planday::{
    App, Connection, Department, Employee, Emulator, ErrorShape, Options, Portal, Skill,
};
use serde_json::{Value, json};

use crate::support::{APP, get, pair, send, world};

const LIST: &str = "/hr/v1.0/employees";

fn portal() -> Portal {
    let mut expiring = Skill::new(952, "First aid");
    expiring.time_limited = true;
    Portal::new(9)
        .department(Department::new(1, "Kitchen"))
        .department(Department::new(2, "Shop"))
        .employee_group(301, "Waiters")
        .employee_type(901, "Full time")
        .skill(Skill::new(951, "Barista"))
        .skill(expiring)
        .employee(Employee::new(101, "Ada", "Holm").department(1))
        .employee(Employee::new(103, "Cy", "Friis").department(1).deactivated())
        .supervisor(7001, 101)
}

fn of(portal: Portal) -> (Emulator, String) {
    let connection = Connection::new(APP, 9).with_refresh_token("rt-nine");
    let emulator = world().portal(portal).connect(connection).build().unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    (emulator, access)
}

fn least() -> Value {
    json!({ "firstName": "Dora", "lastName": "Dahl", "userName": "dora@example.com", "departments": [1] })
}

fn with(member: &str, value: Value) -> Value {
    let mut body = least();
    body[member] = value;
    body
}

#[test]
fn the_four_required_members_make_an_employee() {
    let (emulator, access) = of(portal());
    let created = send(&emulator, "POST", LIST, &access, &least());
    assert_eq!(created.status, 201, "{:?}", created.body);
    let shown = &created.body["data"];
    assert_eq!(
        [
            &shown["id"],
            &shown["userName"],
            &shown["email"],
            &shown["departments"],
            &shown["primaryDepartmentId"],
            &shown["isDeactivated"],
            &shown["dateTimeCreated"],
        ],
        [
            &json!(104),
            &json!("dora@example.com"),
            &json!("dora@example.com"),
            &json!([1]),
            &json!(1),
            &json!(false),
            &json!("2026-11-21T12:00:00Z"),
        ]
    );
    assert_eq!(
        get(&emulator, "/hr/v1.0/employees/104", &access).body,
        created.body
    );
}

#[test]
fn every_documented_member_is_kept() {
    let (emulator, access) = of(portal());
    let given = json!({
        "firstName": "Dora", "lastName": "Dahl", "userName": "dora@example.com", "departments": [1, 2],
        "email": "mail@example.com", "cellPhone": "70112233", "cellPhoneCountryCode": "SE", "phone": "33112233",
        "phoneCountryCode": "DK", "street1": "Main 1", "street2": "2nd floor", "zip": "8000", "city": "Aarhus",
        "employeeGroups": [301], "hiredFrom": "2026-12-01", "gender": "Female", "primaryDepartmentId": 2,
        "jobTitle": "Baker", "employeeTypeId": 901, "salaryIdentifier": "S-9", "supervisorId": 7001,
        "skillIds": [951], "isSupervisor": true, "custom_12": "Size M",
    });
    let created = send(&emulator, "POST", LIST, &access, &given);
    assert_eq!(created.status, 201, "{:?}", created.body);
    let shown = &created.body["data"];
    for (member, value) in given.as_object().unwrap() {
        match member.as_str() {
            "isSupervisor" => {}
            "custom_12" => assert_eq!(
                shown[member],
                json!({ "name": "custom_12", "type": "Text", "value": "Size M", "url": null })
            ),
            _ => assert_eq!(&shown[member], value, "{member}"),
        }
    }
    assert_eq!(shown["supervisorEmployeeId"], 101);
    assert_eq!(shown["cellPhoneCountryPrefix"], "+46");
    let listed = get(&emulator, &format!("{LIST}?searchQuery=dora"), &access).body["data"][0].clone();
    assert_eq!(
        [&listed["cellPhone"], &listed["phone"], &listed["hiredDate"]],
        [&json!("+4670112233"), &json!("+4533112233"), &json!("2026-12-01")]
    );
    assert_eq!(
        get(&emulator, "/hr/v1.0/employees/supervisors", &access).body["data"],
        json!([
            { "id": 7001, "employeeId": 101, "name": "Ada Holm" },
            { "id": 7002, "employeeId": 104, "name": "Dora Dahl" },
        ])
    );
}

#[test]
fn what_is_missing_is_a_conflict_that_names_every_field() {
    let (emulator, access) = of(portal().requires("cellPhone"));
    emulator.update_options(|options| options.error_shape = ErrorShape::ModelState);
    let refused = send(
        &emulator,
        "POST",
        LIST,
        &access,
        &json!({ "userName": "no address" }),
    );
    let expected = json!({
        "message": "You need to supply a valid employee to save",
        "modelState": {
            "model.firstName": ["firstName is required"],
            "model.lastName": ["lastName is required"],
            "model.departments": ["departments is required"],
            "model.userName": ["userName must be an e-mail address"],
            "model.cellPhone": ["cellPhone is required"],
        },
    });
    assert_eq!(refused.shown(), (409, expected));
    emulator.update_options(|options| options.error_shape = ErrorShape::ProblemDetails);
    let refused = send(&emulator, "POST", LIST, &access, &json!({}));
    let expected = json!({
        "type": "https://httpstatuses.io/409",
        "title": "Conflict",
        "status": 409,
        "detail": "You need to supply a valid employee to save",
        "instance": "/hr/v1.0/employees",
    });
    assert_eq!(refused.shown(), (409, expected));
    emulator.update_options(|options| options.error_shape = ErrorShape::ErrorsList);
    let refused = send(&emulator, "POST", LIST, &access, &with("departments", json!([])));
    let expected = json!({ "errors": [
        { "key": "departments", "message": "departments is required" },
        { "key": "cellPhone", "message": "cellPhone is required" },
    ]});
    assert_eq!(refused.shown(), (409, expected));
}

#[test]
fn a_user_name_belongs_to_one_employee_even_to_one_who_left() {
    let (emulator, access) = of(portal());
    let body = with("userName", json!("CY.Friis.103@example.com"));
    assert_eq!(send(&emulator, "POST", LIST, &access, &body).status, 409);
}

#[test]
fn wrong_types_and_unknown_ids_are_400_and_bad_values_409() {
    let (emulator, access) = of(portal());
    for (member, value, status) in [
        ("firstName", json!(7), 400),
        ("departments", json!(1), 400),
        ("departments", json!([99]), 400),
        ("employeeGroups", json!([99]), 400),
        ("employeeTypeId", json!(99), 400),
        ("supervisorId", json!(101), 400),
        ("primaryDepartmentId", json!(2), 400),
        ("skillIds", json!([952]), 400),
        ("hiredFrom", json!("2026-02-30"), 400),
        ("gender", json!("Other"), 409),
        ("email", json!("nowhere"), 409),
    ] {
        let refused = send(&emulator, "POST", LIST, &access, &with(member, value.clone()));
        assert_eq!(refused.status, status, "{member} {value}");
    }
    assert_eq!(emulator.portal(9), Some(portal()));
}

#[test]
fn an_update_changes_what_is_given_and_clears_what_is_null() {
    let (emulator, access) = of(portal());
    let one = "/hr/v1.0/employees/101";
    let changed = send(
        &emulator,
        "PUT",
        one,
        &access,
        &json!({ "city": "Odense", "jobTitle": "Chef" }),
    );
    assert_eq!((changed.status, changed.raw.len()), (204, 0));
    assert_eq!(
        send(&emulator, "PUT", one, &access, &json!({ "jobTitle": null })).status,
        204
    );
    let shown = get(&emulator, one, &access).body["data"].clone();
    assert_eq!(
        [
            &shown["city"],
            &shown["jobTitle"],
            &shown["firstName"],
            &shown["dateTimeModified"]
        ],
        [
            &json!("Odense"),
            &Value::Null,
            &json!("Ada"),
            &json!("2026-11-21T12:00:00Z")
        ]
    );
    assert_eq!(
        send(&emulator, "PUT", "/hr/v1.0/employees/999", &access, &json!({})).status,
        404
    );
    let gone = send(&emulator, "PUT", "/hr/v1.0/employees/103", &access, &json!({}));
    assert_eq!(
        (gone.status, &gone.body["detail"]),
        (400, &json!("Employee id is invalid"))
    );
}

#[test]
fn an_update_is_held_to_the_portals_rules_unless_told_not_to() {
    let (emulator, access) = of(portal().requires("cellPhone"));
    let put = |query: &str, body: &Value| {
        send(
            &emulator,
            "PUT",
            &format!("/hr/v1.0/employees/101{query}"),
            &access,
            body,
        )
        .status
    };
    assert_eq!(put("", &json!({ "city": "Odense" })), 409);
    assert_eq!(put("?useValidation=true", &json!({ "city": "Odense" })), 409);
    assert_eq!(put("?useValidation=false", &json!({ "city": "Odense" })), 204);
    assert_eq!(put("", &json!({ "cellPhone": "20112233" })), 204);
    assert_eq!(put("?useValidation=perhaps", &json!({})), 400);
}

#[test]
fn a_user_name_is_changed_by_an_operation_of_its_own() {
    let (emulator, access) = of(portal());
    let one = "/hr/v1.0/employees/101";
    let body = json!({ "userName": "new@example.com" });
    assert_eq!(send(&emulator, "PUT", one, &access, &body).status, 409);
    let change = |name: &str| {
        let body = json!({ "newUsername": name });
        send(
            &emulator,
            "PUT",
            "/hr/v1.0/employees/101/change_username",
            &access,
            &body,
        )
        .status
    };
    assert_eq!(
        [
            change("new@example.com"),
            change("nobody"),
            change("cy.friis.103@example.com")
        ],
        [204, 409, 409]
    );
    assert_eq!(
        get(&emulator, one, &access).body["data"]["userName"],
        "new@example.com"
    );
}

#[test]
fn special_members_need_their_own_write_scope() {
    let scopes = [
        "employee:read",
        "employee:create",
        "employee:update",
        "ssn:create",
    ];
    let emulator = Emulator::builder()
        .options(Options::default().unknown_member(false))
        .app(App::new(APP).scopes(scopes))
        .portal(portal())
        .connect(Connection::new(APP, 9).with_refresh_token("rt-nine"))
        .build()
        .unwrap();
    let (access, _) = pair(&emulator, "rt-nine");
    let create = |member: &str, value: Value| send(&emulator, "POST", LIST, &access, &with(member, value));
    assert_eq!(create("ssn", json!("0102901234")).status, 201);
    let refused = create("birthDate", json!("1990-02-01"));
    assert_eq!(
        (refused.status, &refused.body["detail"]),
        (
            403,
            &json!("Your application isn't assigned to the appropriate scope (birthdate:create)")
        )
    );
    let update = send(
        &emulator,
        "PUT",
        "/hr/v1.0/employees/101",
        &access,
        &json!({ "ssn": "0102901234" }),
    );
    assert_eq!(
        update.body["detail"],
        json!("Your application isn't assigned to the appropriate scope (ssn:update)")
    );
}

#[test]
fn field_definitions_say_what_the_portal_demands() {
    let (emulator, access) = of(portal().requires("cellPhone"));
    let definitions = |kind: &str| {
        let target = format!("/hr/v1.0/employees/fielddefinitions?type={kind}");
        get(&emulator, &target, &access)
    };
    let post = definitions("Post").body["data"].clone();
    assert_eq!(
        (
            &post["required"],
            &post["readOnly"],
            &post["unique"],
            &post["portalId"]
        ),
        (
            &json!(["firstName", "lastName", "userName", "departments", "cellPhone"]),
            &json!([]),
            &json!(["userName"]),
            &json!(9),
        )
    );
    let put = definitions("put").body["data"].clone();
    assert_eq!(
        (&put["required"], &put["readOnly"]),
        (
            &json!(["firstName", "lastName", "departments", "cellPhone"]),
            &json!(["userName"])
        )
    );
    assert_eq!(definitions("Get").status, 400);
}
