//! Sections.

use super::SectionId;
use crate::{
    hr::DepartmentId,
    model::{query, record},
};

record! {
    /// A section: a part of a department that has positions.
    pub struct Section {
        /// Its id.
        id: SectionId = "id";
        /// Its name.
        name: String = "name";
        /// The department.
        department_id: Option<DepartmentId> = "departmentId";
    }
}

query! {
    /// Which sections to list. Nothing set lists them all.
    pub struct ListSections {
        /// Only those of this department.
        department_id: DepartmentId = "departmentId";
    }
    at most 50 rows
}
