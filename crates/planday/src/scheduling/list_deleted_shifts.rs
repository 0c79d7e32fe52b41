//! Which deleted shifts to list.

use attache_core::{Date, Timestamp};

use super::{PositionId, ShiftStatus, ShiftTypeId};
use crate::{
    hr::{DepartmentId, EmployeeGroupId, EmployeeId},
    model::{comma_joined, query, second_after, second_before},
};

query! {
    /// Which deleted shifts to list. Nothing set lists all that the app may see.
    ///
    /// The times are sent in whole seconds: the earlier one in those that end in `from`, the later one in those that
    /// end in `to`, so that no shift falls between.
    pub struct ListDeletedShifts {
        /// Only those that were deleted at this time or later.
        deleted_from: Timestamp = "deletedFrom" as second_before;
        /// Only those that were deleted at this time or earlier.
        deleted_to: Timestamp = "deletedTo" as second_after;
        /// Only those that began on this day or later.
        from: Date = "from";
        /// Only those that began on this day or earlier.
        to: Date = "to";
        /// Only those of these departments.
        department_ids: Vec<DepartmentId> = "departmentId" as comma_joined;
        /// Only those of these employee groups.
        employee_group_ids: Vec<EmployeeGroupId> = "employeeGroupId" as comma_joined;
        /// Only those of these shift types.
        shift_type_ids: Vec<ShiftTypeId> = "shiftTypeId" as comma_joined;
        /// Only those at these positions.
        position_ids: Vec<PositionId> = "positionId" as comma_joined;
        /// Only those of these employees.
        employee_ids: Vec<EmployeeId> = "employeeId" as comma_joined;
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
