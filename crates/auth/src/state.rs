//! What a snapshot of a grant is worth at a point in time: one pure function.

use std::time::Duration;

use attache_core::{Generation, Monotonic};

use crate::policy::RefreshPolicy;

/// The points in the life of one access token. Drawn once, so that all callers agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timing {
    /// Which token.
    pub(crate) generation: Generation,
    /// From here on a renewal is started, and the token still served.
    pub(crate) advisory_at: Monotonic,
    /// From here on callers wait for a renewal.
    pub(crate) mandatory_at: Monotonic,
    /// From here on the token is not served.
    pub(crate) expires_at: Monotonic,
    /// Whether the account needs a new link.
    pub(crate) dead: bool,
}

/// What to do with a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum State {
    /// Serve the token.
    Valid,
    /// Serve the token and start a renewal.
    Advisory,
    /// Start a renewal and wait for it; if it fails, serve the token while it lasts.
    Mandatory,
    /// Start a renewal and wait for it.
    Expired,
    /// Nothing can be served.
    Dead,
}

impl Timing {
    /// The points for a token that ends at `expires_at` and was given `lifetime` to live. `jitter` is in 0 to 1.
    pub(crate) fn new(
        generation: Generation,
        expires_at: Monotonic,
        lifetime: Duration,
        policy: &RefreshPolicy,
        jitter: f64,
    ) -> Self {
        let floor = policy.usable_floor.min(lifetime / 4);
        let window = lifetime
            .mul_f64(policy.advisory_share.clamp(0.0, 1.0))
            .min(policy.advisory_cap);
        let drawn = window.mul_f64((policy.jitter_share * jitter).clamp(0.0, 1.0));
        let mandatory_at = expires_at.minus(floor);
        Self {
            generation,
            advisory_at: expires_at.minus(window.saturating_sub(drawn)).min(mandatory_at),
            mandatory_at,
            expires_at,
            dead: false,
        }
    }

    /// The points of an account that needs a new link: every caller takes the slow way.
    pub(crate) fn dead(generation: Generation) -> Self {
        Self {
            generation,
            advisory_at: Monotonic::ORIGIN,
            mandatory_at: Monotonic::ORIGIN,
            expires_at: Monotonic::ORIGIN,
            dead: true,
        }
    }

    /// The hot path's only question: may the token be served with nothing else to do?
    #[inline]
    pub(crate) fn is_plainly_valid(
        &self,
        rejected: Generation,
        now: Monotonic,
        min_validity: Duration,
    ) -> bool {
        now < self.advisory_at
            && rejected < self.generation
            && (min_validity.is_zero() || now.plus(min_validity) <= self.expires_at)
    }

    /// What to do with a caller that asks at `now` for a token that stays valid for `min_validity`, where every
    /// generation up to `rejected` was refused.
    pub(crate) fn state(&self, rejected: Generation, now: Monotonic, min_validity: Duration) -> State {
        if self.dead {
            State::Dead
        } else if now >= self.expires_at || rejected >= self.generation {
            State::Expired
        } else if now >= self.mandatory_at || now.plus(min_validity) > self.expires_at {
            State::Mandatory
        } else if now >= self.advisory_at {
            State::Advisory
        } else {
            State::Valid
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn timing(lifetime: Duration, jitter: f64) -> (Timing, Monotonic) {
        let minted_at = Monotonic::ORIGIN.plus(HOUR);
        let expires_at = minted_at.plus(lifetime);
        (
            Timing::new(
                Generation(7),
                expires_at,
                lifetime,
                &RefreshPolicy::default(),
                jitter,
            ),
            minted_at,
        )
    }

    /// The same question, answered from the time that is left instead of from points on the clock.
    fn by_time_left(lifetime: Duration, jitter: f64, left: Duration, min_validity: Duration) -> State {
        let policy = RefreshPolicy::default();
        let floor = policy.usable_floor.min(lifetime / 4);
        let window = lifetime.mul_f64(policy.advisory_share).min(policy.advisory_cap);
        let window = window
            .saturating_sub(window.mul_f64(policy.jitter_share * jitter))
            .max(floor);
        if left.is_zero() {
            State::Expired
        } else if left <= floor || left < min_validity {
            State::Mandatory
        } else if left <= window {
            State::Advisory
        } else {
            State::Valid
        }
    }

    proptest! {
        #[test]
        fn the_state_is_what_the_time_left_says(
            lifetime in 0u64..100_000,
            age in 0u64..120_000,
            min_validity in prop_oneof![Just(0u64), 0..5_000u64],
            jitter in 0.0..=1.0f64,
        ) {
            let (lifetime, min_validity) = (Duration::from_secs(lifetime), Duration::from_secs(min_validity));
            let (timing, minted_at) = timing(lifetime, jitter);
            let left = lifetime.saturating_sub(Duration::from_secs(age));
            let now = minted_at.plus(Duration::from_secs(age));
            let expected = by_time_left(lifetime, jitter, left, min_validity);
            prop_assert_eq!(timing.state(Generation(6), now, min_validity), expected);
            // What was refused is worth nothing, however much time it has left.
            prop_assert_eq!(timing.state(Generation(7), now, min_validity), State::Expired);
            // The hot path serves only what the state calls valid.
            if timing.is_plainly_valid(Generation(6), now, min_validity) {
                prop_assert_eq!(expected, State::Valid);
            } else {
                prop_assert_ne!(expected, State::Valid);
            }
            prop_assert!(!timing.is_plainly_valid(Generation(7), now, min_validity));
        }

        #[test]
        fn a_token_only_ever_gets_worse_with_time(
            lifetime in 0u64..100_000,
            ages in prop::collection::vec(0u64..120_000, 2..20),
            jitter in 0.0..=1.0f64,
        ) {
            let (timing, minted_at) = timing(Duration::from_secs(lifetime), jitter);
            let mut ages = ages;
            ages.sort_unstable();
            let ranks: Vec<_> = ages
                .iter()
                .map(|age| {
                    match timing.state(Generation(6), minted_at.plus(Duration::from_secs(*age)), Duration::ZERO) {
                        State::Valid => 0,
                        State::Advisory => 1,
                        State::Mandatory => 2,
                        State::Expired => 3,
                        State::Dead => 4,
                    }
                })
                .collect();
            prop_assert!(ranks.is_sorted());
        }
    }

    #[test]
    fn a_dead_account_is_dead_whatever_the_clock_says() {
        let timing = Timing::dead(Generation(7));
        for now in [Monotonic::ORIGIN, Monotonic::FAR_FUTURE] {
            assert_eq!(timing.state(Generation(0), now, Duration::ZERO), State::Dead);
            assert!(!timing.is_plainly_valid(Generation(0), now, Duration::ZERO));
        }
    }
}
