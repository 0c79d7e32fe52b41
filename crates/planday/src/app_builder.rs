//! Setting an app up for the partner flow.

use attache_auth::{Connector, InvalidConnector};

use crate::{app::App, environment::Environment, profile::profile, scope::Scope};

/// Sets up an [`App`] that customers authorise by a link in their browser: [`App::builder`].
///
/// # Examples
///
/// ```
/// use attache_planday::{App, Scope};
///
/// let app = App::builder("f2370889-3ffe-46b6-83e7-1a20f5a20d2f")
///     .scopes([Scope::EMPLOYEE_READ, Scope::SHIFT_READ])
///     .redirect_uris(["https://example.com/planday/callback", "http://localhost:8080/callback"])
///     .build()?;
/// assert_eq!(app.connector().redirect_uris().len(), 2);
/// # Ok::<(), attache_planday::InvalidConnector>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is checked before `build`"]
pub struct AppBuilder {
    application_id: Box<str>,
    environment: Environment,
    scopes: Vec<Scope>,
    redirect_uris: Vec<String>,
    pkce: bool,
}

impl AppBuilder {
    pub(crate) fn new(application_id: &str) -> Self {
        Self {
            application_id: application_id.trim().into(),
            environment: Environment::production(),
            scopes: Vec::new(),
            redirect_uris: Vec::new(),
            pkce: false,
        }
    }

    /// Where Planday lives; [`Environment::production`] unless set.
    pub fn environment(mut self, environment: &Environment) -> Self {
        self.environment = environment.clone();
        self
    }

    /// The scopes that were chosen for the app, all of them: Planday asks for each of them again on every
    /// authorization (Planday, Authorization Code Flow: scope). `openid` and `offline_access` are added by
    /// themselves. An app's scopes cannot be changed once it exists; another app is needed then.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = Scope>) -> Self {
        self.scopes = scopes.into_iter().collect();
        self
    }

    /// The app's redirect URLs, one to three, exactly as they are registered on the API Access page. HTTPS, or HTTP
    /// on a loopback host for development (Planday, Authorization Code Flow: redirect URLs).
    pub fn redirect_uris(mut self, redirect_uris: impl IntoIterator<Item: AsRef<str>>) -> Self {
        self.redirect_uris = redirect_uris
            .into_iter()
            .map(|uri| uri.as_ref().to_owned())
            .collect();
        self
    }

    /// Whether authorizations carry a PKCE challenge (RFC 7636), always by S256. Off unless set: no page of Planday
    /// asks for it, while its discovery document lists it. With it the exchange carries the verifier, always.
    pub fn pkce(mut self, pkce: bool) -> Self {
        self.pkce = pkce;
        self
    }

    /// Checks the set-up.
    ///
    /// # Errors
    ///
    /// Lists every problem, under the names of Planday's pages.
    pub fn build(self) -> Result<App, InvalidConnector> {
        Connector::builder(profile(), self.environment.endpoints(), &self.application_id)
            .scopes(self.scopes.iter().map(Scope::as_str))
            .redirect_uris(&self.redirect_uris)
            .pkce(self.pkce)
            .build()
            .map(App::of)
    }
}
