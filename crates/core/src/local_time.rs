//! Times of day.

use std::{fmt, str::FromStr};

/// A time of day as a clock on the wall shows it, without a day and without a zone; to the nanosecond.
///
/// Read as `HH:MM`, `HH:MM:SS` or `HH:MM:SS.fraction`, with up to nine digits. Written in the shortest of these
/// that says it all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(jiff::civil::Time);

/// The text or the numbers name no time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time of day: expected HH:MM or HH:MM:SS, without a zone")]
pub struct InvalidLocalTime;

impl LocalTime {
    /// The first moment of a day, `00:00`.
    pub const MIDNIGHT: Self = Self(jiff::civil::Time::midnight());

    /// The time with this hour (0 to 23), minute and second (both 0 to 59).
    ///
    /// # Errors
    ///
    /// If no clock shows it.
    pub fn new(hour: i8, minute: i8, second: i8) -> Result<Self, InvalidLocalTime> {
        jiff::civil::Time::new(hour, minute, second, 0)
            .map(Self)
            .map_err(|_| InvalidLocalTime)
    }

    /// The hour, 0 to 23.
    pub fn hour(self) -> i8 {
        self.0.hour()
    }

    /// The minute, 0 to 59.
    pub fn minute(self) -> i8 {
        self.0.minute()
    }

    /// The second, 0 to 59.
    pub fn second(self) -> i8 {
        self.0.second()
    }

    /// The nanosecond of the second, 0 to 999 999 999.
    pub fn nanosecond(self) -> i32 {
        self.0.subsec_nanosecond()
    }

    pub(crate) fn of(time: jiff::civil::Time) -> Self {
        Self(time)
    }

    pub(crate) fn inner(self) -> jiff::civil::Time {
        self.0
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.second() == 0 && self.nanosecond() == 0 {
            write!(f, "{:02}:{:02}", self.hour(), self.minute())
        } else {
            self.0.fmt(f)
        }
    }
}

impl FromStr for LocalTime {
    type Err = InvalidLocalTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // What else the parser takes, such as `T07`, offsets and zones, says more or less than a time of day.
        let minutes = text.as_bytes().get(2) == Some(&b':');
        let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b':' | b'.'));
        let time = text.parse().map(Self).map_err(|_| InvalidLocalTime);
        if minutes && plain {
            time
        } else {
            Err(InvalidLocalTime)
        }
    }
}
