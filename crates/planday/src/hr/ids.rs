//! The ids of HR.

use crate::model::id;

id! {
    /// The id of a department.
    DepartmentId
    /// The id of an employee.
    EmployeeId
    /// The id of an employee group.
    EmployeeGroupId
    /// The id of an employee type.
    EmployeeTypeId
    /// The id of a supervisor's record, which is not the supervisor's [`EmployeeId`].
    SupervisorId
    /// The id of a security group.
    SecurityGroupId
    /// The id of a skill.
    SkillId
    /// The id of a contract rule.
    ContractRuleId
    /// The id of a way in which employment ended.
    TerminationTypeId
}
