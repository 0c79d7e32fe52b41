//! How fast requests may go out.

use std::time::Duration;

use attache_client::{Pace, PaceGate, PaceKey, PaceLimits};

/// How many requests a client sends at most, before Planday says a word.
///
/// Planday counts requests per portal and per Application ID, both in the last second and in the last minute (Planday,
/// Rate Limiting). A call that would be too many waits for its turn; one whose deadline comes first fails with
/// [`is_rate_limited`](crate::Error::is_rate_limited), unsent. Unless set, the deadline is 90 seconds, which outlasts
/// both windows. What the headers of answers say holds on top of it.
///
/// The counts are those of one [`Pace`], in this process. Programs that share an app share its limits at Planday without
/// knowing of each other: give each its part.
///
/// # Examples
///
/// Half of what one portal takes, because another program uses the app as well:
///
/// ```
/// use attache_planday::RateBudget;
///
/// let half = RateBudget::new().portal_per_second(5).portal_per_minute(375);
/// assert_eq!((half.portal_per_second, half.app_per_second), (5, 100));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateBudget {
    /// Requests to one portal in any second; 10 unless set. The page says 20 in its table and 10 in its example.
    pub portal_per_second: u32,
    /// Requests to one portal in any minute; 750 unless set.
    pub portal_per_minute: u32,
    /// Requests of the app to all portals in any second; 100 unless set.
    pub app_per_second: u32,
    /// Requests of the app to all portals in any minute; 2000 unless set.
    pub app_per_minute: u32,
}

/// The places of the limits in the gate, which [`PaceHint::of`](attache_client::PaceHint::of) names.
pub(crate) const PORTAL: usize = 0;
pub(crate) const APP: usize = 1;

const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

impl RateBudget {
    /// What Planday documents.
    pub const fn new() -> Self {
        Self {
            portal_per_second: 10,
            portal_per_minute: 750,
            app_per_second: 100,
            app_per_minute: 2000,
        }
    }

    /// Sets [`Self::portal_per_second`](field@Self::portal_per_second). Zero counts as one, as in the others.
    #[must_use]
    pub const fn portal_per_second(mut self, requests: u32) -> Self {
        self.portal_per_second = requests;
        self
    }

    /// Sets [`Self::portal_per_minute`](field@Self::portal_per_minute).
    #[must_use]
    pub const fn portal_per_minute(mut self, requests: u32) -> Self {
        self.portal_per_minute = requests;
        self
    }

    /// Sets [`Self::app_per_second`](field@Self::app_per_second).
    #[must_use]
    pub const fn app_per_second(mut self, requests: u32) -> Self {
        self.app_per_second = requests;
        self
    }

    /// Sets [`Self::app_per_minute`](field@Self::app_per_minute).
    #[must_use]
    pub const fn app_per_minute(mut self, requests: u32) -> Self {
        self.app_per_minute = requests;
        self
    }

    /// The gate of one client. `base` tells apart environments that know the same app.
    pub(crate) fn gate(self, pace: &Pace, base: &str, client_id: &str, portal: &str) -> PaceGate {
        let key = |parts: &[&str]| PaceKey::new(["planday", base].iter().chain(parts).copied());
        pace.gate([
            PaceLimits::new(key(&["portal", client_id, portal]))
                .window(self.portal_per_second, SECOND)
                .window(self.portal_per_minute, MINUTE),
            PaceLimits::new(key(&["app", client_id]))
                .window(self.app_per_second, SECOND)
                .window(self.app_per_minute, MINUTE),
        ])
    }
}

impl Default for RateBudget {
    fn default() -> Self {
        Self::new()
    }
}
