//! Every operation on employee groups, and who belongs to what.

use attache_emulator::planday::{App, Department, Employee, Portal};
use attache_planday::hr::{DepartmentId, EmployeeGroup, EmployeeGroupFields, EmployeeGroupId, EmployeeId};
use futures_util::TryStreamExt as _;
use http::Method;

use crate::world::{APPLICATION_ID, BAKERY, World};

fn plain(group: &EmployeeGroup) -> (i64, &str) {
    (group.id.0, &group.name)
}

fn world() -> World {
    let bakery = Portal::new(BAKERY)
        .department(Department::new(1, "Kitchen"))
        .department(Department::new(2, "Shop"))
        .employee_group(301, "Bakers")
        .employee_group(302, "Waiters")
        .employee(Employee::new(51, "Ada", "Holm").department(1).employee_group(301))
        .employee(
            Employee::new(52, "Bo", "Lund")
                .department(1)
                .department(2)
                .employee_group(301),
        );
    World::of(bakery, |builder| builder, App::new(APPLICATION_ID))
}

#[tokio::test]
async fn employee_groups_are_listed_fifty_at_a_time() {
    let portal = (1..=70).fold(Portal::new(BAKERY), |portal, id| {
        portal.employee_group(id, format!("Group {id}"))
    });
    let world = World::of(portal, |builder| builder, App::new(APPLICATION_ID));
    let client = world.bakery().await;
    let page = client.hr().employee_groups().list().next_page().await;
    let page = page.unwrap().unwrap();
    assert_eq!(
        (page.items.len(), page.limit, page.total),
        (50, Some(50), Some(70))
    );
    let all = client.hr().employee_groups().list_by(30).items();
    let all: Vec<_> = all.map_ok(|group| group.id.0).try_collect().await.unwrap();
    assert_eq!(all, (1..=70).collect::<Vec<i64>>());
}

#[tokio::test]
async fn an_employee_group_is_created_read_changed_and_deleted() {
    let world = world();
    let client = world.bakery().await;
    let groups = client.hr().employee_groups();

    let created = groups.create(&EmployeeGroupFields::new("Drivers")).await.unwrap();
    let request = world.last_request();
    assert_eq!(
        (&request.method, request.path.as_str(), &request.body[..]),
        (
            &Method::POST,
            "/hr/v1.0/employeegroups",
            &br#"{"name":"Drivers"}"#[..]
        )
    );
    assert_eq!(plain(&created), (303, "Drivers"));
    assert_eq!(groups.get(created.id).await.unwrap(), created);

    groups
        .update(created.id, &EmployeeGroupFields::new("Couriers"))
        .await
        .unwrap();
    let request = world.last_request();
    assert_eq!(
        (&request.method, request.path.as_str(), &request.body[..]),
        (
            &Method::PUT,
            "/hr/v1.0/employeegroups/303",
            &br#"{"name":"Couriers"}"#[..]
        )
    );
    assert_eq!(plain(&groups.get(created.id).await.unwrap()), (303, "Couriers"));

    groups.delete(created.id).await.unwrap();
    let error = groups.get(created.id).await.unwrap_err();
    assert_eq!(
        (error.is_not_found(), error.operation()),
        (true, Some("hr.getEmployeeGroup"))
    );
}

#[tokio::test]
async fn members_are_named_by_their_ids() {
    let world = world();
    let client = world.bakery().await;
    let ids = |members: Vec<attache_planday::hr::Membership>| -> Vec<_> {
        members.into_iter().map(|member| member.employee_id).collect()
    };

    let bakers = client
        .hr()
        .employee_groups()
        .employees(EmployeeGroupId(301))
        .await;
    assert_eq!(ids(bakers.unwrap()), [EmployeeId(51), EmployeeId(52)]);
    assert_eq!(world.last_request().path, "/hr/v1.0/employeegroups/301/employees");
    let waiters = client
        .hr()
        .employee_groups()
        .employees(EmployeeGroupId(302))
        .await;
    assert_eq!(ids(waiters.unwrap()), []);

    let shop = client.hr().departments().employees(DepartmentId(2)).await;
    assert_eq!(ids(shop.unwrap()), [EmployeeId(52)]);
    assert_eq!(world.last_request().path, "/hr/v1.0/departments/2/employees");
    let nowhere = client.hr().departments().employees(DepartmentId(9)).await;
    assert!(nowhere.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_name_that_is_taken_is_a_conflict_with_the_field() {
    let world = world();
    let client = world.bakery().await;
    world.emulator.update_options(|options| {
        options.error_shape = attache_emulator::planday::ErrorShape::ValidationProblemDetails;
    });
    let fields = EmployeeGroupFields::new("Bakers");
    let error = client.hr().employee_groups().create(&fields).await.unwrap_err();
    assert_eq!((error.is_validation(), error.status()), (true, Some(409)));
    let fields: Vec<_> = error
        .validation()
        .iter()
        .map(|field| field.field.as_str())
        .collect();
    assert_eq!(fields, ["name"]);
}

#[tokio::test]
async fn a_missing_scope_is_named_by_the_operation() {
    let app = App::new(APPLICATION_ID).scopes(["employeegroup:read"]);
    let world = World::of(
        Portal::new(BAKERY).employee_group(301, "Bakers"),
        |builder| builder,
        app,
    );
    let client = world.bakery().await;
    let groups = client.hr().employee_groups();
    groups.get(EmployeeGroupId(301)).await.unwrap();
    let missing = [
        groups
            .create(&EmployeeGroupFields::new("Drivers"))
            .await
            .unwrap_err(),
        groups.delete(EmployeeGroupId(301)).await.unwrap_err(),
        groups.employees(EmployeeGroupId(301)).await.unwrap_err(),
    ]
    .map(|error| (error.is_forbidden(), error.missing_scope()));
    assert_eq!(
        missing,
        [
            (true, Some("employeegroup:create")),
            (true, Some("employeegroup:delete")),
            (true, Some("employee:read")),
        ]
    );
}
