//! Deactivating and reactivating employees (Planday, HR: employees).

use http::StatusCode;

use super::employee_history::save;
use super::employees::find;
use crate::planday::api::{Call, Reply};
use crate::planday::body::Body;
use crate::planday::errors::Problem;
use crate::planday::schedule::ShiftStatus;

/// Lets an employee go: today, or on `date`, which may lie in the future. Their shifts from that day on open up unless
/// `keepShifts` is true (undocumented; the name says so).
pub(crate) fn deactivate(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let id = call.path_id("Employee")?;
    let mut employee = find(call, id)?.clone();
    if employee.has_left(call.today()) {
        return Err(Problem::bad("id", "Employee id is invalid"));
    }
    call.require_edit()?;
    let body = Body::read_optional(call)?;
    let day = body.date("date")?.unwrap_or_else(|| call.today().to_owned());
    employee.deactivation_reason = body.text("reason")?;
    employee.termination_type = body.id("terminationTypeId")?;
    let keeps_shifts = body.flag("keepShifts")?.unwrap_or(false);
    employee.deactivation_date = Some(day.clone());
    save(call, employee);
    if !keeps_shifts {
        let shifts = call.portal.schedule.shifts.values_mut();
        for shift in shifts.filter(|shift| shift.employee == Some(id) && shift.date >= day) {
            shift.employee = None;
            shift.modified.clone_from(&call.now);
            if shift.status != ShiftStatus::Draft {
                shift.status = ShiftStatus::Open;
            }
        }
    }
    Ok(Reply::NoContent)
}

/// Takes an employee back, into other departments if some are given.
pub(crate) fn reactivate(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let id = call.path_id("Employee")?;
    let mut employee = find(call, id)?.clone();
    call.require_edit()?;
    let body = Body::read_optional(call)?;
    body.text("comment")?;
    if !employee.deactivated && employee.deactivation_date.is_none() {
        return Err(Problem::new(StatusCode::CONFLICT, "The employee is active"));
    }
    if let Some(departments) = body.ids("departments")?.filter(|ids| !ids.is_empty()) {
        for department in &departments {
            call.require_department(*department, "departments")?;
        }
        employee.departments = departments;
        employee.primary_department = None;
    }
    employee.deactivated = false;
    employee.deactivation_date = None;
    employee.deactivation_reason = None;
    employee.termination_type = None;
    save(call, employee);
    Ok(Reply::NoContent)
}
