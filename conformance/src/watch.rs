//! The only place where the suite reads real time: watchdogs, durations in reports, today's date.
#![expect(
    clippy::disallowed_methods,
    reason = "a watchdog over foreign processes needs real time"
)]

use std::time::{Duration, Instant, SystemTime};

use jiff::civil::Date;

/// Measures real time from its making.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Lets a little real time pass, to look again whether a driver has moved.
pub(crate) async fn tick() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

/// Lets very little real time pass: a process that was told to leave is about to.
pub(crate) async fn blink() {
    tokio::time::sleep(Duration::from_millis(2)).await;
}

/// Today, in UTC.
pub(crate) fn today() -> Date {
    jiff::Timestamp::try_from(SystemTime::now())
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
}
