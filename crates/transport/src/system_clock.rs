//! The system's clocks. The only module that reads the time.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where time enters; everything else takes a Clock"
)]

use std::{
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use attache_core::{BoxFuture, Clock, Monotonic, Timestamp};
use tokio::time::Instant;

/// The process's origin of monotonic time. One for all values of [`SystemClock`], so that their points compare.
static ORIGIN: OnceLock<std::time::Instant> = OnceLock::new();

/// Monotonic time starts this long after the origin, so that there are points before the first reading.
const HEAD_START: Duration = Duration::from_secs(3600);

/// The system's wall clock and tokio's monotonic one.
///
/// All values are the same clock. Under tokio's paused time, [`Clock::monotonic`] and [`Clock::sleep_until`] run
/// on virtual time; [`Clock::now`] stays the system's.
///
/// # Panics
///
/// The future of [`Clock::sleep_until`] has to be polled inside a tokio runtime whose timer is on.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

fn origin() -> Instant {
    Instant::from_std(*ORIGIN.get_or_init(std::time::Instant::now))
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_system_time(SystemTime::now())
    }

    fn monotonic(&self) -> Monotonic {
        let since_origin = (Instant::now() + HEAD_START).saturating_duration_since(origin());
        Monotonic::ORIGIN.plus(since_origin)
    }

    fn sleep_until(&self, at: Monotonic) -> BoxFuture<'static, ()> {
        let from_origin = at.minus(HEAD_START).since(Monotonic::ORIGIN);
        Box::pin(async move {
            match origin().checked_add(from_origin) {
                Some(instant) => tokio::time::sleep_until(instant).await,
                None => std::future::pending().await,
            }
        })
    }
}
