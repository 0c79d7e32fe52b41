//! Creating, changing, deactivating and reactivating employees.

use attache_emulator::planday::{App, Department, Employee as EmulatedEmployee, ErrorShape, Portal, Skill};
use attache_planday::{
    Date, InvalidField, Patch, Scope, Secret,
    hr::{
        BankAccount, CreateEmployee, DeactivateEmployee, DepartmentId, EmployeeGroupId, EmployeeId,
        EmployeeTypeId, Gender, ListDeactivatedEmployees, ListEmployees, ReactivateEmployee, SkillId,
        Special, SupervisorId, TerminationTypeId, UpdateEmployee,
    },
};
use futures_util::TryStreamExt as _;
use http::Method;
use serde_json::{Value, json};

use crate::world::{APPLICATION_ID, BAKERY, World};

fn portal() -> Portal {
    Portal::new(BAKERY)
        .department(Department::new(1, "Kitchen"))
        .department(Department::new(2, "Shop"))
        .employee_group(301, "Bakers")
        .employee_type(401, "Full time")
        .skill(Skill::new(501, "Ovens"))
        .employee(EmulatedEmployee::new(51, "Ada", "Holm").department(1))
        .supervisor(77, 51)
}

fn world() -> World {
    let scopes = Scope::KNOWN.iter().map(Scope::as_str);
    World::of(
        portal(),
        |builder| builder,
        App::new(APPLICATION_ID).scopes(scopes),
    )
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn body(world: &World) -> Value {
    serde_json::from_slice(&world.last_request().body).unwrap()
}

#[tokio::test]
async fn an_employee_is_created_with_every_member_under_its_documented_name() {
    let world = world();
    let client = world.bakery().await;
    let bo = CreateEmployee::new("Bo", "Lund", "bo@example.com", [DepartmentId(1), DepartmentId(2)])
        .cell_phone("20123456")
        .cell_phone_country_code("DK")
        .cell_phone_country_id(45)
        .phone("30123456")
        .phone_country_code("SE")
        .phone_country_id(46)
        .street1("Mill Lane 1")
        .street2("first floor")
        .zip("1000")
        .city("Copenhagen")
        .email("bo.lund@example.com")
        .employee_groups([EmployeeGroupId(301)])
        .hired_from(date("2026-12-01"))
        .gender(Gender::Male)
        .primary_department_id(DepartmentId(2))
        .job_title("Baker")
        .employee_type_id(EmployeeTypeId(401))
        .bank_account(BankAccount::new(Secret::new("1234"), Secret::new("0000123456")))
        .birth_date(date("1990-02-03"))
        .ssn(Secret::new("030290-1234"))
        .salary_identifier("S-52")
        .is_supervisor(true)
        .supervisor_id(SupervisorId(77))
        .skill_ids([SkillId(501)])
        .custom_field(12, "Locker 7")
        .custom_field(13, 42);
    let created = client.hr().employees().create(&bo).await.unwrap();
    assert_eq!(
        body(&world),
        json!({
            "firstName": "Bo", "lastName": "Lund", "userName": "bo@example.com", "departments": [1, 2],
            "cellPhone": "20123456", "cellPhoneCountryCode": "DK", "cellPhoneCountryId": 45,
            "phone": "30123456", "phoneCountryCode": "SE", "phoneCountryId": 46,
            "street1": "Mill Lane 1", "street2": "first floor", "zip": "1000", "city": "Copenhagen",
            "email": "bo.lund@example.com", "employeeGroups": [301], "hiredFrom": "2026-12-01", "gender": "Male",
            "primaryDepartmentId": 2, "jobTitle": "Baker", "employeeTypeId": 401,
            "bankAccount": {"registrationNumber": "1234", "accountNumber": "0000123456"},
            "birthDate": "1990-02-03", "ssn": "030290-1234", "salaryIdentifier": "S-52",
            "isSupervisor": true, "supervisorId": 77, "skillIds": [501],
            "custom_12": "Locker 7", "custom_13": 42,
        })
    );
    let request = world.last_request();
    assert_eq!(
        (&request.method, request.path.as_str()),
        (&Method::POST, "/hr/v1.0/employees")
    );
    assert_eq!(
        (created.id, created.first_name.as_str(), created.hired_from),
        (EmployeeId(52), "Bo", Some(date("2026-12-01")))
    );
    let special = [Special::BankAccount, Special::BirthDate, Special::Ssn];
    let read = client.hr().employees().get(created.id, &special).await.unwrap();
    assert_eq!(
        (
            read.job_title.as_deref(),
            read.primary_department_id,
            read.supervisor_id
        ),
        (Some("Baker"), Some(DepartmentId(2)), Some(SupervisorId(77)))
    );
    assert_eq!(
        (read.ssn, read.birth_date, read.bank_account),
        (bo.ssn, bo.birth_date, bo.bank_account)
    );
}

#[tokio::test]
async fn what_is_not_set_is_left_out() {
    let world = world();
    let client = world.bakery().await;
    let bo = CreateEmployee::new("Bo", "Lund", "bo@example.com", [DepartmentId(1)]);
    client.hr().employees().create(&bo).await.unwrap();
    assert_eq!(
        &world.last_request().body[..],
        br#"{"firstName":"Bo","lastName":"Lund","userName":"bo@example.com","departments":[1]}"#
    );
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_name_and_empties_what_it_sets_to_null() {
    let mut ada = EmulatedEmployee::new(51, "Ada", "Holm").department(1);
    ada.city = Some("Aarhus".to_owned());
    ada.zip = Some("8000".to_owned());
    let world = World::of(
        Portal::new(BAKERY)
            .department(Department::new(1, "Kitchen"))
            .employee(ada),
        |builder| builder,
        App::new(APPLICATION_ID),
    );
    let client = world.bakery().await;
    let change = UpdateEmployee::new()
        .last_name("Holm Lund")
        .city(Patch::Null)
        .departments([DepartmentId(1)])
        .hired_from(date("2024-03-01"))
        .custom_field(12, Value::Null);
    client
        .hr()
        .employees()
        .update(EmployeeId(51), &change)
        .await
        .unwrap();
    let request = world.last_request();
    assert_eq!(
        (&request.method, request.path.as_str(), &request.query[..]),
        (&Method::PUT, "/hr/v1.0/employees/51", &[][..])
    );
    assert_eq!(
        body(&world),
        json!({
            "lastName": "Holm Lund", "city": null, "departments": [1], "hiredFrom": "2024-03-01", "custom_12": null,
        })
    );
    let ada = client.hr().employees().get(EmployeeId(51), &[]).await.unwrap();
    assert_eq!(
        (ada.first_name.as_str(), ada.last_name.as_str()),
        ("Ada", "Holm Lund")
    );
    assert_eq!((ada.city, ada.zip.as_deref()), (None, Some("8000")));
}

#[tokio::test]
async fn fields_that_a_portal_requires_are_named_unless_validation_is_off() {
    let world = World::of(
        portal().requires("jobTitle"),
        |builder| builder,
        App::new(APPLICATION_ID),
    );
    world
        .emulator
        .update_options(|options| options.error_shape = ErrorShape::ValidationProblemDetails);
    let client = world.bakery().await;
    let employees = client.hr().employees();
    let change = UpdateEmployee::new().city("Copenhagen");
    let error = employees.update(EmployeeId(51), &change).await.unwrap_err();
    assert_eq!((error.is_validation(), error.status()), (true, Some(409)));
    assert_eq!(
        error.validation(),
        [InvalidField::new(
            "jobTitle",
            vec!["jobTitle is required".to_owned()]
        )]
    );
    assert!(!error.to_string().contains("jobTitle"), "{error}");

    let unchecked = change.use_validation(false);
    employees.update(EmployeeId(51), &unchecked).await.unwrap();
    let request = world.last_request();
    assert_eq!(request.query, [("useValidation".to_owned(), "false".to_owned())]);
    assert_eq!(&request.body[..], br#"{"city":"Copenhagen"}"#);
}

#[tokio::test]
async fn an_employee_leaves_and_comes_back() {
    let world = world();
    let client = world.bakery().await;
    let employees = client.hr().employees();
    let left = DeactivateEmployee::new()
        .date(date("2026-01-31"))
        .reason("moved away")
        .termination_type_id(TerminationTypeId(3))
        .keep_shifts(true);
    employees.deactivate(EmployeeId(51), &left).await.unwrap();
    let request = world.last_request();
    assert_eq!(
        (&request.method, request.path.as_str()),
        (&Method::PUT, "/hr/v1.0/employees/deactivate/51")
    );
    assert_eq!(
        body(&world),
        json!({"date": "2026-01-31", "reason": "moved away", "terminationTypeId": 3, "keepShifts": true})
    );

    let active: Vec<_> = employees
        .list(&ListEmployees::new())
        .items()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(active, []);
    let gone = employees
        .list_deactivated(&ListDeactivatedEmployees::new())
        .items();
    let gone: Vec<_> = gone.try_collect().await.unwrap();
    let [ada] = &gone[..] else {
        panic!("one employee left: {gone:?}")
    };
    assert_eq!(
        (ada.id, ada.deactivation_date, ada.deactivation_reason.as_deref()),
        (EmployeeId(51), Some(date("2026-01-31")), Some("moved away"))
    );
    assert_eq!(
        (
            ada.termination_type_id,
            ada.supervisor_id,
            ada.primary_department_id
        ),
        (Some(TerminationTypeId(3)), None, None)
    );

    let back = ReactivateEmployee::new()
        .comment("came back")
        .departments([DepartmentId(2)]);
    employees.reactivate(EmployeeId(51), &back).await.unwrap();
    let request = world.last_request();
    assert_eq!(
        (&request.method, request.path.as_str()),
        (&Method::PUT, "/hr/v1.0/employees/reactivate/51")
    );
    assert_eq!(body(&world), json!({"comment": "came back", "departments": [2]}));
    let ada = employees.get(EmployeeId(51), &[]).await.unwrap();
    assert_eq!(
        (ada.is_deactivated, &ada.departments[..]),
        (Some(false), &[DepartmentId(2)][..])
    );
    let error = employees.reactivate(EmployeeId(51), &back).await.unwrap_err();
    assert_eq!((error.is_validation(), error.status()), (true, Some(409)));
}

#[tokio::test]
async fn every_option_of_the_list_of_those_who_left_is_sent_under_its_documented_name() {
    let world = world();
    let client = world.bakery().await;
    let at = |text: &str| text.parse::<attache_planday::Timestamp>().unwrap();
    let options = ListDeactivatedEmployees::new()
        .created_from(at("2026-01-01T00:00:00.5Z"))
        .created_to(at("2026-12-31T00:00:00.5Z"))
        .modified_from(at("2026-01-02T00:00:00Z"))
        .modified_to(at("2026-12-30T00:00:00Z"))
        .deactivated_from(at("2026-01-03T00:00:00.5Z"))
        .deactivated_to(at("2026-12-29T00:00:00.5Z"))
        .special([Special::BirthDate, Special::Ssn])
        .search_query("ada")
        .rows(10);
    client
        .hr()
        .employees()
        .list_deactivated(&options)
        .next_page()
        .await
        .unwrap();
    let request = world.last_request();
    assert_eq!(request.path, "/hr/v1.0/employees/deactivated");
    let mut query = request.query;
    query.sort();
    let expected = [
        ("createdFrom", "2026-01-01T00:00:00Z"),
        ("createdTo", "2026-12-31T00:00:01Z"),
        ("deactivatedFrom", "2026-01-03T00:00:00Z"),
        ("deactivatedTo", "2026-12-29T00:00:01Z"),
        ("limit", "10"),
        ("modifiedFrom", "2026-01-02T00:00:00Z"),
        ("modifiedTo", "2026-12-30T00:00:00Z"),
        ("offset", "0"),
        ("searchQuery", "ada"),
        ("special", "BirthDate,Ssn"),
    ];
    assert_eq!(
        query,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
}

#[tokio::test]
async fn types_supervisors_and_skills_are_listed() {
    let world = world();
    let client = world.bakery().await;
    let types: Vec<_> = client.hr().employee_types().items().try_collect().await.unwrap();
    assert_eq!(
        types
            .iter()
            .map(|kind| (kind.id, kind.name.as_str()))
            .collect::<Vec<_>>(),
        [(EmployeeTypeId(401), "Full time")]
    );
    let supervisors: Vec<_> = client
        .hr()
        .employees()
        .supervisors()
        .items()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(
        supervisors
            .iter()
            .map(|one| (one.id, one.employee_id))
            .collect::<Vec<_>>(),
        [(SupervisorId(77), EmployeeId(51))]
    );
    let skills = client.hr().skills().await.unwrap();
    assert_eq!(world.last_request().path, "/hr/v1.0/skills");
    assert_eq!(
        skills
            .iter()
            .map(|skill| (skill.id, skill.name.as_str(), skill.is_time_limited))
            .collect::<Vec<_>>(),
        [(SkillId(501), "Ovens", Some(false))]
    );
}

#[test]
fn a_request_does_not_show_personal_data() {
    let create = CreateEmployee::new("Ada", "Holm", "ada@example.com", [DepartmentId(1)])
        .bank_account(BankAccount::new(Secret::new("canary-1"), Secret::new("canary-2")))
        .birth_date(date("1990-02-03"))
        .ssn(Secret::new("canary-3"))
        .custom_field(12, "canary-4");
    let update = UpdateEmployee::new()
        .bank_account(BankAccount::new(Secret::new("canary-1"), Secret::new("canary-2")))
        .birth_date(date("1990-02-03"))
        .ssn(Secret::new("canary-3"))
        .custom_field(12, "canary-4");
    for shown in [format!("{create:?}"), format!("{update:?}")] {
        assert!(!shown.contains("canary") && !shown.contains("1990"), "{shown}");
        assert!(
            shown.contains("custom: [12]") && shown.contains("ssn: "),
            "{shown}"
        );
    }
}
