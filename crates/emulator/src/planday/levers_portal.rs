//! What people do in a browser, as calls: agree or refuse, and work the API Access page.

use http::uri::Authority;
use url::Url;

use super::access_page::administration::{key, unknown_portal};
use super::emulator::Emulator;
use super::identity::addresses::misses_authorize;
use super::identity::consent::{self, Outcome};
use super::identity::grants::Standing;
use super::world::{Administrator, WorldError};

/// Why a person had nothing to agree to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentError {
    /// The authorization URL cannot be read.
    #[error("this is no URL: give the whole authorization URL")]
    NotAnUrl,
    /// The server showed this instead of redirecting.
    #[error("the server shows: {0}")]
    Shown(String),
}

impl Emulator {
    /// Plays a person who opens this authorization URL, signs in to the portal, and agrees.
    ///
    /// Returns where the browser is sent: the redirect URI with a code, or with the error of a request that is refused.
    ///
    /// # Errors
    ///
    /// The server shows a page instead: the URL's path is not that of the authorization endpoint, client id or redirect
    /// URI are unknown, there is no such portal, or the administrator cannot sign in. The URL's host may be any.
    pub fn consent(
        &self,
        authorization_url: &str,
        portal: i64,
        administrator: &str,
    ) -> Result<String, ConsentError> {
        self.decide(authorization_url, None, portal, administrator, "accept")
    }

    /// As [`consent`](Self::consent), by a person who refuses.
    pub fn deny(
        &self,
        authorization_url: &str,
        portal: i64,
        administrator: &str,
    ) -> Result<String, ConsentError> {
        self.decide(authorization_url, None, portal, administrator, "deny")
    }

    /// What comes of an authorization URL and a decision. `own` is where this server is reached, if that is known.
    pub(super) fn decide(
        &self,
        authorization_url: &str,
        own: Option<&Authority>,
        portal: i64,
        administrator: &str,
        decision: &str,
    ) -> Result<String, ConsentError> {
        let url = Url::parse(authorization_url).map_err(|_| ConsentError::NotAnUrl)?;
        if let Some(problem) = misses_authorize(&url, own) {
            return Err(ConsentError::Shown(problem));
        }
        let said = [
            ("portal", portal.to_string()),
            ("administrator", administrator.to_owned()),
            ("decision", decision.to_owned()),
        ];
        let pairs: Vec<(String, String)> = url
            .query_pairs()
            .into_owned()
            .chain(said.map(|(name, value)| (name.to_owned(), value)))
            .collect();
        let origin = url.origin().ascii_serialization();
        let now = self.clock().now();
        match self.change(|state| consent::answer(state, now, &origin, &pairs)) {
            Outcome::Redirect(location) => Ok(location),
            Outcome::Page { problem, .. } => Err(ConsentError::Shown(problem.unwrap_or_default())),
        }
    }

    /// Create App on a portal's API Access page: its client id. Its scopes cannot change afterwards.
    ///
    /// # Errors
    ///
    /// There is no such portal, the name is empty, no scope or an unknown one is ticked, or the redirect URIs are more
    /// than three, no URLs, or neither https nor http on loopback.
    pub fn create_app(
        &self,
        portal: i64,
        name: &str,
        scopes: &[&str],
        redirect_uris: &[&str],
    ) -> Result<String, WorldError> {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        self.change(|state| state.create_app(portal, name, owned(scopes), owned(redirect_uris)))
    }

    /// Connect App: lists an app of another portal on this one, not authorized yet.
    ///
    /// # Errors
    ///
    /// There is no such app or portal, or the app is listed already.
    pub fn connect_app(&self, client_id: &str, portal: i64) -> Result<(), WorldError> {
        self.change(|state| state.connect_app(client_id, portal))
    }

    /// The page's Authorize button and the consent that follows, by this administrator: the Token column. After
    /// [`revoke`](Self::revoke) the switch [`after_revoke`](super::Options::after_revoke) says which token that is.
    ///
    /// # Errors
    ///
    /// The app is not listed on this portal, or the administrator cannot sign in.
    pub fn authorize_as(
        &self,
        client_id: &str,
        portal: i64,
        administrator: &str,
    ) -> Result<String, WorldError> {
        self.change(|state| state.authorize_as(client_id, portal, administrator))
    }

    /// Whether an app is authorized on a portal now: not revoked, not ended.
    pub fn is_authorized(&self, client_id: &str, portal: i64) -> bool {
        self.read(|state| state.grants.standing(&key(client_id, portal)) == Standing::Authorized)
    }

    /// Adds or changes somebody who can sign in to a portal. Every grant that this user name gave follows.
    ///
    /// # Errors
    ///
    /// There is no such portal.
    pub fn set_portal_administrator(
        &self,
        portal: i64,
        administrator: Administrator,
    ) -> Result<(), WorldError> {
        self.change(|state| state.put_administrator(portal, administrator))
    }

    /// Makes somebody who can sign in active or inactive: while inactive they cannot sign in, and calls under every
    /// grant they gave answer 401.
    ///
    /// # Errors
    ///
    /// There is no such portal or administrator.
    pub fn set_portal_administrator_active(
        &self,
        portal: i64,
        user_name: &str,
        active: bool,
    ) -> Result<(), WorldError> {
        self.change(|state| {
            let home = state.portals.get(&portal).ok_or_else(|| unknown_portal(portal))?;
            let known = home
                .administrators
                .iter()
                .find(|known| known.user_name == user_name);
            let administrator = known.cloned().ok_or_else(|| {
                WorldError::Unknown(format!("administrator {user_name} of portal {portal}"))
            })?;
            state.put_administrator(portal, administrator.active(active))
        })
    }
}
