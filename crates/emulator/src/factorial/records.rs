//! A company's data: the records of each resource, as the API shows them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::world::Company;

/// The members of one object.
pub(crate) type Record = Map<String, Value>;

/// Objects by id.
pub(crate) type Table = BTreeMap<u64, Record>;

#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    pub(crate) legal_entities: Table,
    pub(crate) employees: Table,
    pub(crate) teams: Table,
    pub(crate) leaves: Table,
    pub(crate) shifts: Table,
    pub(crate) documents: Table,
}

/// Every member of an employee that is null unless somebody says otherwise (Factorial, employees/employees).
const EMPLOYEE: [&str; 44] = [
    "preferred_name",
    "birth_name",
    "gender",
    "identifier",
    "identifier_type",
    "email",
    "login_email",
    "birthday_on",
    "nationality",
    "address_line_1",
    "address_line_2",
    "postal_code",
    "city",
    "state",
    "country",
    "bank_number",
    "swift_bic",
    "bank_number_format",
    "legal_entity_id",
    "default_work_area_id",
    "social_security_number",
    "terminated_on",
    "termination_reason_type",
    "termination_reason",
    "termination_observations",
    "manager_id",
    "timeoff_manager_id",
    "phone_number",
    "company_identifier",
    "age_number",
    "termination_type_description",
    "contact_name",
    "contact_number",
    "personal_email",
    "seniority_calculation_date",
    "communications_email",
    "unconfirmed_communications_email",
    "pronouns",
    "disability_percentage_cents",
    "identifier_expiration_date",
    "country_of_birth",
    "birthplace",
    "location_id",
    "active",
];

/// The date of what exists from the start.
const BEGINNING: &str = "2026-01-02T09:00:00.000+00:00";

/// An object's members from `{...}`.
pub(crate) fn record(value: Value) -> Record {
    match value {
        Value::Object(members) => members,
        _ => Record::new(),
    }
}

/// An employee as the API makes one.
pub(crate) fn employee(company: u64, id: u64, first_name: &str, last_name: &str, now: &str) -> Record {
    let mut employee: Record = EMPLOYEE
        .iter()
        .map(|name| ((*name).to_owned(), Value::Null))
        .collect();
    employee.extend(record(json!({
        "id": id.to_string(),
        "access_id": (id + 500_000).to_string(),
        "first_name": first_name,
        "last_name": last_name,
        "full_name": format!("{first_name} {last_name}"),
        "company_id": company.to_string(),
        "location_id": (company + 31).to_string(),
        "created_at": now,
        "updated_at": now,
        "is_terminating": false,
        "attendable": true,
        "active": true,
    })));
    employee
}

pub(crate) fn team(company: u64, id: u64, name: &str) -> Record {
    record(json!({
        "id": id.to_string(),
        "name": name,
        "company_id": company.to_string(),
        "description": null,
        "avatar": null,
        "employee_ids": [],
        "lead_ids": [],
        "depth": 0,
        "parent_team_id": null,
    }))
}

pub(crate) fn legal_entity(company: u64, id: u64, legal_name: &str, country: &str) -> Record {
    record(json!({
        "id": id.to_string(),
        "company_id": company.to_string(),
        "country": country,
        "legal_name": legal_name,
        "currency": "EUR",
        "tin": null,
        "siret": null,
        "city": null,
        "state": null,
        "postal_code": null,
        "address_line_1": null,
        "address_line_2": null,
    }))
}

pub(crate) fn leave(
    company: u64,
    id: u64,
    employee: u64,
    (start_on, finish_on): (&str, &str),
    now: &str,
) -> Record {
    record(json!({
        "id": id.to_string(),
        "company_id": company.to_string(),
        "employee_id": employee.to_string(),
        "start_on": start_on,
        "finish_on": finish_on,
        "updated_at": now,
        "created_at": now,
        "days_taken": days(start_on, finish_on),
        "half_day": null,
        "description": null,
        "reason": null,
        "leave_type_id": (company + 41).to_string(),
        "leave_type_name": "Holidays",
        "approved": null,
        "employee_full_name": null,
        "start_time": null,
        "hours_amount_in_cents": null,
        "deleted_at": null,
        "duration_attributes": null,
        "duration_by_day_attributes": null,
    }))
}

