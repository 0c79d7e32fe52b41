//! What the requests of one API count against.

use std::{
    fmt,
    sync::{Arc, PoisonError},
    task::Waker,
    time::Duration,
};

use attache_core::{Clock, Deadline, Monotonic};

use super::{PaceHint, limits::Counting, queue::Queue, registry::Shared, turn::Turn};

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

impl PaceGate {
    /// Waits for the turn of a request of this rate class. `clock` is the one that `deadline` is measured on.
    pub(crate) fn turn<'a>(
        &'a self,
        class: &'static str,
        deadline: Deadline,
        clock: &'a dyn Clock,
    ) -> Turn<'a> {
        Turn::new(&self.0, class, deadline, clock)
    }

    /// A request whose turn came at this time is not sent.
    pub(crate) fn give_back(&self, class: &'static str, at: Monotonic) {
        let lanes = &self.0;
        lanes
            .shared
            .change(|queue, now| queue.give_back(lanes, class, at, now));
    }

    /// The provider has turned a request away, and wants none before this has passed.
    pub(crate) fn block(&self, limit: Option<usize>, wait: Duration) {
        let lanes = &self.0;
        lanes
            .shared
            .change(|queue, now| queue.block(lanes, limit, now.plus(wait)));
    }

    /// The answer to a request that went out at `sent_at` says what is left.
    pub(crate) fn learn(&self, hint: PaceHint, sent_at: Monotonic) {
        let lanes = &self.0;
        lanes.shared.change(|queue, now| {
            let left = (hint.remaining, now.plus(hint.reset));
            queue.limit(lanes, hint.limit, left, sent_at, now)
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
    pub(super) fn change(&self, change: impl FnOnce(&mut Queue, Monotonic) -> Vec<Waker>) {
        let woken = {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            let now = self.clock.monotonic();
            change(&mut queue, now)
        };
        woken.into_iter().for_each(Waker::wake);
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
