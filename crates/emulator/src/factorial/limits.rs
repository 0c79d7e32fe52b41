//! Rate limits (Factorial, FAQs).

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

const MINUTE: Duration = Duration::from_secs(60);

/// How many requests a minute admits. The documents count POST only, and do not say by what; here it is by company.
///
/// A minute opens with its first request and closes on the emulator's [`Clock`](crate::Clock): a frozen clock never
/// closes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// POST requests a minute.
    pub posts_a_minute: u32,
}

impl Limits {
    /// 200 a minute.
    pub fn documented() -> Self {
        Self { posts_a_minute: 200 }
    }

    /// No limit.
    pub fn unlimited() -> Self {
        Self {
            posts_a_minute: u32::MAX,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::documented()
    }
}

/// What is used up so far, by company.
#[derive(Default)]
pub(crate) struct Meter(HashMap<u64, (SystemTime, u32)>);

impl Meter {
    /// Counts a POST.
    ///
    /// # Errors
    ///
    /// The minute is used up; in so many seconds it is over.
    pub(crate) fn charge(&mut self, limits: Limits, company: u64, now: SystemTime) -> Result<(), u64> {
        let (opened, used) = self.0.entry(company).or_insert((now, 0));
        let age = now.duration_since(*opened).unwrap_or_default();
        if age >= MINUTE {
            (*opened, *used) = (now, 0);
        }
        if *used >= limits.posts_a_minute {
            return Err(MINUTE.saturating_sub(age).as_secs().max(1));
        }
        *used += 1;
        Ok(())
    }
}
