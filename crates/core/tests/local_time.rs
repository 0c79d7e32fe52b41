//! Times on a wall: what is read, how it is written, and that a zone is never lost on the way.

#![allow(
    clippy::unwrap_used,
    reason = "the world of a test may fail loudly, like the test"
)]

use attache_core::{Date, InvalidLocalDateTime, InvalidLocalTime, LocalDateTime, LocalTime};

#[test]
fn a_time_of_day_is_written_as_short_as_it_can_be() {
    let cases = [
        ("00:00", "00:00"),
        ("07:30", "07:30"),
        ("07:30:00", "07:30"),
        ("07:30:00.000", "07:30"),
        ("23:59:59", "23:59:59"),
        ("07:30:00.0000001", "07:30:00.0000001"),
        ("07:30:15.5", "07:30:15.5"),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<LocalTime>().unwrap().to_string(), expected, "{text}");
    }
}

#[test]
fn a_time_of_day_has_its_parts() {
    let time: LocalTime = "07:08:09.25".parse().unwrap();
    assert_eq!(
        (time.hour(), time.minute(), time.second(), time.nanosecond()),
        (7, 8, 9, 250_000_000)
    );
    assert_eq!(LocalTime::new(7, 30, 0), Ok("07:30".parse().unwrap()));
    assert_eq!(LocalTime::new(0, 0, 0), Ok(LocalTime::MIDNIGHT));
    assert!(LocalTime::MIDNIGHT < LocalTime::new(23, 59, 59).unwrap());
}

#[test]
fn what_no_clock_shows_is_refused() {
    for (hour, minute, second) in [(24, 0, 0), (-1, 0, 0), (0, 60, 0), (0, 0, 60), (0, -1, 0)] {
        assert_eq!(LocalTime::new(hour, minute, second), Err(InvalidLocalTime));
    }
    for text in [
        "",
        "7",
        "07",
        "0730",
        "7:30",
        "T07:30",
        "24:00",
        "07:60",
        "07:30Z",
        "07:30+01:00",
        "07:30[Europe/Copenhagen]",
        "2026-11-21T07:30",
        " 07:30",
        "07:30 ",
    ] {
        assert_eq!(text.parse::<LocalTime>(), Err(InvalidLocalTime), "{text:?}");
    }
}

#[test]
fn a_local_date_time_is_read_from_every_form_and_written_as_one() {
    let cases = [
        ("2026-11-21T07:30", "2026-11-21T07:30"),
        ("2026-11-21T07:30:00", "2026-11-21T07:30"),
        ("2026-11-21 07:30", "2026-11-21T07:30"),
        ("2026-11-21T07:30:15", "2026-11-21T07:30:15"),
        ("2026-11-21T07:30:00.1234567", "2026-11-21T07:30:00.1234567"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00"),
    ];
    for (text, expected) in cases {
        let read: LocalDateTime = text.parse().unwrap();
        assert_eq!(read.to_string(), expected, "{text}");
        assert_eq!(read, expected.parse().unwrap(), "{text}");
    }
}

#[test]
fn it_is_a_day_and_a_time_and_nothing_else() {
    let (day, time) = (
        Date::new(2026, 11, 21).unwrap(),
        LocalTime::new(22, 0, 0).unwrap(),
    );
    let evening = LocalDateTime::new(day, time);
    assert_eq!((evening.date(), evening.time()), (day, time));
    let next_morning: LocalDateTime = "2026-11-22T06:00".parse().unwrap();
    assert!(evening < next_morning);
}

#[test]
fn a_text_with_an_offset_or_without_a_time_is_refused() {
    for text in [
        "",
        "2026-11-21",
        "2026-11-21T",
        "2026-11-21T07",
        "2026-02-30T07:30",
        "2026-11-21T07:30Z",
        "2026-11-21T07:30:00+01:00",
        "2026-11-21T07:30:00-05",
        "2026-11-21T07:30[Europe/Copenhagen]",
        "2026-11-21[Europe/Copenhagen]T07:30",
        "2026-11-21T07:30 and more",
        "07:30",
    ] {
        assert_eq!(
            text.parse::<LocalDateTime>(),
            Err(InvalidLocalDateTime),
            "{text:?}"
        );
    }
}

#[test]
fn refusals_say_what_was_expected() {
    assert_eq!(
        InvalidLocalTime.to_string(),
        "not a time of day: expected HH:MM or HH:MM:SS, without a zone"
    );
    assert_eq!(
        InvalidLocalDateTime.to_string(),
        "not a local date and time: expected YYYY-MM-DDTHH:MM or YYYY-MM-DDTHH:MM:SS, without a zone"
    );
}
