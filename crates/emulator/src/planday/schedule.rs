//! The schedule of a portal: shifts, positions, shift types, sections.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use super::generate_schedule;
use super::world::Portal;

/// Everything under `/scheduling`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Schedule {
    pub(crate) shifts: BTreeMap<i64, Shift>,
    pub(crate) positions: BTreeMap<i64, Position>,
    pub(crate) shift_types: BTreeMap<i64, ShiftType>,
    pub(crate) sections: BTreeMap<i64, Section>,
    /// What was written about days, by department and `yyyy-mm-dd`.
    pub(crate) days: BTreeMap<(i64, String), ScheduleDay>,
}

/// What was written about a day (Planday, Scheduling: schedule days).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScheduleDay {
    pub(crate) id: i64,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) visible: bool,
}

impl Portal {
    /// Adds or replaces a shift. A shift without a zone gets its department's, else the portal's: set that first.
    #[must_use]
    pub fn shift(mut self, mut shift: Shift) -> Self {
        if shift.time_zone.is_empty() {
            shift.time_zone = self.zone_of(shift.department);
        }
        self.schedule.shifts.insert(shift.id, shift);
        self
    }

    /// Adds this many invented shifts, with ids from 800001, 25 a day from 2026-11-02 on, spread over the departments
    /// and employees there are; and positions, sections and shift types.
    #[must_use]
    pub fn shifts(mut self, count: u32) -> Self {
        generate_schedule::shifts(&mut self, count);
        self
    }

    /// Adds or replaces a position.
    #[must_use]
    pub fn position(mut self, position: Position) -> Self {
        self.schedule.positions.insert(position.id, position);
        self
    }

    /// Adds or replaces a shift type.
    #[must_use]
    pub fn shift_type(mut self, shift_type: ShiftType) -> Self {
        self.schedule.shift_types.insert(shift_type.id, shift_type);
        self
    }

    /// Adds or replaces a section.
    #[must_use]
    pub fn section(mut self, id: i64, name: impl Into<String>, department: i64) -> Self {
        let name = name.into();
        self.schedule
            .sections
            .insert(id, Section { id, name, department });
        self
    }

    /// The shifts that exist, by id.
    pub fn shift_list(&self) -> Vec<Shift> {
        self.schedule
            .shifts
            .values()
            .filter(|shift| shift.deleted.is_none())
            .cloned()
            .collect()
    }

    /// The zone of a department's clocks.
    pub(crate) fn zone_of(&self, department: Option<i64>) -> String {
        department
            .and_then(|id| self.departments.get(&id))
            .and_then(|department| department.time_zone.as_ref())
            .unwrap_or(&self.time_zone)
            .clone()
    }
}

/// A shift's status (Planday, Scheduling: shift status). The last three come from the punch clock; no filter takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the documented names are all there is to say")]
pub enum ShiftStatus {
    Open,
    Assigned,
    Approved,
    ForSale,
    Draft,
    OnDuty,
    PendingSwapAcceptance,
    PendingApproval,
    PunchclockStarted,
    PunchclockFinished,
    PunchclockApproved,
}

impl ShiftStatus {
    /// The statuses with an id, in its order from 1.
    pub(crate) const LISTED: [Self; 8] = [
        Self::Open,
        Self::Assigned,
        Self::Approved,
        Self::ForSale,
        Self::Draft,
        Self::OnDuty,
        Self::PendingSwapAcceptance,
        Self::PendingApproval,
    ];

    /// The documented name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Assigned => "Assigned",
            Self::Approved => "Approved",
            Self::ForSale => "ForSale",
            Self::Draft => "Draft",
            Self::OnDuty => "OnDuty",
            Self::PendingSwapAcceptance => "PendingSwapAcceptance",
            Self::PendingApproval => "PendingApproval",
            Self::PunchclockStarted => "PunchclockStarted",
            Self::PunchclockFinished => "PunchclockFinished",
            Self::PunchclockApproved => "PunchclockApproved",
        }
    }
}

/// A shift (Planday, Scheduling: shifts). Its times are wall-clock times in its own zone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shift {
    /// Its id.
    pub id: i64,
    /// Its department.
    pub department: Option<i64>,
    /// Who works it.
    pub employee: Option<i64>,
    /// Its employee group.
    pub employee_group: Option<i64>,
    /// Its position.
    pub position: Option<i64>,
    /// Its shift type.
    pub shift_type: Option<i64>,
    /// The punch clock record that belongs to it.
    pub punch_clock_shift: Option<i64>,
    /// The day it starts, `yyyy-mm-dd`.
    pub date: String,
    /// Start and end, `yyyy-mm-ddThh:mm` without offset.
    pub times: Option<(String, String)>,
    /// The zone of its times, as the portal names it.
    pub time_zone: String,
    /// Its status.
    pub status: ShiftStatus,
    /// A free text.
    pub comment: Option<String>,
    /// The skills it needs.
    pub skills: Vec<i64>,
    /// What it pays: an object with `amount` and `type`.
    pub default_wage: Option<Value>,
    /// When it was made, `yyyy-mm-ddThh:mm:ssZ`.
    pub created: String,
    /// When it was last changed, `yyyy-mm-ddThh:mm:ssZ`.
    pub modified: String,
    /// When it was deleted, `yyyy-mm-ddThh:mm:ssZ`.
    pub deleted: Option<String>,
    /// When it changed, and what, oldest first.
    pub(crate) history: Vec<(String, Vec<String>)>,
}

