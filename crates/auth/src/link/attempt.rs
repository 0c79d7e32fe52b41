//! What is remembered while a user is away at the provider.

use std::{fmt, time::Duration};

use attache_core::{Secret, Timestamp};
use url::Url;

use crate::{
    connector::{Connector, Problem},
    link::start_error::LinkStartError,
    wire::{self, Callback, CodeVerifier},
};

/// One attempt to link an account: what was asked of the provider, and what the callback is compared with.
///
/// It belongs to the browser that is sent to [`authorization_url`](Self::authorization_url): keep it in memory or in
/// that browser's session, or [`seal`](Self::seal) it into a cookie. It lives for [`LIFETIME`](Self::LIFETIME) and is
/// good for one exchange. `Debug` shows neither state nor verifier nor address.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkAttempt {
    pub(super) client_id: Box<str>,
    pub(super) token_endpoint: Box<str>,
    pub(super) redirect_uri: Box<str>,
    pub(super) authorization_url: Url,
    pub(super) scopes: Vec<String>,
    pub(super) state: Secret,
    pub(super) verifier: Option<CodeVerifier>,
    pub(super) expires_at: Timestamp,
}

impl LinkAttempt {
    /// How long a user may take: ten minutes, what RFC 6749, 4.1.2 lets a code live at most.
    pub const LIFETIME: Duration = Duration::from_secs(10 * 60);

    /// Starts an attempt: draws a new state and, where the connector asks for PKCE, a new verifier. Nothing is sent.
    pub(crate) fn begin(
        connector: &Connector,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<Self, LinkStartError> {
        let profile = connector.profile();
        let mut problems = Vec::new();
        if connector.endpoints().authorization().is_none() {
            problems.push(Problem::new(
                "authorization endpoint",
                "is not set: add it to the endpoints, or link by a pasted credential",
            ));
        }
        if profile.scopes_required && connector.scopes().is_empty() {
            problems.push(Problem::new(
                "scopes",
                "are not set and the provider requires them: give the connector those of the app",
            ));
        }
        if !connector.registers(redirect_uri) {
            problems.push(Problem::new(
                "redirect URI",
                "is not one of the connector's: register it at the provider and give it to the connector, to the letter",
            ));
        }
        let failed = |problems, randomness| LinkStartError {
            provider: profile.provider,
            problems,
            randomness,
        };
        if !problems.is_empty() {
            return Err(failed(problems, None));
        }
        let no_randomness = |error| failed(Vec::new(), Some(error));
        let state = wire::random_state().map_err(no_randomness)?;
        let verifier = connector
            .pkce()
            .then(CodeVerifier::random)
            .transpose()
            .map_err(no_randomness)?;
        let challenge = verifier.as_ref().map(CodeVerifier::challenge);
        let authorization_url = wire::authorization_url(connector, redirect_uri, &state, challenge.as_ref())
            .ok_or_else(|| failed(Vec::new(), None))?;
        Ok(Self {
            client_id: connector.client_id().into(),
            token_endpoint: connector.endpoints().token().as_str().into(),
            redirect_uri: redirect_uri.into(),
            authorization_url,
            scopes: connector
                .requested_scopes()
                .into_iter()
                .map(str::to_owned)
                .collect(),
            state,
            verifier,
            expires_at: now.saturating_add(Self::LIFETIME),
        })
    }

    /// Where to send the user's browser. It holds the state: show it to that user and nobody else.
    pub fn authorization_url(&self) -> &Url {
        &self.authorization_url
    }

    /// Where the provider sends the browser back to.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// When the attempt ends, by the wall clock.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Whether a callback carries this attempt's state, in a time that does not tell how much of it is right.
    pub fn is_answered_by(&self, callback: &Callback) -> bool {
        callback
            .state()
            .is_some_and(|state| wire::same_secret(state, &self.state))
    }

    /// Whether it was started for this app in this environment.
    pub(crate) fn is_for(&self, connector: &Connector) -> bool {
        *self.client_id == *connector.client_id()
            && *self.token_endpoint == *connector.endpoints().token().as_str()
    }

    /// The verifier to send with the code: there is one whenever a challenge was sent, so that PKCE is never given up
    /// halfway (RFC 9700, 2.1.1).
    pub(crate) fn verifier(&self) -> Option<&CodeVerifier> {
        self.verifier.as_ref()
    }

    /// The scopes that were asked for. An answer that names none has granted these (RFC 6749, 5.1).
    pub(crate) fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// What the callback has to repeat. It also names the attempt: no other has the same.
    pub(crate) fn state(&self) -> &Secret {
        &self.state
    }
}

impl fmt::Debug for LinkAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkAttempt")
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .field("pkce", &self.verifier.is_some())
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
