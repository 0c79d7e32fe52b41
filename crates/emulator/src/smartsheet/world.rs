//! What a region holds: apps, people and their rights.

use std::fmt;

use super::region::Region;
use super::sheets::Sheet;

/// What is wrong with a world, or with a request to change it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// An app, person, sheet or token was added twice.
    #[error("{0} exists already")]
    Duplicate(String),
    /// There is no such thing.
    #[error("there is no {0} in this region: add it when building")]
    Unknown(String),
    /// Something does not fit.
    #[error("{0}")]
    Unfit(String),
}

/// An app of Developer Tools.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct App {
    /// The app client id.
    pub client_id: String,
    /// The app secret; Developer Tools shows it again at any time.
    pub secret: String,
    /// The name that people see when they are asked to agree.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Its home page.
    pub url: String,
    /// Where to get help.
    pub contact: String,
    /// Where codes are sent: one address, compared to the letter.
    pub redirect_url: String,
    /// Whether it is publicly listed.
    pub published: bool,
    /// The e-mail address of the person who made it; empty for the first developer of the region.
    pub developer: String,
}

impl App {
    /// An app with a redirect URL.
    pub fn new(
        client_id: impl Into<String>,
        secret: impl Into<String>,
        redirect_url: impl Into<String>,
    ) -> Self {
        Self {
            client_id: client_id.into(),
            secret: secret.into(),
            name: "Sample app".to_owned(),
            description: "Keeps sheets in step".to_owned(),
            url: "https://app.example".to_owned(),
            contact: "support@app.example".to_owned(),
            redirect_url: redirect_url.into(),
            published: false,
            developer: String::new(),
        }
    }

    /// Sets the name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("client_id", &self.client_id)
            .field("name", &self.name)
            .field("redirect_url", &self.redirect_url)
            .finish_non_exhaustive()
    }
}

/// Whether somebody may make apps (Smartsheet, Developer Tools: registration, then approval).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Developer {
    /// Not registered.
    #[default]
    No,
    /// Registered; Smartsheet has not approved it yet.
    Registered,
    /// May make apps.
    Approved,
}

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// The id; 0 for one that is chosen when building.
    pub id: i64,
    /// The e-mail address, by which people are known.
    pub email: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// Whether they administer the plan.
    pub system_admin: bool,
    /// Whether they may make apps.
    pub developer: Developer,
}

impl User {
    /// Somebody without special rights.
    pub fn new(
        email: impl Into<String>,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
    ) -> Self {
        Self {
            id: 0,
            email: email.into(),
            first_name: first_name.into(),
            last_name: last_name.into(),
            system_admin: false,
            developer: Developer::No,
        }
    }

    /// Makes them a system admin.
    #[must_use]
    pub fn system_admin(mut self) -> Self {
        self.system_admin = true;
        self
    }

    /// Approves them as a developer.
    #[must_use]
    pub fn developer(mut self) -> Self {
        self.developer = Developer::Approved;
        self
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// What a person may do with a sheet, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessLevel {
    /// Reads.
    Viewer,
    /// Reads and comments.
    Commenter,
    /// Changes cells and rows.
    Editor,
    /// And shares.
    EditorShare,
    /// Changes columns.
    Admin,
    /// Deletes the sheet.
    Owner,
}

impl AccessLevel {
    /// `VIEWER` to `OWNER`. Without `accessApiLevel=1`, a commenter is shown as a viewer.
    pub(crate) fn word(self, api_level: bool) -> &'static str {
        match self {
            Self::Commenter if api_level => "COMMENTER",
            Self::Viewer | Self::Commenter => "VIEWER",
            Self::Editor => "EDITOR",
            Self::EditorShare => "EDITOR_SHARE",
            Self::Admin => "ADMIN",
            Self::Owner => "OWNER",
        }
    }
}

/// What a person granted an app, when building a world.
#[derive(Clone)]
pub struct Grant {
    pub(crate) client_id: String,
    pub(crate) email: String,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) access_token: Option<String>,
    pub(crate) refresh_token: Option<String>,
}

impl Grant {
    /// All scopes, with random tokens.
    pub fn new(client_id: impl Into<String>, email: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            email: email.into(),
            scopes: None,
            access_token: None,
            refresh_token: None,
        }
    }

    /// These scopes only.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Uses this pair instead of a random one.
    #[must_use]
    pub fn tokens(mut self, access_token: impl Into<String>, refresh_token: impl Into<String>) -> Self {
        self.access_token = Some(access_token.into());
        self.refresh_token = Some(refresh_token.into());
        self
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant")
            .field("client_id", &self.client_id)
            .field("email", &self.email)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// What a region starts with.
#[derive(Clone)]
#[must_use]
pub struct World {
    pub(crate) region: Region,
    pub(crate) apps: Vec<App>,
    pub(crate) users: Vec<User>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) personal: Vec<(String, Option<String>)>,
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) workspaces: Vec<String>,
}

impl World {
    /// An empty region.
    pub fn new(region: Region) -> Self {
        Self {
            region,
            apps: Vec::new(),
            users: Vec::new(),
            grants: Vec::new(),
            personal: Vec::new(),
            sheets: Vec::new(),
            workspaces: Vec::new(),
        }
    }

    /// Adds an app.
    pub fn app(mut self, app: App) -> Self {
        self.apps.push(app);
        self
    }

    /// Adds somebody.
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// Lets somebody grant an app access.
    pub fn grant(mut self, grant: Grant) -> Self {
        self.grants.push(grant);
        self
    }

    /// Gives somebody a personal access token, this one or a random one.
    pub fn personal_token(mut self, email: impl Into<String>, token: Option<&str>) -> Self {
        self.personal.push((email.into(), token.map(str::to_owned)));
        self
    }

    /// Adds a sheet; without an owner it belongs to the first person.
    pub fn sheet(mut self, sheet: Sheet) -> Self {
        self.sheets.push(sheet);
        self
    }

    /// Adds a workspace; the first person owns it.
    pub fn workspace(mut self, name: impl Into<String>) -> Self {
        self.workspaces.push(name.into());
        self
    }

    /// The same apps with this redirect URL.
    pub(crate) fn redirect_url(&mut self, url: &str) {
        for app in &mut self.apps {
            url.clone_into(&mut app.redirect_url);
        }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("region", &self.region)
            .field("apps", &self.apps)
            .field("users", &self.users)
            .finish_non_exhaustive()
    }
}
