//! When an answer is no longer wanted.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use crate::{Clock, Monotonic};

/// The point by which the caller wants an answer, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deadline(Option<Monotonic>);

/// The deadline came before the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the deadline passed")]
pub struct Elapsed;

impl Deadline {
    /// No deadline.
    pub const NEVER: Self = Self(None);

    /// A deadline at a point of the clock.
    pub const fn at(point: Monotonic) -> Self {
        Self(Some(point))
    }

    /// A deadline `duration` from now.
    pub fn after(clock: &dyn Clock, duration: Duration) -> Self {
        Self::at(clock.monotonic().plus(duration))
    }

    /// The point, if there is one.
    pub const fn point(self) -> Option<Monotonic> {
        self.0
    }

    /// Whether the deadline has come.
    pub fn has_passed(self, now: Monotonic) -> bool {
        self.0.is_some_and(|point| now >= point)
    }

    /// The time that is left, or `None` without a deadline.
    pub fn remaining(self, now: Monotonic) -> Option<Duration> {
        self.0.map(|point| point.since(now))
    }

    /// The earlier of two deadlines.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Self(Some(a.min(b))),
            (a, b) => Self(a.or(b)),
        }
    }

    /// Drives `future` until it is done or the deadline has come on `clock`, whichever is first. An answer that
    /// is ready at the deadline counts.
    ///
    /// # Cancel safety
    ///
    /// As safe to drop as `future` is; at the deadline `future` is dropped.
    pub async fn race<F: Future + Send>(self, clock: &dyn Clock, future: F) -> Result<F::Output, Elapsed> {
        let Some(point) = self.0 else {
            return Ok(future.await);
        };
        let mut future = pin!(future);
        let mut sleep = clock.sleep_until(point);
        poll_fn(|context| {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(Ok(output));
            }
            sleep.as_mut().poll(context).map(|()| Err(Elapsed))
        })
        .await
    }
}
