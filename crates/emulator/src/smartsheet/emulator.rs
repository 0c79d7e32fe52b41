//! The emulator: one handler over four regions.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Request, Response};

use super::builder::Builder;
use super::client_faults::write_key;
use super::control;
use super::routes::resolve;
use super::state::{State, Writes};
use super::webhooks::Receiver;
use crate::control::Latches;
use crate::engine::Engine;
use crate::lock::lock;
use crate::{Accepted, Clock, Handler};

/// Smartsheet, offline. Clones share one world.
#[derive(Clone)]
pub struct Emulator {
    pub(super) engine: Engine<State>,
    pub(super) receiver: Receiver,
    writes: Writes,
}

impl Emulator {
    /// Builds a world of your own.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Builds on the sample world: each region has an app, three people and sheets, one of them with every kind of cell.
    pub fn seeded(seed: u64) -> Builder {
        Builder::sample(seed)
    }

    pub(crate) fn assemble(state: State, clock: Clock, control_plane: bool) -> Self {
        Self {
            writes: Arc::clone(&state.writes),
            receiver: Receiver::default(),
            engine: Engine::new(state, clock, control_plane),
        }
    }

    /// Answers a request. Its host or the first segment of its path says the region; see
    /// [`Region::name`](super::Region::name).
    ///
    /// The response's extensions hold a [`Delivery`](crate::Delivery). Nothing waits here: a fault that holds a request
    /// *before* it is processed shows as a held reply instead; [`accept`](Self::accept) is exact.
    pub fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.accept(request).finish_now()
    }

    /// Takes a request in: it is logged, counted, and its faults are drawn, but nothing is processed yet.
    pub fn accept(&self, request: Request<Bytes>) -> Accepted {
        let endpoint = resolve(request.method(), request.uri().path());
        let key = write_key(
            endpoint,
            request.uri().path(),
            request.headers().get(AUTHORIZATION),
        );
        let challenged = self.challenged(endpoint, &request);
        let emulator = self.clone();
        let accepted = self
            .engine
            .accept(request, move |request| control::respond(&emulator, request));
        if key.is_none() && challenged.is_none() {
            return accepted;
        }
        let guard = key.map(|key| {
            Arc::new(Write {
                key,
                writes: Arc::clone(&self.writes),
            })
        });
        let emulator = self.clone();
        Accepted::new(accepted.before().clone(), move || {
            if let Some((region, webhook)) = challenged {
                emulator.challenge(region, webhook);
            }
            let mut response = accepted.finish();
            if let Some(guard) = guard {
                response.extensions_mut().insert(guard);
            }
            response
        })
    }

    pub(crate) fn latches(&self) -> &Latches {
        self.engine.latches()
    }
}

/// A write to a sheet lasts as long as this lives: it rides in the response's extensions.
struct Write {
    key: (String, String),
    writes: Writes,
}

impl Drop for Write {
    fn drop(&mut self) {
        let mut writes = lock(&self.writes);
        if let Some(index) = writes.iter().position(|write| *write == self.key) {
            writes.remove(index);
        }
    }
}

impl Handler for Emulator {
    /// 30 MB is the largest file that the API takes; 1074 answers a longer one.
    const MAX_REQUEST_BODY: usize = 34 << 20;

    fn accept(&self, request: Request<Bytes>) -> Accepted {
        Self::accept(self, request)
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("clock", self.clock())
            .finish_non_exhaustive()
    }
}
