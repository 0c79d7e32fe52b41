//! The count of one key.

use std::{collections::VecDeque, time::Duration};

use attache_core::Monotonic;

use super::limits::Window;

/// When requests of one key went out, and what else keeps them back.
#[derive(Debug, Default)]
pub(super) struct Tally {
    windows: Vec<Window>,
    /// When requests went out, oldest first; none older than the longest window.
    log: VecDeque<Monotonic>,
    /// The provider wants nothing before this.
    blocked_until: Monotonic,
    /// What the provider says is left of its own window.
    quota: Option<Quota>,
}

#[derive(Debug, Clone, Copy)]
struct Quota {
    left: u64,
    until: Monotonic,
}

/// Room that is made at once for the log, so that it grows while nothing waits for it.
const ROOM: u64 = 1024;

impl Tally {
    pub(super) fn set_windows(&mut self, windows: Vec<Window>) {
        let most = windows.iter().map(|window| window.requests).max().unwrap_or(0);
        let room = usize::try_from(most.min(ROOM)).unwrap_or(0);
        self.log.reserve(room.saturating_sub(self.log.len()));
        self.windows = windows;
    }

    /// What a request of this cost takes: no more than a window holds, or it would never go out.
    pub(super) fn cost(&self, cost: u64) -> u64 {
        let least = self.windows.iter().map(|window| window.requests).min();
        cost.min(least.unwrap_or(u64::MAX))
    }

    /// When the last of `requests` more can go out, if each goes as soon as it may; `now` at the earliest.
    pub(super) fn free_at(&self, now: Monotonic, requests: u64) -> Monotonic {
        let mut start = now.max(self.blocked_until);
        if let Some(quota) = self.quota
            && requests > quota.left
        {
            start = start.max(quota.until);
        }
        let windows = self
            .windows
            .iter()
            .map(|window| self.room(window, start, requests));
        windows.max().unwrap_or(start)
    }

    /// As [`Tally::free_at`], by one window alone.
    fn room(&self, window: &Window, start: Monotonic, requests: u64) -> Monotonic {
        let before = requests.saturating_sub(1);
        let (rounds, place) = (before / window.requests, before % window.requests);
        // So many of the log may still lie in the window when the request at this place goes out.
        let others = usize::try_from(window.requests - place - 1).unwrap_or(usize::MAX);
        let oldest = self.log.len().checked_sub(others.saturating_add(1));
        let free = oldest
            .and_then(|index| self.log.get(index))
            .map_or(start, |at| at.plus(window.length).max(start));
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        free.plus(window.length.saturating_mul(rounds))
    }

    /// A request of this cost goes out.
    pub(super) fn admit(&mut self, now: Monotonic, cost: u64) {
        self.forget(now);
        for _ in 0..cost {
            self.log.push_back(now);
        }
        if let Some(quota) = &mut self.quota {
            quota.left = quota.left.saturating_sub(cost);
        }
    }

    /// A request that was let through at this time has not gone out after all.
    pub(super) fn give_back(&mut self, at: Monotonic, cost: u64) {
        for _ in 0..cost {
            if let Ok(index) = self.log.binary_search(&at) {
                self.log.remove(index);
            }
        }
        if let Some(quota) = &mut self.quota {
            quota.left = quota.left.saturating_add(cost);
        }
    }

    /// The provider wants nothing before this.
    pub(super) fn block(&mut self, until: Monotonic) {
        self.blocked_until = self.blocked_until.max(until);
    }

    /// The provider says what is left, in its answer to a request that went out at `sent_at`. It cannot have
    /// counted what went out since.
    pub(super) fn limit(&mut self, remaining: u64, until: Monotonic, sent_at: Monotonic) {
        let since = self.log.len() - self.log.partition_point(|at| *at <= sent_at);
        self.quota = Some(Quota {
            left: remaining.saturating_sub(since as u64),
            until,
        });
    }

    /// Whether nothing that is remembered can keep a request back.
    pub(super) fn is_idle(&mut self, now: Monotonic) -> bool {
        self.forget(now);
        self.log.is_empty() && self.blocked_until <= now && self.quota.is_none()
    }

    fn forget(&mut self, now: Monotonic) {
        let longest = self.windows.iter().map(|window| window.length).max();
        let longest = longest.unwrap_or(Duration::ZERO);
        while self.log.front().is_some_and(|at| at.plus(longest) <= now) {
            self.log.pop_front();
        }
        if self.quota.is_some_and(|quota| quota.until <= now) {
            self.quota = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Monotonic {
        Monotonic::ORIGIN.plus(Duration::from_secs(seconds))
    }

    fn tally(windows: &[(u64, u64)]) -> Tally {
        let mut tally = Tally::default();
        tally.set_windows(
            windows
                .iter()
                .map(|(requests, seconds)| Window {
                    requests: *requests,
                    length: Duration::from_secs(*seconds),
                })
                .collect(),
        );
        tally
    }

    #[test]
    fn what_comes_later_goes_out_round_by_round() {
        let mut tally = tally(&[(3, 10)]);
        tally.admit(at(100), 1);
        tally.admit(at(104), 1);
        let free: Vec<_> = (1..=8).map(|requests| tally.free_at(at(105), requests)).collect();
        assert_eq!(free, [105, 110, 114, 115, 120, 124, 125, 130].map(at));
    }

    #[test]
    fn the_tightest_window_decides() {
        let mut tally = tally(&[(1, 1), (2, 60)]);
        tally.admit(at(100), 1);
        assert_eq!(tally.free_at(at(100), 1), at(101));
        tally.admit(at(101), 1);
        assert_eq!(tally.free_at(at(101), 1), at(160));
    }

    #[test]
    fn the_providers_word_holds_until_its_window_begins_anew() {
        let mut tally = tally(&[(10, 1)]);
        tally.admit(at(100), 1);
        tally.admit(at(102), 2);
        tally.limit(3, at(109), at(100));
        assert_eq!(
            [1, 2].map(|more| tally.free_at(at(102), more)),
            [at(102), at(109)]
        );
        tally.block(at(120));
        assert_eq!(tally.free_at(at(102), 1), at(120));
        assert!(!tally.is_idle(at(119)));
        assert!(tally.is_idle(at(120)));
    }

    #[test]
    fn what_is_given_back_was_never_taken() {
        let mut tally = tally(&[(2, 10)]);
        tally.admit(at(100), 2);
        tally.give_back(at(100), 2);
        assert!(tally.is_idle(at(100)));
    }

    #[test]
    fn without_windows_nothing_waits() {
        let mut tally = tally(&[]);
        tally.admit(at(1), 1000);
        assert_eq!(tally.free_at(at(1), 1000), at(1));
    }
}
