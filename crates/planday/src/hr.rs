//! Departments and employees (Planday, API reference: HR).

mod custom_field;
mod department;
mod departments;
mod employee;
mod employees;
mod ids;
mod list_employees;
mod listed_employee;

pub use custom_field::{CustomField, CustomFieldType};
pub use department::{Department, DepartmentFields};
pub use departments::Departments;
pub use employee::{BankAccount, Employee, Gender};
pub use employees::Employees;
pub use ids::{
    ContractRuleId, DepartmentId, EmployeeGroupId, EmployeeId, EmployeeTypeId, SecurityGroupId, SkillId,
    SupervisorId, TerminationTypeId,
};
pub use list_employees::{ListEmployees, Special};
pub use listed_employee::ListedEmployee;

use crate::client::Client;

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

    /// Employees.
    pub fn employees(&self) -> Employees<'a> {
        Employees::new(self.client)
    }
}
