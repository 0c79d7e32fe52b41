//! `api_public/credentials`: who a credential is. Works with all three kinds and needs no scope.

use serde_json::json;

use crate::factorial::api::call::{Call, Outcome, member};
use crate::factorial::api::credential::Caller;
use crate::factorial::records::{Record, record};

/// Members that a person's credential fills.
const PERSON: [&str; 6] = [
    "email",
    "login_email",
    "full_name",
    "first_name",
    "last_name",
    "role",
];
/// Members that a company's fills.
const COMPANY: [&str; 11] = [
    "gdpr_tos",
    "legal_name",
    "locale",
    "logo",
    "name",
    "onboarded_on",
    "subscription_plan",
    "tin",
    "to_be_deleted",
    "tos",
    "employee_id",
];

/// A page with one item. The kinds are told apart by which members are filled, and by the prefix of the id; which
/// prefixes there are is in no document, and those here are invented.
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let company = call.company.id;
    let mut item: Record = PERSON
        .iter()
        .chain(&COMPANY)
        .map(|name| ((*name).to_owned(), serde_json::Value::Null))
        .collect();
    let id = match call.caller {
        Caller::User { person, .. } => {
            let employee = person
                .employee
                .and_then(|id| call.company.tables.employees.get(&id));
            let name = |name| employee.and_then(|employee| member(employee, name));
            item.extend(record(json!({
                "employee_id": person.employee.map(|id| id.to_string()),
                "email": person.email,
                "login_email": person.email,
                "full_name": name("full_name"),
                "first_name": name("first_name"),
                "last_name": name("last_name"),
                "role": if person.admin { "admin" } else { "basic" },
            })));
            format!("access-{}", person.employee.unwrap_or(company))
        }
        Caller::Company { .. } => format!("company-{company}"),
        Caller::Key { number, .. } => format!("api_key-{number}"),
    };
    if !matches!(call.caller, Caller::User { .. }) {
        item.extend(record(json!({
            "name": call.company.name,
            "legal_name": format!("{} SL", call.company.name),
            "locale": "es",
            "gdpr_tos": true,
            "tos": true,
            "onboarded_on": "2024-02-01",
            "subscription_plan": "enterprise",
        })));
    }
    item.insert("id".to_owned(), json!(id));
    item.insert("company_id".to_owned(), json!(company.to_string()));
    call.page(vec![(company, item)])
}
