//! Every request that came, and counters.

use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use super::faults::FaultId;
use super::routes::Operation;

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

/// One request and what became of it.
///
/// `Debug` leaves out headers, query values, fields and bodies: they hold tokens.
#[derive(Clone)]
#[non_exhaustive]
pub struct Exchange {
    /// Counts from 1 in order of arrival.
    pub number: u64,
    /// When it arrived, on the emulator's clock.
    pub at: SystemTime,
    /// What it was addressed to.
    pub endpoint: Endpoint,
    /// Its method.
    pub method: Method,
    /// The scheme and host that it was addressed to, as far as it says: `http://127.0.0.1:8025`.
    pub origin: String,
    /// Its path, as written.
    pub path: String,
    /// Its query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as written.
    pub body: Bytes,
    /// The fields of a form body, decoded, in order.
    pub form: Vec<(String, String)>,
    /// The form fields of a token or revocation call that Planday's documents do not name for it. They are ignored,
    /// and the client's fault.
    pub surplus: Vec<String>,
    /// The status of the answer, also of one that was lost; `None` while it is held, or when it was dropped unprocessed.
    pub status: Option<StatusCode>,
    /// The headers of the answer, also of one that was lost or cut; empty while there is none.
    pub response_headers: HeaderMap,
    /// The whole body of the answer, also of one that was lost or cut.
    pub response_body: Bytes,
    /// The fault that decided the answer.
    pub fault: Option<FaultId>,
    /// Whether the answer was dropped or cut on its way.
    pub lost: bool,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("number", &self.number)
            .field("endpoint", &self.endpoint)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("status", &self.status)
            .field("fault", &self.fault)
            .field("lost", &self.lost)
            .finish_non_exhaustive()
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

impl Counters {
    pub(crate) fn arrived(&mut self, endpoint: Endpoint) {
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
}

/// The log itself.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) counters: Counters,
    next: u64,
}

impl Log {
    pub(crate) fn push(&mut self, mut exchange: Exchange) -> u64 {
        self.next += 1;
        exchange.number = self.next;
        self.counters.arrived(exchange.endpoint);
        self.exchanges.push(exchange);
        self.next
    }

    /// The entry, unless the log was cleared meanwhile.
    pub(crate) fn entry(&mut self, number: u64) -> Option<&mut Exchange> {
        self.exchanges
            .iter_mut()
            .rev()
            .find(|exchange| exchange.number == number)
    }

    /// Forgets everything but what is still in flight.
    pub(crate) fn clear(&mut self) {
        let in_flight = self.counters.token_requests_in_flight;
        self.exchanges.clear();
        self.counters = Counters {
            token_requests_in_flight: in_flight,
            max_token_requests_in_flight: in_flight,
            ..Counters::default()
        };
    }
}
