//! Positions.

use attache_core::Date;

use super::{PositionId, RevenueUnitId, SectionId};
use crate::{
    hr::{DepartmentId, EmployeeGroupId, SkillId},
    model::{query, record},
};

record! {
    /// A position: a place in a department's schedule that shifts fill.
    pub struct Position {
        /// Its id.
        id: PositionId = "id";
        /// Its name.
        name: String = "name";
        /// The first day on which it is there.
        start_date: Option<Date> = "startDate";
        /// The last day on which it is there.
        end_date: Option<Date> = "endDate";
        /// Whether it is there now.
        is_active: Option<bool> = "isActive";
        /// The department.
        department_id: Option<DepartmentId> = "departmentId";
        /// The section of the department.
        section_id: Option<SectionId> = "sectionId";
        /// The employee group that works there.
        employee_group_id: Option<EmployeeGroupId> = "employeeGroupId";
        /// Whether its shifts count against the revenue.
        affect_revenue: Option<bool> = "affectRevenue";
        /// The kind of revenue.
        revenue_unit_id: Option<RevenueUnitId> = "revenueUnitId";
        /// Skills that it asks for.
        skill_ids: Option<Vec<SkillId>> = "skillIds";
        /// Its colour, as Planday has it.
        color: Option<String> = "color";
    }
}

query! {
    /// Which positions to list. Nothing set lists them all.
    pub struct ListPositions {
        /// Only those that are there now, or only the others.
        active: bool = "isActive";
    }
    at most 50 rows
}
