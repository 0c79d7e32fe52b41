//! `/scheduling/v1.0/positions` (Planday, Scheduling: positions).

use http::StatusCode;
use serde_json::{Value, json};

use super::shift_writes;
use crate::planday::api::{Call, Reply};
use crate::planday::body::{Body, Invalid};
use crate::planday::errors::Problem;
use crate::planday::schedule::{Position, Shift};
use crate::planday::{filters, paging};

/// The positions of visible departments, by id.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let active = filters::flag(call, "isActive")?;
    let today = call.today();
    let positions = call.portal.schedule.positions.values().filter(|position| {
        call.administrator.sees_department(position.department)
            && active.is_none_or(|active| active == is_active(position, today))
    });
    paging::page(call, paging::FIFTY, positions, |position| row(position, today))
}

/// One position.
pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Problem> {
    let position = find(call, call.path_id("Position")?)?;
    Ok(shown(call, StatusCode::OK, position))
}

/// Creates a position.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Reply, Problem> {
    call.require_edit()?;
    let body = Body::read(call)?;
    let mut invalid = Invalid::default();
    let department = invalid.required("departmentId", body.id("departmentId")?);
    let group = invalid.required("employeeGroupId", body.id("employeeGroupId")?);
    if let Some(department) = department {
        call.require_department(department, "departmentId")?;
    }
    if group.is_some_and(|group| !call.portal.people.groups.contains_key(&group)) {
        return Err(Problem::bad("employeeGroupId", "Employee group id is invalid"));
    }
    let last = call.portal.schedule.positions.keys().next_back();
    let id = last.map_or(1, |last| last + 1);
    let blank = Position::new(id, "", department.unwrap_or_default(), group.unwrap_or_default());
    let position = replaced(call, &blank, &body, invalid)?;
    let reply = shown(call, call.options.created, &position);
    call.portal.schedule.positions.insert(id, position);
    Ok(reply)
}

/// Replaces everything but the department and the employee group. Members left out are emptied.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let position = find(call, call.path_id("Position")?)?.clone();
    call.require_edit()?;
    let body = Body::read(call)?;
    let position = replaced(call, &position, &body, Invalid::default())?;
    let reply = shown(call, StatusCode::OK, &position);
    call.portal.schedule.positions.insert(position.id, position);
    Ok(reply)
}

/// Deletes a position; `deleteOption` says what becomes of its shifts. `Undecided`, which is also what nothing means
/// here, is refused while it has any (undocumented).
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let id = find(call, call.path_id("Position")?)?.id;
    call.require_edit()?;
    let replacement = filters::id(call, "replacementPositionId")?;
    let shifts = call.portal.schedule.shifts.values();
    let uses: Vec<Shift> = shifts
        .filter(|shift| shift.position == Some(id) && shift.deleted.is_none())
        .cloned()
        .collect();
    let option = call
        .query("deleteOption")
        .unwrap_or("Undecided")
        .to_ascii_lowercase();
    match option.as_str() {
        "undecided" if uses.is_empty() => {}
        "undecided" => {
            let message = "The position has shifts: choose a deleteOption";
            return Err(Problem::conflict("deleteOption", message));
        }
        "keepposition" => {}
        "removeposition" => move_shifts(call, uses, None),
        "replaceposition" => {
            let other = replacement.filter(|other| *other != id && find(call, *other).is_ok());
            if other.is_none() {
                return Err(Problem::bad("replacementPositionId", "Position id is invalid"));
            }
            move_shifts(call, uses, other);
        }
        "deleteshifts" => {
            for shift in uses {
                let deleted = Some(call.now.clone());
                shift_writes::save(call, Shift { deleted, ..shift }, "Deleted");
            }
        }
        _ => return Err(Problem::bad("deleteOption", "deleteOption is not valid")),
    }
    call.portal.schedule.positions.remove(&id);
    Ok(Reply::NoContent)
}

fn move_shifts(call: &mut Call<'_>, shifts: Vec<Shift>, position: Option<i64>) {
    for shift in shifts {
        shift_writes::save(call, Shift { position, ..shift }, "Position changed");
    }
}

fn find<'a>(call: &'a Call<'_>, id: i64) -> Result<&'a Position, Problem> {
    let position = call.portal.schedule.positions.get(&id);
    position
        .filter(|position| call.administrator.sees_department(position.department))
        .ok_or_else(|| Problem::no_such("Position"))
}

fn replaced(
    call: &Call<'_>,
    before: &Position,
    body: &Body,
    mut invalid: Invalid,
) -> Result<Position, Problem> {
    let name = invalid.required_text("name", body.text("name")?);
    let affects_revenue = invalid.required("affectRevenue", body.flag("affectRevenue")?);
    let (start_date, end_date) = (body.day("validFrom")?, body.day("validTo")?);
    if let (Some(start), Some(end)) = (&start_date, &end_date)
        && end < start
    {
        invalid.add("validTo", "validTo must not be before validFrom");
    }
    let section = body.id("sectionId")?;
    let known = section.is_none_or(|id| {
        let section = call.portal.schedule.sections.get(&id);
        section.is_some_and(|section| section.department == before.department)
    });
    if !known {
        return Err(Problem::bad("sectionId", "Section id is invalid"));
    }
    let position = Position {
        name,
        section,
        start_date,
        end_date,
        affects_revenue: affects_revenue.unwrap_or_default(),
        revenue_unit: body.id("revenueUnitId")?,
        skills: body.ids("skillIds")?.unwrap_or_default(),
        color: body.text("color")?,
        ..before.clone()
    };
    invalid.check("The position is not valid")?;
    Ok(position)
}

fn is_active(position: &Position, today: &str) -> bool {
    position.start_date.as_deref().is_none_or(|start| start <= today)
        && position.end_date.as_deref().is_none_or(|end| today <= end)
}

fn shown(call: &Call<'_>, status: StatusCode, position: &Position) -> Reply {
    Reply::Json(status, json!({ "data": row(position, call.today()) }))
}

fn row(position: &Position, today: &str) -> Value {
    json!({
        "id": position.id,
        "name": position.name,
        "startDate": position.start_date,
        "endDate": position.end_date,
        "isActive": is_active(position, today),
        "departmentId": position.department,
        "sectionId": position.section,
        "employeeGroupId": position.employee_group,
        "affectRevenue": position.affects_revenue,
        "revenueUnitId": position.revenue_unit,
        "skillIds": position.skills,
        "color": position.color,
    })
}
