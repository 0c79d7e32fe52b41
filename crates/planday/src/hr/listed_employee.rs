//! An employee in a list.

use attache_core::{Date, Secret, Timestamp};

use super::{
    BankAccount, DepartmentId, EmployeeGroupId, EmployeeId, EmployeeTypeId, SecurityGroupId, SupervisorId,
    TerminationTypeId,
};
use crate::model::record;

record! {
    /// An employee, as [`Employees::list`](super::Employees::list) gives it. By id there are other members under
    /// other names: see [`Employee`](super::Employee).
    ///
    /// `Debug` shows neither [`ssn`](Self::ssn), [`birth_date`](Self::birth_date) nor
    /// [`bank_account`](Self::bank_account). Names and addresses it does show.
    pub struct ListedEmployee {
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
        /// First day of work; by id it is called `hiredFrom`.
        hired_date: Option<Date> = "hiredDate";
        /// The day on which they leave, which may lie ahead.
        deactivation_date: Option<Date> = "deactivationDate";
        /// When the record was made.
        created: Option<Timestamp> = "dateTimeCreated";
        /// When it was last changed.
        modified: Option<Timestamp> = "dateTimeModified";
        /// When it was deleted.
        deleted: Option<Timestamp> = "dateTimeDeleted";
        /// Employee type.
        employee_type_id: Option<EmployeeTypeId> = "employeeTypeId";
        /// Their identifier in the payroll.
        salary_identifier: Option<String> = "salaryIdentifier";
        /// The department that counts as theirs.
        primary_department_id: Option<DepartmentId> = "primaryDepartmentId";
        /// All departments.
        departments: Vec<DepartmentId> = "departments";
        /// All employee groups.
        employee_groups: Vec<EmployeeGroupId> = "employeeGroups";
        /// The record of their supervisor.
        supervisor_id: Option<SupervisorId> = "supervisorId";
        /// Security groups; asked for with
        /// [`ListEmployees::include_security_groups`](super::ListEmployees::include_security_groups).
        security_groups: Option<Vec<SecurityGroupId>> = "securityGroups";
        /// Mobile number, with the dial prefix; by id it has none.
        cell_phone: Option<String> = "cellPhone";
        /// Mobile number, without the dial prefix.
        cell_phone_without_country_prefix: Option<String> = "cellPhoneWithoutCountryPrefix";
        /// The mobile number's dial prefix.
        cell_phone_country_prefix: Option<String> = "cellPhoneCountryPrefix";
        /// The mobile number's country.
        cell_phone_country_code: Option<String> = "cellPhoneCountryCode";
        /// Telephone number, with the dial prefix; by id it has none.
        phone: Option<String> = "phone";
        /// Telephone number, without the dial prefix.
        phone_without_country_prefix: Option<String> = "phoneWithoutCountryPrefix";
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
        /// How the employment will end.
        termination_type_id: Option<TerminationTypeId> = "terminationTypeId";
        /// The name of that.
        termination_type_name: Option<String> = "terminationTypeName";
        /// Why they leave.
        deactivation_reason: Option<String> = "deactivationReason";
        /// Bank account; asked for with [`Special::BankAccount`](super::Special::BankAccount).
        bank_account: Option<BankAccount> = "bankAccount";
        /// Date of birth; asked for with [`Special::BirthDate`](super::Special::BirthDate).
        birth_date: Option<Date> = "birthDate" hidden;
        /// Social security number; asked for with [`Special::Ssn`](super::Special::Ssn).
        ssn: Option<Secret> = "ssn";
    }
}
