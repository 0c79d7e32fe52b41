//! Positions, shift types and sections.

use attache_emulator::planday::{App, Department, Portal, Position, ShiftPay, ShiftType};
use attache_planday::{
    hr::{DepartmentId, EmployeeGroupId},
    scheduling::{
        ListPositions, ListSections, ListShiftTypes, PaymentType, PositionId, SectionId, ShiftTypeId,
    },
};
use futures_util::TryStreamExt as _;

use crate::world::{APPLICATION_ID, BAKERY, World};

fn world() -> World {
    let mut bonus = ShiftType::new(702, "Bonus").active(false);
    bonus.pay = ShiftPay::Monetary(25.into());
    bonus.color = Some("#3366ff".to_owned());
    let portal = Portal::new(BAKERY)
        .department(Department::new(1, "Kitchen"))
        .department(Department::new(2, "Shop"))
        .employee_group(301, "Bakers")
        .section(801, "Ovens", 1)
        .section(802, "Counter", 2)
        .position(Position::new(601, "Oven", 1, 301).section(801))
        .position(Position::new(602, "Old oven", 1, 301).end_date("2020-12-31"))
        .shift_type(ShiftType::new(701, "Night"))
        .shift_type(bonus);
    World::of(portal, |builder| builder, App::new(APPLICATION_ID))
}

fn query(world: &World) -> Vec<(String, String)> {
    let mut query = world.last_request().query;
    query.sort();
    query
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn positions_are_listed_all_or_those_in_use() {
    let world = world();
    let client = world.bakery().await;
    let positions = client.scheduling().positions();
    let all: Vec<_> = positions
        .list(&ListPositions::new())
        .items()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(world.last_request().path, "/scheduling/v1.0/positions");
    assert_eq!(query(&world), pairs(&[("limit", "50"), ("offset", "0")]));
    let [oven, old] = &all[..] else {
        panic!("two positions: {all:?}")
    };
    assert_eq!(
        (oven.id, oven.name.as_str(), oven.section_id, oven.is_active),
        (PositionId(601), "Oven", Some(SectionId(801)), Some(true))
    );
    assert_eq!(
        (oven.department_id, oven.employee_group_id, oven.affect_revenue),
        (Some(DepartmentId(1)), Some(EmployeeGroupId(301)), Some(true))
    );
    assert_eq!(
        (old.end_date, old.is_active),
        (Some("2020-12-31".parse().unwrap()), Some(false))
    );

    let active = positions
        .list(&ListPositions::new().active(true).rows(10))
        .items();
    let active: Vec<_> = active.map_ok(|position| position.id).try_collect().await.unwrap();
    assert_eq!(active, [PositionId(601)]);
    assert_eq!(
        query(&world),
        pairs(&[("isActive", "true"), ("limit", "10"), ("offset", "0")])
    );
}

#[tokio::test]
async fn shift_types_are_listed_all_or_those_in_use() {
    let world = world();
    let client = world.bakery().await;
    let types = client.scheduling().shift_types();
    let all: Vec<_> = types
        .list(&ListShiftTypes::new())
        .items()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(world.last_request().path, "/scheduling/v1.0/shifttypes");
    let [night, bonus] = &all[..] else {
        panic!("two shift types: {all:?}")
    };
    assert_eq!(
        (
            night.id,
            &night.payment_type,
            night.pay_percentage,
            night.pay_monetary
        ),
        (
            ShiftTypeId(701),
            &Some(PaymentType::Percentage),
            Some(100.0),
            None
        )
    );
    assert_eq!(
        (
            &bonus.payment_type,
            bonus.pay_monetary,
            bonus.is_active,
            bonus.color.as_deref()
        ),
        (
            &Some(PaymentType::Monetary),
            Some(25.0),
            Some(false),
            Some("#3366ff")
        )
    );
    let unused = types.list(&ListShiftTypes::new().active(false)).items();
    let unused: Vec<_> = unused.map_ok(|kind| kind.id).try_collect().await.unwrap();
    assert_eq!(unused, [ShiftTypeId(702)]);
}

#[tokio::test]
async fn sections_are_listed_all_or_those_of_a_department() {
    let world = world();
    let client = world.bakery().await;
    let sections = client.scheduling().sections();
    let all: Vec<_> = sections
        .list(&ListSections::new())
        .items()
        .try_collect()
        .await
        .unwrap();
    let all: Vec<_> = all
        .iter()
        .map(|one| (one.id, one.name.as_str(), one.department_id))
        .collect();
    assert_eq!(
        all,
        [
            (SectionId(801), "Ovens", Some(DepartmentId(1))),
            (SectionId(802), "Counter", Some(DepartmentId(2))),
        ]
    );
    let of_shop = sections
        .list(&ListSections::new().department_id(DepartmentId(2)))
        .items();
    let of_shop: Vec<_> = of_shop.map_ok(|section| section.id).try_collect().await.unwrap();
    assert_eq!(of_shop, [SectionId(802)]);
    assert_eq!(
        query(&world),
        pairs(&[("departmentId", "2"), ("limit", "50"), ("offset", "0")])
    );
}
