//! Shifts, positions, shift types, sections.

use attache_planday::{
    Date,
    hr::{DepartmentId, EmployeeGroupId, EmployeeId},
    scheduling::{
        ListPositions, ListSections, ListShiftTypes, ListShifts, PositionId, ShiftStatus, ShiftTypeId,
    },
};
use serde_json::{Value, json};

use super::{
    Asked,
    lists::one,
    parameters::{instant, numbers, read, rows, shift},
    unknown,
};
use crate::{failure::Failure, writes};

pub(super) async fn shifts(asked: &Asked<'_>, verb: &str) -> Result<Value, Failure> {
    let Asked {
        client,
        params,
        body,
        lists,
    } = asked;
    let scheduling = client.scheduling();
    match verb {
        "list" => lists.many(scheduling.shifts().list(&listed(params)?)).await,
        "get" => Ok(one(&scheduling.shifts().get(shift(params)?).await?)),
        "create" => Ok(one(&scheduling
            .shifts()
            .create(&writes::create_shift(body)?)
            .await?)),
        "update" => {
            let change = writes::update_shift(body)?;
            Ok(one(&scheduling.shifts().update(shift(params)?, &change).await?))
        }
        "delete" => {
            scheduling.shifts().delete(shift(params)?).await?;
            Ok(json!({ "count": 0 }))
        }
        "approve" => {
            scheduling.shifts().approve(shift(params)?).await?;
            Ok(json!({ "count": 0 }))
        }
        "assign" => {
            let employee = body["employeeId"].as_i64().map(EmployeeId::from);
            scheduling.shifts().assign(shift(params)?, employee).await?;
            Ok(json!({ "count": 0 }))
        }
        _ => Err(unknown(verb)),
    }
}

pub(super) async fn list(asked: &Asked<'_>, what: &str) -> Result<Value, Failure> {
    let Asked {
        client,
        params,
        lists,
        ..
    } = asked;
    let scheduling = client.scheduling();
    match what {
        "positions" => {
            let mut listed = ListPositions::new();
            if let Some(rows) = rows(params)? {
                listed = listed.rows(rows);
            }
            if let Some(active) = params["isActive"].as_bool() {
                listed = listed.active(active);
            }
            lists.many(scheduling.positions().list(&listed)).await
        }
        "shifttypes" => {
            let mut listed = ListShiftTypes::new();
            if let Some(rows) = rows(params)? {
                listed = listed.rows(rows);
            }
            if let Some(active) = params["isActive"].as_bool() {
                listed = listed.active(active);
            }
            lists.many(scheduling.shift_types().list(&listed)).await
        }
        _ => {
            let mut listed = ListSections::new();
            if let Some(rows) = rows(params)? {
                listed = listed.rows(rows);
            }
            if let Some(department) = params["departmentId"].as_i64() {
                listed = listed.department_id(DepartmentId::from(department));
            }
            lists.many(scheduling.sections().list(&listed)).await
        }
    }
}

fn listed(params: &Value) -> Result<ListShifts, Failure> {
    let mut listed = ListShifts::new();
    if let Some(rows) = rows(params)? {
        listed = listed.rows(rows);
    }
    if let Some(from) = read::<Date>(&params["from"])? {
        listed = listed.from(from);
    }
    if let Some(to) = read::<Date>(&params["to"])? {
        listed = listed.to(to);
    }
    for name in [
        "departmentId",
        "employeeGroupId",
        "shiftTypeId",
        "positionId",
        "employeeId",
    ] {
        let value = &params[name];
        listed = match name {
            _ if value.is_null() => listed,
            "departmentId" => listed.department_ids(numbers::<DepartmentId>(value)),
            "employeeGroupId" => listed.employee_group_ids(numbers::<EmployeeGroupId>(value)),
            "shiftTypeId" => listed.shift_type_ids(numbers::<ShiftTypeId>(value)),
            "positionId" => listed.position_ids(numbers::<PositionId>(value)),
            _ => listed.employee_ids(numbers::<EmployeeId>(value)),
        };
    }
    if let Some(status) = params["shiftStatus"].as_str() {
        listed = listed.shift_status(ShiftStatus::from(status));
    }
    for name in ["createdFrom", "createdTo", "modifiedFrom", "modifiedTo"] {
        if let Some(at) = instant(params, name)? {
            listed = match name {
                "createdFrom" => listed.created_from(at),
                "createdTo" => listed.created_to(at),
                "modifiedFrom" => listed.modified_from(at),
                _ => listed.modified_to(at),
            };
        }
    }
    Ok(listed)
}
