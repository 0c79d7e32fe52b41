//! Keeping below the documented limits: by portal and by client id, by the second and by the minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::clock::{Clock, later};
use crate::fault::Fault;

/// Seconds and calls. The guide names 20 a second for a portal and shows 10.
const PORTAL: [(i64, usize); 2] = [(1, 10), (60, 750)];
const APP: [(i64, usize); 2] = [(1, 100), (60, 2000)];

#[derive(Debug, Default)]
pub(crate) struct Pace {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    app: Vec<Timestamp>,
    portals: HashMap<String, Vec<Timestamp>>,
    /// A portal that said that nothing remains, until then.
    closed: HashMap<String, Timestamp>,
}

impl Pace {
    /// Waits until a call to this portal may go out, and counts it.
    pub(crate) fn admit(&self, portal: &str, clock: &Clock, fault: &Fault) {
        loop {
            let now = clock.now();
            let until = {
                let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                let free = state.free(portal, now, fault);
                if free <= now {
                    state.app.push(now);
                    state.portals.entry(portal.to_owned()).or_default().push(now);
                }
                free
            };
            if until <= now {
                return;
            }
            clock.wait_until(until);
        }
    }

    /// What the limit headers of an answer say.
    pub(crate) fn heard(&self, portal: &str, remaining: Option<u64>, reset: Option<u64>, now: Timestamp) {
        if let (Some(0), Some(seconds @ 1..=3600)) = (remaining, reset) {
            let until = later(now, i64::try_from(seconds).unwrap_or(1));
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.closed.insert(portal.to_owned(), until);
        }
    }
}

impl State {
    /// When the next call may go out.
    fn free(&mut self, portal: &str, now: Timestamp, fault: &Fault) -> Timestamp {
        let mut free = now;
        if !fault.is("ignores-remaining") {
            free = free.max(self.closed.get(portal).copied().unwrap_or(now));
        }
        if fault.is("no-pace") {
            return free;
        }
        let sent = self.portals.entry(portal.to_owned()).or_default();
        for (calls, windows) in [(sent, PORTAL), (&mut self.app, APP)] {
            calls.retain(|at| later(*at, 60) > now);
            for (seconds, most) in windows {
                let first = calls.len().checked_sub(most).and_then(|index| calls.get(index));
                free = free.max(first.map_or(now, |first| later(*first, seconds)));
            }
        }
        free
    }
}
