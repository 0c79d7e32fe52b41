//! Creating and changing shifts (Planday, Scheduling: shifts).

use http::StatusCode;
use serde_json::{Value, json};

use super::shifts::find;
use crate::planday::api::{Call, Reply};
use crate::planday::body::{Body, Invalid};
use crate::planday::errors::Problem;
use crate::planday::schedule::{Shift, ShiftStatus, wall_clock};

/// What a refused shift is told, whatever is wrong with it.
const REFUSED: &str = "The shift is not valid";

/// Creates a shift.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Reply, Problem> {
    call.require_edit()?;
    let body = Body::read(call)?;
    let mut invalid = Invalid::default();
    let department = invalid.required("departmentId", body.id("departmentId")?);
    if let Some(department) = department {
        call.require_department(department, "departmentId")?;
    }
    let last = call.portal.schedule.shifts.keys().next_back();
    let id = last.map_or(1, |last| last + 1);
    let blank = Shift {
        department,
        created: call.now.clone(),
        ..Shift::new(id, 0, "", "", "")
    };
    let shift = replaced(call, blank, &body, invalid)?;
    let shown = written(&shift);
    save(call, shift, "Created");
    Ok(Reply::Json(call.options.created, json!({ "data": shown })))
}

/// Replaces everything but the department. Members left out are emptied (undocumented), but for `isDraft`, which keeps its
/// value.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let shift = find(call, call.path_id("Shift")?)?.clone();
    call.require_edit()?;
    let body = Body::read(call)?;
    let shift = replaced(call, shift, &body, Invalid::default())?;
    let shown = written(&shift);
    save(call, shift, "Changed");
    Ok(Reply::Json(StatusCode::OK, json!({ "data": shown })))
}

/// Deletes a shift; the list of deleted ones has it from now on.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let mut shift = find(call, call.path_id("Shift")?)?.clone();
    call.require_edit()?;
    shift.deleted = Some(call.now.clone());
    save(call, shift, "Deleted");
    Ok(Reply::NoContent)
}

/// Approves a shift for payroll, which somebody must be assigned to.
pub(crate) fn approve(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let mut shift = find(call, call.path_id("Shift")?)?.clone();
    call.require_edit()?;
    if shift.employee.is_none() || shift.status == ShiftStatus::Draft {
        let message = "Only an assigned shift can be approved";
        return Err(Problem::new(StatusCode::CONFLICT, message));
    }
    shift.status = ShiftStatus::Approved;
    save(call, shift, "Approved");
    Ok(Reply::NoContent)
}

/// Assigns a shift; `employeeId: null` opens it. An employee outside its group or department is accepted.
pub(crate) fn assign(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let mut shift = find(call, call.path_id("Shift")?)?.clone();
    call.require_edit()?;
    let employee = Body::read(call)?.id("employeeId")?;
    require_employee(call, employee)?;
    let is_draft = shift.status == ShiftStatus::Draft;
    shift.employee = employee;
    shift.status = status(is_draft, employee);
    save(call, shift, "Assigned");
    Ok(Reply::NoContent)
}

/// Publishes a department's drafts, or those of them that are named.
pub(crate) fn publish(call: &mut Call<'_>) -> Result<Reply, Problem> {
    call.require_edit()?;
    let body = Body::read(call)?;
    let mut invalid = Invalid::default();
    let department = invalid.required("departmentId", body.id("departmentId")?);
    let named = body.ids("shiftIds")?;
    invalid.check("The drafts cannot be published")?;
    if let Some(department) = department {
        call.require_department(department, "departmentId")?;
    }
    let shifts = call.portal.schedule.shifts.values();
    let drafts: Vec<Shift> = shifts
        .filter(|shift| shift.deleted.is_none() && shift.status == ShiftStatus::Draft)
        .filter(|shift| shift.department == department)
        .filter(|shift| named.as_ref().is_none_or(|ids| ids.contains(&shift.id)))
        .cloned()
        .collect();
    for mut shift in drafts {
        shift.status = status(false, shift.employee);
        save(call, shift, "Published");
    }
    Ok(Reply::NoContent)
}

/// Puts a shift back, changed now.
pub(crate) fn save(call: &mut Call<'_>, mut shift: Shift, change: &str) {
    shift.modified.clone_from(&call.now);
    shift.history.push((call.now.clone(), vec![change.to_owned()]));
    call.portal.schedule.shifts.insert(shift.id, shift);
}

