//! Days and instants, read as leniently as Planday writes them.

use std::borrow::Cow;

use attache_core::{Date, LocalTime, Timestamp};
use serde::{Deserialize, Deserializer, de::Error};

use super::{Member, MemberName};

/// `2026-11-21`. Where a date-time stands instead, its day is taken as written.
impl Member for Date {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = text(deserializer)?;
        let day = text.split_once(['T', ' ']).map_or(&*text, |(day, _)| day);
        day.parse().map_err(Error::custom)
    }
}

/// `2026-11-21T12:00:00Z`, with up to nine digits of a fraction (seven are usual in .NET) and any offset. HR's times
/// are UTC, so one without an offset is taken as UTC, and a bare day as its beginning in UTC.
impl Member for Timestamp {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = text(deserializer)?;
        let parse = |text: &str| text.parse::<Self>();
        let read = parse(&text).or_else(|_| parse(&format!("{text}Z")));
        read.or_else(|_| parse(&format!("{text}T00:00:00Z")))
            .map_err(Error::custom)
    }
}

/// `07:30`, or with seconds and a fraction.
impl Member for LocalTime {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer)?.parse().map_err(Error::custom)
    }
}

pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
    MemberName::deserialize(deserializer).map(|text| text.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Wire;

    fn date(text: &str) -> Option<String> {
        let json = serde_json::Value::from(text).to_string();
        serde_json::from_str::<Wire<Date>>(&json)
            .ok()
            .map(|date| date.0.to_string())
    }

    fn instant(text: &str) -> Option<String> {
        let json = serde_json::Value::from(text).to_string();
        serde_json::from_str::<Wire<Timestamp>>(&json)
            .ok()
            .map(|instant| instant.0.to_string())
    }

    #[test]
    fn a_day_is_read_from_a_date_and_from_a_date_time() {
        for text in [
            "2026-11-21",
            "2026-11-21T00:00:00",
            "2026-11-21T23:30:00Z",
            "2026-11-21 08:00",
        ] {
            assert_eq!(date(text).as_deref(), Some("2026-11-21"), "{text}");
        }
        for text in ["", "21.11.2026", "2026-02-30", "T00:00"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn an_instant_is_read_from_every_form_that_was_seen() {
        let cases = [
            ("2026-11-21T12:00:00Z", "2026-11-21T12:00:00Z"),
            ("2026-11-21T12:00:00.1234567Z", "2026-11-21T12:00:00.1234567Z"),
            ("2026-11-21T12:00:00.1234567", "2026-11-21T12:00:00.1234567Z"),
            ("2026-11-21T12:00:00+01:00", "2026-11-21T11:00:00Z"),
            ("2026-11-21T12:00", "2026-11-21T12:00:00Z"),
            ("2026-11-21", "2026-11-21T00:00:00Z"),
        ];
        for (text, expected) in cases {
            assert_eq!(instant(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "soon", "2026-02-30", "12:00"] {
            assert_eq!(instant(text), None, "{text}");
        }
    }
}
