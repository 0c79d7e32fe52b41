//! `GET /hr/v1.0/employees/fielddefinitions`: what this portal demands of an employee (Planday, HR).

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::employee_writes::REQUIRED;
use crate::planday::api::{Call, Reply};
use crate::planday::errors::Problem;

/// The writable members and the names of their types.
const MEMBERS: [(&str, &str); 25] = [
    ("firstName", "optionalString"),
    ("lastName", "optionalString"),
    ("userName", "optionalEmail"),
    ("email", "optionalEmail"),
    ("departments", "optionalArray<System.Int64>"),
    ("employeeGroups", "optionalArray<System.Int64>"),
    ("skillIds", "optionalArray<System.Int64>"),
    ("primaryDepartmentId", "optionalNumeric"),
    ("employeeTypeId", "optionalEmployeeType"),
    ("supervisorId", "optionalNumeric"),
    ("cellPhone", "optionalString"),
    ("cellPhoneCountryCode", "optionalCountryCode"),
    ("phone", "optionalString"),
    ("phoneCountryCode", "optionalCountryCode"),
    ("street1", "optionalString"),
    ("street2", "optionalString"),
    ("zip", "optionalString"),
    ("city", "optionalString"),
    ("hiredFrom", "optionalDate"),
    ("birthDate", "optionalDate"),
    ("gender", "optionalGender"),
    ("jobTitle", "optionalString"),
    ("salaryIdentifier", "optionalString"),
    ("ssn", "optionalString"),
    ("bankAccount", "bankAccount"),
];

/// The JSON Schema (draft 4) of a creation or an update.
pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Problem> {
    let creates = match call.query("type") {
        None => true,
        Some(kind) if kind.eq_ignore_ascii_case("Post") => true,
        Some(kind) if kind.eq_ignore_ascii_case("Put") => false,
        Some(_) => return Err(Problem::bad("type", "type must be Post or Put")),
    };
    let mut required: Vec<&str> = REQUIRED
        .into_iter()
        .filter(|member| creates || *member != "userName")
        .collect();
    let demanded = call.portal.people.required.iter().map(String::as_str);
    required.extend(demanded.filter(|member| !REQUIRED.contains(member)));
    let properties: Map<String, Value> = MEMBERS
        .iter()
        .map(|(name, kind)| {
            (
                (*name).to_owned(),
                json!({ "$ref": format!("#/definitions/{kind}") }),
            )
        })
        .collect();
    let read_only: &[&str] = if creates { &[] } else { &["userName"] };
    let body = json!({ "data": {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "required": required,
        "properties": properties,
        "definitions": definitions(call),
        "portalId": call.portal.id,
        "readOnly": read_only,
        "unique": ["userName"],
    }});
    Ok(Reply::Json(StatusCode::OK, body))
}

/// The types, with the ids that this portal knows.
fn definitions(call: &Call<'_>) -> Value {
    let types: Vec<i64> = call.portal.people.types.keys().copied().collect();
    let text = json!({ "type": ["string", "null"] });
    json!({
        "optionalString": text,
        "optionalEmail": { "type": ["string", "null"], "format": "email" },
        "optionalCountryCode": text,
        "optionalDate": { "type": ["string", "null"], "format": "date" },
        "optionalGender": { "enum": ["Male", "Female", null] },
        "optionalEmployeeType": { "type": ["integer", "null"], "enum": types },
        "optionalNumeric": { "type": ["number", "null"] },
        "optionalArray<System.Int64>": { "type": ["array", "null"], "items": { "type": "integer" } },
        "bankAccount": { "type": ["object", "null"], "properties": {
            "registrationNumber": text,
            "accountNumber": text,
        }},
    })
}