/// The shift that the body describes.
fn replaced(call: &Call<'_>, before: Shift, body: &Body, mut invalid: Invalid) -> Result<Shift, Problem> {
    let allow_conflicts = invalid.required("allowConflicts", body.flag("allowConflicts")?);
    invalid.required("useBreaks", body.flag("useBreaks")?);
    let date = invalid.required("date", body.date("date")?);
    let employee_group = invalid.required("employeeGroupId", body.id("employeeGroupId")?);
    let (start, end) = (body.time("startTime")?, body.time("endTime")?);
    if start.is_some() != end.is_some() {
        invalid.add("endTime", "startTime and endTime come together");
    }
    let zone = body.text("timeZone")?;
    if zone.as_deref().is_some_and(|zone| zone.trim().is_empty()) {
        invalid.add("timeZone", "timeZone must not be empty");
    }
    let default_wage = body.value("defaultWage").cloned();
    if default_wage.as_ref().is_some_and(|wage| !is_wage(wage)) {
        return Err(Problem::bad(
            "defaultWage",
            "defaultWage must have an amount and a type",
        ));
    }
    let is_draft = body
        .flag("isDraft")?
        .unwrap_or(before.status == ShiftStatus::Draft);
    let employee = body.id("employeeId")?;
    let shift = Shift {
        employee,
        employee_group,
        position: body.id("positionId")?,
        shift_type: body.id("shiftTypeId")?,
        comment: body.text("comment")?,
        skills: body.ids("skillIds")?.unwrap_or_default(),
        default_wage,
        time_zone: zone.unwrap_or_else(|| call.portal.zone_of(before.department)),
        status: if before.status == ShiftStatus::Approved && !is_draft && before.employee == employee {
            ShiftStatus::Approved
        } else {
            status(is_draft, employee)
        },
        times: date
            .as_ref()
            .zip(start.zip(end))
            .map(|(date, (start, end))| wall_clock(date, &start, &end)),
        date: date.unwrap_or_default(),
        ..before
    };
    require_known(call, &shift)?;
    if allow_conflicts == Some(false) && conflicts(call, &shift) {
        invalid.add("employeeId", "The employee has another shift at this time");
    }
    invalid.check(REFUSED)?;
    Ok(shift)
}

fn is_wage(wage: &Value) -> bool {
    wage["amount"].is_number() && wage["type"].is_string()
}

/// A reference to something that is not there, or to somebody who left, is a 400 (Planday, Errors).
fn require_known(call: &Call<'_>, shift: &Shift) -> Result<(), Problem> {
    require_employee(call, shift.employee)?;
    let portal = &call.portal;
    let known = |id: Option<i64>, member, entity, known: &dyn Fn(&i64) -> bool| match id {
        Some(id) if !known(&id) => Err(Problem::bad(member, format!("{entity} id is invalid"))),
        _ => Ok(()),
    };
    known(shift.employee_group, "employeeGroupId", "Employee group", &|id| {
        portal.people.groups.contains_key(id)
    })?;
    known(shift.position, "positionId", "Position", &|id| {
        portal.schedule.positions.contains_key(id)
    })?;
    known(shift.shift_type, "shiftTypeId", "Shift type", &|id| {
        portal.schedule.shift_types.contains_key(id)
    })
}

fn require_employee(call: &Call<'_>, id: Option<i64>) -> Result<(), Problem> {
    let Some(id) = id else {
        return Ok(());
    };
    let employee = call.portal.employees.get(&id);
    if employee.is_some_and(|employee| !employee.has_left(call.today())) {
        return Ok(());
    }
    Err(Problem::bad("employeeId", "Employee id is invalid"))
}

/// Whether the employee works another shift at the same time. The two are taken to be in the same zone.
fn conflicts(call: &Call<'_>, shift: &Shift) -> bool {
    let (Some(employee), Some((start, end))) = (shift.employee, &shift.times) else {
        return false;
    };
    call.portal.schedule.shifts.values().any(|other| {
        let overlaps = |times: &(String, String)| times.0 < *end && *start < times.1;
        other.id != shift.id
            && other.deleted.is_none()
            && other.employee == Some(employee)
            && other.times.as_ref().is_some_and(overlaps)
    })
}

fn status(is_draft: bool, employee: Option<i64>) -> ShiftStatus {
    match employee {
        _ if is_draft => ShiftStatus::Draft,
        Some(_) => ShiftStatus::Assigned,
        None => ShiftStatus::Open,
    }
}

/// The answer to a write, which shows times as they are written and says whether it is a draft.
fn written(shift: &Shift) -> Value {
    let (start, end) = shift.times.as_ref().map(|(start, end)| (start, end)).unzip();
    let time = |text: Option<&String>| text.and_then(|text| text.get(11..)).map(str::to_owned);
    json!({
        "id": shift.id,
        "departmentId": shift.department,
        "employeeId": shift.employee,
        "employeeGroupId": shift.employee_group,
        "positionId": shift.position,
        "shiftTypeId": shift.shift_type,
        "date": shift.date,
        "startTime": time(start),
        "endTime": time(end),
        "defaultWage": shift.default_wage,
        "comment": shift.comment,
        "skillIds": shift.skills,
        "isDraft": shift.status == ShiftStatus::Draft,
    })
}
