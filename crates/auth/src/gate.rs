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
    flying: Option<FlightId>,
    last_flight: u64,
    landed: Option<Landing<E>>,
    waiting: Waiting,
}

impl<E: Clone> Gate<E> {
    /// A gate without a flight, for a grant whose newest generation is known.
    pub(crate) fn new(newest: Generation) -> Self {
        let waiting = Waiting {
            round: 0,
            wakers: Vec::new(),
            free: Vec::new(),
        };
        Self {
            inner: Mutex::new(Inner {
                newest,
                flying: None,
                last_flight: 0,
                landed: None,
                waiting,
            }),
        }
    }

    /// Asks for a renewal of generation `seen`. `insist` does so even shortly after a failure.
    pub(crate) fn join(&self, seen: Generation, now: Monotonic, insist: bool) -> Join<E> {
        let mut inner = self.lock();
        if inner.newest > seen {
            return Join::Moved;
        }
        if let Some(flight) = inner.flying {
            return Join::Joined(flight);
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
        inner.flying = Some(id);
        Join::Lead(id)
    }

    /// What `flight` came to, once it has landed or something newer than `seen` has come without it. Until then
    /// the caller is woken when it does.
    pub(crate) fn poll_landing(
        &self,
        flight: FlightId,
        seen: Generation,
        place: &mut Place,
        context: &mut Context<'_>,
    ) -> Poll<Result<Generation, E>> {
        let mut inner = self.lock();
        if inner.newest > seen {
            return Poll::Ready(Ok(inner.newest));
        }
        if inner.flying == Some(flight) {
            inner.waiting.register(place, context.waker());
            return Poll::Pending;
        }
        Poll::Ready(match &inner.landed {
            Some(landing) => landing.outcome.clone(),
            None => Ok(inner.newest),
        })
    }

    /// Something newer than `seen`, once it is there.
    pub(crate) fn poll_newer(
        &self,
        seen: Generation,
        place: &mut Place,
        context: &mut Context<'_>,
    ) -> Poll<Generation> {
        let mut inner = self.lock();
        if inner.newest > seen {
            return Poll::Ready(inner.newest);
        }
        inner.waiting.register(place, context.waker());
        Poll::Pending
    }

    /// Gives up a place, so that nobody is woken for it.
    pub(crate) fn leave(&self, place: &mut Place) {
        if place.0.is_some() {
            self.lock().waiting.leave(place);
        }
    }

    /// Lands a flight and wakes everybody who waits. Call it after the result can be read.
    pub(crate) fn land(&self, flight: FlightId, landing: Landing<E>) {
        let woken = {
            let mut inner = self.lock();
            if inner.flying != Some(flight) {
                return;
            }
            inner.flying = None;
            if let Ok(newest) = landing.outcome {
                inner.newest = inner.newest.max(newest);
            }
            inner.landed = Some(landing);
            inner.waiting.all()
        };
        woken.into_iter().flatten().for_each(Waker::wake);
    }

    /// Ends a flight that was for something else than a renewal: what the last renewal came to stays. Wakes everybody
    /// who waits, to look again.
    pub(crate) fn withdraw(&self, flight: FlightId) {
        let woken = {
            let mut inner = self.lock();
            if inner.flying != Some(flight) {
                return;
            }
            inner.flying = None;
            inner.waiting.all()
        };
        woken.into_iter().flatten().for_each(Waker::wake);
    }

    /// Tells of a newer generation that came without a flight, and wakes everybody. Call it after it can be read.
    pub(crate) fn moved_to(&self, newest: Generation) {
        let woken = {
            let mut inner = self.lock();
            inner.newest = inner.newest.max(newest);
            if matches!(inner.landed, Some(Landing { outcome: Err(_), .. })) {
                inner.landed = None;
            }
            inner.waiting.all()
        };
        woken.into_iter().flatten().for_each(Waker::wake);
    }

    /// How many callers wait.
    pub(crate) fn waiting(&self) -> usize {
        let waiting = &self.lock().waiting;
        waiting.wakers.len() - waiting.free.len()
    }

    fn lock(&self) -> MutexGuard<'_, Inner<E>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A caller's place among those who wait: the round and the index in it.
#[derive(Debug, Default)]
pub(crate) struct Place(Option<(u64, usize)>);

/// Those who wait. A round ends when all of them are woken; a place of an earlier round is nobody's.
#[derive(Debug)]
struct Waiting {
    round: u64,
    wakers: Vec<Option<Waker>>,
    free: Vec<usize>,
}

impl Waiting {
    fn register(&mut self, place: &mut Place, waker: &Waker) {
        let waker = Some(waker.clone());
        match place.0 {
            Some((round, index)) if round == self.round => self.wakers[index] = waker,
            _ => {
                let index = self.free.pop().unwrap_or(self.wakers.len());
                if index == self.wakers.len() {
                    self.wakers.push(waker);
                } else {
                    self.wakers[index] = waker;
                }
                place.0 = Some((self.round, index));
            }
        }
    }

    fn leave(&mut self, place: &mut Place) {
        if let Some((round, index)) = place.0.take()
            && round == self.round
        {
            self.wakers[index] = None;
            self.free.push(index);
        }
    }

    fn all(&mut self) -> Vec<Option<Waker>> {
        self.round += 1;
        self.free.clear();
        std::mem::take(&mut self.wakers)
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
