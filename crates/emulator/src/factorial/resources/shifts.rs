//! `attendance/shifts`.

use jiff::civil::DateTime;
use serde_json::{Value, json};

use crate::factorial::api::call::{Call, Outcome, Reply, known, member, ok, required, write};
use crate::factorial::api::problem::Problem;
use crate::factorial::records::{self, Record};

pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let rows = call
        .company
        .tables
        .shifts
        .iter()
        .filter(|(_, shift)| {
            let value = |name| member(shift, name);
            call.is_open(value("employee_id"))
                && call.among("ids", value("id"))
                && call.among("employee_ids", value("employee_id"))
                && call
                    .query("start_on")
                    .is_none_or(|start| value("date") >= Some(start))
                && call.query("end_on").is_none_or(|end| value("date") <= Some(end))
        })
        .map(|(id, shift)| (*id, shift.clone()))
        .collect();
    let Reply(status, mut page) = call.page(rows)?;
    if !call.among("employee_ids", None) {
        // Seen of this list, with this filter.
        page["meta"]["limit"] = Value::Null;
    }
    Ok(Reply(status, page))
}

pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let id = known(&call.company.tables.shifts, call.tail)?;
    let shift = &call.company.tables.shifts[&id];
    if !call.is_open(member(shift, "employee_id")) {
        return Err(Problem::not_found());
    }
    Ok(ok(shift.clone()))
}

/// `now`: an ISO timestamp, with or without a zone; the wall time is what counts.
fn now(body: &Record) -> Result<DateTime, Problem> {
    let text = required(body, "now")?;
    let wall = text.get(..19).unwrap_or(&text);
    wall.parse()
        .map_err(|_| Problem::invalid("now", "is not a timestamp"))
}

/// Whose shift, and the one that is running.
fn running(call: &Call<'_>, body: &Record) -> Result<(u64, Option<u64>), Problem> {
    let employee = call.employee_of(body)?;
    let id = employee.to_string();
    let open = |shift: &Record| {
        member(shift, "employee_id") == Some(id.as_str())
            && shift.get("clock_out").is_some_and(Value::is_null)
    };
    let mut shifts = call.company.tables.shifts.iter();
    let shift = shifts.find(|(_, shift)| open(shift)).map(|(id, _)| *id);
    Ok((employee, shift))
}

fn place(shift: &mut Record, body: &Record, side: &str) {
    for name in ["latitude", "longitude", "accuracy"] {
        if let Some(value) = body.get(name) {
            shift.insert(format!("{side}_location_{name}"), value.clone());
        }
    }
}

/// One shift at a time.
pub(crate) fn clock_in(call: &mut Call<'_>) -> Outcome {
    let body = call.body()?;
    let now = now(&body)?;
    let (employee, running) = running(call, &body)?;
    if running.is_some() {
        return Err(Problem::invalid("now", "there is an open shift already"));
    }
    let id = call.new_id();
    let begun = now.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let mut shift = records::shift(call.company.id, id, employee, &begun, &call.now);
    write(
        &mut shift,
        &body,
        &[
            "observations",
            "location_type",
            "workplace_id",
            "time_settings_break_configuration_id",
        ],
    );
    place(&mut shift, &body, "in");
    call.company.tables.shifts.insert(id, shift.clone());
    Ok(ok(shift))
}

pub(crate) fn clock_out(call: &mut Call<'_>) -> Outcome {
    let body = call.body()?;
    let now = now(&body)?;
    let (_, running) = running(call, &body)?;
    let written = call.now.clone();
    let shift = running.and_then(|id| call.company.tables.shifts.get_mut(&id));
    let Some(shift) = shift else {
        return Err(Problem::invalid("now", "there is no open shift"));
    };
    let date = member(shift, "date").unwrap_or_default();
    let time = member(shift, "clock_in_with_seconds").unwrap_or_default();
    let begun: Option<DateTime> = format!("{date}T{time}").parse().ok();
    let seconds = begun.map(|begun| now.duration_since(begun).as_secs());
    let Some(seconds) = seconds.filter(|seconds| *seconds >= 0) else {
        return Err(Problem::invalid("now", "is before the shift began"));
    };
    shift.insert("clock_out".to_owned(), json!(now.strftime("%H:%M").to_string()));
    shift.insert("minutes".to_owned(), json!(seconds / 60));
    shift.insert("out_source".to_owned(), json!("api"));
    shift.insert("updated_at".to_owned(), json!(written));
    write(shift, &body, &["observations"]);
    place(shift, &body, "out");
    Ok(ok(shift.clone()))
}
