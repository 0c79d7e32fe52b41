//! An employee group.

use super::EmployeeGroupId;
use crate::model::{record, request};

record! {
    /// An employee group of a portal: a kind of work, such as cooks or waiters.
    pub struct EmployeeGroup {
        /// Its id.
        id: EmployeeGroupId = "id";
        /// Its name.
        name: String = "name";
    }
}

request! {
    /// What an employee group is created with or changed to.
    pub struct EmployeeGroupFields {
        required {
            /// The name.
            name: String = "name";
        }
    }
}
