//! A supervisor.

use super::{EmployeeId, SupervisorId};
use crate::model::record;

record! {
    /// An employee whom others have as their supervisor. Employees name the record, not the employee: see
    /// [`Employee::supervisor_id`](super::Employee::supervisor_id).
    pub struct Supervisor {
        /// The id of the record.
        id: SupervisorId = "id";
        /// The supervisor as an employee.
        employee_id: EmployeeId = "employeeId";
        /// Their name.
        name: Option<String> = "name";
    }
}
