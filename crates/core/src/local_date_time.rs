//! Days with a time, of no zone.

use std::{fmt, str::FromStr};

use crate::{Date, LocalTime};

/// A day and a time as calendar and clock on a wall show them, without a zone; to the nanosecond.
///
/// It is no instant. Which one it means depends on where the wall is, and on the days when the clocks change it
/// may mean none or two: to find it, give [`date`](Self::date) and [`time`](Self::time), or the text, to a library
/// that has the rules of time zones.
///
/// Read as `YYYY-MM-DDTHH:MM`, with `:SS` and a fraction of up to nine digits if there are any; a space may stand
/// for the `T`. A text with an offset or a zone is refused, because it says more. Written in the shortest form that
/// says it all.
///
/// # Examples
///
/// ```
/// use attache_core::LocalDateTime;
///
/// let start: LocalDateTime = "2026-11-21T07:30:00".parse()?;
/// assert_eq!((start.date().to_string(), start.time().hour()), ("2026-11-21".to_owned(), 7));
/// assert_eq!(start.to_string(), "2026-11-21T07:30");
/// # Ok::<(), attache_core::InvalidLocalDateTime>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDateTime(jiff::civil::DateTime);

/// The text names no day and time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a local date and time: expected YYYY-MM-DDTHH:MM or YYYY-MM-DDTHH:MM:SS, without a zone")]
pub struct InvalidLocalDateTime;

impl LocalDateTime {
    /// A time on a day.
    pub fn new(date: Date, time: LocalTime) -> Self {
        Self(date.inner().to_datetime(time.inner()))
    }

    /// The day.
    pub fn date(self) -> Date {
        Date::of(self.0.date())
    }

    /// The time.
    pub fn time(self) -> LocalTime {
        LocalTime::of(self.0.time())
    }
}

impl fmt::Display for LocalDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date(), self.time())
    }
}

impl FromStr for LocalDateTime {
    type Err = InvalidLocalDateTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (date, time) = text.split_once(['T', 't', ' ']).ok_or(InvalidLocalDateTime)?;
        // A date may be followed by a zone in brackets, which is more than a day.
        if !date.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-')) {
            return Err(InvalidLocalDateTime);
        }
        let date = date.parse().map_err(|_| InvalidLocalDateTime)?;
        let time = time.parse().map_err(|_| InvalidLocalDateTime)?;
        Ok(Self::new(date, time))
    }
}
