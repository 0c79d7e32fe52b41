//! `/hr/v1.0/departments` (Planday, HR: departments).

use http::StatusCode;
use serde_json::{Value, json};

use super::employees;
use crate::planday::api::{Call, Reply};
use crate::planday::body::Body;
use crate::planday::errors::Problem;
use crate::planday::paging;
use crate::planday::world::Department;

/// The visible departments, by id.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let visible = call
        .portal
        .departments
        .values()
        .filter(|department| !department.deleted && call.administrator.sees_department(department.id));
    paging::page(call, paging::FIFTY, visible, row)
}

/// The ids of a department's employees.
pub(crate) fn employees(call: &Call<'_>) -> Result<Reply, Problem> {
    let id = call.path_id("Department")?;
    find(call, id, false)?;
    Ok(employees::members(call, |employee| {
        employee.departments.contains(&id)
    }))
}

/// One department; a deleted one with `includeDeleted=true`.
pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Problem> {
    let include_deleted = call.flag("includeDeleted")?;
    call.flag("managedEmployeesOnly")?;
    let id = call.path_id("Department")?;
    let department = find(call, id, include_deleted)?;
    Ok(Reply::Json(StatusCode::OK, json!({ "data": row(department) })))
}

/// Creates a department, which its administrator then sees.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Reply, Problem> {
    call.require_edit()?;
    let (name, number) = read(call, None)?;
    let count = call
        .portal
        .departments
        .values()
        .filter(|department| !department.deleted)
        .count();
    if let Some(most) = call.portal.max_departments
        && i64::try_from(count).unwrap_or(i64::MAX) >= i64::from(most)
    {
        return Err(Problem::conflict(
            "name",
            format!("The portal may have at most {most} departments"),
        ));
    }
    let id = call
        .portal
        .departments
        .keys()
        .next_back()
        .map_or(1, |last| last + 1);
    let department = Department {
        id,
        name,
        number,
        time_zone: None,
        deleted: false,
    };
    let body = json!({ "data": row(&department) });
    call.portal.departments.insert(id, department);
    if let Some(seen) = &mut call.administrator.sees {
        seen.insert(id);
    }
    Ok(Reply::Json(call.options.created, body))
}

/// Replaces name and number.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let id = call.path_id("Department")?;
    find(call, id, false)?;
    call.require_edit()?;
    let (name, number) = read(call, Some(id))?;
    if let Some(department) = call.portal.departments.get_mut(&id) {
        (department.name, department.number) = (name, number);
    }
    Ok(Reply::NoContent)
}

/// Deletes; the department stays readable by id with `includeDeleted=true`.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let id = call.path_id("Department")?;
    find(call, id, false)?;
    call.require_edit()?;
    if let Some(department) = call.portal.departments.get_mut(&id) {
        department.deleted = true;
    }
    Ok(Reply::NoContent)
}

fn find<'a>(call: &'a Call<'_>, id: i64, include_deleted: bool) -> Result<&'a Department, Problem> {
    let department = call.portal.departments.get(&id).filter(|department| {
        (include_deleted || !department.deleted) && call.administrator.sees_department(id)
    });
    department.ok_or_else(|| Problem::no_such("Department"))
}

fn row(department: &Department) -> Value {
    json!({ "id": department.id, "name": department.name, "number": department.number })
}

/// The name and number of a body.
fn read(call: &Call<'_>, replacing: Option<i64>) -> Result<(String, Option<String>), Problem> {
    let body = Body::read(call)?;
    let name = body.text("name")?.unwrap_or_default().trim().to_owned();
    let number = body.text("number")?;
    if name.is_empty() {
        return Err(Problem::conflict("name", "The department needs a name"));
    }
    let taken = call.portal.departments.values().any(|other| {
        !other.deleted && Some(other.id) != replacing && other.name.to_lowercase() == name.to_lowercase()
    });
    if taken {
        return Err(Problem::conflict(
            "name",
            "A department with this name exists already",
        ));
    }
    Ok((name, number))
}
