//! An employee type.

use super::EmployeeTypeId;
use crate::model::record;

record! {
    /// An employee type, such as full time or hourly.
    pub struct EmployeeType {
        /// Its id.
        id: EmployeeTypeId = "id";
        /// Its name.
        name: String = "name";
        /// What it is for.
        description: Option<String> = "description";
    }
}
