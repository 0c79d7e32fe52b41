//! Instants and days: what is read, how it is written, and where the calendar ends.

#![allow(
    clippy::unwrap_used,
    reason = "the world of a test may fail loudly, like the test"
)]

use std::time::{Duration, SystemTime};

use attache_core::{Date, InvalidDate, InvalidTimestamp, Timestamp};

const SECOND: Duration = Duration::from_secs(1);
/// -9999-01-02T01:59:59Z and 9999-12-30T22:00:00Z: a day of room for every offset at both ends.
const BOUNDS: [i64; 2] = [-377_705_023_201, 253_402_207_200];

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn an_instant_is_read_and_written_as_rfc_3339() {
    let texts = [
        "1970-01-01T00:00:00Z",
        "2026-11-21T12:00:00Z",
        "2026-11-21T12:00:00.000000001Z",
        "1969-12-31T23:59:59.5Z",
    ];
    assert_eq!(texts.map(|text| instant(text).to_string()), texts);
    assert_eq!(instant(texts[0]), Timestamp::UNIX_EPOCH);
}

#[test]
fn an_offset_is_turned_into_utc() {
    assert_eq!(
        instant("2026-11-21T13:30:00+01:30"),
        instant("2026-11-21T12:00:00Z")
    );
    assert_eq!(
        instant("2026-11-20T20:00:00-04:00"),
        instant("2026-11-21T00:00:00Z")
    );
}

#[test]
fn what_names_no_instant_is_refused() {
    let texts = [
        "",
        "now",
        "1795262400",
        "2026-11-21",
        "2026-11-21T12:00:00",
        "2026-02-30T12:00:00Z",
        "2026-11-21T25:00:00Z",
        "2026-11-21T12:00:00Z and more",
    ];
    for text in texts {
        assert_eq!(text.parse::<Timestamp>(), Err(InvalidTimestamp), "{text}");
    }
}

#[test]
fn an_instant_counts_from_1970_in_both_directions() {
    let counts = |text| {
        let instant = instant(text);
        (instant.as_unix_seconds(), instant.as_unix_millis())
    };
    assert_eq!(
        counts("2026-11-21T12:00:00.25Z"),
        (1_795_262_400, 1_795_262_400_250)
    );
    assert_eq!(counts("1969-12-31T23:59:58Z"), (-2, -2000));
    assert_eq!(
        Timestamp::from_unix_seconds(1_795_262_400),
        Ok(instant("2026-11-21T12:00:00Z"))
    );
}

#[test]
fn the_calendar_has_a_first_and_a_last_instant() {
    let [first, last] = BOUNDS;
    assert_eq!(
        BOUNDS.map(|seconds| Timestamp::from_unix_seconds(seconds).map(|instant| instant.to_string())),
        [
            Ok("-009999-01-02T01:59:59Z".into()),
            Ok("9999-12-30T22:00:00Z".into())
        ]
    );
    assert_eq!(
        [first - 1, last + 1, i64::MIN, i64::MAX].map(Timestamp::from_unix_seconds),
        [const { Err(InvalidTimestamp) }; 4]
    );
}

#[test]
fn sums_and_differences_are_held_to_the_calendar() {
    let noon = instant("2026-11-21T12:00:00Z");
    assert_eq!(noon.saturating_add(SECOND), instant("2026-11-21T12:00:01Z"));
    assert_eq!(noon.saturating_sub(SECOND), instant("2026-11-21T11:59:59Z"));

    let [first, last] = BOUNDS;
    let end = noon.saturating_add(Duration::MAX);
    let beginning = noon.saturating_sub(Duration::MAX);
    assert_eq!(
        (beginning.as_unix_seconds(), end.as_unix_seconds()),
        (first, last)
    );
    assert_eq!(end.saturating_add(SECOND), end);
    assert_eq!(beginning.saturating_sub(SECOND), beginning);
}

#[test]
fn an_instant_that_is_not_later_is_no_time_later() {
    let (noon, later) = (instant("2026-11-21T12:00:00Z"), instant("2026-11-21T12:00:01.5Z"));
    assert_eq!(later.since(noon), Duration::from_millis(1500));
    assert_eq!(noon.since(later), Duration::ZERO);
    assert_eq!(noon.since(noon), Duration::ZERO);
}

#[test]
fn the_time_of_the_system_is_taken_to_the_nanosecond() {
    let time = SystemTime::UNIX_EPOCH + Duration::new(1_795_262_400, 1);
    assert_eq!(
        Timestamp::from_system_time(time),
        instant("2026-11-21T12:00:00.000000001Z")
    );
    let after_the_end = SystemTime::UNIX_EPOCH + Duration::from_secs(400_000_000_000);
    assert_eq!(
        Timestamp::from_system_time(after_the_end),
        Timestamp::UNIX_EPOCH.saturating_add(Duration::MAX)
    );
}

#[test]
fn a_day_is_read_and_written_as_year_month_day() {
    let day: Date = "2026-02-28".parse().unwrap();
    assert_eq!((day.year(), day.month(), day.day()), (2026, 2, 28));
    assert_eq!(day.to_string(), "2026-02-28");
    assert_eq!(Date::new(2026, 2, 28), Ok(day));
    assert!(day < Date::new(2026, 3, 1).unwrap());
}

#[test]
fn days_that_the_calendar_does_not_have_are_refused() {
    let numbers = [
        (2026, 2, 29),
        (2026, 13, 1),
        (2026, 0, 1),
        (2026, 1, 0),
        (2026, 4, 31),
        (10_000, 1, 1),
    ];
    assert_eq!(
        numbers.map(|(year, month, day)| Date::new(year, month, day)),
        [const { Err(InvalidDate) }; 6]
    );
    assert!(Date::new(2028, 2, 29).is_ok());
    for text in [
        "",
        "2026-02-29",
        "2026-2-28",
        "28-02-2026",
        "28.02.2026",
        "tomorrow",
        "2026-02-28 and more",
    ] {
        assert_eq!(text.parse::<Date>(), Err(InvalidDate), "{text}");
    }
}

#[test]
fn refusals_say_what_was_expected() {
    assert_eq!(
        InvalidTimestamp.to_string(),
        "not an instant: expected RFC 3339 such as 2026-11-21T12:00:00Z, or seconds since 1970 within the years -9999 to 9999"
    );
    assert_eq!(
        InvalidDate.to_string(),
        "not a date: expected a day of the calendar as YYYY-MM-DD"
    );
}
