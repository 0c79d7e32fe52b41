//! The emulator's wall clock.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::SignedDuration;

use crate::lock::lock;

/// 2026-11-21T12:00:00Z, where a clock starts that nobody set.
const START: Duration = Duration::from_secs(1_795_262_400);

/// A wall clock that a test moves by hand, or one that follows real time at an offset.
///
/// Clones share the same hands. Token expiry, rate limits, grace periods, the `Date` header and the request log all read it.
#[derive(Clone)]
pub struct Clock(Arc<Mutex<Hands>>);

#[derive(Clone, Copy)]
enum Hands {
    Frozen(SystemTime),
    Real { ahead: SignedDuration },
}

impl Clock {
    /// A clock that stands still at `start` until it is moved.
    pub fn at(start: SystemTime) -> Self {
        Self(Arc::new(Mutex::new(Hands::Frozen(start))))
    }

    /// A clock that follows real time; [`advance`](Self::advance) and [`set`](Self::set) shift its offset.
    pub fn real_offset() -> Self {
        Self(Arc::new(Mutex::new(Hands::Real {
            ahead: SignedDuration::ZERO,
        })))
    }

    /// The emulator's wall time.
    pub fn now(&self) -> SystemTime {
        match *lock(&self.0) {
            Hands::Frozen(now) => now,
            Hands::Real { ahead } => shifted(real_now(), ahead),
        }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let to = self.now().checked_add(by);
        self.set(to.unwrap_or_else(|| self.now()));
    }

    /// Puts the clock at `to`, which may lie in the past.
    pub fn set(&self, to: SystemTime) {
        let mut hands = lock(&self.0);
        *hands = match *hands {
            Hands::Frozen(_) => Hands::Frozen(to),
            Hands::Real { .. } => Hands::Real {
                ahead: distance(real_now(), to),
            },
        };
    }
}

impl Default for Clock {
    /// A clock that stands at 2026-11-21T12:00:00Z.
    fn default() -> Self {
        Self::at(UNIX_EPOCH + START)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads real time")]
fn real_now() -> SystemTime {
    SystemTime::now()
}

fn shifted(time: SystemTime, by: SignedDuration) -> SystemTime {
    let moved = if by.is_negative() {
        time.checked_sub(by.unsigned_abs())
    } else {
        time.checked_add(by.unsigned_abs())
    };
    moved.unwrap_or(time)
}

fn distance(from: SystemTime, to: SystemTime) -> SignedDuration {
    SignedDuration::system_until(from, to).unwrap_or(SignedDuration::ZERO)
}

/// `time` in whole seconds as `yyyy-mm-ddThh:mm:ssZ`, the format of Planday's date-time filters.
pub(crate) fn utc_text(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time)
        .map(|timestamp| timestamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default()
}
