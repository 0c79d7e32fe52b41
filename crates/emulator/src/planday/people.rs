//! The people of a portal: employees, their groups and types, supervisors, skills.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::generate;
use super::world::Portal;

/// What hangs on a portal besides its departments and employees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct People {
    pub(crate) groups: BTreeMap<i64, EmployeeGroup>,
    pub(crate) types: BTreeMap<i64, EmployeeType>,
    /// Employee ids by the id of the supervisor record.
    pub(crate) supervisors: BTreeMap<i64, i64>,
    pub(crate) skills: BTreeMap<i64, Skill>,
    /// Members that this portal demands of an employee beyond the documented four.
    pub(crate) required: BTreeSet<String>,
}

impl Portal {
    /// Adds or replaces an employee.
    #[must_use]
    pub fn employee(mut self, employee: Employee) -> Self {
        self.employees.insert(employee.id, employee);
        self
    }

    /// Adds this many invented employees, with ids from 50001, spread over the departments there are; and their
    /// groups, types, skills and a supervisor.
    #[must_use]
    pub fn employees(mut self, count: u32) -> Self {
        generate::employees(&mut self, count);
        self
    }

    /// Adds or renames an employee group.
    #[must_use]
    pub fn employee_group(mut self, id: i64, name: impl Into<String>) -> Self {
        let name = name.into();
        self.people.groups.insert(id, EmployeeGroup { id, name });
        self
    }

    /// Adds or replaces an employee type.
    #[must_use]
    pub fn employee_type(mut self, id: i64, name: impl Into<String>) -> Self {
        let (name, description) = (name.into(), None);
        self.people.types.insert(
            id,
            EmployeeType {
                id,
                name,
                description,
            },
        );
        self
    }

    /// Makes an employee a supervisor: the record's id is what `supervisorId` means, and is no employee id.
    #[must_use]
    pub fn supervisor(mut self, record: i64, employee: i64) -> Self {
        self.people.supervisors.insert(record, employee);
        self
    }

    /// Adds or replaces a skill.
    #[must_use]
    pub fn skill(mut self, skill: Skill) -> Self {
        self.people.skills.insert(skill.id, skill);
        self
    }

    /// Demands one more member of every employee, such as `cellPhone` (Planday, HR: field definitions).
    #[must_use]
    pub fn requires(mut self, member: impl Into<String>) -> Self {
        self.people.required.insert(member.into());
        self
    }

    /// The employees, by id.
    pub fn employee_list(&self) -> Vec<Employee> {
        self.employees.values().cloned().collect()
    }

    /// The employee groups, by id.
    pub fn employee_group_list(&self) -> Vec<EmployeeGroup> {
        self.people.groups.values().cloned().collect()
    }
}

/// An employee group (Planday, HR: employee groups).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmployeeGroup {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// An employee type, such as full time (Planday, HR: employee types).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmployeeType {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// A free text.
    pub description: Option<String>,
}

/// A skill: `skillId` in HR, `id` in Scheduling.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skill {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// A free text.
    pub description: Option<String>,
    /// Whether it runs out; such a skill cannot be set through an employee's `skillIds`.
    pub time_limited: bool,
}

impl Skill {
    /// A skill that does not run out.
    pub fn new(id: i64, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            description: None,
            time_limited: false,
        }
    }
}

