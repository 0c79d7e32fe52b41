//! `companies/legal_entities`.

use crate::factorial::api::call::{Call, Outcome, member};
use crate::factorial::records::Record;

pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let of_employees = |id: &str| {
        let mut employees = call.company.tables.employees.values();
        let here = |employee: &&Record| member(employee, "legal_entity_id") == Some(id);
        call.among("employees_ids", None) || {
            employees.any(|employee| here(&employee) && call.among("employees_ids", member(employee, "id")))
        }
    };
    let rows = call
        .company
        .tables
        .legal_entities
        .iter()
        .filter(|(_, entity)| {
            call.among("ids", member(entity, "id"))
                && call.among("companies_ids", member(entity, "company_id"))
                && of_employees(member(entity, "id").unwrap_or_default())
        })
        .map(|(id, entity)| (*id, entity.clone()))
        .collect();
    call.page(rows)
}
