//! What requests are addressed to, and counters.

use super::routes::Operation;
use crate::log::Counting;

/// One request and what became of it.
pub type Exchange = crate::Exchange<Endpoint>;

pub(crate) type Log = crate::log::Log<Endpoint, Counters>;

/// What a request was addressed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Endpoint {
    /// The token endpoint, with whatever method.
    Token,
    /// The authorization endpoint and the pages that it leads through.
    Authorize,
    /// The revocation endpoint, with whatever method.
    Revocation,
    /// The discovery document.
    Discovery,
    /// The portal's API Access page.
    AccessPage,
    /// The API; `None` when its path and method name no operation that the emulator serves.
    Api(Option<Operation>),
    /// None of these.
    Unknown,
}

impl Endpoint {
    /// `token`, `authorize`, `revocation`, `discovery`, `access-page`, an operation's name, `api` or `unknown`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Authorize => "authorize",
            Self::Revocation => "revocation",
            Self::Discovery => "discovery",
            Self::AccessPage => "access-page",
            Self::Api(Some(operation)) => operation.name(),
            Self::Api(None) => "api",
            Self::Unknown => "unknown",
        }
    }
}

/// What came in so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Requests to the token endpoint.
    pub token_requests: u64,
    /// Refresh tokens that gave tokens, also where the answer was lost.
    pub refreshes: u64,
    /// Presentations of a refresh token that had already been replaced, whether refused or not.
    pub replays: u64,
    /// Requests to the token endpoint that were not answered yet.
    pub token_requests_in_flight: u64,
    /// The most of them at once.
    pub max_token_requests_in_flight: u64,
    /// Requests to the authorization endpoint, its forms included.
    pub authorize_requests: u64,
    /// Codes that gave tokens, also where the answer was lost.
    pub codes_exchanged: u64,
    /// Access tokens for a child portal, also where the answer was lost.
    pub child_exchanges: u64,
    /// Requests to the revocation endpoint.
    pub revocation_requests: u64,
    /// Requests to the portal's API Access page.
    pub page_requests: u64,
    /// Requests to the API.
    pub api_requests: u64,
    /// Requests to nothing that is there.
    pub unknown_requests: u64,
}

impl Counting<Endpoint> for Counters {
    fn arrived(&mut self, endpoint: Endpoint) {
        match endpoint {
            Endpoint::Token => {
                self.token_requests += 1;
                self.token_requests_in_flight += 1;
                self.max_token_requests_in_flight = self
                    .max_token_requests_in_flight
                    .max(self.token_requests_in_flight);
            }
            Endpoint::Authorize => self.authorize_requests += 1,
            Endpoint::Revocation => self.revocation_requests += 1,
            Endpoint::AccessPage => self.page_requests += 1,
            Endpoint::Discovery => {}
            Endpoint::Api(_) => self.api_requests += 1,
            Endpoint::Unknown => self.unknown_requests += 1,
        }
    }

    fn left(&mut self) {
        self.token_requests_in_flight -= 1;
    }

    fn cleared(self) -> Self {
        Self {
            token_requests_in_flight: self.token_requests_in_flight,
            max_token_requests_in_flight: self.token_requests_in_flight,
            ..Self::default()
        }
    }
}
