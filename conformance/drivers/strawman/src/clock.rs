//! The clock that the suite sets, and waiting on it.

use std::sync::{Condvar, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::output::line;

#[derive(Debug)]
pub(crate) struct Clock {
    now: Mutex<Timestamp>,
    moved: Condvar,
}

impl Clock {
    pub(crate) fn at(now: Timestamp) -> Self {
        Self {
            now: Mutex::new(now),
            moved: Condvar::new(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn advance(&self, request: &Value) {
        let by = request["advance_ms"]
            .as_i64()
            .or(request["jump_ms"].as_i64())
            .unwrap_or_default();
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now
            .saturating_add(SignedDuration::from_millis(by))
            .unwrap_or(*now);
        self.moved.notify_all();
    }

    /// Says that it waits, and does.
    pub(crate) fn wait_until(&self, until: Timestamp) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        // A suite that does not hear of it ends the process.
        let _ = line(&json!({ "event": "waiting", "until": until.to_string() }));
        while *now < until {
            now = self.moved.wait(now).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

pub(crate) fn later(from: Timestamp, seconds: i64) -> Timestamp {
    from.saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(from)
}
