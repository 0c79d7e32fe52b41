//! The emulator: one handler over one environment.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};

use super::builder::Builder;
use super::control;
use super::state::State;
use crate::engine::Engine;
use crate::{Accepted, Clock, Handler};

/// One environment of Factorial, offline. Clones share one world.
#[derive(Clone)]
pub struct Emulator {
    pub(super) engine: Engine<State>,
}

impl Emulator {
    /// Builds a world of your own.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Builds on the sample world: a company with invented data, a confidential and a public application, and an API key.
    pub fn seeded(seed: u64) -> Builder {
        Builder::sample(seed)
    }

    pub(crate) fn assemble(state: State, clock: Clock, control_plane: bool) -> Self {
        Self {
            engine: Engine::new(state, clock, control_plane),
        }
    }

    /// Answers a request. Only its path and query matter, not its host.
    ///
    /// The response's extensions hold a [`Delivery`](crate::Delivery). Nothing waits here: a fault that holds a request
    /// *before* it is processed shows as a held reply instead; [`accept`](Self::accept) is exact.
    pub fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.accept(request).finish_now()
    }

    /// Takes a request in: it is logged, counted, and its faults are drawn, but nothing is processed yet.
    pub fn accept(&self, request: Request<Bytes>) -> Accepted {
        let emulator = self.clone();
        self.engine
            .accept(request, move |request| control::respond(&emulator, request))
    }
}

impl Handler for Emulator {
    /// Documents are uploaded.
    const MAX_REQUEST_BODY: usize = 32 << 20;

    fn accept(&self, request: Request<Bytes>) -> Accepted {
        Self::accept(self, request)
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("environment", &self.environment())
            .field("clock", self.clock())
            .finish_non_exhaustive()
    }
}
