//! Every operation on departments.

use attache_emulator::planday::{App, Department as EmulatedDepartment, ErrorShape, OverLimit, Portal};
use attache_planday::{
    Error, InvalidField,
    hr::{Department, DepartmentFields, DepartmentId},
};
use futures_util::TryStreamExt as _;

use crate::world::{APPLICATION_ID, BAKERY, World};

/// What can be compared without the emulator's unknown member.
fn plain(department: &Department) -> (i64, &str, Option<&str>) {
    (department.id.0, &department.name, department.number.as_deref())
}

fn many(count: i64) -> Portal {
    (1..=count).fold(Portal::new(BAKERY), |portal, id| {
        portal.department(EmulatedDepartment::new(id, format!("Department {id}")))
    })
}

#[tokio::test]
async fn departments_are_listed() {
    let world = World::new();
    let client = world.bakery().await;
    let page = client
        .hr()
        .departments()
        .list()
        .next_page()
        .await
        .unwrap()
        .unwrap();
    assert_eq!((page.offset, page.limit, page.total), (0, Some(50), Some(2)));
    let found: Vec<_> = page.items.iter().map(plain).collect();
    assert_eq!(found, [(1, "Kitchen", Some("10")), (2, "Shop", None)]);
    let request = world.last_request();
    assert_eq!(request.path, "/hr/v1.0/departments");
}

#[tokio::test]
async fn a_long_list_comes_in_pages_of_fifty_and_is_whole() {
    let world = World::of(many(120), |builder| builder, App::new(APPLICATION_ID));
    let client = world.bakery().await;
    let before = world.refreshes_and_calls().1;
    let all: Vec<Department> = client
        .hr()
        .departments()
        .list()
        .items()
        .try_collect()
        .await
        .unwrap();
    let ids: Vec<_> = all.iter().map(|department| department.id.0).collect();
    assert_eq!(ids, (1..=120).collect::<Vec<i64>>());
    let asked: Vec<_> = world.emulator.log()[usize::try_from(before + 1).unwrap()..]
        .iter()
        .map(|exchange| {
            let mut query = exchange.query.clone();
            query.sort();
            query
                .into_iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join("&")
        })
        .collect();
    assert_eq!(
        asked,
        ["limit=50&offset=0", "limit=50&offset=50", "limit=50&offset=100"]
    );
}

#[tokio::test]
async fn a_list_goes_on_from_a_cursor() {
    let world = World::of(many(70), |builder| builder, App::new(APPLICATION_ID));
    let client = world.bakery().await;
    let mut first = client.hr().departments().list_by(20);
    first.next_page().await.unwrap();
    let cursor = first.cursor().unwrap();
    let rest = client.hr().departments().list_by(20).resume(&cursor).unwrap();
    let rest: Vec<_> = rest
        .items()
        .map_ok(|department| department.id.0)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(rest, (21..=70).collect::<Vec<i64>>());
}

#[tokio::test]
async fn too_many_rows_at_a_time_are_refused_or_fewer_but_none_is_lost() {
    let world = World::of(many(70), |builder| builder, App::new(APPLICATION_ID));
    let client = world.bakery().await;
    let error = client
        .hr()
        .departments()
        .list_by(51)
        .next_page()
        .await
        .unwrap_err();
    assert_eq!((error.is_validation(), error.status()), (true, Some(400)));
    world
        .emulator
        .update_options(|options| options.over_limit = OverLimit::Lower);
    let all: Vec<_> = client
        .hr()
        .departments()
        .list_by(100)
        .items()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(all.len(), 70);
}

#[tokio::test]
async fn a_department_is_created_read_changed_and_deleted() {
    let world = World::new();
    let client = world.bakery().await;
    let departments = client.hr().departments();

    let created = departments
        .create(&DepartmentFields::new("Bar").number("30"))
        .await
        .unwrap();
    assert_eq!(plain(&created), (3, "Bar", Some("30")));
    assert_eq!(&world.last_request().body[..], br#"{"name":"Bar","number":"30"}"#);
    assert_eq!(departments.get(created.id).await.unwrap(), created);

    departments
        .update(created.id, &DepartmentFields::new("Terrace"))
        .await
        .unwrap();
    assert_eq!(&world.last_request().body[..], br#"{"name":"Terrace"}"#);
    assert_eq!(departments.get(created.id).await.unwrap().name, "Terrace");

    departments.delete(created.id).await.unwrap();
    let error = departments.get(created.id).await.unwrap_err();
    assert_eq!(
        (error.is_not_found(), error.status(), error.operation()),
        (true, Some(404), Some("hr.getDepartment"))
    );
    assert_eq!(
        error.provider_message(),
        Some("Department with given id doesn't exist")
    );
    assert_eq!(
        departments.get_even_deleted(created.id).await.unwrap().name,
        "Terrace"
    );
}

#[tokio::test]
async fn fields_that_planday_does_not_accept_are_named_in_every_shape_of_its_errors() {
    const TAKEN: &str = "A department with this name exists already";
    let named = |field: &str| vec![InvalidField::new(field, vec![TAKEN.to_owned()])];
    let world = World::new();
    let client = world.bakery().await;
    let shapes = [
        (ErrorShape::ProblemDetails, Some(TAKEN), vec![]),
        (ErrorShape::ValidationProblemDetails, Some(TAKEN), named("name")),
        (ErrorShape::ErrorObject, Some(TAKEN), vec![]),
        (ErrorShape::ModelState, Some(TAKEN), named("model.name")),
        (ErrorShape::ErrorsList, Some(TAKEN), named("name")),
        (ErrorShape::Html, None, vec![]),
        (ErrorShape::Empty, None, vec![]),
    ];
    for (shape, message, fields) in shapes {
        world
            .emulator
            .update_options(|options| options.error_shape = shape);
        let error: Error = client
            .hr()
            .departments()
            .create(&DepartmentFields::new("Shop"))
            .await
            .unwrap_err();
        assert_eq!(
            (error.is_validation(), error.status()),
            (true, Some(409)),
            "{shape:?}"
        );
        assert_eq!(
            (error.provider_message(), error.validation()),
            (message, &fields[..]),
            "{shape:?}"
        );
        assert!(!error.to_string().contains(TAKEN), "{shape:?}: {error}");
    }
}

#[tokio::test]
async fn an_id_that_is_none_is_not_accepted() {
    let world = World::new();
    let client = world.bakery().await;
    let error = client.hr().departments().get(DepartmentId(-1)).await.unwrap_err();
    assert_eq!((error.is_validation(), error.status()), (true, Some(400)));
}
