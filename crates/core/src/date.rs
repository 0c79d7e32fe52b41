//! Days on the calendar.

use std::{fmt, str::FromStr};

/// A day on the calendar, without a time and without a zone. Written as `YYYY-MM-DD`; a time that follows is left
/// out in reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

/// The text or the numbers name no day that the calendar has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a date: expected a day of the calendar as YYYY-MM-DD")]
pub struct InvalidDate;

impl Date {
    /// The day with this year, month (1 to 12) and day of the month (1 to 31).
    ///
    /// # Errors
    ///
    /// If the calendar has no such day.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, InvalidDate> {
        jiff::civil::Date::new(year, month, day)
            .map(Self)
            .map_err(|_| InvalidDate)
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> i8 {
        self.0.day()
    }

    pub(crate) fn of(date: jiff::civil::Date) -> Self {
        Self(date)
    }

    pub(crate) fn inner(self) -> jiff::civil::Date {
        self.0
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Date {
    type Err = InvalidDate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| InvalidDate)
    }
}
