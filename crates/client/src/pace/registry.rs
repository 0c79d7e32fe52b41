//! The value that all clients of a program share.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use attache_core::{Clock, Monotonic};

use super::{
    PaceGate, PaceKey, PaceLimits,
    gate::{Lane, Lanes},
    queue::{Key, Queue},
};

/// Spaces requests so that the provider's rate limits are not hit. Make one for the program and give every client
/// a gate of it ([`ApiBuilder::pace`](crate::ApiBuilder::pace)). Cheap to clone; clones share everything.
///
/// - Requests are counted by [`PaceKey`](crate::PaceKey), as the provider counts them. No stretch of time, whenever
///   it begins, sees more of them than its window allows.
/// - First come, first served among those who wait for the same limit; others pass. Who is dropped while waiting
///   leaves no trace. A future that is not polled when its turn comes is passed by others after a moment, and is
///   the first again once it is polled.
/// - A request that would have to wait past its deadline is not sent: it fails at once with
///   [`RateLimited`](crate::ErrorKind::RateLimited) and [`Error::retry_after`](crate::Error::retry_after).
/// - A 429 stops the requests of the limit that it names, or else of the gate's first, until the provider's time is
///   over; what its answers say about what is left is heeded
///   ([`ErrorTable::pace_hint`](crate::ErrorTable::pace_hint)). No header stops requests for ever: a 429 is heeded
///   for 15 minutes at most, and a hint for the longest window of the limit and a second.
///
/// It knows nothing of other processes: where several share a limit, give each its part of it.
#[derive(Clone)]
pub struct Pace(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) clock: Arc<dyn Clock>,
    /// Locked for moments only, and never across an await.
    pub(super) queue: Mutex<Queue>,
}

impl Pace {
    /// A pace that measures time on this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared {
            clock,
            queue: Mutex::default(),
        }))
    }

    /// A gate whose requests count against all of these limits, the narrowest first: that is the one that a 429 is
    /// taken to mean if it names none. Each has a key of its own; gates with the same key count together. The
    /// windows of the gate that was made last hold for all of them.
    pub fn gate(&self, limits: impl IntoIterator<Item = PaceLimits>) -> PaceGate {
        let limits: Vec<PaceLimits> = limits.into_iter().collect();
        let mut queue = self.0.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.0.clock.monotonic();
        let lanes = limits.into_iter().map(|limits| {
            let place = queue.place_of(limits.key, now);
            let key = &mut queue.keys[place];
            key.gates += 1;
            key.tally.set_windows(limits.windows);
            Lane {
                place,
                counting: limits.counting,
            }
        });
        let lanes = lanes.collect();
        // Windows may have changed under those who wait.
        let wakers = queue.look_at_all(None, now).1;
        drop(queue);
        wakers.wake();
        PaceGate(Arc::new(Lanes {
            shared: self.0.clone(),
            lanes,
        }))
    }
}

impl Queue {
    fn place_of(&mut self, key: PaceKey, now: Monotonic) -> usize {
        if let Some(place) = self.places.get(&key) {
            return *place;
        }
        // Only where the list would grow, so that the search costs little in the long run.
        if self.vacant.is_empty() && self.keys.len() == self.keys.capacity() {
            self.forget_idle(now);
        }
        let place = self.vacant.pop().unwrap_or_else(|| {
            self.keys.push(Key::default());
            self.keys.len() - 1
        });
        self.places.insert(key, place);
        place
    }

    /// Forgets keys that no gate has and whose past no longer matters.
    fn forget_idle(&mut self, now: Monotonic) {
        let (keys, vacant) = (&mut self.keys, &mut self.vacant);
        self.places.retain(|_, place| {
            let key = &mut keys[*place];
            let idle = key.gates == 0 && key.tally.is_idle(now);
            if idle {
                *key = Key::default();
                vacant.push(*place);
            }
            !idle
        });
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queue = self.0.queue.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Pace")
            .field("keys", &queue.places.keys().collect::<Vec<_>>())
            .field("waiting", &queue.waiters())
            .finish_non_exhaustive()
    }
}
