//! Applications, companies, the people who sign in, and API keys.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::records::Tables;

/// The scope names of the documents' table, and `api_public`, which the application form was seen to have.
pub const SCOPES: [&str; 28] = [
    "api_public",
    "banking",
    "company_holidays",
    "company_legal_entities",
    "company_locations",
    "contracts",
    "custom_fields",
    "documents",
    "employee_updates",
    "employees",
    "expenses",
    "finance",
    "integrations",
    "job_catalog",
    "marketplace",
    "payroll",
    "payroll_supplements",
    "performance",
    "posts",
    "project_management_expenses",
    "project_management_projects",
    "project_management_time",
    "recruitment",
    "shift_management",
    "tasks",
    "time_off",
    "time_tracking",
    "trainings",
];

/// An OAuth application (Factorial, Create a new OAuth application). `Debug` leaves the secret out.
#[derive(Clone)]
#[non_exhaustive]
pub struct App {
    /// Its client id.
    pub client_id: String,
    /// Its client secret. A public application has one too, and need not send it.
    pub secret: String,
    /// Its name.
    pub name: String,
    /// Where it may send people back to, to the letter.
    pub redirect_uris: Vec<String>,
    /// Whether it can keep a secret.
    pub confidential: bool,
    /// What its tokens may open.
    pub scopes: Vec<String>,
    /// The only company whose people can authorize it; `None` for the application of a partner.
    pub company: Option<u64>,
}

impl App {
    /// A confidential application of a partner, with every scope and no redirect URI.
    pub fn new(client_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            secret: secret.into(),
            name: "Application".to_owned(),
            redirect_uris: Vec::new(),
            confidential: true,
            scopes: SCOPES.map(str::to_owned).to_vec(),
            company: None,
        }
    }

    /// Sets its name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Adds a redirect URI.
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// Makes it public: it may call the token endpoint without its secret.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.confidential = false;
        self
    }

    /// Replaces its scopes.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Makes it a client's own: only people of this company can authorize it.
    #[must_use]
    pub fn company(mut self, company: u64) -> Self {
        self.company = Some(company);
        self
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("client_id", &self.client_id)
            .field("name", &self.name)
            .field("redirect_uris", &self.redirect_uris)
            .field("confidential", &self.confidential)
            .field("scopes", &self.scopes)
            .field("company", &self.company)
            .finish_non_exhaustive()
    }
}

/// Somebody who signs in to Factorial.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Person {
    /// What they sign in with.
    pub email: String,
    /// Who they are among the company's employees.
    pub employee: Option<u64>,
    /// Whether they may do everything: authorize a company token, manage applications, see everybody's data. Others see
    /// their own data and their colleagues' work contact.
    pub admin: bool,
    /// Whether they can still sign in. API calls by a user token of somebody who cannot are answered with 401; the
    /// documents are silent.
    pub active: bool,
}

impl Person {
    /// An active person without special rights, and no employee.
    pub fn new(email: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            employee: None,
            admin: false,
            active: true,
        }
    }

    /// Says which employee they are.
    #[must_use]
    pub fn employee(mut self, id: u64) -> Self {
        self.employee = Some(id);
        self
    }

    /// Makes them an administrator.
    #[must_use]
    pub fn admin(mut self) -> Self {
        self.admin = true;
        self
    }
}

/// A customer of Factorial, with its data.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Company {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Who can sign in, by e-mail.
    pub people: BTreeMap<String, Person>,
    pub(crate) tables: Tables,
    /// Employees who were invited.
    pub(crate) invited: BTreeSet<u64>,
}

impl Company {
    /// A company without people and data.
    pub fn new(id: u64) -> Self {
        Self {
            id,
            name: format!("Company {id}"),
            people: BTreeMap::new(),
            tables: Tables::default(),
            invited: BTreeSet::new(),
        }
    }

    /// Sets its name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Adds somebody who can sign in.
    #[must_use]
    pub fn person(mut self, person: Person) -> Self {
        self.people.insert(person.email.clone(), person);
        self
    }
}

/// A token that exists from the start. `Debug` leaves the tokens out.
#[derive(Clone)]
pub struct Link {
    pub(crate) client_id: String,
    pub(crate) email: String,
    pub(crate) company_token: bool,
    pub(crate) access_token: Option<String>,
    pub(crate) refresh_token: Option<String>,
}

impl Link {
    /// A user token of the person with this e-mail.
    pub fn user(client_id: impl Into<String>, email: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            email: email.into(),
            company_token: false,
            access_token: None,
            refresh_token: None,
        }
    }

    /// A company token of the company of the administrator with this e-mail.
    pub fn company(client_id: impl Into<String>, email: impl Into<String>) -> Self {
        Self {
            company_token: true,
            ..Self::user(client_id, email)
        }
    }

    /// Uses this access token instead of a random one.
    #[must_use]
    pub fn access_token(mut self, token: impl Into<String>) -> Self {
        self.access_token = Some(token.into());
        self
    }

    /// Uses this refresh token instead of a random one. A company token gets one only where
    /// [`company_refresh_token`](field@super::Options::company_refresh_token) says so.
    #[must_use]
    pub fn refresh_token(mut self, token: impl Into<String>) -> Self {
        self.refresh_token = Some(token.into());
        self
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("client_id", &self.client_id)
            .field("email", &self.email)
            .field("company_token", &self.company_token)
            .finish_non_exhaustive()
    }
}

/// What is wrong with a world, or with a change to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// Something is there twice.
    #[error("{0} is there twice: leave one out")]
    Duplicate(String),
    /// Something is named that is not there.
    #[error("there is no {0}: add it first")]
    Unknown(String),
    /// A change that Factorial would not make.
    #[error("{0}")]
    Unfit(String),
}
