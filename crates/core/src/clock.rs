//! Time, passed in.

use std::time::Duration;

use crate::{BoxFuture, Timestamp};

/// A point on a clock that never goes back: nanoseconds since the clock's own origin.
///
/// Points of two different clocks cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Monotonic(u64);

impl Monotonic {
    /// The origin of the clock.
    pub const ORIGIN: Self = Self(0);
    /// Later than anything that will be reached.
    pub const FAR_FUTURE: Self = Self(u64::MAX);

    /// The point that lies `nanos` nanoseconds after the origin.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the origin.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// The point `duration` later, or [`Monotonic::FAR_FUTURE`] if there is none.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanos(duration)))
    }

    /// The point `duration` earlier, or the origin if there is none.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(nanos(duration)))
    }

    /// How long after `earlier` this point lies; zero if it does not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Where time comes from. Nothing in Attaché reads a clock of its own accord.
///
/// [`ManualClock`](crate::ManualClock) is for tests; the transport crate has the system's clock.
pub trait Clock: Send + Sync + 'static {
    /// The wall clock. It may jump; it is used for what is stored and compared across processes.
    fn now(&self) -> Timestamp;

    /// The clock that never goes back. Everything inside one process is measured on it.
    fn monotonic(&self) -> Monotonic;

    /// Waits until [`Clock::monotonic`] has reached `at`. Ready at once if it has. Dropping the future is safe.
    fn sleep_until(&self, at: Monotonic) -> BoxFuture<'static, ()>;
}
