//! What is sent again, and after how long.

use std::time::Duration;

use attache_core::{Sent, TransportError, TransportErrorKind};
use fastrand::Rng;

use crate::{Idempotency, Verdict};

/// Which operations are sent again after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// None: the same will happen again.
    Never,
    /// Those that can be repeated: what became of the request is not known.
    IfRepeatable,
    /// All: the request has had no effect.
    Always,
}

impl Again {
    pub(crate) fn after_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::RateLimited => Self::Always,
            Verdict::Unavailable => Self::IfRepeatable,
            _ => Self::Never,
        }
    }

    pub(crate) fn after_transport(error: &TransportError) -> Self {
        match (error.kind(), error.sent()) {
            (TransportErrorKind::Refused | TransportErrorKind::TooLarge, _) => Self::Never,
            (_, Sent::No) => Self::Always,
            _ => Self::IfRepeatable,
        }
    }

    pub(crate) fn allows(self, idempotency: Idempotency) -> bool {
        match self {
            Self::Never => false,
            Self::IfRepeatable => idempotency != Idempotency::NotIdempotent,
            Self::Always => true,
        }
    }
}

/// The longest wait that is not the provider's own.
const CEILING: Duration = Duration::from_secs(30);

/// The wait before the attempt after attempt number `attempt`, anywhere between zero and a ceiling that doubles
/// ("full jitter"). Rate limits are waited out from two seconds on, since their windows are seconds to minutes.
pub(crate) fn backoff(random: &mut Rng, attempt: u32, rate_limited: bool) -> Duration {
    let base = Duration::from_millis(if rate_limited { 2000 } else { 500 });
    let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
    let ceiling = base.saturating_mul(doubled).min(CEILING);
    Duration::from_micros(random.u64(0..=u64::try_from(ceiling.as_micros()).unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_stays_under_a_ceiling_that_doubles_to_30_seconds() {
        let mut random = Rng::with_seed(1);
        for (attempt, ceiling) in [(1, 500), (2, 1000), (3, 2000), (7, 30_000), (u32::MAX, 30_000)] {
            let longest = (0..200)
                .map(|_| backoff(&mut random, attempt, false))
                .max()
                .unwrap();
            let ceiling = Duration::from_millis(ceiling);
            assert!(
                longest <= ceiling && longest > ceiling / 2,
                "{attempt}: {longest:?}"
            );
        }
    }
}
