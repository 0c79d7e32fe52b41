//! When a shift begins or ends.

use attache_core::{LocalDateTime, Timestamp};
use serde::{Deserializer, de::Error as _};

use crate::model::{Member, date_text};

/// When a shift begins or ends: what the clock on the wall shows where the shift is, in the shift's own
/// [`time_zone`](super::Shift::time_zone).
///
/// Planday gives day and time without an offset, to the minute. Should one come with `Z` or an offset, the wall clock
/// is what was written before it, and [`instant`](Self::instant) is what both together say.
///
/// To get from a wall clock and a zone to an instant takes the rules of time zones, which this crate does not carry.
/// Give the text of [`wall_clock`](Self::wall_clock) and the name of the zone to a library that does; with `jiff`:
/// `wall_clock.to_string().parse::<jiff::civil::DateTime>()?.in_tz(zone)?.timestamp()`. Whether the name is an IANA
/// or a Windows one is not documented, nor what Planday means by the hour that the clocks skip or repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShiftTime {
    wall_clock: LocalDateTime,
    instant: Option<Timestamp>,
}

impl ShiftTime {
    /// What the clock on the wall shows.
    pub fn wall_clock(self) -> LocalDateTime {
        self.wall_clock
    }

    /// The instant, where Planday gave an offset.
    pub fn instant(self) -> Option<Timestamp> {
        self.instant
    }

    fn read_text(text: &str) -> Option<Self> {
        if let Ok(wall_clock) = text.parse() {
            return Some(Self {
                wall_clock,
                instant: None,
            });
        }
        let time = text.find(['T', 't', ' '])?;
        let offset = time + text.get(time..)?.find(['Z', 'z', '+', '-'])?;
        let (wall_clock, offset) = text.split_at_checked(offset)?;
        if offset.contains('[') {
            return None;
        }
        // Seconds may be missing before an offset as well, which RFC 3339 does not have.
        let wall_clock: LocalDateTime = wall_clock.parse().ok()?;
        let (day, time) = (wall_clock.date(), wall_clock.time());
        let seconds = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
        let text = format!("{day}T{seconds}.{:09}{offset}", time.nanosecond());
        Some(Self {
            wall_clock,
            instant: Some(text.parse().ok()?),
        })
    }
}

impl From<LocalDateTime> for ShiftTime {
    fn from(wall_clock: LocalDateTime) -> Self {
        Self {
            wall_clock,
            instant: None,
        }
    }
}

impl Member for ShiftTime {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = date_text(deserializer)?;
        Self::read_text(&text)
            .ok_or_else(|| D::Error::custom("not a local date and time: expected YYYY-MM-DDTHH:MM"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<String>)> {
        ShiftTime::read_text(text).map(|time| {
            (
                time.wall_clock().to_string(),
                time.instant().map(|instant| instant.to_string()),
            )
        })
    }

    #[test]
    fn a_time_without_an_offset_is_a_wall_clock_and_no_instant() {
        for (text, wall_clock) in [
            ("2026-11-21T07:30", "2026-11-21T07:30"),
            ("2026-11-21T07:30:00", "2026-11-21T07:30"),
            ("2026-11-21T07:30:15.5", "2026-11-21T07:30:15.5"),
            ("2026-11-21 07:30", "2026-11-21T07:30"),
        ] {
            assert_eq!(read(text), Some((wall_clock.to_owned(), None)), "{text}");
        }
    }

    #[test]
    fn an_offset_says_the_instant_and_leaves_the_wall_clock_as_written() {
        for (text, wall_clock, instant) in [
            ("2026-11-21T07:30Z", "2026-11-21T07:30", "2026-11-21T07:30:00Z"),
            ("2026-11-21T07:30:00Z", "2026-11-21T07:30", "2026-11-21T07:30:00Z"),
            (
                "2026-11-21T07:30+01:00",
                "2026-11-21T07:30",
                "2026-11-21T06:30:00Z",
            ),
            (
                "2026-11-21T22:30:00.5-05:00",
                "2026-11-21T22:30:00.5",
                "2026-11-22T03:30:00.5Z",
            ),
        ] {
            let expected = (wall_clock.to_owned(), Some(instant.to_owned()));
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_with_a_time_is_refused() {
        for text in [
            "",
            "soon",
            "2026-11-21",
            "07:30",
            "2026-02-30T07:30",
            "2026-11-21T07:30+01:00[x]",
            "2026-11-21Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
