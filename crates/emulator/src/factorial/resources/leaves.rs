//! `timeoff/leaves`.

use serde_json::{Value, json};

use crate::factorial::api::call::{Call, Outcome, created, known, member, ok, required, text, write};
use crate::factorial::api::problem::Problem;
use crate::factorial::records;

pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let rows = call
        .company
        .tables
        .leaves
        .iter()
        .filter(|(_, leave)| {
            let value = |name| member(leave, name);
            let last = value("finish_on").or(value("start_on"));
            call.is_open(value("employee_id"))
                && call.among("ids", value("id"))
                && call.among("employee_ids", value("employee_id"))
                && call.among("leave_type_id", value("leave_type_id"))
                && call.query("from").is_none_or(|from| last >= Some(from))
                && call.query("to").is_none_or(|to| value("start_on") <= Some(to))
                && call
                    .flag("approved")
                    .is_none_or(|wanted| leave.get("approved") == Some(&json!(wanted)))
        })
        .map(|(id, leave)| (*id, leave.clone()))
        .collect();
    call.page(rows)
}

/// One that the caller may see; another is not there for them.
fn open(call: &Call<'_>, id: &str) -> Result<u64, Problem> {
    let id = known(&call.company.tables.leaves, id)?;
    let employee = member(&call.company.tables.leaves[&id], "employee_id");
    call.is_open(employee)
        .then_some(id)
        .ok_or_else(Problem::not_found)
}

pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let id = open(call, call.tail)?;
    Ok(ok(call.company.tables.leaves[&id].clone()))
}

fn date(body: &records::Record, name: &'static str) -> Result<Option<String>, Problem> {
    let text = text(body, name);
    if text
        .as_ref()
        .is_some_and(|text| text.parse::<jiff::civil::Date>().is_err())
    {
        return Err(Problem::invalid(name, "is not a date"));
    }
    Ok(text)
}

pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let body = call.body()?;
    required(&body, "employee_id")?;
    let employee = call.employee_of(&body)?;
    required(&body, "start_on")?;
    let start_on = date(&body, "start_on")?.unwrap_or_default();
    let finish_on = date(&body, "finish_on")?.unwrap_or_else(|| start_on.clone());
    if finish_on < start_on {
        return Err(Problem::invalid("finish_on", "must not be before start_on"));
    }
    let id = call.new_id();
    let mut leave = records::leave(call.company.id, id, employee, (&start_on, &finish_on), &call.now);
    let name = member(&call.company.tables.employees[&employee], "full_name");
    leave.insert("employee_full_name".to_owned(), json!(name));
    write(
        &mut leave,
        &body,
        &[
            "leave_type_id",
            "description",
            "half_day",
            "start_time",
            "hours_amount_in_cents",
        ],
    );
    call.company.tables.leaves.insert(id, leave.clone());
    Ok(created(leave))
}

/// `approve` and `reject`, by an administrator.
pub(crate) fn decide(call: &mut Call<'_>, approved: bool) -> Outcome {
    let body = call.body()?;
    let id = open(call, &required(&body, "id")?)?;
    call.require_admin()?;
    let now = call.now.clone();
    let Some(leave) = call.company.tables.leaves.get_mut(&id) else {
        return Err(Problem::not_found());
    };
    if leave.get("approved").is_some_and(|said| !said.is_null()) {
        return Err(Problem::invalid_state("The leave was decided already"));
    }
    leave.insert("approved".to_owned(), Value::Bool(approved));
    leave.insert("updated_at".to_owned(), json!(now));
    if !approved {
        write(leave, &body, &["reason"]);
    }
    Ok(ok(leave.clone()))
}
