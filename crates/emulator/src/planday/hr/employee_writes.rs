//! Creating and changing employees (Planday, HR: employees; Errors: 409).

use serde_json::json;

use super::employee_body::{apply, is_email};
use super::employee_history::save;
use super::employee_record::detail;
use super::employees::find;
use crate::planday::api::{Call, Reply};
use crate::planday::body::{Body, Invalid};
use crate::planday::errors::Problem;
use crate::planday::people::Employee;

/// What a refused employee is told, whatever is wrong with them.
const REFUSED: &str = "You need to supply a valid employee to save";

/// Members that have a scope of their own: `ssn:create` to create one, `ssn:update` to change one.
const GUARDED: [(&str, [&str; 2]); 3] = [
    ("bankAccount", ["bankaccount:create", "bankaccount:update"]),
    ("birthDate", ["birthdate:create", "birthdate:update"]),
    ("ssn", ["ssn:create", "ssn:update"]),
];

/// The members of a new employee that no portal can do without; the portal's own come on top.
pub(crate) const REQUIRED: [&str; 4] = ["firstName", "lastName", "userName", "departments"];

/// Creates an employee.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Reply, Problem> {
    call.require_edit()?;
    let body = Body::read(call)?;
    guard(call, &body, 0)?;
    let last = call.portal.employees.keys().next_back();
    let id = last.map_or(1, |last| last + 1);
    let mut employee = Employee::new(id, "", "");
    employee.user_name.clear();
    employee.created.clone_from(&call.now);
    let mut invalid = Invalid::default();
    apply(call, &body, &mut employee, &mut invalid)?;
    employee.user_name = invalid.required_text("userName", body.text("userName")?);
    check_user_name(call, &employee, &mut invalid);
    demand(call, &employee, &mut invalid);
    invalid.check(REFUSED)?;
    employee.modified.clone_from(&call.now);
    if body.flag("isSupervisor")? == Some(true) {
        supervise(call, id);
    }
    let shown = detail(&employee, &call.portal.people, call.today(), &[]);
    call.portal.employees.insert(id, employee);
    Ok(Reply::Json(call.options.created, json!({ "data": shown })))
}

/// Changes the members that are given; null clears one.
///
/// No document says whether an absent member is kept: it is here. The portal's rules hold for the result unless
/// `useValidation=false`; the user name can only be changed by an operation of its own.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let validates = call.query("useValidation").is_none() || call.flag("useValidation")?;
    let id = call.path_id("Employee")?;
    let mut employee = find(call, id)?.clone();
    if employee.has_left(call.today()) {
        return Err(Problem::bad("id", "Employee id is invalid"));
    }
    call.require_edit()?;
    let body = Body::read(call)?;
    guard(call, &body, 1)?;
    let mut invalid = Invalid::default();
    apply(call, &body, &mut employee, &mut invalid)?;
    let user_name = body.text("userName")?;
    if validates {
        if user_name.is_some_and(|given| !given.eq_ignore_ascii_case(&employee.user_name)) {
            invalid.add(
                "userName",
                "userName is read-only: change it with change_username",
            );
        }
        demand(call, &employee, &mut invalid);
    }
    invalid.check(REFUSED)?;
    match body.flag("isSupervisor")? {
        Some(true) => supervise(call, id),
        Some(false) => call
            .portal
            .people
            .supervisors
            .retain(|_, employee| *employee != id),
        None => {}
    }
    save(call, employee);
    Ok(Reply::NoContent)
}

/// Changes the user name.
pub(crate) fn change_user_name(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let id = call.path_id("Employee")?;
    let mut employee = find(call, id)?.clone();
    call.require_edit()?;
    let body = Body::read(call)?;
    let mut invalid = Invalid::default();
    employee.user_name = invalid.required_text("newUsername", body.text("newUsername")?);
    check_user_name(call, &employee, &mut invalid);
    invalid.check(REFUSED)?;
    save(call, employee);
    Ok(Reply::NoContent)
}

/// Refuses members that the app has no scope for.
fn guard(call: &Call<'_>, body: &Body, write: usize) -> Result<(), Problem> {
    for (member, scopes) in GUARDED {
        if body.has(member) && !call.may(scopes[write]) {
            return Err(Problem::missing_scope(scopes[write]));
        }
    }
    Ok(())
}

/// A user name is an e-mail address, and nobody else's.
fn check_user_name(call: &Call<'_>, employee: &Employee, invalid: &mut Invalid) {
    let name = employee.user_name.as_str();
    if name.is_empty() {
        return;
    }
    if !is_email(name) {
        invalid.add("userName", "userName must be an e-mail address");
    }
    let mut others = call
        .portal
        .employees
        .values()
        .filter(|other| other.id != employee.id);
    if others.any(|other| other.user_name.eq_ignore_ascii_case(name)) {
        invalid.add("userName", "userName is in use already");
    }
}

/// What the documents and the portal demand of the whole record.
fn demand(call: &Call<'_>, employee: &Employee, invalid: &mut Invalid) {
    for (member, missing) in [
        ("firstName", employee.first_name.is_empty()),
        ("lastName", employee.last_name.is_empty()),
        ("departments", employee.departments.is_empty()),
    ] {
        if missing {
            invalid.add(member, format!("{member} is required"));
        }
    }
    let special = ["bankAccount", "birthDate", "ssn"];
    let shown = detail(employee, &call.portal.people, call.today(), &special);
    for member in &call.portal.people.required {
        let value = &shown[member.as_str()];
        let is_empty = value.is_null()
            || value.as_str().is_some_and(str::is_empty)
            || value.as_array().is_some_and(Vec::is_empty);
        if is_empty && !REQUIRED.contains(&member.as_str()) {
            invalid.add(member.as_str(), format!("{member} is required"));
        }
    }
}

fn supervise(call: &mut Call<'_>, employee: i64) {
    let supervisors = &mut call.portal.people.supervisors;
    if !supervisors.values().any(|known| *known == employee) {
        let record = supervisors.keys().next_back().map_or(1, |last| last + 1);
        supervisors.insert(record, employee);
    }
}
