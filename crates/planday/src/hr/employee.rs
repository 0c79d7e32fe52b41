//! An employee by id.

use attache_core::{Date, Secret, Timestamp};
use serde::{Serializer, ser::SerializeMap as _};

use super::{
    ContractRuleId, CustomField, DepartmentId, EmployeeGroupId, EmployeeId, EmployeeTypeId, SecurityGroupId,
    SkillId, SupervisorId, TerminationTypeId,
};
use crate::model::{Written, member, open_enum, record};

open_enum! {
    /// An employee's gender, as the portal has it.
    pub enum Gender {
        /// Female.
        Female = "Female",
        /// Male.
        Male = "Male",
    }
}

record! {
    /// A bank account. Its numbers never show themselves.
    pub struct BankAccount {
        /// The number of the bank or branch.
        registration_number: Option<Secret> = "registrationNumber";
        /// The number of the account.
        account_number: Option<Secret> = "accountNumber";
    }
}

impl BankAccount {
    /// An account by its number, and the number of its bank or branch.
    pub fn new(registration_number: Secret, account_number: Secret) -> Self {
        Self {
            registration_number: Some(registration_number),
            account_number: Some(account_number),
            other: serde_json::Map::new(),
        }
    }
}

/// Members that this version does not know are not sent.
impl Written for BankAccount {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        member(&mut map, "registrationNumber", &self.registration_number)?;
        member(&mut map, "accountNumber", &self.account_number)?;
        map.end()
    }
}

record! {
    /// An employee, as [`Employees::get`](super::Employees::get) gives it. Lists have other members under other
    /// names: see [`ListedEmployee`](super::ListedEmployee).
    ///
    /// `Debug` shows neither [`ssn`](Self::ssn), [`birth_date`](Self::birth_date) and
    /// [`bank_account`](Self::bank_account) nor the values of custom fields. Names and addresses it does show.
    pub struct Employee {
        /// Their id.
        id: EmployeeId = "id";
        /// First name.
        first_name: String = "firstName";
        /// Last name.
        last_name: String = "lastName";
        /// The user name, an e-mail address.
        user_name: Option<String> = "userName";
        /// The e-mail address.
        email: Option<String> = "email";
        /// First day of work; lists call it `hiredDate`.
        hired_from: Option<Date> = "hiredFrom";
        /// Whether they left.
        is_deactivated: Option<bool> = "isDeactivated";
        /// The day on which they leave, which may lie ahead.
        deactivation_date: Option<Date> = "deactivationDate";
        /// When the record was made.
        created: Option<Timestamp> = "dateTimeCreated";
        /// When it was last changed.
        modified: Option<Timestamp> = "dateTimeModified";
        /// Their identifier in the payroll.
        salary_identifier: Option<String> = "salaryIdentifier";
        /// Gender.
        gender: Option<Gender> = "gender";
        /// Job title.
        job_title: Option<String> = "jobTitle";
        /// Employee type.
        employee_type_id: Option<EmployeeTypeId> = "employeeTypeId";
        /// The department that counts as theirs.
        primary_department_id: Option<DepartmentId> = "primaryDepartmentId";
        /// All departments.
        departments: Vec<DepartmentId> = "departments";
        /// All employee groups.
        employee_groups: Vec<EmployeeGroupId> = "employeeGroups";
        /// The record of their supervisor.
        supervisor_id: Option<SupervisorId> = "supervisorId";
        /// Their supervisor as an employee.
        supervisor_employee_id: Option<EmployeeId> = "supervisorEmployeeId";
        /// Security groups.
        security_groups: Option<Vec<SecurityGroupId>> = "securityGroups";
        /// Skills.
        skill_ids: Option<Vec<SkillId>> = "skillIds";
        /// Contract rule.
        contract_rule_id: Option<ContractRuleId> = "contractRulesRuleId";
        /// Work hours, as the portal has them.
        work_hours: Option<f64> = "workHours";
        /// The country of the address, as a number of Planday's.
        country_id: Option<i64> = "countryId";
        /// Mobile number, without the dial prefix; on lists it has one.
        cell_phone: Option<String> = "cellPhone";
        /// The mobile number's dial prefix.
        cell_phone_country_prefix: Option<String> = "cellPhoneCountryPrefix";
        /// The mobile number's country.
        cell_phone_country_code: Option<String> = "cellPhoneCountryCode";
        /// Telephone number, without the dial prefix; on lists it has one.
        phone: Option<String> = "phone";
        /// The telephone number's dial prefix.
        phone_country_prefix: Option<String> = "phoneCountryPrefix";
        /// The telephone number's country.
        phone_country_code: Option<String> = "phoneCountryCode";
        /// First line of the address.
        street1: Option<String> = "street1";
        /// Second line of the address.
        street2: Option<String> = "street2";
        /// Postal code.
        zip: Option<String> = "zip";
        /// City.
        city: Option<String> = "city";
        /// Whether colleagues see their contact details.
        is_public: Option<bool> = "isPublic";
        /// How the employment ended or will end.
        termination_type_id: Option<TerminationTypeId> = "terminationTypeId";
        /// The name of that.
        termination_type_name: Option<String> = "terminationTypeName";
        /// Why they left.
        deactivation_reason: Option<String> = "deactivationReason";
        /// Bank account; asked for with [`Special::BankAccount`](super::Special::BankAccount).
        bank_account: Option<BankAccount> = "bankAccount";
        /// Date of birth; asked for with [`Special::BirthDate`](super::Special::BirthDate).
        birth_date: Option<Date> = "birthDate" hidden;
        /// Social security number; asked for with [`Special::Ssn`](super::Special::Ssn).
        ssn: Option<Secret> = "ssn";
    }
    family "custom_" {
        /// Fields that the portal added, by the names of their members: `custom_<n>`.
        custom: CustomField
    }
}
