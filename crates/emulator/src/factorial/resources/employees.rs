//! `employees/employees`.

use http::StatusCode;
use serde_json::{Value, json};

use crate::factorial::api::call::{Call, Outcome, Reply, known, member, ok, required, text, write};
use crate::factorial::api::problem::Problem;
use crate::factorial::records::{self, Record};

/// What anybody sees of a colleague; the rest is null for them, not an error (Factorial, FAQs).
const OPEN: [&str; 18] = [
    "id",
    "access_id",
    "first_name",
    "last_name",
    "full_name",
    "preferred_name",
    "pronouns",
    "company_id",
    "location_id",
    "legal_entity_id",
    "manager_id",
    "timeoff_manager_id",
    "email",
    "created_at",
    "updated_at",
    "is_terminating",
    "attendable",
    "active",
];

const WRITABLE: [&str; 33] = [
    "gender",
    "first_name",
    "last_name",
    "identifier",
    "identifier_type",
    "birthday_on",
    "nationality",
    "address_line_1",
    "address_line_2",
    "postal_code",
    "city",
    "state",
    "country",
    "bank_number",
    "bank_number_format",
    "swift_bic",
    "manager_id",
    "timeoff_manager_id",
    "social_security_number",
    "phone_number",
    "company_identifier",
    "seniority_calculation_date",
    "legal_entity_id",
    "location_id",
    "preferred_name",
    "pronouns",
    "contact_name",
    "contact_number",
    "personal_email",
    "communications_email",
    "disability_percentage_cents",
    "identifier_expiration_date",
    "email",
];

/// As the caller sees it.
fn seen(call: &Call<'_>, employee: &Record) -> Record {
    let mut employee = employee.clone();
    if !call.is_open(member(&employee, "id")) {
        for (name, value) in &mut employee {
            if !OPEN.contains(&name.as_str()) {
                *value = Value::Null;
            }
        }
    }
    employee
}

pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let rows = call
        .company
        .tables
        .employees
        .iter()
        .filter(|(_, employee)| is_wanted(call, employee))
        .map(|(id, employee)| (*id, seen(call, employee)))
        .collect();
    call.page(rows)
}

fn is_wanted(call: &Call<'_>, employee: &Record) -> bool {
    let value = |name| member(employee, name);
    let id = value("id");
    let name = || value("full_name").unwrap_or_default().to_lowercase();
    let others = || call.company.tables.employees.values();
    let manages = || others().any(|other| member(other, "manager_id") == id);
    let in_team = |team: &Record| {
        let ids = team.get("employee_ids").and_then(Value::as_array);
        ids.is_some_and(|ids| ids.iter().any(|member| member.as_str() == id))
    };
    let teams = || {
        let mut teams = call.company.tables.teams.values();
        call.among("team_ids", None)
            || teams.any(|team| in_team(team) && call.among("team_ids", member(team, "id")))
    };
    let active = employee.get("active") == Some(&json!(true));
    call.among("ids", id)
        && call.among("access_ids", value("access_id"))
        && call.among("emails", value("email"))
        && call.among("legal_entity_ids", value("legal_entity_id"))
        && call.among("location_ids", value("location_id"))
        && teams()
        && (active || call.flag("only_active") != Some(true))
        && (call.flag("only_managers") != Some(true) || manages())
        && call
            .query("company_identifier")
            .is_none_or(|wanted| value("company_identifier") == Some(wanted))
        && call
            .query("full_text_name")
            .is_none_or(|wanted| name().contains(&wanted.to_lowercase()))
        && call
            .query("name_starts_with")
            .is_none_or(|wanted| name().starts_with(&wanted.to_lowercase()))
        && call
            .query("updated_at_gteq")
            .is_none_or(|since| value("updated_at") >= Some(since))
}

pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let id = call.path_id(&call.company.tables.employees)?;
    Ok(ok(seen(call, &call.company.tables.employees[&id])))
}

fn is_taken(call: &Call<'_>, email: &str) -> bool {
    let mut employees = call.company.tables.employees.values();
    employees.any(|employee| member(employee, "email") == Some(email))
}

fn own_company(call: &Call<'_>, body: &Record) -> Result<(), Problem> {
    let same = required(body, "company_id")? == call.company.id.to_string();
    same.then_some(())
        .ok_or_else(|| Problem::invalid("company_id", "must exist"))
}

/// `create_with_contract`: an action, so 200.
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    call.require_admin()?;
    let body = call.body()?;
    own_company(call, &body)?;
    let (first_name, last_name) = (required(&body, "first_name")?, required(&body, "last_name")?);
    let email = required(&body, "email")?;
    if is_taken(call, &email) {
        return Err(Problem::invalid("email", "has already been taken"));
    }
    let id = call.new_id();
    let mut employee = records::employee(call.company.id, id, &first_name, &last_name, &call.now);
    write(&mut employee, &body, &WRITABLE);
    if let Some(line) = body.get("address_line1") {
        // The create call's own spelling.
        employee.insert("address_line_1".to_owned(), line.clone());
    }
    if let Some(team) = text(&body, "team_id") {
        let team = known(&call.company.tables.teams, &team)
            .map_err(|_| Problem::invalid("team_id", "must exist"))?;
        let team = call.company.tables.teams.get_mut(&team);
        if let Some(Value::Array(ids)) = team.and_then(|team| team.get_mut("employee_ids")) {
            ids.push(json!(id.to_string()));
        }
    }
    call.company.tables.employees.insert(id, employee.clone());
    Ok(Reply(StatusCode::OK, Value::Object(employee)))
}

/// The employee gets an e-mail; the answer is the employee.
pub(crate) fn invite(call: &mut Call<'_>) -> Outcome {
    call.require_admin()?;
    let body = call.body()?;
    own_company(call, &body)?;
    let id = known(&call.company.tables.employees, &required(&body, "id")?)?;
    call.company.invited.insert(id);
    Ok(ok(call.company.tables.employees[&id].clone()))
}

/// A partial update: what is left out stays.
pub(crate) fn update(call: &mut Call<'_>) -> Outcome {
    let id = call.path_id(&call.company.tables.employees)?;
    call.require_admin()?;
    let body = call.body()?;
    for name in ["first_name", "last_name"] {
        if body.contains_key(name) {
            required(&body, name)?;
        }
    }
    let Some(employee) = call.company.tables.employees.get_mut(&id) else {
        return Err(Problem::not_found());
    };
    write(employee, &body, &WRITABLE);
    let name = |name| member(employee, name).unwrap_or_default();
    let full_name = format!("{} {}", name("first_name"), name("last_name"));
    employee.insert("full_name".to_owned(), json!(full_name));
    employee.insert("updated_at".to_owned(), json!(call.now));
    Ok(ok(employee.clone()))
}
