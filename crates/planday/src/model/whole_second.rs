//! Instants as filters take them.

use std::time::Duration;

use attache_core::Timestamp;

/// The filters take `yyyy-mm-ddThh:mm:ssZ`: no fractions. This is the second that begins no later.
pub(crate) fn second_before(&at: &Timestamp) -> Timestamp {
    match whole(at) {
        Some(second) if second > at => second.saturating_sub(Duration::from_secs(1)),
        Some(second) => second,
        None => at,
    }
}

/// The second that begins no earlier.
pub(crate) fn second_after(&at: &Timestamp) -> Timestamp {
    match whole(at) {
        Some(second) if second < at => second.saturating_add(Duration::from_secs(1)),
        Some(second) => second,
        None => at,
    }
}

/// The instant without its fraction, on whichever side of it.
fn whole(at: Timestamp) -> Option<Timestamp> {
    Timestamp::from_unix_seconds(at.as_unix_seconds()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_sent_in_whole_seconds_and_never_leave_anybody_out() {
        let cases = [
            (
                "2026-11-21T12:00:00Z",
                "2026-11-21T12:00:00Z",
                "2026-11-21T12:00:00Z",
            ),
            (
                "2026-11-21T12:00:00.1234567Z",
                "2026-11-21T12:00:00Z",
                "2026-11-21T12:00:01Z",
            ),
            (
                "1969-12-31T23:59:58.5Z",
                "1969-12-31T23:59:58Z",
                "1969-12-31T23:59:59Z",
            ),
        ];
        for (text, from, to) in cases {
            let at = text.parse().unwrap();
            assert_eq!(
                (second_before(&at).to_string(), second_after(&at).to_string()),
                (from.into(), to.into())
            );
        }
    }
}
