//! Every operation on employees.

use attache_emulator::planday::{App, Employee as EmulatedEmployee, Portal};
use attache_planday::{
    Secret,
    hr::{
        DepartmentId, EmployeeGroupId, EmployeeId, Gender, ListEmployees, SecurityGroupId, Special,
        SupervisorId,
    },
};
use futures_util::TryStreamExt as _;

use crate::world::{APPLICATION_ID, BAKERY, World};

const EVERYTHING: [&str; 4] = ["employee:read", "ssn:read", "birthdate:read", "bankaccount:read"];

fn ada() -> EmulatedEmployee {
    let mut ada = EmulatedEmployee::new(51, "Ada", "Holm")
        .department(1)
        .department(2)
        .modified("2026-11-20T09:30:00Z")
        .special("1990-02-03", "030290-1234", ("1234", "0000123456"));
    ada.hired = Some("2024-03-01".to_owned());
    ada.employee_groups = vec![301];
    ada.security_groups = vec![9];
    ada.supervisor_id = Some(77);
    ada.cell_phone = Some("20123456".to_owned());
    ada.gender = Some("Female".to_owned());
    ada
}

fn staffed() -> World {
    let bakery = Portal::new(BAKERY)
        .employee(ada())
        .employee(EmulatedEmployee::new(52, "Bo", "Lund"));
    World::of(
        bakery,
        |builder| builder,
        App::new(APPLICATION_ID).scopes(EVERYTHING),
    )
}

fn query(world: &World) -> Vec<(String, String)> {
    let mut query = world.last_request().query;
    query.sort();
    query
}

#[tokio::test]
async fn employees_are_listed_with_the_names_of_lists() {
    let world = staffed();
    let client = world.bakery().await;
    let page = client
        .hr()
        .employees()
        .list(&ListEmployees::new())
        .next_page()
        .await
        .unwrap()
        .unwrap();
    let [ada, bo] = &page.items[..] else {
        panic!("two employees: {page:?}")
    };
    assert_eq!(
        (ada.id, ada.first_name.as_str(), ada.last_name.as_str()),
        (EmployeeId(51), "Ada", "Holm")
    );
    assert_eq!(ada.hired_date, Some("2024-03-01".parse().unwrap()));
    assert_eq!(
        ada.cell_phone.as_deref(),
        Some("+4520123456"),
        "with the dial prefix"
    );
    assert_eq!(ada.cell_phone_without_country_prefix.as_deref(), Some("20123456"));
    assert_eq!(ada.departments, [DepartmentId(1), DepartmentId(2)]);
    assert_eq!(ada.employee_groups, [EmployeeGroupId(301)]);
    assert_eq!(ada.supervisor_id, Some(SupervisorId(77)));
    assert_eq!(ada.modified, Some("2026-11-20T09:30:00Z".parse().unwrap()));
    assert_eq!(
        (&ada.security_groups, &ada.ssn, &ada.birth_date, &ada.bank_account),
        (&None, &None, &None, &None),
        "what was not asked for"
    );
    assert_eq!(
        (bo.hired_date, bo.cell_phone.as_ref(), &bo.departments[..]),
        (None, None, &[][..])
    );
}

#[tokio::test]
async fn an_employee_by_id_has_the_names_of_that_operation() {
    let world = staffed();
    let client = world.bakery().await;
    let ada = client.hr().employees().get(EmployeeId(51), &[]).await.unwrap();
    assert_eq!(world.last_request().path, "/hr/v1.0/employees/51");
    assert_eq!(query(&world), []);
    assert_eq!(ada.hired_from, Some("2024-03-01".parse().unwrap()));
    assert_eq!(
        ada.cell_phone.as_deref(),
        Some("20123456"),
        "without the dial prefix"
    );
    assert_eq!(
        (ada.is_deactivated, ada.gender),
        (Some(false), Some(Gender::Female))
    );
    assert_eq!(ada.security_groups, Some(vec![SecurityGroupId(9)]));
    assert_eq!((ada.ssn, ada.birth_date, ada.bank_account), (None, None, None));
}

