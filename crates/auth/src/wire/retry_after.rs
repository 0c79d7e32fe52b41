//! How long a provider asks to wait.

use std::time::Duration;

use attache_core::Timestamp;
use http::{HeaderMap, header};

/// The longest wait that is believed, a day: a broken header must not park an account for good.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Reads `Retry-After` (RFC 9110, 10.2.3): seconds, or a date that is compared with `now`.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Too many digits for the type are still a very long wait.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        http_date(text)?.since(now)
    };
    Some(wait.min(LONGEST_RETRY_AFTER))
}

/// Reads the three forms of a date that a recipient has to know (RFC 9110, 5.6.7).
fn http_date(text: &str) -> Option<Timestamp> {
    let mut parts = [""; 6];
    let mut count = 0;
    for part in text.split([' ', ',', '-']).filter(|part| !part.is_empty()) {
        *parts.get_mut(count)? = part;
        count += 1;
    }
    // `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`; `Sun Nov  6 08:49:37 1994`
    let (([_, day, month, year, time, "GMT"], 6) | ([_, month, day, time, year, _], 5)) = (parts, count)
    else {
        return None;
    };
    let month = 1 + MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))?;
    // A wait is never about the last century.
    let century = if year.len() == 2 { "20" } else { "" };
    format!("{century}{year}-{month:02}-{day:0>2}T{time}Z")
        .parse()
        .ok()
}
