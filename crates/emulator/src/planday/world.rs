//! The world the emulator plays: apps, portals and what is in them, administrators.

use std::collections::{BTreeMap, BTreeSet};

use super::generate;

/// The scopes that the emulated operations ask for (Planday, Scopes).
const SCOPES: [&str; 5] = [
    "department:read",
    "department:create",
    "department:update",
    "department:delete",
    "employee:read",
];

/// What is wrong with a world, or with a request to change it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// An app, portal or connection was added twice.
    #[error("{0} exists already")]
    Duplicate(String),
    /// There is no such app, portal or connection.
    #[error("there is no {0} in this world: add it when building")]
    Unknown(String),
    /// A refresh token belongs to another connection already.
    #[error(
        "the refresh token given for portal {0} is in use: one token belongs to one client id and portal"
    )]
    TokenTaken(i64),
}

/// An API application (Planday, Authorization: Create an application).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// The App ID, a GUID at Planday.
    pub client_id: String,
    /// The name that customers see when they authorize it.
    pub name: String,
    /// The scopes ticked at creation; they cannot change.
    pub scopes: Vec<String>,
}

impl App {
    /// An app with every scope that the emulated operations ask for.
    pub fn new(client_id: impl Into<String>) -> Self {
        let scopes = SCOPES.map(str::to_owned).to_vec();
        Self {
            client_id: client_id.into(),
            name: "Sample app".to_owned(),
            scopes,
        }
    }

    /// Sets the name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Replaces the scopes.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }
}

/// A portal: one customer's Planday.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Portal {
    /// The portal's id; all other ids are unique inside one portal only.
    pub id: i64,
    /// The portal's name.
    pub name: String,
    /// The company behind it.
    pub company_name: String,
    /// Its country; the format is undocumented.
    pub country: String,
    /// Its time zone; the format is undocumented.
    pub time_zone: String,
    /// The number of departments that its plan allows.
    pub max_departments: Option<i32>,
    /// Other names.
    pub aliases: Option<Vec<String>>,
    /// The ids and names of portals below it.
    pub children: Vec<(i64, String)>,
    pub(crate) departments: BTreeMap<i64, Department>,
    pub(crate) employees: BTreeMap<i64, Employee>,
}

impl Portal {
    /// An empty portal.
    pub fn new(id: i64) -> Self {
        Self {
            id,
            name: format!("portal{id}"),
            company_name: format!("Portal {id} ApS"),
            country: "DK".to_owned(),
            time_zone: "Europe/Copenhagen".to_owned(),
            max_departments: None,
            aliases: None,
            children: Vec::new(),
            departments: BTreeMap::new(),
            employees: BTreeMap::new(),
        }
    }

    /// A portal with invented names, the same for the same id and seed; ask for its data with
    /// [`departments`](Self::departments) and [`employees`](Self::employees).
    pub fn generated(id: i64, seed: u64) -> Self {
        generate::portal(id, seed)
    }

    /// Sets the name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the company's name.
    #[must_use]
    pub fn company_name(mut self, name: impl Into<String>) -> Self {
        self.company_name = name.into();
        self
    }

    /// Sets the country.
    #[must_use]
    pub fn country(mut self, country: impl Into<String>) -> Self {
        self.country = country.into();
        self
    }

    /// Sets the time zone.
    #[must_use]
    pub fn time_zone(mut self, time_zone: impl Into<String>) -> Self {
        self.time_zone = time_zone.into();
        self
    }

    /// Sets how many departments the plan allows.
    #[must_use]
    pub fn max_departments(mut self, most: i32) -> Self {
        self.max_departments = Some(most);
        self
    }

    /// Names a portal below this one.
    #[must_use]
    pub fn child(mut self, id: i64, name: impl Into<String>) -> Self {
        self.children.push((id, name.into()));
        self
    }

    /// Adds or replaces a department.
    #[must_use]
    pub fn department(mut self, department: Department) -> Self {
        self.departments.insert(department.id, department);
        self
    }

    /// Adds or replaces an employee.
    #[must_use]
    pub fn employee(mut self, employee: Employee) -> Self {
        self.employees.insert(employee.id, employee);
        self
    }

    /// Adds this many invented departments, with ids from 1001.
    #[must_use]
    pub fn departments(mut self, count: u32) -> Self {
        generate::departments(&mut self, count);
        self
    }

