//! Every number that decides when a token is renewed.

use std::time::Duration;

/// When tokens are renewed and how failures are waited out.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RefreshPolicy {
    /// The part of a token's life, at its end, in which a renewal is started while the token is still served.
    pub advisory_share: f64,
    /// The longest that part may be.
    pub advisory_cap: Duration,
    /// How much of the advisory part is drawn by lot, once for each token, so that processes do not renew in step.
    pub jitter_share: f64,
    /// A token that is valid for less than this is not given out if a better one can be had. At most a quarter
    /// of a token's life is held back so.
    pub usable_floor: Duration,
    /// The time limit of one token request. The lease of the store is longer by construction.
    pub exchange_limit: Duration,
    /// How much longer than the time limit the lease runs.
    pub lease_margin: Duration,
    /// The wait after the first failure; it doubles with each further one.
    pub backoff_first: Duration,
    /// The longest wait after a failure.
    pub backoff_cap: Duration,
    /// How long a caller without a deadline of its own waits for a token.
    pub default_wait: Duration,
    /// How often a process that saw a lease held elsewhere looks again; the wait doubles up to ten times this.
    pub busy_poll: Duration,
    /// How often an account that needs a new link is looked up again in the store, in case another process
    /// linked it.
    pub dead_reload: Duration,
}

impl Default for RefreshPolicy {
    fn default() -> Self {
        Self {
            advisory_share: 0.25,
            advisory_cap: Duration::from_secs(15 * 60),
            jitter_share: 0.25,
            usable_floor: Duration::from_secs(10),
            exchange_limit: Duration::from_secs(30),
            lease_margin: Duration::from_secs(15),
            backoff_first: Duration::from_millis(500),
            backoff_cap: Duration::from_secs(60),
            default_wait: Duration::from_secs(60),
            busy_poll: Duration::from_millis(20),
            dead_reload: Duration::from_secs(5),
        }
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $field:ident: $type:ty),+ $(,)?) => {$(
        #[doc = concat!("Sets [`Self::", stringify!($field), "`].")]
        #[must_use]
        pub fn $field(mut self, value: $type) -> Self {
            self.$field = value;
            self
        }
    )+};
}

impl RefreshPolicy {
    setters! {
        advisory_share: f64,
        advisory_cap: Duration,
        jitter_share: f64,
        usable_floor: Duration,
        exchange_limit: Duration,
        lease_margin: Duration,
        backoff_first: Duration,
        backoff_cap: Duration,
        default_wait: Duration,
        busy_poll: Duration,
        dead_reload: Duration,
    }

    /// How long the lease of an attempt runs: longer than the attempt can take.
    pub(crate) fn lease_ttl(&self) -> Duration {
        self.exchange_limit.saturating_add(self.lease_margin)
    }

    /// The wait after the `failures`-th failure in a row (from 1), with `jitter` in 0 to 1 taken off by a quarter.
    pub(crate) fn backoff(&self, failures: u32, jitter: f64) -> Duration {
        let doublings = failures.saturating_sub(1).min(20);
        let wait = self
            .backoff_first
            .saturating_mul(1 << doublings)
            .min(self.backoff_cap);
        wait.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 4.0)
    }
}
