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
    /// What the provider says is left of its own windows, one for each reset.
    quotas: Vec<Quota>,
}

#[derive(Debug, Clone, Copy)]
struct Quota {
    left: u64,
    until: Monotonic,
    /// When the request went out whose answer said so.
    sent_at: Monotonic,
}

/// Room that is made for the log with the first request, so that it seldom grows later.
const ROOM: u64 = 1024;

/// The longest that a word on a reset is believed where no window says how long one can be, and the longest that
/// a 429 stops a key.
pub(super) const LONGEST_BLOCK: Duration = Duration::from_secs(15 * 60);

/// Headers count whole seconds: what is reset within one of another is the same window, and a reset may be said to
/// be so much later than it is.
const COARSE: Duration = Duration::from_secs(1);

impl Tally {
    pub(super) fn set_windows(&mut self, windows: Vec<Window>) {
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
        for quota in self.quotas.iter().filter(|quota| requests > quota.left) {
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
        if self.log.capacity() == 0 {
            let most = self.windows.iter().map(|window| window.requests).max();
            let room = most.unwrap_or(0).min(ROOM).max(cost.min(ROOM));
            self.log.reserve(usize::try_from(room).unwrap_or(0));
        }
        for _ in 0..cost {
            self.log.push_back(now);
        }
        for quota in &mut self.quotas {
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
        for quota in self.quotas.iter_mut().filter(|quota| at > quota.sent_at) {
            quota.left = quota.left.saturating_add(cost);
        }
    }

    /// The provider wants nothing before this.
    pub(super) fn block(&mut self, until: Monotonic) {
        self.blocked_until = self.blocked_until.max(until);
    }

    /// How much of a word on a reset is believed: a window takes no longer than its length to begin anew.
    pub(super) fn reset_within(&self, reset: Duration) -> Duration {
        let longest = self.windows.iter().map(|window| window.length).max();
        reset.min(longest.map_or(LONGEST_BLOCK, |longest| longest.saturating_add(COARSE)))
    }

    /// The provider says what is left of one of its windows, in its answer to a request that went out at
    /// `sent_at`. It cannot have counted what went out since. What it said of a window with another reset stands.
    pub(super) fn limit(&mut self, remaining: u64, until: Monotonic, sent_at: Monotonic) {
        let since = self.log.len() - self.log.partition_point(|at| *at <= sent_at);
        self.quotas
            .retain(|quota| quota.until.since(until) >= COARSE || until.since(quota.until) >= COARSE);
        self.quotas.push(Quota {
            left: remaining.saturating_sub(since as u64),
            until,
            sent_at,
        });
    }

    /// Whether nothing that is remembered can keep a request back.
    pub(super) fn is_idle(&mut self, now: Monotonic) -> bool {
        self.forget(now);
        self.log.is_empty() && self.blocked_until <= now && self.quotas.is_empty()
    }

    fn forget(&mut self, now: Monotonic) {
        let longest = self.windows.iter().map(|window| window.length).max();
        let longest = longest.unwrap_or(Duration::ZERO);
        while self.log.front().is_some_and(|at| at.plus(longest) <= now) {
            self.log.pop_front();
        }
        self.quotas.retain(|quota| quota.until > now);
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
    fn a_word_on_one_window_does_not_undo_that_on_another() {
        let mut tally = tally(&[(10, 1), (100, 60)]);
        tally.limit(1, at(140), at(100));
        tally.limit(9, at(101), at(100));
        assert_eq!(
            [1, 2].map(|more| tally.free_at(at(100), more)),
            [at(100), at(140)]
        );
        // Within a second, it is of the same window.
        tally.limit(3, Monotonic::ORIGIN.plus(Duration::from_millis(140_900)), at(100));
        assert_eq!(tally.free_at(at(100), 3), at(100));
        assert_eq!(tally.quotas.len(), 2);
        // What went out since is not counted, and what was given back is.
        tally.admit(at(102), 2);
        tally.give_back(at(102), 1);
        assert_eq!(
            tally.quotas.iter().map(|quota| quota.left).collect::<Vec<_>>(),
            [2]
        );
    }

    #[test]
    fn a_reset_is_believed_as_far_as_a_window_can_last() {
        let years = Duration::from_secs(1_795_348_800);
        assert_eq!(
            tally(&[(10, 1), (100, 60)]).reset_within(years),
            Duration::from_secs(61)
        );
        assert_eq!(tally(&[]).reset_within(years), LONGEST_BLOCK);
        let said = Duration::from_millis(500);
        assert_eq!(tally(&[(10, 1)]).reset_within(said), said);
    }

    #[test]
    fn the_log_takes_no_memory_before_the_first_request() {
        let mut tally = tally(&[(750, 60)]);
        assert_eq!(tally.log.capacity(), 0);
        tally.admit(at(1), 1);
        assert!(tally.log.capacity() >= 750);
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
