//! Instants on the calendar.

use std::{fmt, str::FromStr, time::Duration};

/// An instant in UTC, to the nanosecond.
///
/// Written and read as RFC 3339, for example `2026-11-21T12:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

/// The text or number is no instant that a calendar has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an instant: expected RFC 3339 such as 2026-11-21T12:00:00Z, or seconds since 1970 within the years -9999 to 9999"
)]
pub struct InvalidTimestamp;

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const UNIX_EPOCH: Self = Self(jiff::Timestamp::UNIX_EPOCH);

    /// The instant `seconds` after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    ///
    /// If it lies outside the years -9999 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Result<Self, InvalidTimestamp> {
        jiff::Timestamp::from_second(seconds)
            .map(Self)
            .map_err(|_| InvalidTimestamp)
    }

    /// Whole seconds since 1970-01-01T00:00:00Z.
    pub fn as_unix_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// Whole milliseconds since 1970-01-01T00:00:00Z.
    pub fn as_unix_millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// The instant of a [`std::time::SystemTime`], held to the calendar's range.
    pub fn from_system_time(time: std::time::SystemTime) -> Self {
        let outside = if time < std::time::SystemTime::UNIX_EPOCH {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        };
        Self(jiff::Timestamp::try_from(time).unwrap_or(outside))
    }

    /// The instant `duration` later, held to the end of the calendar.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        self.0
            .checked_add(duration)
            .map_or(Self(jiff::Timestamp::MAX), Self)
    }

    /// The instant `duration` earlier, held to the beginning of the calendar.
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        self.0
            .checked_sub(duration)
            .map_or(Self(jiff::Timestamp::MIN), Self)
    }

    /// How long after `earlier` this instant lies; zero if it does not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::try_from(self.0.duration_since(earlier.0)).unwrap_or(Duration::ZERO)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| InvalidTimestamp)
    }
}
