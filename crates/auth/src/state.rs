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
