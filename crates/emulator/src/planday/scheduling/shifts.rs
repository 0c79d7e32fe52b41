//! Reading `/scheduling/v1.0/shifts` (Planday, Scheduling: shifts).

use http::StatusCode;
use serde_json::{Value, json};

use crate::planday::api::{Call, Reply, USER};
use crate::planday::errors::Problem;
use crate::planday::filters::{self, Span};
use crate::planday::paging;
use crate::planday::schedule::{Shift, ShiftStatus};

/// The maximum of the list, and of the list of deleted shifts.
const MOST: usize = 5000;
const MOST_DELETED: usize = 1000;

/// The shifts in visible departments that pass the filters, by id. Drafts are among them.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let filter = Filter::read(call)?;
    let shifts = call.portal.schedule.shifts.values();
    let shifts =
        shifts.filter(|shift| shift.deleted.is_none() && is_visible(call, shift) && filter.passes(shift));
    paging::page(call, MOST, shifts, row)
}

/// The deleted shifts in visible departments that pass the filters, by id.
pub(crate) fn deleted(call: &Call<'_>) -> Result<Reply, Problem> {
    let filter = Filter::read(call)?;
    let deleted = filters::times(call, "deletedFrom", "deletedTo")?;
    let shifts = call.portal.schedule.shifts.values().filter(|shift| {
        let at = shift.deleted.as_deref();
        at.is_some_and(|at| deleted.holds(at)) && is_visible(call, shift) && filter.passes(shift)
    });
    paging::page(call, MOST_DELETED, shifts, |shift| {
        let mut row = row(shift);
        row["dateTimeDeleted"] = json!(shift.deleted);
        row["deletedBy"] = json!(USER);
        if let Value::Object(members) = &mut row {
            members.remove("punchClockShiftId");
            members.remove("skillIds");
        }
        row
    })
}

/// One shift.
pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Problem> {
    let shift = find(call, call.path_id("Shift")?)?;
    Ok(Reply::Json(StatusCode::OK, json!({ "data": row(shift) })))
}

/// The statuses that a filter takes.
pub(crate) fn statuses(call: &Call<'_>) -> Result<Reply, Problem> {
    let statuses = (1..).zip(ShiftStatus::LISTED);
    paging::page(
        call,
        paging::FIFTY,
        statuses,
        |(id, status): (i32, _)| json!({ "id": id, "name": status.name() }),
    )
}

/// What happened to a shift, oldest first.
pub(crate) fn history(call: &Call<'_>) -> Result<Reply, Problem> {
    let shift = find(call, call.path_id("Shift")?)?;
    paging::page(call, paging::FIFTY, shift.history.iter(), |(at, changes)| {
        json!({
            "modifiedAt": at,
            "modifiedBy": { "id": USER, "name": "Administrator" },
            "changes": changes,
        })
    })
}

/// A visible shift that is not deleted.
pub(crate) fn find<'a>(call: &'a Call<'_>, id: i64) -> Result<&'a Shift, Problem> {
    let shift = call.portal.schedule.shifts.get(&id);
    shift
        .filter(|shift| shift.deleted.is_none() && is_visible(call, shift))
        .ok_or_else(|| Problem::no_such("Shift"))
}

fn is_visible(call: &Call<'_>, shift: &Shift) -> bool {
    call.administrator.sees.is_none()
        || shift
            .department
            .is_some_and(|department| call.administrator.sees_department(department))
}

/// Times are wall-clock times to the minute, without offset: the zone stands beside them.
fn row(shift: &Shift) -> Value {
    let (start, end) = shift.times.as_ref().map(|(start, end)| (start, end)).unzip();
    json!({
        "id": shift.id,
        "departmentId": shift.department,
        "employeeId": shift.employee,
        "employeeGroupId": shift.employee_group,
        "positionId": shift.position,
        "shiftTypeId": shift.shift_type,
        "punchClockShiftId": shift.punch_clock_shift,
        "date": shift.date,
        "startDateTime": start,
        "endDateTime": end,
        "timeZone": shift.time_zone,
        "status": shift.status.name(),
        "comment": shift.comment,
        "dateTimeCreated": shift.created,
        "dateTimeModified": shift.modified,
        "skillIds": shift.skills,
    })
}

/// The filters that both lists share. Ids are comma-joined or repeated, the status is one value, days are inclusive.
struct Filter {
    departments: Option<Vec<i64>>,
    employee_groups: Option<Vec<i64>>,
    shift_types: Option<Vec<i64>>,
    positions: Option<Vec<i64>>,
    employees: Option<Vec<i64>>,
    status: Option<ShiftStatus>,
    days: Span,
    created: Span,
    modified: Span,
}

impl Filter {
    fn read(call: &Call<'_>) -> Result<Self, Problem> {
        Ok(Self {
            departments: filters::ids(call, "departmentId")?,
            employee_groups: filters::ids(call, "employeeGroupId")?,
            shift_types: filters::ids(call, "shiftTypeId")?,
            positions: filters::ids(call, "positionId")?,
            employees: filters::ids(call, "employeeId")?,
            status: status(call)?,
            days: filters::days(call, "from", "to")?,
            created: filters::times(call, "createdFrom", "createdTo")?,
            modified: filters::times(call, "modifiedFrom", "modifiedTo")?,
        })
    }

    fn passes(&self, shift: &Shift) -> bool {
        filters::passes(self.departments.as_ref(), shift.department)
            && filters::passes(self.employee_groups.as_ref(), shift.employee_group)
            && filters::passes(self.shift_types.as_ref(), shift.shift_type)
            && filters::passes(self.positions.as_ref(), shift.position)
            && filters::passes(self.employees.as_ref(), shift.employee)
            && self.status.is_none_or(|status| status == shift.status)
            && self.days.holds(&shift.date)
            && self.created.holds(&shift.created)
            && self.modified.holds(&shift.modified)
    }
}

fn status(call: &Call<'_>) -> Result<Option<ShiftStatus>, Problem> {
    let mut given = call.query_all("shiftStatus");
    let Some(name) = given.next() else {
        return Ok(None);
    };
    let known = ShiftStatus::LISTED
        .into_iter()
        .find(|status| status.name().eq_ignore_ascii_case(name));
    if known.is_none() || given.next().is_some() {
        return Err(Problem::bad(
            "shiftStatus",
            "shiftStatus must be one known status",
        ));
    }
    Ok(known)
}