impl Shift {
    /// An open shift in a department. `start` and `end` are `hh:mm`; an end that is not after the start is on the next
    /// day.
    pub fn new(id: i64, department: i64, date: &str, start: &str, end: &str) -> Self {
        Self {
            id,
            department: Some(department),
            employee: None,
            employee_group: None,
            position: None,
            shift_type: None,
            punch_clock_shift: None,
            date: date.to_owned(),
            times: Some(wall_clock(date, start, end)),
            time_zone: String::new(),
            status: ShiftStatus::Open,
            comment: None,
            skills: Vec::new(),
            default_wage: None,
            created: "2026-10-01T08:00:00Z".to_owned(),
            modified: "2026-10-01T08:00:00Z".to_owned(),
            deleted: None,
            history: Vec::new(),
        }
    }

    /// Assigns it to an employee.
    #[must_use]
    pub fn employee(mut self, id: i64) -> Self {
        self.employee = Some(id);
        self.status = ShiftStatus::Assigned;
        self
    }

    /// Sets the employee group.
    #[must_use]
    pub fn employee_group(mut self, id: i64) -> Self {
        self.employee_group = Some(id);
        self
    }

    /// Sets the position.
    #[must_use]
    pub fn position(mut self, id: i64) -> Self {
        self.position = Some(id);
        self
    }

    /// Sets the shift type.
    #[must_use]
    pub fn shift_type(mut self, id: i64) -> Self {
        self.shift_type = Some(id);
        self
    }

    /// Sets the status.
    #[must_use]
    pub fn status(mut self, status: ShiftStatus) -> Self {
        self.status = status;
        self
    }

    /// Sets the zone of its times.
    #[must_use]
    pub fn time_zone(mut self, zone: impl Into<String>) -> Self {
        self.time_zone = zone.into();
        self
    }

    /// Sets when it was last changed, `yyyy-mm-ddThh:mm:ssZ`.
    #[must_use]
    pub fn modified(mut self, at: impl Into<String>) -> Self {
        self.modified = at.into();
        self
    }
}

/// The start and end of `hh:mm` times on and after a day.
pub(crate) fn wall_clock(date: &str, start: &str, end: &str) -> (String, String) {
    let ends_on = if end > start { None } else { next_day(date) };
    let ends_on = ends_on.unwrap_or_else(|| date.to_owned());
    (format!("{date}T{start}"), format!("{ends_on}T{end}"))
}

fn next_day(date: &str) -> Option<String> {
    let date: jiff::civil::Date = date.parse().ok()?;
    Some(date.tomorrow().ok()?.to_string())
}

/// A position (Planday, Scheduling: positions).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its department.
    pub department: i64,
    /// Its employee group.
    pub employee_group: i64,
    /// Its section.
    pub section: Option<i64>,
    /// The first day it is used, `yyyy-mm-dd`.
    pub start_date: Option<String>,
    /// The last day it is used, `yyyy-mm-dd`.
    pub end_date: Option<String>,
    /// Whether its shifts count against revenue.
    pub affects_revenue: bool,
    /// The revenue unit it counts against.
    pub revenue_unit: Option<i64>,
    /// The skills it needs.
    pub skills: Vec<i64>,
    /// Its color, as the portal writes colors.
    pub color: Option<String>,
}

impl Position {
    /// A position in use.
    pub fn new(id: i64, name: impl Into<String>, department: i64, employee_group: i64) -> Self {
        Self {
            id,
            name: name.into(),
            department,
            employee_group,
            section: None,
            start_date: None,
            end_date: None,
            affects_revenue: true,
            revenue_unit: None,
            skills: Vec::new(),
            color: None,
        }
    }

    /// Puts it into a section.
    #[must_use]
    pub fn section(mut self, id: i64) -> Self {
        self.section = Some(id);
        self
    }

    /// Sets the last day it is used, `yyyy-mm-dd`.
    #[must_use]
    pub fn end_date(mut self, date: impl Into<String>) -> Self {
        self.end_date = Some(date.into());
        self
    }
}

/// A shift type, such as night or sick (Planday, Scheduling: shift types).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShiftType {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its color, as the portal writes colors.
    pub color: Option<String>,
    /// The salary code.
    pub salary_code: Option<String>,
    /// Whether it is in use.
    pub active: bool,
    /// What it adds: a share of the wage in percent, or an amount of money.
    pub pay: ShiftPay,
    /// Whether its shifts have breaks.
    pub allows_breaks: bool,
}

/// How a shift type pays.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShiftPay {
    /// This many percent of the wage.
    Percentage(Number),
    /// This amount.
    Monetary(Number),
}

impl ShiftType {
    /// A shift type in use that pays the plain wage.
    pub fn new(id: i64, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            color: None,
            salary_code: None,
            active: true,
            pay: ShiftPay::Percentage(100.into()),
            allows_breaks: true,
        }
    }

    /// Sets whether it is in use.
    #[must_use]
    pub fn active(mut self, active: bool) -> Self {
        self.active = active;
        self
    }
}

/// A section of a department's schedule (Planday, Scheduling: sections).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Section {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its department.
    pub department: i64,
}