#[tokio::test]
async fn special_members_are_asked_for_in_one_comma_joined_value() {
    let world = staffed();
    let client = world.bakery().await;
    let special = [Special::BankAccount, Special::BirthDate, Special::Ssn];
    let ada = client
        .hr()
        .employees()
        .get(EmployeeId(51), &special)
        .await
        .unwrap();
    assert_eq!(
        query(&world),
        [("special".to_owned(), "BankAccount,BirthDate,Ssn".to_owned())]
    );
    assert_eq!(ada.ssn, Some(Secret::new("030290-1234")));
    assert_eq!(ada.birth_date, Some("1990-02-03".parse().unwrap()));
    let account = ada.bank_account.unwrap();
    assert_eq!(account.registration_number, Some(Secret::new("1234")));
    assert_eq!(account.account_number, Some(Secret::new("0000123456")));

    let options = ListEmployees::new().special(special);
    let page = client
        .hr()
        .employees()
        .list(&options)
        .next_page()
        .await
        .unwrap()
        .unwrap();
    assert_eq!(page.items[0].ssn, Some(Secret::new("030290-1234")));
    assert_eq!(page.items[1].ssn, None, "asked for and not set");
}

#[tokio::test]
async fn every_option_of_a_list_is_sent_under_its_documented_name() {
    let world = staffed();
    let client = world.bakery().await;
    let at = |text: &str| text.parse().unwrap();
    let options = ListEmployees::new()
        .created_from(at("2026-01-01T00:00:00Z"))
        .created_to(at("2026-12-31T00:00:00Z"))
        .modified_from(at("2026-11-20T00:00:00.5Z"))
        .modified_to(at("2026-11-21T00:00:00.5Z"))
        .special([Special::BirthDate])
        .include_security_groups(true)
        .search_query("ada holm")
        .rows(10);
    let found: Vec<_> = client
        .hr()
        .employees()
        .list(&options)
        .items()
        .try_collect()
        .await
        .unwrap();
    let expected = [
        ("createdFrom", "2026-01-01T00:00:00Z"),
        ("createdTo", "2026-12-31T00:00:00Z"),
        ("includeSecurityGroups", "true"),
        ("limit", "10"),
        ("modifiedFrom", "2026-11-20T00:00:00Z"),
        ("modifiedTo", "2026-11-21T00:00:01Z"),
        ("offset", "0"),
        ("searchQuery", "ada holm"),
        ("special", "BirthDate"),
    ];
    assert_eq!(
        query(&world),
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].id, &found[0].security_groups),
        (EmployeeId(51), &Some(vec![SecurityGroupId(9)]))
    );
}

#[tokio::test]
async fn members_may_be_null_or_left_out_and_mean_the_same() {
    let world = staffed();
    let client = world.bakery().await;
    let employees = client.hr().employees();
    let listed = |options| {
        let mut pager = employees.list(options);
        async move { pager.next_page().await.unwrap().unwrap().items }
    };
    let options = ListEmployees::new();
    let with_nulls = (
        listed(&options).await,
        employees.get(EmployeeId(52), &[]).await.unwrap(),
    );
    world.emulator.update_options(|options| options.omit_nulls = true);
    let without = (
        listed(&options).await,
        employees.get(EmployeeId(52), &[]).await.unwrap(),
    );
    assert_eq!(with_nulls, without);
}

#[tokio::test]
async fn a_missing_special_scope_is_forbidden_and_renews_nothing() {
    let bakery = Portal::new(BAKERY).employee(ada());
    let app = App::new(APPLICATION_ID).scopes(["employee:read"]);
    let world = World::of(bakery, |builder| builder, app);
    let client = world.bakery().await;
    let error = client
        .hr()
        .employees()
        .get(EmployeeId(51), &[Special::Ssn])
        .await
        .unwrap_err();
    assert!(error.is_forbidden());
    assert_eq!(
        error.provider_message(),
        Some("Your application isn't assigned to the appropriate scope (ssn:read)")
    );
    assert_eq!(world.refreshes_and_calls(), (1, 2));
}
