//! What the headers say about Planday's rate limits.

use std::time::Duration;

use attache_client::PaceHint;
use http::HeaderMap;

use crate::rate_budget::{APP, MINUTE, PORTAL};

/// How many windows the portal has, and the app: a second and a minute (Planday, Rate Limiting).
const WINDOWS: usize = 2;

/// What an answer's headers say about the rate limits (Planday, Rate Limiting). Every answer of the API has them.
///
/// Requests are counted per portal (20 a second, 750 a minute) and per Application ID (100 a second, 2000 a
/// minute); one example on that page has 10 a second per portal, so it is wise to plan with 10. A header that is
/// missing or cannot be read is `None`.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use attache_planday::{Quota, RateLimits};
/// use http::{HeaderMap, HeaderValue};
///
/// let mut headers = HeaderMap::new();
/// headers.insert("x-ratelimit-limit", HeaderValue::from_static("20, 20;w=1, 750;w=60"));
/// headers.insert("x-ratelimit-remaining", HeaderValue::from_static("3"));
/// headers.insert("x-ratelimit-reset", HeaderValue::from_static("1"));
/// let limits = RateLimits::read(&headers);
/// assert_eq!((limits.limit, limits.remaining, limits.reset), (Some(20), Some(3), Some(Duration::from_secs(1))));
/// assert_eq!(limits.policy[1], Quota::new(750, Duration::from_secs(60)));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimits {
    /// The quota of the window that is nearest to exhaustion: the first number of `x-ratelimit-limit`.
    pub limit: Option<u64>,
    /// All quotas, in the order of `x-ratelimit-limit`: the portal's a second and a minute, the app's a second and
    /// a minute. Empty if the header has none.
    pub policy: Vec<Quota>,
    /// Requests that are left in that window: `x-ratelimit-remaining`.
    pub remaining: Option<u64>,
    /// The time until that window begins anew: `x-ratelimit-reset`, in whole seconds.
    pub reset: Option<Duration>,
}

/// How many requests a window takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Quota {
    /// The number of requests.
    pub requests: u64,
    /// The length of the window.
    pub window: Duration,
}

impl Quota {
    /// A number of requests in a window.
    pub const fn new(requests: u64, window: Duration) -> Self {
        Self { requests, window }
    }
}

impl RateLimits {
    /// What the pace of requests makes of it: what is left, until when, and whose limit it is.
    ///
    /// The headers do not name the window that they speak of, but its quota; where two have the same, both are meant, and
    /// a quota that no window has is taken for the portal's, which is the one that runs out first. Seconds are whole, so
    /// one more is waited where the window is longer than what they say. No word of theirs is believed for longer than the
    /// longest window of whoever is meant.
    pub(crate) fn hint(&self) -> Option<PaceHint> {
        let (remaining, said) = (self.remaining?, self.reset?);
        let (portal, app) = self.policy.split_at(WINDOWS.min(self.policy.len()));
        let is_meant = |quota: &&Quota| Some(quota.requests) == self.limit;
        let of_app = app.iter().any(|quota| is_meant(&quota));
        let of_portal = portal.iter().any(|quota| is_meant(&quota)) || !of_app;
        let meant = match (of_portal, of_app) {
            (true, true) => &self.policy,
            (_, true) => app,
            _ => portal,
        };
        let own = longest(meant.iter().filter(is_meant)).unwrap_or(MINUTE);
        // Windows that the policy leaves out are as they are documented.
        let most = longest(meant)
            .filter(|_| meant.len() >= WINDOWS)
            .unwrap_or(MINUTE);
        let rounded_up = said.saturating_add(Duration::from_secs(1));
        let reset = if rounded_up <= own { rounded_up } else { said };
        let hint = PaceHint::new(remaining, reset.min(most));
        Some(match (of_portal, of_app) {
            (true, true) => hint,
            (_, true) => hint.of(APP),
            _ => hint.of(PORTAL),
        })
    }

    /// Reads the headers of an answer, for example of [`RawResponse::headers`](crate::RawResponse::headers).
    pub fn read(headers: &HeaderMap) -> Self {
        let mut limits = Self::default();
        // One walk past all headers takes less than three look-ups.
        for (name, value) in headers {
            let value = value.as_bytes();
            match name.as_str() {
                "x-ratelimit-limit" => limits.read_quotas(value),
                "x-ratelimit-remaining" => limits.remaining = limits.remaining.or_else(|| number(value)),
                "x-ratelimit-reset" => {
                    limits.reset = limits.reset.or_else(|| number(value).map(Duration::from_secs));
                }
                _ => {}
            }
        }
        limits
    }

    /// `100, 20;w=1, 750;w=60`.
    fn read_quotas(&mut self, list: &[u8]) {
        self.policy.reserve(2 * WINDOWS);
        for item in list.split(|byte| *byte == b',') {
            match item.iter().position(|byte| *byte == b';') {
                None => self.limit = self.limit.or_else(|| number(item)),
                Some(end) => {
                    if let Some(quota) = quota(&item[..end], &item[end + 1..]) {
                        self.policy.push(quota);
                    }
                }
            }
        }
    }
}

fn longest<'a>(quotas: impl IntoIterator<Item = &'a Quota>) -> Option<Duration> {
    quotas.into_iter().map(|quota| quota.window).max()
}

