//! Rate limits (Planday, Rate Limiting).

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};

/// How many requests each window admits. Every request counts against both its portal and its client id.
///
/// A window opens with its first request and closes one second or minute later on the emulator's [`Clock`](crate::Clock):
/// a frozen clock never closes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests a second to one portal.
    pub portal_second: u32,
    /// Requests a minute to one portal.
    pub portal_minute: u32,
    /// Requests a second by one client id.
    pub client_second: u32,
    /// Requests a minute by one client id.
    pub client_minute: u32,
}

impl Limits {
    /// The page's table: 20 and 750 a portal, 100 and 2000 a client id.
    pub fn documented() -> Self {
        Self {
            portal_second: 20,
            portal_minute: 750,
            client_second: 100,
            client_minute: 2000,
        }
    }

    /// The page's worked example, which contradicts its table: 10 a second to one portal.
    pub fn worked_example() -> Self {
        Self {
            portal_second: 10,
            ..Self::documented()
        }
    }

    /// Limits that no test reaches; the headers are still sent.
    pub fn unlimited() -> Self {
        let most = 1_000_000_000;
        Self {
            portal_second: most,
            portal_minute: most,
            client_second: most,
            client_minute: most,
        }
    }

    fn quotas(self) -> [u32; 4] {
        [
            self.portal_second,
            self.portal_minute,
            self.client_second,
            self.client_minute,
        ]
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::documented()
    }
}

/// Lengths of the four windows, in the order of [`Limits::quotas`] and of the header.
const SECONDS: [u64; 4] = [1, 60, 1, 60];

/// What is used up so far.
#[derive(Default)]
pub(crate) struct Meter {
    portals: HashMap<i64, [Window; 2]>,
    clients: HashMap<String, [Window; 2]>,
}

#[derive(Clone, Copy, Default)]
struct Window {
    opened: Option<SystemTime>,
    used: u32,
}

/// What the three headers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) admitted: bool,
    limits: Limits,
    limit: u32,
    remaining: u32,
    reset: u64,
}

impl Meter {
    /// Counts a request, unless one of its windows is used up.
    pub(crate) fn charge(
        &mut self,
        limits: Limits,
        portal: i64,
        client_id: &str,
        now: SystemTime,
    ) -> Reading {
        self.read(limits, portal, client_id, now, true)
    }

    /// The reading without counting.
    pub(crate) fn peek(&mut self, limits: Limits, portal: i64, client_id: &str, now: SystemTime) -> Reading {
        self.read(limits, portal, client_id, now, false)
    }

    fn read(
        &mut self,
        limits: Limits,
        portal: i64,
        client_id: &str,
        now: SystemTime,
        count: bool,
    ) -> Reading {
        let portal = self.portals.entry(portal).or_default();
        let client = self.clients.entry(client_id.to_owned()).or_default();
        let quotas = limits.quotas();
        let mut windows: [&mut Window; 4] = {
            let [portal_second, portal_minute] = portal;
            let [client_second, client_minute] = client;
            [portal_second, portal_minute, client_second, client_minute]
        };
        for (window, seconds) in windows.iter_mut().zip(SECONDS) {
            window.close_if_over(seconds, now);
        }
        let admitted = windows
            .iter()
            .zip(quotas)
            .all(|(window, quota)| window.used < quota);
        if admitted && count {
            for window in &mut windows {
                window.opened.get_or_insert(now);
                window.used += 1;
            }
        }
        let mut reading = Reading {
            admitted,
            limits,
            limit: quotas[0],
            remaining: u32::MAX,
            reset: 1,
        };
        for ((window, quota), seconds) in windows.iter().zip(quotas).zip(SECONDS) {
            let remaining = quota.saturating_sub(window.used);
            if remaining < reading.remaining {
                (reading.limit, reading.remaining) = (quota, remaining);
                reading.reset = window.seconds_left(seconds, now);
            }
        }
        reading
    }
}

impl Window {
    fn close_if_over(&mut self, seconds: u64, now: SystemTime) {
        let over = self.opened.is_some_and(|opened| {
            now.duration_since(opened)
                .map_or(true, |age| age >= Duration::from_secs(seconds))
        });
        if over {
            *self = Self::default();
        }
    }

    fn seconds_left(&self, seconds: u64, now: SystemTime) -> u64 {
        let age = self
            .opened
            .and_then(|opened| now.duration_since(opened).ok())
            .unwrap_or_default();
        let left = Duration::from_secs(seconds).saturating_sub(age);
        (left.as_secs() + u64::from(left.subsec_nanos() > 0)).max(1)
    }
}

impl Reading {
    /// The reading of somebody the emulator cannot place.
    pub(crate) fn fresh(limits: Limits) -> Self {
        let quota = limits.portal_second;
        Self {
            admitted: true,
            limits,
            limit: quota,
            remaining: quota,
            reset: 1,
        }
    }

    /// `x-ratelimit-limit` is `N, a;w=1, b;w=60, c;w=1, d;w=60`: N is the quota of the window nearest exhaustion.
    pub(crate) fn write(self, headers: &mut HeaderMap) {
        let mut limit = self.limit.to_string();
        for (quota, seconds) in self.limits.quotas().into_iter().zip(SECONDS) {
            // Writing to a text cannot fail.
            let _ = write!(limit, ", {quota};w={seconds}");
        }
        if let Ok(limit) = HeaderValue::from_str(&limit) {
            headers.insert("x-ratelimit-limit", limit);
        }
        headers.insert("x-ratelimit-remaining", self.remaining.into());
        headers.insert("x-ratelimit-reset", self.reset.into());
    }
}