/// Calendar days from the first to the last, as a number with a fraction; 1 where a date cannot be read.
fn days(start_on: &str, finish_on: &str) -> f64 {
    let date = |text: &str| text.parse::<jiff::civil::Date>().ok();
    match (date(start_on), date(finish_on)) {
        (Some(start), Some(finish)) => f64::from((finish - start).get_days() + 1),
        _ => 1.0,
    }
}

pub(crate) fn shift(company: u64, id: u64, employee: u64, clock_in: &str, now: &str) -> Record {
    let (date, time) = clock_in.split_once('T').unwrap_or((clock_in, "00:00:00"));
    record(json!({
        "id": id.to_string(),
        "employee_id": employee.to_string(),
        "company_id": company.to_string(),
        "date": date,
        "reference_date": date,
        "created_at": now,
        "updated_at": now,
        "minutes": 0,
        "clock_in": time.get(..5).unwrap_or(time),
        "clock_in_with_seconds": time.get(..8).unwrap_or(time),
        "clock_out": null,
        "in_source": "api",
        "out_source": null,
        "observations": null,
        "location_type": null,
        "half_day": null,
        "in_location_latitude": null,
        "in_location_longitude": null,
        "in_location_accuracy": null,
        "out_location_latitude": null,
        "out_location_longitude": null,
        "out_location_accuracy": null,
        "workable": true,
        "workplace_id": null,
        "time_settings_break_configuration_id": null,
    }))
}

impl Company {
    /// Adds an employee; `members` are any others of its members, as the API shows them.
    #[must_use]
    pub fn employee(mut self, id: u64, first_name: &str, last_name: &str, members: Value) -> Self {
        let mut employee = employee(self.id, id, first_name, last_name, BEGINNING);
        employee.extend(record(members));
        self.tables.employees.insert(id, employee);
        self
    }

    /// Adds a team of these employees.
    #[must_use]
    pub fn team(mut self, id: u64, name: &str, employees: &[u64]) -> Self {
        let mut team = team(self.id, id, name);
        let ids: Vec<String> = employees.iter().map(u64::to_string).collect();
        team.insert("employee_ids".to_owned(), json!(ids));
        self.tables.teams.insert(id, team);
        self
    }

    /// Adds a legal entity. The country is two letters.
    #[must_use]
    pub fn legal_entity(mut self, id: u64, legal_name: &str, country: &str) -> Self {
        let entity = legal_entity(self.id, id, legal_name, country);
        self.tables.legal_entities.insert(id, entity);
        self
    }

    /// Adds a leave that nobody has said yes or no to. The days are `yyyy-mm-dd`.
    #[must_use]
    pub fn leave(mut self, id: u64, employee: u64, start_on: &str, finish_on: &str) -> Self {
        let leave = leave(self.id, id, employee, (start_on, finish_on), BEGINNING);
        self.tables.leaves.insert(id, leave);
        self
    }

    /// Adds a shift that is still running, begun at this local time, `yyyy-mm-ddThh:mm:ss`.
    #[must_use]
    pub fn shift(mut self, id: u64, employee: u64, clock_in: &str) -> Self {
        let shift = shift(self.id, id, employee, clock_in, BEGINNING);
        self.tables.shifts.insert(id, shift);
        self
    }

    /// Its employees as they are now, as the API shows them to an administrator.
    pub fn employee_list(&self) -> Vec<Value> {
        self.tables
            .employees
            .values()
            .cloned()
            .map(Value::Object)
            .collect()
    }

    /// Its teams as they are now.
    pub fn team_list(&self) -> Vec<Value> {
        self.tables.teams.values().cloned().map(Value::Object).collect()
    }
}
