//! `GET /scheduling/v1.0/timeandcost/{departmentId}` (Planday, Time and Cost guide).

use http::StatusCode;
use jiff::civil::DateTime;
use serde_json::{Value, json};

use crate::planday::api::{Call, Reply};
use crate::planday::errors::Problem;
use crate::planday::filters;
use crate::planday::schedule::Shift;

/// The duration and cost of each assigned shift; open ones are left out.
pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Problem> {
    let department = call.path_id("Department")?;
    if call.require_department(department, "departmentId").is_err() {
        return Err(Problem::no_such("Department"));
    }
    let (first, last) = filters::required_days(call)?;
    let (first, last) = (first.to_string(), last.to_string());
    let costs: Vec<Value> = call
        .portal
        .schedule
        .shifts
        .values()
        .filter(|shift| shift.deleted.is_none() && shift.department == Some(department))
        .filter(|shift| first <= shift.date && shift.date <= last)
        .filter_map(cost)
        .collect();
    let body = json!({ "data": {
        "costs": costs,
        "currencySymbol": "kr",
        "currencyFormatString": "{0}{1}",
    }});
    Ok(Reply::Json(StatusCode::OK, body))
}

fn cost(shift: &Shift) -> Option<Value> {
    let employee = shift.employee?;
    let minutes = minutes(shift)?;
    let wage = shift
        .default_wage
        .as_ref()
        .and_then(|wage| wage["amount"].as_f64());
    let cost = wage.unwrap_or_default() * f64::from(minutes) / 60.0;
    Some(json!({
        "shiftId": shift.id,
        "duration": format!("{}:{:02}:{:02}", minutes / 1440, minutes / 60 % 24, minutes % 60),
        "cost": (cost * 100.0).round() / 100.0,
        "employeeId": employee,
        "date": shift.date,
        "shiftTypeId": shift.shift_type,
        "positionId": shift.position,
    }))
}

/// How long a shift lasts on its own clock, a day at most.
fn minutes(shift: &Shift) -> Option<i32> {
    let (start, end) = shift.times.as_ref()?;
    let (start, end): (DateTime, DateTime) = (start.parse().ok()?, end.parse().ok()?);
    i32::try_from(start.duration_until(end).as_mins()).ok()
}
