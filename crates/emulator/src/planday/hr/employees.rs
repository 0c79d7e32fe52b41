//! Reading `/hr/v1.0/employees` and `/hr/v1.0/employeetypes` (Planday, HR: employees, employee types).

use http::StatusCode;
use serde_json::{Value, json};

use super::employee_record::{detail, left_row, row};
use crate::planday::api::{Call, Reply};
use crate::planday::errors::Problem;
use crate::planday::people::Employee;
use crate::planday::{filters, paging};

/// Members that need a scope of their own and a `special` query value.
const SPECIAL: [(&str, &str, &str); 3] = [
    ("BankAccount", "bankAccount", "bankaccount:read"),
    ("BirthDate", "birthDate", "birthdate:read"),
    ("Ssn", "ssn", "ssn:read"),
];

/// The active employees in visible departments, by id.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let special = special(call)?;
    let with_groups = call.flag("includeSecurityGroups")?;
    let active = filtered(call)?.filter(|employee| !employee.has_left(call.today()));
    paging::page(call, paging::FIFTY, active, |employee| {
        row(employee, with_groups, &special)
    })
}

/// Those who left, by id.
pub(crate) fn deactivated(call: &Call<'_>) -> Result<Reply, Problem> {
    let special = special(call)?;
    let deactivated = filters::times(call, "deactivatedFrom", "deactivatedTo")?;
    let left = filtered(call)?
        .filter(|employee| employee.has_left(call.today()))
        .filter(|employee| {
            // The record holds a day; it counts as that day's first instant.
            let day = employee.deactivation_date.as_deref();
            deactivated.is_open() || day.is_some_and(|day| deactivated.holds(&format!("{day}T00:00:00Z")))
        });
    paging::page(call, paging::FIFTY, left, |employee| left_row(employee, &special))
}

/// One employee, active or not.
pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Problem> {
    let special = special(call)?;
    let employee = find(call, call.path_id("Employee")?)?;
    let body = json!({ "data": detail(employee, &call.portal.people, call.today(), &special) });
    Ok(Reply::Json(StatusCode::OK, body))
}

/// The supervisor records of visible employees: `id` is what `supervisorId` means.
pub(crate) fn supervisors(call: &Call<'_>) -> Result<Reply, Problem> {
    let supervisors = call.portal.people.supervisors.iter().filter_map(|(record, id)| {
        let employee = call.portal.employees.get(id)?;
        (is_visible(call, employee) && !employee.has_left(call.today())).then_some((record, employee))
    });
    paging::page(call, paging::FIFTY, supervisors, |(record, employee)| {
        let name = format!("{} {}", employee.first_name, employee.last_name);
        json!({ "id": record, "employeeId": employee.id, "name": name })
    })
}

/// The employee types, by id.
pub(crate) fn types(call: &Call<'_>) -> Result<Reply, Problem> {
    let types = call.portal.people.types.values();
    paging::page(
        call,
        paging::FIFTY,
        types,
        |kind| json!({ "id": kind.id, "name": kind.name, "description": kind.description }),
    )
}

/// The ids of the active, visible employees who satisfy `belongs`, unpaged: the membership lists.
pub(crate) fn members(call: &Call<'_>, belongs: impl Fn(&Employee) -> bool) -> Reply {
    let members: Vec<Value> = call
        .portal
        .employees
        .values()
        .filter(|employee| {
            !employee.has_left(call.today()) && is_visible(call, employee) && belongs(employee)
        })
        .map(|employee| json!({ "employeeId": employee.id }))
        .collect();
    Reply::Json(StatusCode::OK, json!({ "data": members }))
}

/// A visible employee, active or not.
pub(crate) fn find<'a>(call: &'a Call<'_>, id: i64) -> Result<&'a Employee, Problem> {
    let employee = call.portal.employees.get(&id);
    employee
        .filter(|employee| is_visible(call, employee))
        .ok_or_else(|| Problem::no_such("Employee"))
}

fn is_visible(call: &Call<'_>, employee: &Employee) -> bool {
    call.administrator.sees.is_none()
        || employee
            .departments
            .iter()
            .any(|department| call.administrator.sees_department(*department))
}

/// The visible employees who pass the filters that both lists share.
fn filtered<'a>(call: &'a Call<'_>) -> Result<impl Iterator<Item = &'a Employee>, Problem> {
    let created = filters::times(call, "createdFrom", "createdTo")?;
    let modified = filters::times(call, "modifiedFrom", "modifiedTo")?;
    let search = call.query("searchQuery").unwrap_or_default().to_lowercase();
    let employees = call.portal.employees.values();
    Ok(employees.filter(move |employee| {
        is_visible(call, employee)
            && created.holds(&employee.created)
            && modified.holds(&employee.modified)
            && (search.is_empty() || matches_search(employee, &search))
    }))
}

/// The member names asked for by `special`: comma-joined, repeated or single.
fn special(call: &Call<'_>) -> Result<Vec<&'static str>, Problem> {
    let mut members = Vec::new();
    for name in call
        .query_all("special")
        .flat_map(|value| value.split(','))
        .map(str::trim)
    {
        let Some((_, member, scope)) = SPECIAL
            .iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(name))
        else {
            return Err(Problem::bad(
                "special",
                "special must be BankAccount, BirthDate or Ssn",
            ));
        };
        if !call.may(scope) {
            return Err(Problem::missing_scope(scope));
        }
        members.push(*member);
    }
    Ok(members)
}

/// Name, e-mail, phone, salary identifier, social security number.
fn matches_search(employee: &Employee, search: &str) -> bool {
    let name = format!("{} {}", employee.first_name, employee.last_name);
    let texts = [
        Some(&name),
        Some(&employee.user_name),
        employee.email.as_ref(),
        employee.cell_phone.as_ref(),
        employee.phone.as_ref(),
        employee.salary_identifier.as_ref(),
        employee.ssn.as_ref(),
    ];
    texts
        .into_iter()
        .flatten()
        .any(|text| text.to_lowercase().contains(search))
}
