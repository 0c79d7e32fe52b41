//! Rate limits (Smartsheet, Scalability options): told by 429 and 4003 alone, no header says what is left.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

/// How many requests a minute a token has. A window opens with its first request and closes 60 s later on the
/// emulator's [`Clock`](crate::Clock): a frozen clock never closes it. A refused request counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests of any kind.
    pub minute: u32,
    /// Those that attach a file.
    pub heavy_minute: u32,
}

impl Limits {
    /// 300 and 30.
    pub fn documented() -> Self {
        Self {
            minute: 300,
            heavy_minute: 30,
        }
    }

    /// Limits that no test reaches.
    pub fn unlimited() -> Self {
        Self {
            minute: u32::MAX,
            heavy_minute: u32::MAX,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::documented()
    }
}

/// What is used up so far, by token.
#[derive(Default)]
pub(crate) struct Meter(HashMap<String, Window>);

#[derive(Clone, Copy)]
struct Window {
    opened: SystemTime,
    used: u32,
    heavy: u32,
}

impl Meter {
    /// Counts a request; `false` when its window is used up.
    pub(crate) fn admits(&mut self, limits: Limits, token: &str, heavy: bool, now: SystemTime) -> bool {
        let fresh = Window {
            opened: now,
            used: 0,
            heavy: 0,
        };
        let window = self.0.entry(token.to_owned()).or_insert(fresh);
        let age = now.duration_since(window.opened);
        if age.is_ok_and(|age| age >= Duration::from_secs(60)) {
            *window = fresh;
        }
        if window.used >= limits.minute || heavy && window.heavy >= limits.heavy_minute {
            return false;
        }
        window.used += 1;
        window.heavy += u32::from(heavy);
        true
    }
}
