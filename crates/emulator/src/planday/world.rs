//! The world the emulator plays: apps, portals and what is in them, administrators.

use std::collections::{BTreeMap, BTreeSet};

use super::people::{Employee, People};
use super::schedule::Schedule;
use super::{generate, routes};

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
    /// Something about an app does not fit: its redirect URIs or its scopes.
    #[error("{0}")]
    Unfit(String),
}

/// An API application (Planday, Authorization: Create an application).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct App {
    /// The App ID, a GUID at Planday.
    pub client_id: String,
    /// The name that customers see when they authorize it.
    pub name: String,
    /// The scopes ticked at creation; they cannot change.
    pub scopes: Vec<String>,
    /// Where codes may be sent: at most three (Planday, Authorization Flow: redirect URLs).
    pub redirect_uris: Vec<String>,
    /// The portal it was made in.
    pub home: Option<i64>,
}

impl App {
    /// An app with every scope that the emulated operations ask for.
    pub fn new(client_id: impl Into<String>) -> Self {
        let scopes = routes::scopes().into_iter().map(str::to_owned).collect();
        Self {
            client_id: client_id.into(),
            name: "Sample app".to_owned(),
            scopes,
            redirect_uris: Vec::new(),
            home: None,
        }
    }

    /// Adds a redirect URI.
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// Replaces the redirect URIs.
    #[must_use]
    pub fn redirect_uris<S: Into<String>>(mut self, uris: impl IntoIterator<Item = S>) -> Self {
        self.redirect_uris = uris.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the portal it was made in, where it is renamed and deleted; a partner's is a demo portal.
    #[must_use]
    pub fn home(mut self, portal: i64) -> Self {
        self.home = Some(portal);
        self
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
    /// Who can sign in and authorize apps.
    pub administrators: Vec<Administrator>,
    pub(crate) departments: BTreeMap<i64, Department>,
    pub(crate) employees: BTreeMap<i64, Employee>,
    pub(crate) people: People,
    pub(crate) schedule: Schedule,
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
            administrators: vec![Administrator::new()],
            departments: BTreeMap::new(),
            employees: BTreeMap::new(),
            people: People::default(),
            schedule: Schedule::default(),
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

    /// Adds an administrator who can sign in, or replaces the one of that user name.
    #[must_use]
    pub fn administrator(mut self, administrator: Administrator) -> Self {
        self.put_administrator(administrator);
        self
    }

    /// Replaces the administrators.
    #[must_use]
    pub fn administrators(mut self, administrators: impl IntoIterator<Item = Administrator>) -> Self {
        self.administrators.clear();
        for administrator in administrators {
            self.put_administrator(administrator);
        }
        self
    }

    pub(crate) fn put_administrator(&mut self, administrator: Administrator) {
        let user_name = &administrator.user_name;
        match self
            .administrators
            .iter_mut()
            .find(|known| known.user_name == *user_name)
        {
            Some(known) => *known = administrator,
            None => self.administrators.push(administrator),
        }
    }

    /// Adds or replaces a department.
    #[must_use]
    pub fn department(mut self, department: Department) -> Self {
        self.departments.insert(department.id, department);
        self
    }

    /// Adds this many invented departments, with ids from 1001.
    #[must_use]
    pub fn departments(mut self, count: u32) -> Self {
        generate::departments(&mut self, count);
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
    /// The zone of its clocks, the portal's when `None`; no document shows it.
    pub time_zone: Option<String>,
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
            time_zone: None,
            deleted: false,
        }
    }

    /// Sets the number.
    #[must_use]
    pub fn number(mut self, number: impl Into<String>) -> Self {
        self.number = Some(number.into());
        self
    }

    /// Sets the zone of its clocks.
    #[must_use]
    pub fn time_zone(mut self, zone: impl Into<String>) -> Self {
        self.time_zone = Some(zone.into());
        self
    }
}

/// The administrator who authorized an app on a portal: what they may see and edit bounds the app (Planday,
/// Authorization: consent).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Administrator {
    /// What they sign in with, once in a portal.
    pub user_name: String,
    /// Their name.
    pub name: String,
    /// Calls fail with 401 once they are inactive.
    pub active: bool,
    /// The departments they see; `None` is all.
    pub sees: Option<BTreeSet<i64>>,
    /// Whether they may change what they see.
    pub may_edit: bool,
}

impl Administrator {
    /// An active administrator who sees and edits everything, `administrator` by user name.
    pub fn new() -> Self {
        Self::named("administrator", "Portal administrator")
    }

    /// An active administrator who sees and edits everything.
    pub fn named(user_name: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            user_name: user_name.into(),
            name: name.into(),
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
