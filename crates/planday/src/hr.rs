//! Departments, employee groups and employees (Planday, API reference: HR).

mod create_employee;
mod custom_field;
mod deactivate_employee;
mod department;
mod departments;
mod employee;
mod employee_group;
mod employee_groups;
mod employee_type;
mod employees;
mod ids;
mod list_deactivated_employees;
mod list_employees;
mod listed_employee;
mod membership;
mod skill;
mod supervisor;
mod update_employee;

pub use create_employee::CreateEmployee;
pub use custom_field::{CustomField, CustomFieldType};
pub use deactivate_employee::{DeactivateEmployee, ReactivateEmployee};
pub use department::{Department, DepartmentFields};
pub use departments::Departments;
pub use employee::{BankAccount, Employee, Gender};
pub use employee_group::{EmployeeGroup, EmployeeGroupFields};
pub use employee_groups::EmployeeGroups;
pub use employee_type::EmployeeType;
pub use employees::Employees;
pub use ids::{
    ContractRuleId, DepartmentId, EmployeeGroupId, EmployeeId, EmployeeTypeId, SecurityGroupId, SkillId,
    SupervisorId, TerminationTypeId,
};
pub use list_deactivated_employees::ListDeactivatedEmployees;
pub use list_employees::{ListEmployees, Special};
pub use listed_employee::ListedEmployee;
pub use membership::Membership;
pub use skill::Skill;
pub use supervisor::Supervisor;
pub use update_employee::UpdateEmployee;

use attache_client::{Error, OffsetNames, Operation, Pager};
use http::Method;

use crate::{
    client::Client,
    model::{Rows, operations},
};

operations! {
    LIST_EMPLOYEE_TYPES = Operation::new("hr.listEmployeeTypes", Method::GET, "/hr/v1.0/employeetypes")
        .scopes(&["employeetype:read"])
        .paging(departments::FIFTY);
    // The specification names a policy, `EmployeeReadSkillRead`; these are the two scopes in its name.
    LIST_SKILLS = Operation::new("hr.listSkills", Method::GET, "/hr/v1.0/skills")
        .scopes(&["employee:read", "skill:read"]);
}

pub(crate) fn operations() -> [&'static [&'static Operation]; 4] {
    [
        departments::OPERATIONS,
        employee_groups::OPERATIONS,
        employees::OPERATIONS,
        OPERATIONS,
    ]
}

/// The operations of the tag HR. See [`Client::hr`].
#[derive(Debug, Clone, Copy)]
pub struct Hr<'a> {
    client: &'a Client,
}

impl<'a> Hr<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Departments.
    pub fn departments(&self) -> Departments<'a> {
        Departments::new(self.client)
    }

    /// Employee groups.
    pub fn employee_groups(&self) -> EmployeeGroups<'a> {
        EmployeeGroups::new(self.client)
    }

    /// Employees.
    pub fn employees(&self) -> Employees<'a> {
        Employees::new(self.client)
    }

    /// The employee types, 50 at a time. Their order is not documented. Needs the scope `employeetype:read`.
    pub fn employee_types(&self) -> Pager<EmployeeType> {
        let (api, call) = (self.client.api().clone(), self.client.call(&LIST_EMPLOYEE_TYPES));
        Pager::offset::<Rows<EmployeeType>>(api, call, OffsetNames::default(), None)
    }

    /// All skills, which Planday gives at once and without an envelope. Needs the scopes `employee:read` and
    /// `skill:read`.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn skills(&self) -> Result<Vec<Skill>, Error> {
        self.client.api().json(self.client.call(&LIST_SKILLS)).await
    }
}
