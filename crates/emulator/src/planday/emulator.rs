//! The emulator: one handler over one world.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::task::Waker;

use bytes::Bytes;
use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, Request, Response, Uri, request};
use url::form_urlencoded;

use super::accepted::{Accepted, Pending, Work};
use super::builder::Builder;
use super::control;
use super::identity::form_fields;
use super::log::{Endpoint, Exchange};
use super::routes::resolve;
use super::state::State;
use crate::lock::lock;
use crate::{Clock, Delivery};

/// Planday, offline. Clones share one world.
#[derive(Clone)]
pub struct Emulator {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    state: Mutex<State>,
    pub(super) clock: Clock,
    control_plane: bool,
    latches: control::Latches,
    pub(super) watchers: Mutex<Vec<Waker>>,
}

impl Shared {
    /// Wakes whoever waits for the counters. Called without the state's lock.
    fn changed(&self) {
        let watchers = std::mem::take(&mut *lock(&self.watchers));
        watchers.into_iter().for_each(Waker::wake);
    }
}

/// A token request is in flight for as long as this lives: it rides in the response's extensions.
pub(super) struct InFlight {
    shared: Arc<Shared>,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        lock(&self.shared.state).log.counters.token_requests_in_flight -= 1;
        self.shared.changed();
    }
}

impl Emulator {
    /// Builds a world of your own.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Builds on the sample world: one app, connected to two portals with invented departments and employees.
    pub fn seeded(seed: u64) -> Builder {
        Builder::sample(seed)
    }

    pub(crate) fn assemble(state: State, clock: Clock, control_plane: bool) -> Self {
        let shared = Shared {
            state: Mutex::new(state),
            clock,
            control_plane,
            latches: control::Latches::default(),
            watchers: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Answers a request. Only its path and query matter, not its host.
    ///
    /// The response's extensions hold a [`Delivery`]. Nothing waits here: a fault that holds a request *before* it is
    /// processed shows as a held reply instead; [`accept`](Self::accept) is exact.
    pub fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let accepted = self.accept(request);
        let before = accepted.before().clone();
        let mut response = accepted.finish();
        if !matches!(before, Delivery::Normal)
            && matches!(response.extensions().get(), None | Some(Delivery::Normal))
        {
            response.extensions_mut().insert(before);
        }
        response
    }

    /// Takes a request in: it is logged, counted, and its faults are drawn, but nothing is processed yet.
    pub fn accept(&self, request: Request<Bytes>) -> Accepted {
        if self.shared.control_plane && request.uri().path().starts_with(control::PREFIX) {
            return Accepted {
                emulator: self.clone(),
                work: Work::Control(Box::new(request)),
            };
        }
        let (parts, body) = request.into_parts();
        let resolved = resolve(&parts.method, parts.uri.path());
        let form = if form_fields::is_form(&parts.headers) {
            pairs(&body)
        } else {
            Vec::new()
        };
        let origin = origin(&parts);
        let surplus = form_fields::surplus(resolved.endpoint, &form);
        let mut exchange = Exchange {
            number: 0,
            at: self.shared.clock.now(),
            endpoint: resolved.endpoint,
            method: parts.method,
            origin,
            path: parts.uri.path().to_owned(),
            query: parts
                .uri
                .query()
                .map(|query| pairs(query.as_bytes()))
                .unwrap_or_default(),
            headers: parts.headers,
            body,
            form,
            surplus,
            status: None,
            response_headers: HeaderMap::new(),
            response_body: Bytes::new(),
            fault: None,
            lost: false,
        };
        let strike = {
            let mut state = lock(&self.shared.state);
            let strike = state.faults.strike(resolved.endpoint);
            exchange.fault = strike
                .before
                .as_ref()
                .or(strike.after.as_ref())
                .map(|(id, _)| *id);
            exchange.number = state.log.push(exchange.clone());
            strike
        };
        let in_flight = (resolved.endpoint == Endpoint::Token).then(|| {
            Arc::new(InFlight {
                shared: Arc::clone(&self.shared),
            })
        });
        self.shared.changed();
        let before = strike
            .before
            .as_ref()
            .map_or(Delivery::Normal, |(_, effect)| effect.wait());
        let pending = Pending {
            exchange,
            resolved,
            strike,
            before,
            in_flight,
        };
        Accepted {
            emulator: self.clone(),
            work: Work::Exchange(Box::new(pending)),
        }
    }

    /// The clock that everything here runs by.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    pub(crate) fn latches(&self) -> &control::Latches {
        &self.shared.latches
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&lock(&self.shared.state))
    }

    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut lock(&self.shared.state));
        self.shared.changed();
        result
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("clock", &self.shared.clock)
            .finish_non_exhaustive()
    }
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded).into_owned().collect()
}

/// The scheme and host of a request.
fn origin(parts: &request::Parts) -> String {
    let scheme = parts.uri.scheme_str().unwrap_or("http");
    let host = host(&parts.uri, &parts.headers);
    format!(
        "{scheme}://{}",
        host.as_ref().map_or("localhost", Authority::as_str)
    )
}

/// The host of a request: from its target if that is absolute, else from `Host` (RFC 9112, 3.3).
pub(super) fn host(target: &Uri, headers: &HeaderMap) -> Option<Authority> {
    let said = || Authority::try_from(headers.get(HOST)?.as_bytes()).ok();
    target.authority().cloned().or_else(said)
}
