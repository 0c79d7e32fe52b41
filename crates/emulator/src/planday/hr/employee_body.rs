//! The members of an employee that a body may give (Planday, HR: employees).

use crate::planday::api::Call;
use crate::planday::body::{Body, Invalid};
use crate::planday::errors::Problem;
use crate::planday::people::Employee;

/// Writes the given members into the record; a reference to something that is not there is a 400.
pub(crate) fn apply(
    call: &Call<'_>,
    body: &Body,
    employee: &mut Employee,
    invalid: &mut Invalid,
) -> Result<(), Problem> {
    let names = [
        ("firstName", &mut employee.first_name),
        ("lastName", &mut employee.last_name),
    ];
    for (member, field) in names {
        if body.has(member) {
            body.text(member)?.unwrap_or_default().trim().clone_into(field);
        }
    }
    let texts = [
        ("email", &mut employee.email),
        ("cellPhone", &mut employee.cell_phone),
        ("cellPhoneCountryCode", &mut employee.cell_phone_country),
        ("phone", &mut employee.phone),
        ("phoneCountryCode", &mut employee.phone_country),
        ("street1", &mut employee.street1),
        ("street2", &mut employee.street2),
        ("zip", &mut employee.zip),
        ("city", &mut employee.city),
        ("gender", &mut employee.gender),
        ("jobTitle", &mut employee.job_title),
        ("ssn", &mut employee.ssn),
        ("salaryIdentifier", &mut employee.salary_identifier),
    ];
    for (member, field) in texts {
        if body.has(member) {
            *field = body.text(member)?;
        }
    }
    let dates = [
        ("hiredFrom", &mut employee.hired),
        ("birthDate", &mut employee.birth_date),
    ];
    for (member, field) in dates {
        if body.has(member) {
            *field = body.date(member)?;
        }
    }
    if body.has("bankAccount") {
        employee.bank_account = bank_account(body)?;
    }
    for country in ["cellPhoneCountryId", "phoneCountryId"] {
        body.id(country)?;
    }
    references(call, body, employee)?;
    for (member, value) in body.members() {
        let number = member.strip_prefix("custom_").unwrap_or_default();
        if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
            employee.custom.insert(member.to_owned(), value.clone());
        }
    }
    employee.custom.retain(|_, value| !value.is_null());
    if employee
        .gender
        .as_deref()
        .is_some_and(|gender| !matches!(gender, "Male" | "Female"))
    {
        invalid.add("gender", "gender must be Male or Female");
    }
    if employee.email.as_deref().is_some_and(|email| !is_email(email)) {
        invalid.add("email", "email must be an e-mail address");
    }
    Ok(())
}

fn bank_account(body: &Body) -> Result<Option<(String, String)>, Problem> {
    let Some(value) = body.value("bankAccount") else {
        return Ok(None);
    };
    if !value.is_object() {
        return Err(Problem::bad("bankAccount", "bankAccount must be an object"));
    }
    let part = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    Ok(Some((part("registrationNumber"), part("accountNumber"))))
}

/// The members that are ids of something else.
fn references(call: &Call<'_>, body: &Body, employee: &mut Employee) -> Result<(), Problem> {
    let (people, departments) = (&call.portal.people, &mut employee.departments);
    refer_to_many(body, "departments", "Department", departments, |id| {
        call.require_department(id, "departments").is_ok()
    })?;
    let groups = &mut employee.employee_groups;
    refer_to_many(body, "employeeGroups", "Employee group", groups, |id| {
        people.groups.contains_key(&id)
    })?;
    refer_to_many(body, "skillIds", "Skill", &mut employee.skills, |id| {
        people.skills.get(&id).is_some_and(|skill| !skill.time_limited)
    })?;
    let primary = &mut employee.primary_department;
    refer_to_one(body, "primaryDepartmentId", "Department", primary, |id| {
        employee.departments.contains(&id)
    })?;
    let kind = &mut employee.employee_type;
    refer_to_one(body, "employeeTypeId", "Employee type", kind, |id| {
        people.types.contains_key(&id)
    })?;
    let supervisor = &mut employee.supervisor_id;
    refer_to_one(body, "supervisorId", "Supervisor", supervisor, |id| {
        people.supervisors.contains_key(&id)
    })
}

fn refer_to_many(
    body: &Body,
    member: &'static str,
    entity: &str,
    field: &mut Vec<i64>,
    known: impl Fn(i64) -> bool,
) -> Result<(), Problem> {
    if body.has(member) {
        *field = body.ids(member)?.unwrap_or_default();
    }
    if body.has(member) && !field.iter().all(|id| known(*id)) {
        return Err(Problem::bad(member, format!("{entity} id is invalid")));
    }
    Ok(())
}

fn refer_to_one(
    body: &Body,
    member: &'static str,
    entity: &str,
    field: &mut Option<i64>,
    known: impl Fn(i64) -> bool,
) -> Result<(), Problem> {
    if body.has(member) {
        *field = body.id(member)?;
    }
    if body.has(member) && field.is_some_and(|id| !known(id)) {
        return Err(Problem::bad(member, format!("{entity} id is invalid")));
    }
    Ok(())
}

pub(crate) fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| {
        let no_blank = !text.contains(char::is_whitespace);
        no_blank && !name.is_empty() && host.contains('.') && !host.contains('@')
    })
}
