//! How an employee leaves, and comes back.

use attache_core::Date;

use super::{DepartmentId, TerminationTypeId};
use crate::model::request;

request! {
    /// How an employee leaves.
    #[derive(Default)]
    pub struct DeactivateEmployee {
        optional {
            /// The day on which they leave, which may lie ahead. What Planday makes of none is not documented.
            date: Date = "date";
            /// Why.
            reason: String = "reason";
            /// How the employment ends.
            termination_type_id: TerminationTypeId = "terminationTypeId";
            /// Whether they keep the shifts that they have.
            keep_shifts: bool = "keepShifts";
        }
    }
}

request! {
    /// How an employee comes back.
    #[derive(Default)]
    pub struct ReactivateEmployee {
        optional {
            /// Why.
            comment: String = "comment";
            /// The departments that they come back to.
            departments: Vec<DepartmentId> = "departments";
        }
    }
}