/// An employee (Planday, HR: employees). Members that are not here are sent as null.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Employee {
    /// Their id.
    pub id: i64,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The user name, an e-mail address.
    pub user_name: String,
    /// Where mail goes, the user name when `None`.
    pub email: Option<String>,
    /// First day of work, `yyyy-mm-dd`: `hiredDate` on lists, `hiredFrom` by id.
    pub hired: Option<String>,
    /// When the record was made, `yyyy-mm-ddThh:mm:ssZ`.
    pub created: String,
    /// When it was last changed, `yyyy-mm-ddThh:mm:ssZ`.
    pub modified: String,
    /// Whether they left; lists leave them out.
    pub deactivated: bool,
    /// The day they leave or left, `yyyy-mm-dd`; with a day in the future they are still active.
    pub deactivation_date: Option<String>,
    /// Why they leave.
    pub deactivation_reason: Option<String>,
    /// The kind of leaving.
    pub termination_type: Option<i64>,
    /// Their departments.
    pub departments: Vec<i64>,
    /// Their primary department, the first one when `None`.
    pub primary_department: Option<i64>,
    /// Their employee groups.
    pub employee_groups: Vec<i64>,
    /// Their employee type.
    pub employee_type: Option<i64>,
    /// Their security groups, on lists only with `includeSecurityGroups=true`.
    pub security_groups: Vec<i64>,
    /// Their skills, by id only.
    pub skills: Vec<i64>,
    /// The id of a supervisor record, which is no employee id.
    pub supervisor_id: Option<i64>,
    /// The salary identifier.
    pub salary_identifier: Option<String>,
    /// The mobile number without the dial prefix; lists add the prefix.
    pub cell_phone: Option<String>,
    /// The country of the mobile number, `DK` when `None`.
    pub cell_phone_country: Option<String>,
    /// The other number without the dial prefix; lists add the prefix.
    pub phone: Option<String>,
    /// The country of the other number, `DK` when `None`.
    pub phone_country: Option<String>,
    /// `Male` or `Female`, by id only.
    pub gender: Option<String>,
    /// The job title, by id only.
    pub job_title: Option<String>,
    /// First line of the address.
    pub street1: Option<String>,
    /// Second line of the address.
    pub street2: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Date of birth, `yyyy-mm-dd`, only with `special=BirthDate`.
    pub birth_date: Option<String>,
    /// Social security number, only with `special=Ssn`.
    pub ssn: Option<String>,
    /// Registration and account number, only with `special=BankAccount`.
    pub bank_account: Option<(String, String)>,
    /// `custom_1` and so on, by id only.
    pub custom: BTreeMap<String, Value>,
    /// What was changed, oldest first.
    pub(crate) history: Vec<EmployeeChange>,
}

/// One member of an employee that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EmployeeChange {
    pub(crate) at: String,
    /// `add`, `remove` or `replace`.
    pub(crate) op: &'static str,
    pub(crate) path: String,
    pub(crate) value: Option<String>,
}

impl Employee {
    /// An employee without a department.
    pub fn new(id: i64, first_name: impl Into<String>, last_name: impl Into<String>) -> Self {
        let (first_name, last_name) = (first_name.into(), last_name.into());
        let user_name = format!("{first_name}.{last_name}.{id}@example.com").to_lowercase();
        Self {
            id,
            first_name,
            last_name,
            user_name,
            email: None,
            hired: None,
            created: "2026-01-05T08:00:00Z".to_owned(),
            modified: "2026-01-05T08:00:00Z".to_owned(),
            deactivated: false,
            deactivation_date: None,
            deactivation_reason: None,
            termination_type: None,
            departments: Vec::new(),
            primary_department: None,
            employee_groups: Vec::new(),
            employee_type: None,
            security_groups: Vec::new(),
            skills: Vec::new(),
            supervisor_id: None,
            salary_identifier: None,
            cell_phone: None,
            cell_phone_country: None,
            phone: None,
            phone_country: None,
            gender: None,
            job_title: None,
            street1: None,
            street2: None,
            zip: None,
            city: None,
            birth_date: None,
            ssn: None,
            bank_account: None,
            custom: BTreeMap::new(),
            history: Vec::new(),
        }
    }

    /// Adds a department; the first is the primary one.
    #[must_use]
    pub fn department(mut self, id: i64) -> Self {
        self.departments.push(id);
        self
    }

    /// Adds an employee group.
    #[must_use]
    pub fn employee_group(mut self, id: i64) -> Self {
        self.employee_groups.push(id);
        self
    }

    /// Sets when the record was last changed, `yyyy-mm-ddThh:mm:ssZ`.
    #[must_use]
    pub fn modified(mut self, at: impl Into<String>) -> Self {
        self.modified = at.into();
        self
    }

    /// Makes them someone who left.
    #[must_use]
    pub fn deactivated(mut self) -> Self {
        self.deactivated = true;
        self
    }

    /// Makes them leave on this day, `yyyy-mm-dd`.
    #[must_use]
    pub fn leaves_on(mut self, date: impl Into<String>) -> Self {
        self.deactivation_date = Some(date.into());
        self
    }

    /// Sets the members that need a scope and `special`.
    #[must_use]
    pub fn special(
        mut self,
        birth_date: impl Into<String>,
        ssn: impl Into<String>,
        bank_account: (&str, &str),
    ) -> Self {
        self.birth_date = Some(birth_date.into());
        self.ssn = Some(ssn.into());
        self.bank_account = Some((bank_account.0.to_owned(), bank_account.1.to_owned()));
        self
    }

    /// Whether they have left by `today`, `yyyy-mm-dd`.
    pub(crate) fn has_left(&self, today: &str) -> bool {
        self.deactivated || self.deactivation_date.as_deref().is_some_and(|day| day <= today)
    }
}
