//! Who belongs to a department or an employee group.

use super::EmployeeId;
use crate::model::record;

record! {
    /// That an employee belongs to a department or an employee group.
    pub struct Membership {
        /// The employee.
        employee_id: EmployeeId = "employeeId";
    }
}
