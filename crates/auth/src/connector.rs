//! An app's set-up at a provider.

mod builder;
mod endpoints;
mod problem;
pub(crate) mod redirect_uri;

use std::{fmt, sync::Arc};

use crate::profile::ProviderProfile;

pub use builder::ConnectorBuilder;
pub use endpoints::Endpoints;
pub(crate) use problem::write_problems;
pub use problem::{InvalidConnector, Problem};

/// An app's set-up at a provider: who the app is and where the provider lives. Cheap to clone.
///
/// What belongs to a single account, such as Planday's Token, is not part of it.
#[derive(Clone)]
pub struct Connector(Arc<Inner>);

struct Inner {
    profile: ProviderProfile,
    endpoints: Endpoints,
    client_id: Box<str>,
    scopes: Vec<String>,
    redirect_uris: Vec<String>,
    pkce: bool,
}

impl Connector {
    /// Checks a set-up that links by pasted credentials alone: it has no scopes and no redirect URIs.
    ///
    /// # Errors
    ///
    /// Lists every problem: a client id that is empty or holds white space or control characters, and addresses
    /// that are neither HTTPS nor loopback, or carry a user name or a fragment.
    pub fn new(
        profile: ProviderProfile,
        endpoints: Endpoints,
        client_id: &str,
    ) -> Result<Self, InvalidConnector> {
        Self::builder(profile, endpoints, client_id).build()
    }

    /// Starts a set-up with everything that an app can have.
    pub fn builder(profile: ProviderProfile, endpoints: Endpoints, client_id: &str) -> ConnectorBuilder {
        ConnectorBuilder::new(profile, endpoints, client_id)
    }

    /// Whether it is the same app in the same environment.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.client_id() == other.client_id() && self.endpoints() == other.endpoints()
    }

    /// How the provider behaves.
    pub fn profile(&self) -> &ProviderProfile {
        &self.0.profile
    }

    /// Where the provider lives.
    pub fn endpoints(&self) -> &Endpoints {
        &self.0.endpoints
    }

    /// The app's client id. It is no secret.
    pub fn client_id(&self) -> &str {
        &self.0.client_id
    }

    /// The app's scopes, without those that the profile adds to every authorization.
    pub fn scopes(&self) -> &[String] {
        &self.0.scopes
    }

    /// What an authorization asks for: the app's scopes and then the profile's, none twice.
    pub fn requested_scopes(&self) -> Vec<&str> {
        let own = self.0.scopes.iter().map(String::as_str);
        let fixed = self.0.profile.fixed_scopes.iter().copied();
        let fixed = fixed.filter(|scope| self.0.scopes.iter().all(|known| known != scope));
        own.chain(fixed).collect()
    }

    /// The registered redirect URIs, exactly as they were given.
    pub fn redirect_uris(&self) -> &[String] {
        &self.0.redirect_uris
    }

    /// Whether authorizations carry a PKCE challenge (RFC 7636).
    pub fn pkce(&self) -> bool {
        self.0.pkce
    }

    /// Whether a redirect URI is one of the registered ones.
    pub(crate) fn registers(&self, given: &str) -> bool {
        let mut registered = self.0.redirect_uris.iter();
        registered.any(|known| redirect_uri::is_registered(known, given))
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector")
            .field("provider", &self.0.profile.provider)
            .field("client_id", &self.0.client_id)
            .field("endpoints", &self.0.endpoints)
            .finish_non_exhaustive()
    }
}
