//! `/hr/v1.0/departments` (Planday, HR: departments).

use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::api::{Call, Reply};
use super::errors::Problem;
use super::paging;
use super::world::Department;

/// The visible departments, by id.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let visible = call
        .portal
        .departments
        .values()
        .filter(|department| !department.deleted && call.administrator.sees_department(department.id));
    let rows: Vec<Value> = visible.map(row).collect();
    paging::page(call, &rows)
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
    call.portal.departments.insert(
        id,
        Department {
            id,
            name,
            number,
            deleted: false,
        },
    );
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

/// The name and number of a body. A malformed body is 400, a bad value 409 (Planday, Errors).
fn read(call: &Call<'_>, replacing: Option<i64>) -> Result<(String, Option<String>), Problem> {
    let content_type = call
        .exchange
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = content_type
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The body must be application/json",
        ));
    }
    let Ok(Value::Object(body)) = serde_json::from_slice(&call.exchange.body) else {
        return Err(Problem::bad("request", "The body must be a JSON object"));
    };
    let name = match body.get("name") {
        None | Some(Value::Null) => "",
        Some(Value::String(name)) => name.trim(),
        Some(_) => return Err(Problem::bad("name", "name must be a text")),
    };
    let number = match body.get("number") {
        None | Some(Value::Null) => None,
        Some(Value::String(number)) => Some(number.clone()),
        Some(_) => return Err(Problem::bad("number", "number must be a text")),
    };
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
    Ok((name.to_owned(), number))
}
