//! What an answer says about a limit.

use std::time::Duration;

/// What an answer's headers say about one of the provider's windows. See
/// [`ErrorTable::pace_hint`](crate::ErrorTable::pace_hint).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaceHint {
    /// How many requests are left in the window.
    pub remaining: u64,
    /// How long until it begins anew. Where the header counts whole seconds, add one. More than the longest window
    /// of the limit and a second is not believed.
    pub reset: Duration,
    /// Which of the gate's limits it is about, by its place among those given to
    /// [`Pace::gate`](crate::Pace::gate); `None` for all of them. What a 429 stops where no limit is named is the
    /// first one.
    pub limit: Option<usize>,
}

impl PaceHint {
    /// A word on all limits of the gate.
    pub const fn new(remaining: u64, reset: Duration) -> Self {
        Self {
            remaining,
            reset,
            limit: None,
        }
    }

    /// Names the limit that it is about.
    #[must_use]
    pub const fn of(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }
}
