//! `/hr/v1.0/employees` (Planday, HR: employees).

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::api::{Call, Reply};
use super::errors::Problem;
use super::paging;
use super::world::Employee;

/// Members that need a scope of their own and a `special` query value.
const SPECIAL: [(&str, &str, &str); 3] = [
    ("BankAccount", "bankAccount", "bankaccount:read"),
    ("BirthDate", "birthDate", "birthdate:read"),
    ("Ssn", "ssn", "ssn:read"),
];

/// The dial prefix and country of every invented number.
const DIAL_PREFIX: &str = "+45";
const PHONE_COUNTRY: &str = "DK";

/// The active employees in visible departments, by id.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let special = special(call)?;
    let with_groups = call.flag("includeSecurityGroups")?;
    let created = span(call, "createdFrom", "createdTo")?;
    let modified = span(call, "modifiedFrom", "modifiedTo")?;
    let search = call.query("searchQuery").unwrap_or_default().to_lowercase();
    let rows: Vec<Value> = call
        .portal
        .employees
        .values()
        .filter(|employee| !employee.deactivated && is_visible(call, employee))
        .filter(|employee| within(&employee.created, created) && within(&employee.modified, modified))
        .filter(|employee| search.is_empty() || matches_search(employee, &search))
        .map(|employee| list_row(employee, with_groups, &special))
        .collect();
    paging::page(call, &rows)
}

/// One employee, with the names that only this operation uses.
pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Problem> {
    let special = special(call)?;
    let id = call.path_id("Employee")?;
    let found = call
        .portal
        .employees
        .get(&id)
        .filter(|employee| is_visible(call, employee));
    let employee = found.ok_or_else(|| Problem::no_such("Employee"))?;
    Ok(Reply::Json(
        StatusCode::OK,
        json!({ "data": detail(employee, &special) }),
    ))
}

fn is_visible(call: &Call<'_>, employee: &Employee) -> bool {
    call.administrator.sees.is_none()
        || employee
            .departments
            .iter()
            .any(|department| call.administrator.sees_department(*department))
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
        if !call.app.scopes.iter().any(|granted| granted == scope) {
            return Err(Problem::missing_scope(scope));
        }
        members.push(*member);
    }
    Ok(members)
}

type Span = (Option<jiff::Timestamp>, Option<jiff::Timestamp>);

fn span(call: &Call<'_>, from: &'static str, to: &'static str) -> Result<Span, Problem> {
    let read = |name| match call.query(name) {
        None => Ok(None),
        Some(text) => timestamp(text).map(Some).ok_or_else(|| {
            Problem::bad(
                name,
                format!("The value of {name} must have the format yyyy-mm-ddThh:mm:ssZ"),
            )
        }),
    };
    Ok((read(from)?, read(to)?))
}

/// Reads `yyyy-mm-ddThh:mm:ssZ`.
fn timestamp(text: &str) -> Option<jiff::Timestamp> {
    (text.len() == 20 && text.ends_with('Z'))
        .then(|| text.parse().ok())
        .flatten()
}

fn within(text: &str, (from, to): Span) -> bool {
    let at = timestamp(text);
    from.is_none_or(|from| at.is_some_and(|at| at >= from))
        && to.is_none_or(|to| at.is_some_and(|at| at <= to))
}

/// Name, e-mail, phone, salary identifier, social security number.
fn matches_search(employee: &Employee, search: &str) -> bool {
    let name = format!("{} {}", employee.first_name, employee.last_name);
    let texts = [
        Some(&name),
        Some(&employee.user_name),
        employee.cell_phone.as_ref(),
        employee.salary_identifier.as_ref(),
        employee.ssn.as_ref(),
    ];
    texts
        .into_iter()
        .flatten()
        .any(|text| text.to_lowercase().contains(search))
}

/// The members that lists and single answers share.
fn common(employee: &Employee, special: &[&str]) -> Map<String, Value> {
    let value = json!({
        "id": employee.id,
        "firstName": employee.first_name,
        "lastName": employee.last_name,
        "userName": employee.user_name,
        "email": employee.user_name,
        "deactivationDate": null,
        "dateTimeCreated": employee.created,
        "dateTimeModified": employee.modified,
        "employeeTypeId": null,
        "salaryIdentifier": employee.salary_identifier,
        "primaryDepartmentId": employee.departments.first(),
        "departments": employee.departments,
        "employeeGroups": employee.employee_groups,
        "supervisorId": employee.supervisor_id,
        "cellPhoneCountryPrefix": employee.cell_phone.as_ref().map(|_| DIAL_PREFIX),
        "cellPhoneCountryCode": employee.cell_phone.as_ref().map(|_| PHONE_COUNTRY),
        "phone": null,
        "phoneCountryPrefix": null,
        "phoneCountryCode": null,
        "street1": null,
        "street2": null,
        "zip": null,
        "city": employee.city,
        "isPublic": true,
        "terminationTypeId": null,
        "terminationTypeName": null,
        "deactivationReason": null,
    });
    let Value::Object(mut members) = value else {
        return Map::new();
    };
    for member in special {
        let value = match *member {
            "bankAccount" => employee.bank_account.as_ref().map(|(registration, account)| {
                json!({ "registrationNumber": registration, "accountNumber": account })
            }),
            "birthDate" => employee.birth_date.as_ref().map(|date| json!(date)),
            _ => employee.ssn.as_ref().map(|ssn| json!(ssn)),
        };
        members.insert((*member).to_owned(), value.unwrap_or_default());
    }
    members
}

fn list_row(employee: &Employee, with_groups: bool, special: &[&str]) -> Value {
    let mut members = common(employee, special);
    let full = employee
        .cell_phone
        .as_ref()
        .map(|number| format!("{DIAL_PREFIX}{number}"));
    members.insert("hiredDate".to_owned(), json!(employee.hired));
    members.insert("dateTimeDeleted".to_owned(), Value::Null);
    members.insert("cellPhone".to_owned(), json!(full));
    members.insert(
        "cellPhoneWithoutCountryPrefix".to_owned(),
        json!(employee.cell_phone),
    );
    members.insert("phoneWithoutCountryPrefix".to_owned(), Value::Null);
    if with_groups {
        members.insert("securityGroups".to_owned(), json!(employee.security_groups));
    }
    Value::Object(members)
}

fn detail(employee: &Employee, special: &[&str]) -> Value {
    let mut members = common(employee, special);
    for (name, value) in [
        ("hiredFrom", json!(employee.hired)),
        ("isDeactivated", json!(employee.deactivated)),
        ("gender", json!(employee.gender)),
        ("jobTitle", json!(employee.job_title)),
        ("supervisorEmployeeId", Value::Null),
        ("securityGroups", json!(employee.security_groups)),
        ("skillIds", json!([])),
        ("contractRulesRuleId", Value::Null),
        ("workHours", Value::Null),
        ("countryId", Value::Null),
        ("cellPhone", json!(employee.cell_phone)),
    ] {
        members.insert(name.to_owned(), value);
    }
    Value::Object(members)
}