    /// Adds this many invented employees, with ids from 50001, spread over the departments there are.
    #[must_use]
    pub fn employees(mut self, count: u32) -> Self {
        generate::employees(&mut self, count);
        self
    }

    /// The departments that exist, by id.
    pub fn department_list(&self) -> Vec<Department> {
        self.departments
            .values()
            .filter(|department| !department.deleted)
            .cloned()
            .collect()
    }

    /// The employees, by id.
    pub fn employee_list(&self) -> Vec<Employee> {
        self.employees.values().cloned().collect()
    }
}

/// A department (Planday, HR: departments).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Department {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its number, a free text.
    pub number: Option<String>,
    /// Whether it was deleted; such a department answers only by id with `includeDeleted=true`.
    pub deleted: bool,
}

impl Department {
    /// A department without a number.
    pub fn new(id: i64, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            number: None,
            deleted: false,
        }
    }

    /// Sets the number.
    #[must_use]
    pub fn number(mut self, number: impl Into<String>) -> Self {
        self.number = Some(number.into());
        self
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
    /// First day of work, `yyyy-mm-dd`: `hiredDate` on lists, `hiredFrom` by id.
    pub hired: Option<String>,
    /// When the record was made, `yyyy-mm-ddThh:mm:ssZ`.
    pub created: String,
    /// When it was last changed, `yyyy-mm-ddThh:mm:ssZ`.
    pub modified: String,
    /// Whether they left; lists leave them out.
    pub deactivated: bool,
    /// Their departments.
    pub departments: Vec<i64>,
    /// Their employee groups.
    pub employee_groups: Vec<i64>,
    /// Their security groups, on lists only with `includeSecurityGroups=true`.
    pub security_groups: Vec<i64>,
    /// The id of a supervisor record, which is no employee id.
    pub supervisor_id: Option<i64>,
    /// The salary identifier.
    pub salary_identifier: Option<String>,
    /// The mobile number without the dial prefix; lists add the prefix.
    pub cell_phone: Option<String>,
    /// `Male` or `Female`, by id only.
    pub gender: Option<String>,
    /// The job title, by id only.
    pub job_title: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Date of birth, `yyyy-mm-dd`, only with `special=BirthDate`.
    pub birth_date: Option<String>,
    /// Social security number, only with `special=Ssn`.
    pub ssn: Option<String>,
    /// Registration and account number, only with `special=BankAccount`.
    pub bank_account: Option<(String, String)>,
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
            hired: None,
            created: "2026-01-05T08:00:00Z".to_owned(),
            modified: "2026-01-05T08:00:00Z".to_owned(),
            deactivated: false,
            departments: Vec::new(),
            employee_groups: Vec::new(),
            security_groups: Vec::new(),
            supervisor_id: None,
            salary_identifier: None,
            cell_phone: None,
            gender: None,
            job_title: None,
            city: None,
            birth_date: None,
            ssn: None,
            bank_account: None,
        }
    }

    /// Adds a department; the first is the primary one.
    #[must_use]
    pub fn department(mut self, id: i64) -> Self {
        self.departments.push(id);
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
}

/// The administrator who authorized an app on a portal: what they may see and edit bounds the app (Planday,
/// Authorization: consent).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Administrator {
    /// Calls fail with 401 once they are inactive.
    pub active: bool,
    /// The departments they see; `None` is all.
    pub sees: Option<BTreeSet<i64>>,
    /// Whether they may change what they see.
    pub may_edit: bool,
}

impl Administrator {
    /// An active administrator who sees and edits everything.
    pub fn new() -> Self {
        Self {
            active: true,
            sees: None,
            may_edit: true,
        }
    }

    /// Limits them to these departments and the employees in them.
    #[must_use]
    pub fn sees_only(mut self, departments: impl IntoIterator<Item = i64>) -> Self {
        self.sees = Some(departments.into_iter().collect());
        self
    }

    /// Sets whether they may change what they see.
    #[must_use]
    pub fn may_edit(mut self, may_edit: bool) -> Self {
        self.may_edit = may_edit;
        self
    }

    /// Sets whether they are active.
    #[must_use]
    pub fn active(mut self, active: bool) -> Self {
        self.active = active;
        self
    }

    pub(crate) fn sees_department(&self, id: i64) -> bool {
        self.sees.as_ref().is_none_or(|seen| seen.contains(&id))
    }
}

impl Default for Administrator {
    fn default() -> Self {
        Self::new()
    }
}
