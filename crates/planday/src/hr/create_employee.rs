//! What an employee is created with.

use attache_core::{Date, Secret};

use super::{BankAccount, DepartmentId, EmployeeGroupId, EmployeeTypeId, Gender, SkillId, SupervisorId};
use crate::model::request;

request! {
    /// What an employee is created with. A portal may require more members than
    /// [`new`](Self::new) takes; Planday then answers with the names of those that are missing.
    ///
    /// `Debug` shows neither [`ssn`](field@Self::ssn), [`birth_date`](field@Self::birth_date) and
    /// [`bank_account`](field@Self::bank_account) nor the values of custom fields.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache_planday::hr::{CreateEmployee, DepartmentId};
    ///
    /// let ada = CreateEmployee::new("Ada", "Holm", "ada@example.com", [DepartmentId(1)])
    ///     .hired_from("2026-12-01".parse::<attache_planday::Date>()?)
    ///     .job_title("Baker")
    ///     .custom_field(12, "Locker 7");
    /// assert_eq!(ada.job_title.as_deref(), Some("Baker"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct CreateEmployee {
        required {
            /// First name.
            first_name: String = "firstName";
            /// Last name.
            last_name: String = "lastName";
            /// The user name, which is an e-mail address.
            user_name: String = "userName";
            /// All departments.
            departments: Vec<DepartmentId> = "departments";
        }
        optional {
            /// Mobile number.
            cell_phone: String = "cellPhone";
            /// The mobile number's country, as a code.
            cell_phone_country_code: String = "cellPhoneCountryCode";
            /// The mobile number's country, as a number of Planday's.
            cell_phone_country_id: i64 = "cellPhoneCountryId";
            /// Telephone number.
            phone: String = "phone";
            /// The telephone number's country, as a code.
            phone_country_code: String = "phoneCountryCode";
            /// The telephone number's country, as a number of Planday's.
            phone_country_id: i64 = "phoneCountryId";
            /// First line of the address.
            street1: String = "street1";
            /// Second line of the address.
            street2: String = "street2";
            /// Postal code.
            zip: String = "zip";
            /// City.
            city: String = "city";
            /// The e-mail address.
            email: String = "email";
            /// All employee groups.
            employee_groups: Vec<EmployeeGroupId> = "employeeGroups";
            /// First day of work.
            hired_from: Date = "hiredFrom";
            /// Gender.
            gender: Gender = "gender";
            /// The department that counts as theirs.
            primary_department_id: DepartmentId = "primaryDepartmentId";
            /// Job title.
            job_title: String = "jobTitle";
            /// Employee type.
            employee_type_id: EmployeeTypeId = "employeeTypeId";
            /// Bank account; needs the scope `bankaccount:create` as well.
            bank_account: BankAccount = "bankAccount";
            /// Date of birth; needs the scope `birthdate:create` as well.
            birth_date: Date = "birthDate" hidden;
            /// Social security number; needs the scope `ssn:create` as well.
            ssn: Secret = "ssn";
            /// Their identifier in the payroll.
            salary_identifier: String = "salaryIdentifier";
            /// Whether others can have them as their supervisor.
            is_supervisor: bool = "isSupervisor";
            /// The record of their supervisor, which is not the supervisor's id as an employee: see
            /// [`Employees::supervisors`](super::Employees::supervisors).
            supervisor_id: SupervisorId = "supervisorId";
            /// Skills. Those that are limited in time cannot be given here alone.
            skill_ids: Vec<SkillId> = "skillIds";
        }
        custom {
            /// Fields that the portal added, by their numbers: 12 for `custom_12`.
            custom
        }
    }
}