/// `750` and `w=60` of `750;w=60`.
fn quota(requests: &[u8], parameters: &[u8]) -> Option<Quota> {
    let window = parameters
        .split(|byte| *byte == b';')
        .find_map(|parameter| parameter.trim_ascii().strip_prefix(b"w="))?;
    Some(Quota::new(
        number(requests)?,
        Duration::from_secs(number(window)?),
    ))
}

/// Decimal digits with white space around them. Every answer has several, so they are not looked at as text first.
fn number(text: &[u8]) -> Option<u64> {
    let digits = text.trim_ascii();
    let mut number = (!digits.is_empty()).then_some(0_u64)?;
    for byte in digits {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number = number.checked_mul(10)?.checked_add(digit)?;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(limit: &'static str, remaining: &'static str, reset: &'static str) -> RateLimits {
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-limit", HeaderValue::from_static(limit));
        headers.insert("x-ratelimit-remaining", HeaderValue::from_static(remaining));
        headers.insert("x-ratelimit-reset", HeaderValue::from_static(reset));
        RateLimits::read(&headers)
    }

    #[test]
    fn the_documented_sample_is_read() {
        let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
        assert_eq!(
            read("100, 20;w=1, 750;w=60, 100;w=1, 2000;w=60", "99", "1"),
            RateLimits {
                limit: Some(100),
                policy: vec![
                    Quota::new(20, second),
                    Quota::new(750, minute),
                    Quota::new(100, second),
                    Quota::new(2000, minute),
                ],
                remaining: Some(99),
                reset: Some(second),
            }
        );
    }

    #[test]
    fn the_quota_tells_whose_window_is_meant_and_how_long_it_can_last() {
        const POLICY: &str = "20;w=1, 750;w=60, 100;w=1, 2000;w=60";
        let hint = |quota: u64, reset: u64| {
            let limits = RateLimits {
                remaining: Some(3),
                reset: Some(Duration::from_secs(reset)),
                ..read(POLICY, "", "")
            };
            let limit = Some(quota);
            RateLimits { limit, ..limits }.hint().unwrap()
        };
        let expected = |seconds| PaceHint::new(3, Duration::from_secs(seconds));
        assert_eq!(hint(20, 1), expected(1).of(PORTAL));
        assert_eq!(hint(20, 0), expected(1).of(PORTAL));
        assert_eq!(
            hint(20, 3),
            expected(3).of(PORTAL),
            "longer than its own window, and believed"
        );
        assert_eq!(hint(750, 41), expected(42).of(PORTAL));
        assert_eq!(hint(750, 60), expected(60).of(PORTAL));
        assert_eq!(hint(100, 1), expected(1).of(APP));
        assert_eq!(hint(2000, 7), expected(8).of(APP));
        assert_eq!(hint(5, 1), expected(2).of(PORTAL), "a quota that no window has");
    }

    #[test]
    fn a_reset_is_believed_for_as_long_as_the_longest_window_of_whoever_is_meant() {
        let hint = |limit, reset| read(limit, "0", reset).hint().unwrap();
        let expected = |seconds| PaceHint::new(0, Duration::from_secs(seconds));
        let absurd = "18446744073709551615";
        for (limit, longest) in [
            (
                "20, 20;w=1, 750;w=60, 100;w=1, 2000;w=60",
                expected(60).of(PORTAL),
            ),
            (
                "750, 20;w=1, 750;w=60, 100;w=1, 2000;w=60",
                expected(60).of(PORTAL),
            ),
            ("100, 20;w=1, 750;w=60, 100;w=1, 2000;w=60", expected(60).of(APP)),
            (
                "20, 20;w=1, 750;w=30, 100;w=1, 2000;w=600",
                expected(30).of(PORTAL),
            ),
            (
                "2000, 20;w=1, 750;w=30, 100;w=1, 2000;w=600",
                expected(600).of(APP),
            ),
            ("20, 20;w=1, 750;w=30, 20;w=1, 2000;w=600", expected(600)),
            ("5, 20;w=1, 750;w=60, 100;w=1, 2000;w=60", expected(60).of(PORTAL)),
            ("20", expected(60).of(PORTAL)),
            ("20, 20;w=1", expected(60).of(PORTAL)),
        ] {
            assert_eq!(hint(limit, absurd), longest, "{limit}");
        }
    }

    #[test]
    fn what_could_be_either_limit_holds_for_both_and_what_is_neither_for_the_portal() {
        let of_portal = |seconds| PaceHint::new(0, Duration::from_secs(seconds)).of(PORTAL);
        assert_eq!(
            read("100, 100;w=1, 750;w=60, 100;w=1, 2000;w=60", "0", "1").hint(),
            Some(PaceHint::new(0, Duration::from_secs(1)))
        );
        assert_eq!(read("20", "0", "6").hint(), Some(of_portal(7)));
        assert_eq!(read("20, 20;w=1", "0", "6").hint(), Some(of_portal(6)));
        assert_eq!(read("", "0", "6").hint(), Some(of_portal(7)), "no policy at all");
        assert_eq!(read("20, 20;w=1, 750;w=60", "", "6").hint(), None);
    }

    #[test]
    fn what_cannot_be_read_is_as_if_it_were_not_there() {
        assert_eq!(RateLimits::read(&HeaderMap::new()), RateLimits::default());
        assert_eq!(
            read("many, 20;w=soon, 7;x=1", "-1", "soon"),
            RateLimits::default()
        );
    }
}
