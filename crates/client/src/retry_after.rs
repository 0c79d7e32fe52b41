//! How long a provider asks to wait.

use std::time::Duration;

use attache_core::Timestamp;
use http::{HeaderMap, header::RETRY_AFTER};

/// The wait of a `Retry-After` header, in seconds or until a date (RFC 9110, 10.2.3). What cannot be read is as
/// if it were not there; a date in the past is no wait.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    // Some servers send fractions, which the RFC does not know.
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    http_date(text).map(|at| at.since(now))
}

/// The three forms of an HTTP date (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`,
/// `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
fn http_date(text: &str) -> Option<Timestamp> {
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let (day, month, year, time) = match words[..] {
        [_, day, month, year, time, "GMT" | "UTC"] | [_, month, day, time, year] => {
            (day, month, year.to_owned(), time)
        }
        [_, date, time, "GMT"] => {
            let mut parts = date.split('-');
            let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
            (day, month, full_year(year)?, time)
        }
        _ => return None,
    };
    let month = month_number(month)?;
    let day: u8 = day.parse().ok()?;
    format!("{year}-{month:02}-{day:02}T{time}Z").parse().ok()
}

/// Two digits, read as the years 1970 to 2069.
fn full_year(year: &str) -> Option<String> {
    let two: u16 = year.parse().ok().filter(|year| *year < 100)?;
    Some((if two < 70 { 2000 + two } else { 1900 + two }).to_string())
}

fn month_number(name: &str) -> Option<usize> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    MONTHS
        .iter()
        .position(|month| *month == name)
        .map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn wait(value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(value).unwrap());
        retry_after(&headers, "1994-11-06T08:49:00Z".parse().unwrap())
    }

    #[test]
    fn seconds_and_all_three_forms_of_a_date_are_read() {
        let expected = Some(Duration::from_secs(37));
        for value in [
            "37",
            " 37 ",
            "37.0",
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(wait(value), expected, "{value}");
        }
    }

    #[test]
    fn a_date_in_the_past_is_no_wait_and_nonsense_is_ignored() {
        assert_eq!(wait("Sun, 06 Nov 1994 08:48:00 GMT"), Some(Duration::ZERO));
        for value in [
            "soon",
            "-1",
            "NaN",
            "inf",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994",
        ] {
            assert_eq!(wait(value), None, "{value}");
        }
    }
}
