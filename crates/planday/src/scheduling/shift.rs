//! A shift.

use attache_core::{Date, LocalTime, Timestamp};

use super::{PositionId, PunchClockShiftId, ShiftId, ShiftStatus, ShiftTime, ShiftTypeId, Wage};
use crate::{
    hr::{DepartmentId, EmployeeGroupId, EmployeeId, SkillId},
    model::record,
};

record! {
    /// A shift, as lists and [`Shifts::get`](super::Shifts::get) give it. What [`Shifts::create`](super::Shifts::create)
    /// and [`Shifts::update`](super::Shifts::update) give is a [`SavedShift`].
    pub struct Shift {
        /// Its id.
        id: ShiftId = "id";
        /// The department.
        department_id: Option<DepartmentId> = "departmentId";
        /// Who has it; nobody, if it is open.
        employee_id: Option<EmployeeId> = "employeeId";
        /// The employee group.
        employee_group_id: Option<EmployeeGroupId> = "employeeGroupId";
        /// The position.
        position_id: Option<PositionId> = "positionId";
        /// The shift type.
        shift_type_id: Option<ShiftTypeId> = "shiftTypeId";
        /// What was punched for it.
        punch_clock_shift_id: Option<PunchClockShiftId> = "punchClockShiftId";
        /// The day on which it begins.
        date: Option<Date> = "date";
        /// When it begins.
        start: Option<ShiftTime> = "startDateTime";
        /// When it ends, which may be the next day.
        end: Option<ShiftTime> = "endDateTime";
        /// The zone of both. Whether it is an IANA or a Windows name is not documented.
        time_zone: Option<String> = "timeZone";
        /// What has become of it.
        status: ShiftStatus = "status";
        /// What somebody wrote about it.
        comment: Option<String> = "comment";
        /// When the record was made.
        created: Option<Timestamp> = "dateTimeCreated";
        /// When it was last changed.
        modified: Option<Timestamp> = "dateTimeModified";
        /// Skills that it asks for.
        skill_ids: Option<Vec<SkillId>> = "skillIds";
    }
}

record! {
    /// A shift as it was created or changed. Lists have other members: see [`Shift`].
    pub struct SavedShift {
        /// Its id.
        id: ShiftId = "id";
        /// The department.
        department_id: Option<DepartmentId> = "departmentId";
        /// Who has it; nobody, if it is open.
        employee_id: Option<EmployeeId> = "employeeId";
        /// The employee group.
        employee_group_id: Option<EmployeeGroupId> = "employeeGroupId";
        /// The position.
        position_id: Option<PositionId> = "positionId";
        /// The shift type.
        shift_type_id: Option<ShiftTypeId> = "shiftTypeId";
        /// The day on which it begins.
        date: Option<Date> = "date";
        /// When it begins, on a clock where it is.
        start_time: Option<LocalTime> = "startTime";
        /// When it ends, on a clock where it is; the next day, if that is not later than the beginning.
        end_time: Option<LocalTime> = "endTime";
        /// The wage where no other rule sets one.
        default_wage: Option<Wage> = "defaultWage";
        /// What somebody wrote about it.
        comment: Option<String> = "comment";
        /// Skills that it asks for.
        skill_ids: Option<Vec<SkillId>> = "skillIds";
        /// Whether it is not published.
        is_draft: Option<bool> = "isDraft";
    }
}
