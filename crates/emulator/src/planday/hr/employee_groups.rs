//! `/hr/v1.0/employeegroups` (Planday, HR: employee groups).

use http::StatusCode;
use serde_json::{Value, json};

use super::employees;
use crate::planday::api::{Call, Reply};
use crate::planday::body::{Body, Invalid};
use crate::planday::errors::Problem;
use crate::planday::paging;
use crate::planday::people::EmployeeGroup;

const ENTITY: &str = "Employee group";

/// The groups, by id.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    paging::page(call, paging::FIFTY, call.portal.people.groups.values(), row)
}

/// One group.
pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Problem> {
    let group = find(call, call.path_id(ENTITY)?)?;
    Ok(Reply::Json(StatusCode::OK, json!({ "data": row(group) })))
}

/// Creates a group.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Reply, Problem> {
    call.require_edit()?;
    let name = name(call, None)?;
    let groups = &mut call.portal.people.groups;
    let id = groups.keys().next_back().map_or(1, |last| last + 1);
    let group = EmployeeGroup { id, name };
    let body = json!({ "data": row(&group) });
    groups.insert(id, group);
    Ok(Reply::Json(call.options.created, body))
}

/// Renames a group.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let id = call.path_id(ENTITY)?;
    find(call, id)?;
    call.require_edit()?;
    let name = name(call, Some(id))?;
    call.portal.people.groups.insert(id, EmployeeGroup { id, name });
    Ok(Reply::NoContent)
}

/// Deletes a group; its members leave it.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let id = call.path_id(ENTITY)?;
    find(call, id)?;
    call.require_edit()?;
    call.portal.people.groups.remove(&id);
    for employee in call.portal.employees.values_mut() {
        employee.employee_groups.retain(|group| *group != id);
    }
    Ok(Reply::NoContent)
}

/// The ids of a group's members.
pub(crate) fn employees(call: &Call<'_>) -> Result<Reply, Problem> {
    let id = call.path_id(ENTITY)?;
    find(call, id)?;
    Ok(employees::members(call, |employee| {
        employee.employee_groups.contains(&id)
    }))
}

fn find<'a>(call: &'a Call<'_>, id: i64) -> Result<&'a EmployeeGroup, Problem> {
    let group = call.portal.people.groups.get(&id);
    group.ok_or_else(|| Problem::no_such(ENTITY))
}

fn row(group: &EmployeeGroup) -> Value {
    json!({ "id": group.id, "name": group.name })
}

/// The name in a body, which no other group has.
fn name(call: &Call<'_>, replacing: Option<i64>) -> Result<String, Problem> {
    let mut invalid = Invalid::default();
    let name = invalid.required_text("name", Body::read(call)?.text("name")?);
    let mut others = call
        .portal
        .people
        .groups
        .values()
        .filter(|other| Some(other.id) != replacing);
    if others.any(|other| other.name.to_lowercase() == name.to_lowercase()) {
        invalid.add("name", "An employee group with this name exists already");
    }
    invalid.check("The employee group is not valid")?;
    Ok(name)
}
