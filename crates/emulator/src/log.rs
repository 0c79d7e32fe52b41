//! Every request that came.

use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use crate::FaultId;

/// One request and what became of it.
///
/// `Debug` leaves out headers, query values, fields and bodies: they hold tokens.
#[derive(Clone)]
#[non_exhaustive]
pub struct Exchange<E> {
    /// Counts from 1 in order of arrival.
    pub number: u64,
    /// When it arrived, on the emulator's clock.
    pub at: SystemTime,
    /// What it was addressed to.
    pub endpoint: E,
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
    /// The form fields of a token or revocation call that the provider's documents do not name for it. They are
    /// ignored, and the client's fault.
    pub surplus: Vec<String>,
    /// What else the client did against the provider's documents although the server let it pass, as names with
    /// hyphens; each provider's own list.
    pub client_faults: Vec<&'static str>,
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

impl<E: fmt::Debug> fmt::Debug for Exchange<E> {
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

/// A provider's counters.
pub(crate) trait Counting<E>: Copy + Default + Send + 'static {
    /// A request came.
    fn arrived(&mut self, endpoint: E);

    /// A request that is counted as in flight was answered, and the answer is out.
    fn left(&mut self);

    /// Zeroes, but for what is in flight.
    fn cleared(self) -> Self;
}

/// The log itself.
pub(crate) struct Log<E, C> {
    pub(crate) exchanges: Vec<Exchange<E>>,
    pub(crate) counters: C,
    next: u64,
}

impl<E, C: Default> Default for Log<E, C> {
    fn default() -> Self {
        Self {
            exchanges: Vec::new(),
            counters: C::default(),
            next: 0,
        }
    }
}

impl<E: Copy, C: Counting<E>> Log<E, C> {
    pub(crate) fn push(&mut self, mut exchange: Exchange<E>) -> u64 {
        self.next += 1;
        exchange.number = self.next;
        self.counters.arrived(exchange.endpoint);
        self.exchanges.push(exchange);
        self.next
    }

    /// The entry, unless the log was cleared meanwhile.
    pub(crate) fn entry(&mut self, number: u64) -> Option<&mut Exchange<E>> {
        self.exchanges
            .iter_mut()
            .rev()
            .find(|exchange| exchange.number == number)
    }

    /// Forgets everything but what is still in flight.
    pub(crate) fn clear(&mut self) {
        self.exchanges.clear();
        self.counters = self.counters.cleared();
    }
}
