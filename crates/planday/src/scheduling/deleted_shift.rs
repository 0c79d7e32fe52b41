//! A deleted shift.

use attache_core::{Date, Timestamp};

use super::{PositionId, ShiftId, ShiftStatus, ShiftTime, ShiftTypeId};
use crate::{
    hr::{DepartmentId, EmployeeGroupId, EmployeeId},
    model::record,
};

record! {
    /// A shift that was deleted, as [`Shifts::list_deleted`](super::Shifts::list_deleted) gives it.
    pub struct DeletedShift {
        /// Its id.
        id: ShiftId = "id";
        /// The department.
        department_id: Option<DepartmentId> = "departmentId";
        /// Who had it; nobody, if it was open.
        employee_id: Option<EmployeeId> = "employeeId";
        /// The employee group.
        employee_group_id: Option<EmployeeGroupId> = "employeeGroupId";
        /// The position.
        position_id: Option<PositionId> = "positionId";
        /// The shift type.
        shift_type_id: Option<ShiftTypeId> = "shiftTypeId";
        /// The day on which it began.
        date: Option<Date> = "date";
        /// When it began.
        start: Option<ShiftTime> = "startDateTime";
        /// When it ended, which may be the next day.
        end: Option<ShiftTime> = "endDateTime";
        /// The zone of both. Whether it is an IANA or a Windows name is not documented.
        time_zone: Option<String> = "timeZone";
        /// What had become of it.
        status: ShiftStatus = "status";
        /// What somebody wrote about it.
        comment: Option<String> = "comment";
        /// When the record was made.
        created: Option<Timestamp> = "dateTimeCreated";
        /// When it was last changed.
        modified: Option<Timestamp> = "dateTimeModified";
        /// When it was deleted.
        deleted: Option<Timestamp> = "dateTimeDeleted";
        /// Who deleted it: the id of a user, of which it is not documented whether it is an employee's.
        deleted_by: Option<i64> = "deletedBy";
    }
}
