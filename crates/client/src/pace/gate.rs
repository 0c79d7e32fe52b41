//! What the requests of one API count against.

use std::{
    fmt,
    sync::{Arc, PoisonError},
    time::Duration,
};

use attache_core::{Clock, Deadline, Monotonic};

use super::{
    PaceHint,
    limits::Counting,
    queue::{Queue, Wakers},
    registry::Shared,
    tally::LONGEST_BLOCK,
    turn::{Admitted, Turn},
};

/// What the requests of an [`Api`](crate::Api) count against. Made by [`Pace::gate`](crate::Pace::gate); cheap to
/// clone.
#[derive(Clone)]
pub struct PaceGate(pub(super) Arc<Lanes>);

/// The keys of a gate.
pub(super) struct Lanes {
    pub(super) shared: Arc<Shared>,
    pub(super) lanes: Box<[Lane]>,
}

pub(super) struct Lane {
    /// The key's place in the queue's list.
    pub(super) place: usize,
    pub(super) counting: Counting,
}

/// How long a 429 stops a key where nobody says how long.
const UNKNOWN_RESET: Duration = Duration::from_secs(1);

impl PaceGate {
    /// Waits for the turn of a request of this rate class. `clock` is the one that `deadline` is measured on. A
    /// `ticket` is that of a turn that was given back: its place is kept.
    pub(crate) fn turn<'a>(
        &'a self,
        class: &'static str,
        ticket: Option<u64>,
        deadline: Deadline,
        clock: &'a dyn Clock,
    ) -> Turn<'a> {
        Turn::new(&self.0, class, ticket, deadline, clock)
    }

    /// How many requests of this rate class, of `most`, could go out now without waiting.
    pub(crate) fn room(&self, class: &'static str, most: usize) -> usize {
        let lanes = &self.0;
        lanes.shared.change(|queue, now| {
            let woken = queue.call_roll(lanes, class, now);
            (queue.room(lanes, class, most, now), woken)
        })
    }

    /// A request whose turn came is not sent.
    pub(crate) fn give_back(&self, class: &'static str, turn: &Admitted) {
        let lanes = &self.0;
        lanes
            .shared
            .change(|queue, now| ((), queue.give_back(lanes, class, turn.at, now)));
    }

    /// The provider has turned a request of this rate class away. Neither its `retry_after` nor the reset of a
    /// hint stops a key for longer than is believed. Where no limit is named, it is the first that the request
    /// counts against; one second if nobody says how long.
    pub(crate) fn block(&self, class: &'static str, retry_after: Option<Duration>, hint: Option<PaceHint>) {
        let lanes = &self.0;
        let named = hint.and_then(|hint| hint.limit);
        let place = match named {
            Some(limit) => lanes.lanes.get(limit).map(|lane| lane.place),
            None => lanes.counted(class).map(|(place, _)| place).next(),
        };
        let Some(place) = place else { return };
        lanes.shared.change(|queue, now| {
            let reset = hint.map(|hint| queue.keys[place].tally.reset_within(hint.reset));
            let wait = retry_after.map(|wait| wait.min(LONGEST_BLOCK)).max(reset);
            let wait = wait.filter(|wait| !wait.is_zero()).unwrap_or(UNKNOWN_RESET);
            ((), queue.block(place, now.plus(wait), now))
        });
    }

    /// The answer to a request that went out at `sent_at` says what is left. A reset is believed as far as the
    /// longest window of the key, and a second.
    pub(crate) fn learn(&self, hint: PaceHint, sent_at: Monotonic) {
        let lanes = &self.0;
        lanes.shared.change(|queue, now| {
            let left = (hint.remaining, hint.reset);
            ((), queue.limit(lanes.places(hint.limit), left, sent_at, now))
        });
    }
}

impl Lanes {
    /// The places of the keys that a request of this class counts by, and as how many requests.
    pub(super) fn counted(&self, class: &'static str) -> impl Iterator<Item = (usize, u64)> + '_ {
        self.lanes
            .iter()
            .map(move |lane| (lane.place, lane.counting.cost(class)))
            .filter(|(_, cost)| *cost > 0)
    }

    /// The place of one limit's key, or of all.
    pub(super) fn places(&self, limit: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        self.lanes
            .iter()
            .enumerate()
            .filter(move |(index, _)| limit.is_none_or(|limit| limit == *index))
            .map(|(_, lane)| lane.place)
    }
}

impl Shared {
    /// Changes the queue and then wakes whoever has to know.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Queue, Monotonic) -> (T, Wakers)) -> T {
        let (outcome, wakers) = {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            let now = self.clock.monotonic();
            change(&mut queue, now)
        };
        wakers.wake();
        outcome
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        let mut queue = self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
        for lane in &self.lanes {
            queue.keys[lane.place].gates -= 1;
        }
    }
}

impl fmt::Debug for PaceGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaceGate")
            .field("limits", &self.0.lanes.len())
            .finish_non_exhaustive()
    }
}
