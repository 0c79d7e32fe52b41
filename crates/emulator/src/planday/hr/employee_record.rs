//! An employee as the API shows one: lists and single answers differ (Planday, HR: employees).

use serde_json::{Map, Value, json};

use crate::planday::people::{Employee, People};

/// The dial prefixes of the countries that numbers here come from; the country of a number that names none.
const DIAL_PREFIXES: [(&str, &str); 5] = [
    ("DK", "+45"),
    ("SE", "+46"),
    ("NO", "+47"),
    ("GB", "+44"),
    ("DE", "+49"),
];
const USUAL_COUNTRY: &str = "DK";

/// A phone number in its parts.
struct Phone<'a> {
    number: Option<&'a str>,
    country: Option<&'a str>,
    prefix: Option<&'static str>,
}

impl<'a> Phone<'a> {
    fn new(number: Option<&'a String>, country: Option<&'a String>) -> Self {
        let number = number.map(String::as_str);
        let country = number.map(|_| country.map_or(USUAL_COUNTRY, String::as_str));
        let prefix = country.and_then(|country| {
            let known = DIAL_PREFIXES.iter().find(|(code, _)| *code == country);
            known.map(|(_, prefix)| *prefix)
        });
        Self {
            number,
            country,
            prefix,
        }
    }

    fn with_prefix(&self) -> Option<String> {
        self.number
            .map(|number| format!("{}{number}", self.prefix.unwrap_or_default()))
    }
}

/// The members that lists and single answers share. Phone numbers have no prefix yet.
fn common(employee: &Employee, special: &[&str]) -> Map<String, Value> {
    let cell_phone = Phone::new(employee.cell_phone.as_ref(), employee.cell_phone_country.as_ref());
    let phone = Phone::new(employee.phone.as_ref(), employee.phone_country.as_ref());
    let value = json!({
        "id": employee.id,
        "firstName": employee.first_name,
        "lastName": employee.last_name,
        "userName": employee.user_name,
        "email": employee.email.as_ref().unwrap_or(&employee.user_name),
        "deactivationDate": employee.deactivation_date,
        "dateTimeCreated": employee.created,
        "dateTimeModified": employee.modified,
        "employeeTypeId": employee.employee_type,
        "salaryIdentifier": employee.salary_identifier,
        "primaryDepartmentId": employee.primary_department.or(employee.departments.first().copied()),
        "departments": employee.departments,
        "employeeGroups": employee.employee_groups,
        "supervisorId": employee.supervisor_id,
        "cellPhone": cell_phone.number,
        "cellPhoneCountryPrefix": cell_phone.prefix,
        "cellPhoneCountryCode": cell_phone.country,
        "phone": phone.number,
        "phoneCountryPrefix": phone.prefix,
        "phoneCountryCode": phone.country,
        "street1": employee.street1,
        "street2": employee.street2,
        "zip": employee.zip,
        "city": employee.city,
        "isPublic": true,
        "terminationTypeId": employee.termination_type,
        "terminationTypeName": employee.termination_type.map(|id| format!("Termination {id}")),
        "deactivationReason": employee.deactivation_reason,
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

/// A row of the list of active employees.
pub(crate) fn row(employee: &Employee, with_groups: bool, special: &[&str]) -> Value {
    let mut members = common(employee, special);
    let cell_phone = Phone::new(employee.cell_phone.as_ref(), employee.cell_phone_country.as_ref());
    let phone = Phone::new(employee.phone.as_ref(), employee.phone_country.as_ref());
    for (name, value) in [
        ("hiredDate", json!(employee.hired)),
        ("dateTimeDeleted", Value::Null),
        ("cellPhone", json!(cell_phone.with_prefix())),
        ("cellPhoneWithoutCountryPrefix", json!(cell_phone.number)),
        ("phone", json!(phone.with_prefix())),
        ("phoneWithoutCountryPrefix", json!(phone.number)),
    ] {
        members.insert(name.to_owned(), value);
    }
    if with_groups {
        members.insert("securityGroups".to_owned(), json!(employee.security_groups));
    }
    Value::Object(members)
}

/// A row of the list of those who left, which lacks three members.
pub(crate) fn left_row(employee: &Employee, special: &[&str]) -> Value {
    let mut row = row(employee, false, special);
    if let Value::Object(members) = &mut row {
        members.remove("supervisorId");
        members.remove("primaryDepartmentId");
    }
    row
}

/// One employee, with the names that only this answer uses.
pub(crate) fn detail(employee: &Employee, people: &People, today: &str, special: &[&str]) -> Value {
    let mut members = common(employee, special);
    let supervisor = employee
        .supervisor_id
        .and_then(|record| people.supervisors.get(&record));
    for (name, value) in [
        ("hiredFrom", json!(employee.hired)),
        ("isDeactivated", json!(employee.has_left(today))),
        ("gender", json!(employee.gender)),
        ("jobTitle", json!(employee.job_title)),
        ("supervisorEmployeeId", json!(supervisor)),
        ("securityGroups", json!(employee.security_groups)),
        ("skillIds", json!(employee.skills)),
        ("contractRulesRuleId", Value::Null),
        ("workHours", Value::Null),
        ("countryId", Value::Null),
    ] {
        members.insert(name.to_owned(), value);
    }
    for (name, value) in &employee.custom {
        let kind = match value {
            Value::Bool(_) => "Boolean",
            Value::Number(_) => "Numeric",
            _ => "Text",
        };
        members.insert(
            name.clone(),
            json!({ "name": name, "type": kind, "value": value, "url": null }),
        );
    }
    Value::Object(members)
}
