//! Which deleted shifts to list.

use attache_core::{Date, Timestamp};

use super::{PositionId, ShiftStatus, ShiftTypeId};
use crate::{
    hr::{DepartmentId, EmployeeGroupId, EmployeeId},
    model::{query, second_after, second_before, some_of},
};

query! {
    /// Which deleted shifts to list. Nothing set lists all that the app may see.
    ///
    /// The times are sent in whole seconds: the earlier one in those that end in `from`, the later one in those that
    /// end in `to`, so that no shift falls between.
    ///
    /// A list of ids that is set must have one in it. Planday may read an empty one as no filter and give everybody's
    /// shifts, so the first page is a `Configuration` error then, and nothing is sent. Where nobody's shifts are wanted,
    /// do not ask.
    pub struct ListDeletedShifts {
        /// Only those that were deleted at this time or later.
        deleted_from: Timestamp = "deletedFrom" as second_before;
        /// Only those that were deleted at this time or earlier.
        deleted_to: Timestamp = "deletedTo" as second_after;
        /// Only those that began on this day or later.
        from: Date = "from";
        /// Only those that began on this day or earlier.
        to: Date = "to";
        /// Only those of these departments; refused if empty.
        department_ids: Vec<DepartmentId> = "departmentId" by some_of;
        /// Only those of these employee groups; refused if empty.
        employee_group_ids: Vec<EmployeeGroupId> = "employeeGroupId" by some_of;
        /// Only those of these shift types; refused if empty.
        shift_type_ids: Vec<ShiftTypeId> = "shiftTypeId" by some_of;
        /// Only those at these positions; refused if empty.
        position_ids: Vec<PositionId> = "positionId" by some_of;
        /// Only those of these employees; refused if empty.
        employee_ids: Vec<EmployeeId> = "employeeId" by some_of;
        /// Only those with this status; one of the first eight.
        shift_status: ShiftStatus = "shiftStatus";
        /// Only those whose record was made at this time or later.
        created_from: Timestamp = "createdFrom" as second_before;
        /// Only those whose record was made at this time or earlier.
        created_to: Timestamp = "createdTo" as second_after;
        /// Only those whose record was changed at this time or later.
        modified_from: Timestamp = "modifiedFrom" as second_before;
        /// Only those whose record was changed at this time or earlier.
        modified_to: Timestamp = "modifiedTo" as second_after;
    }
    at most 1000 rows
}
