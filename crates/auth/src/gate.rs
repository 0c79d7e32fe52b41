//! One flight for each grant: who leads it, who waits for it, and what it came to.
//!
//! A synchronous state machine. It knows neither a runtime nor how the result of a flight is read, so that a
//! model checker, which puts its own locks in the place of `gate_sync`, can go through every interleaving of its
//! callers (`tests/gate_loom.rs`).

use std::{
    sync::PoisonError,
    task::{Context, Poll, Waker},
};

use attache_core::{Generation, Monotonic};

use super::gate_sync::{AtomicU64, Mutex, MutexGuard, Ordering};

/// Names one flight through one gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FlightId(u64);

/// What a caller that wants a renewal is told.
#[derive(Debug)]
pub(crate) enum Join<E> {
    /// A newer generation than the caller's is already there: look again.
    Moved,
    /// The caller leads this flight: it must see to it that it lands.
    Lead(FlightId),
    /// Somebody else leads this flight.
    Joined(FlightId),
    /// The last flight failed with this, and there is none before `until`.
    NotYet { until: Monotonic, failure: E },
}

/// What a flight came to.
#[derive(Debug, Clone)]
pub(crate) struct Landing<E> {
    /// The newest generation there is, or why there is no newer one.
    pub(crate) outcome: Result<Generation, E>,
    /// After a failure: when the next flight may start.
    pub(crate) not_before: Monotonic,
}

/// Where the callers of one grant meet.
#[derive(Debug)]
pub(crate) struct Gate<E> {
    inner: Mutex<Inner<E>>,
}

#[derive(Debug)]
struct Inner<E> {
    newest: Generation,
    flying: Option<Flight>,
    last_flight: u64,
    landed: Option<Landing<E>>,
}

#[derive(Debug)]
struct Flight {
    id: FlightId,
    waiting: Vec<Option<Waker>>,
}

/// A caller's place among those who wait for a flight.
#[derive(Debug, Default)]
pub(crate) struct Place(Option<usize>);

impl<E: Clone> Gate<E> {
    /// A gate without a flight, for a grant whose newest generation is known.
    pub(crate) fn new(newest: Generation) -> Self {
        Self {
            inner: Mutex::new(Inner {
                newest,
                flying: None,
                last_flight: 0,
                landed: None,
            }),
        }
    }

    /// Asks for a renewal of generation `seen`. `insist` does so even shortly after a failure.
    pub(crate) fn join(&self, seen: Generation, now: Monotonic, insist: bool) -> Join<E> {
        let mut inner = self.lock();
        if inner.newest > seen {
            return Join::Moved;
        }
        if let Some(flight) = &inner.flying {
            return Join::Joined(flight.id);
        }
        if !insist
            && let Some(Landing {
                outcome: Err(failure),
                not_before,
            }) = &inner.landed
            && now < *not_before
        {
            return Join::NotYet {
                until: *not_before,
                failure: failure.clone(),
            };
        }
        inner.last_flight += 1;
        let id = FlightId(inner.last_flight);
        inner.flying = Some(Flight {
            id,
            waiting: Vec::new(),
        });
        Join::Lead(id)
    }

    /// What `flight` came to, once it has landed. Until then the caller is woken when it does.
    pub(crate) fn poll_landing(
        &self,
        flight: FlightId,
        place: &mut Place,
        context: &mut Context<'_>,
    ) -> Poll<Result<Generation, E>> {
        let mut inner = self.lock();
        match &mut inner.flying {
            Some(flying) if flying.id == flight => {
                let waker = context.waker().clone();
                if let Some(index) = place.0 {
                    flying.waiting[index] = Some(waker);
                } else {
                    place.0 = Some(flying.waiting.len());
                    flying.waiting.push(Some(waker));
                }
                Poll::Pending
            }
            _ => match &inner.landed {
                Some(landing) => Poll::Ready(landing.outcome.clone()),
                None => Poll::Ready(Ok(inner.newest)),
            },
        }
    }

    /// Gives up a place, so that nobody is woken for it.
    pub(crate) fn leave(&self, flight: FlightId, place: &Place) {
        if let Some(index) = place.0
            && let Some(flying) = &mut self.lock().flying
            && flying.id == flight
        {
            flying.waiting[index] = None;
        }
    }

    /// Lands a flight and wakes everybody who waits for it. Call it after the result can be read.
    pub(crate) fn land(&self, flight: FlightId, landing: Landing<E>) {
        let waiting = {
            let mut inner = self.lock();
            let Some(flying) = inner.flying.take_if(|flying| flying.id == flight) else {
                return;
            };
            if let Ok(newest) = landing.outcome {
                inner.newest = inner.newest.max(newest);
            }
            inner.landed = Some(landing);
            flying.waiting
        };
        waiting.into_iter().flatten().for_each(Waker::wake);
    }

    /// Tells of a newer generation that came without a flight. Call it after it can be read.
    pub(crate) fn moved_to(&self, newest: Generation) {
        let mut inner = self.lock();
        inner.newest = inner.newest.max(newest);
        if matches!(inner.landed, Some(Landing { outcome: Err(_), .. })) {
            inner.landed = None;
        }
    }

    /// How many callers wait for the present flight.
    pub(crate) fn waiting(&self) -> usize {
        self.lock()
            .flying
            .as_ref()
            .map_or(0, |flying| flying.waiting.iter().flatten().count())
    }

    fn lock(&self) -> MutexGuard<'_, Inner<E>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The highest generation that an API called stale. Only ever rises.
#[derive(Debug)]
pub(crate) struct Rejected(AtomicU64);

impl Rejected {
    pub(crate) fn none() -> Self {
        Self(AtomicU64::new(0))
    }

    #[inline]
    pub(crate) fn highest(&self) -> Generation {
        Generation(self.0.load(Ordering::Acquire))
    }

    pub(crate) fn raise(&self, generation: Generation) {
        self.0.fetch_max(generation.0, Ordering::AcqRel);
    }
}
