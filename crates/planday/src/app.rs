//! An API app.

use attache_auth::{Connector, InvalidConnector};

use crate::{app_builder::AppBuilder, environment::Environment, profile::profile};

/// An API app of Planday, created under Settings > Integrations > API Access. Cheap to clone.
///
/// An app has no secret. It may be connected to any number of portals; each of them has a
/// [`TokenSecret`](crate::TokenSecret) of its own.
///
/// # Examples
///
/// ```
/// use attache_planday::App;
///
/// let app = App::new("f2370889-3ffe-46b6-83e7-1a20f5a20d2f")?;
/// assert_eq!(app.application_id(), "f2370889-3ffe-46b6-83e7-1a20f5a20d2f");
/// let problem = App::new(" ").unwrap_err();
/// assert_eq!(problem.problems()[0].field, "Application ID");
/// # Ok::<(), attache_planday::InvalidConnector>(())
/// ```
#[derive(Debug, Clone)]
pub struct App(Connector);

impl App {
    /// An app of Planday itself. `application_id` is the value of the column "App Id"; white space around it is
    /// dropped. It is a GUID on the pages that show one, but any text without white space is taken.
    ///
    /// # Errors
    ///
    /// Lists every problem of the set-up, under the names of Planday's pages.
    pub fn new(application_id: &str) -> Result<Self, InvalidConnector> {
        Self::at(application_id, &Environment::production())
    }

    /// An app of a Planday somewhere else, such as an emulator.
    ///
    /// # Errors
    ///
    /// As [`App::new`]; also for addresses that are neither HTTPS nor loopback.
    pub fn at(application_id: &str, environment: &Environment) -> Result<Self, InvalidConnector> {
        Connector::new(profile(), environment.endpoints(), application_id.trim()).map(Self)
    }

    /// Sets an app up with its scopes and redirect URLs, for the partner flow ([`Planday::begin_link`]). The customer
    /// flow needs neither.
    ///
    /// [`Planday::begin_link`]: crate::Planday::begin_link
    pub fn builder(application_id: &str) -> AppBuilder {
        AppBuilder::new(application_id)
    }

    pub(crate) fn of(connector: Connector) -> Self {
        Self(connector)
    }

    /// The Application ID, which is the OAuth client id and the value of `X-ClientId`. It is no secret.
    pub fn application_id(&self) -> &str {
        self.0.client_id()
    }

    /// The set-up as a [`Keeper`](crate::Keeper) takes it.
    pub fn connector(&self) -> &Connector {
        &self.0
    }

    /// Whether it is the same app in the same environment.
    pub(crate) fn is_app_of(&self, connector: &Connector) -> bool {
        self.0.client_id() == connector.client_id() && self.0.endpoints() == connector.endpoints()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_of_a_set_up_is_named_at_once() {
        let environment = Environment::new(
            "http://id.example.com/".parse().unwrap(),
            "https://user@api.example.com/".parse().unwrap(),
        );
        let error = App::at("two words", &environment).unwrap_err();
        let fields: Vec<_> = error.problems().iter().map(|problem| problem.field).collect();
        assert_eq!(
            fields,
            [
                "Application ID",
                "token endpoint",
                "API address",
                "revocation endpoint",
                "authorization endpoint"
            ]
        );
    }

    #[test]
    fn white_space_around_an_application_id_is_dropped() {
        let app = App::new("\tf2370889-3ffe-46b6-83e7-1a20f5a20d2f \n").unwrap();
        assert_eq!(app.application_id(), "f2370889-3ffe-46b6-83e7-1a20f5a20d2f");
    }
}
