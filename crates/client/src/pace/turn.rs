//! Waiting for one's turn.

use std::{
    pin::Pin,
    sync::{Arc, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use attache_core::{BoxFuture, Clock, Deadline, Monotonic};

use super::gate::Lanes;

/// The wait for a turn. Ready with `Err` as soon as the turn cannot come before the deadline; the error is how
/// long it would take. Dropping it gives the place up.
#[must_use]
pub(crate) struct Turn<'a> {
    lanes: &'a Arc<Lanes>,
    class: &'static str,
    deadline: Deadline,
    /// The clock of the deadline.
    clock: &'a dyn Clock,
    waiting: Option<Waiting>,
}

struct Waiting {
    ticket: u64,
    since: Monotonic,
    sleep: Option<(Monotonic, BoxFuture<'static, ()>)>,
}

/// What a look at the queue brought.
enum Look {
    Over(Result<Admitted, Duration>),
    /// Look again at this time, or when woken.
    Wait(Option<Monotonic>),
}

/// A turn that has come. The request is to be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Admitted {
    /// When, on the clock of the pace.
    pub(crate) at: Monotonic,
    pub(crate) waited: Duration,
}

impl<'a> Turn<'a> {
    pub(super) fn new(
        lanes: &'a Arc<Lanes>,
        class: &'static str,
        deadline: Deadline,
        clock: &'a dyn Clock,
    ) -> Self {
        Self {
            lanes,
            class,
            deadline,
            clock,
            waiting: None,
        }
    }

    /// The first look. Joins the queue only if there is time to wait.
    fn arrive(&mut self, waker: &Waker) -> Look {
        let shared = &self.lanes.shared;
        let mut queue = shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let now = shared.clock.monotonic();
        if queue.pass(self.lanes, self.class, now) {
            return Look::Over(Ok(Admitted {
                at: now,
                waited: Duration::ZERO,
            }));
        }
        let wait = queue.prospect(self.lanes, self.class, now).since(now);
        if self.is_too_long(wait) {
            return Look::Over(Err(wait));
        }
        let (ticket, until) = queue.join(self.lanes, self.class, waker.clone(), now);
        self.waiting = Some(Waiting {
            ticket,
            since: now,
            sleep: None,
        });
        Look::Wait(until)
    }

    /// A later look.
    fn look(&mut self, ticket: u64, since: Monotonic, waker: &Waker) -> Look {
        let shared = &self.lanes.shared;
        let (look, woken) = {
            let mut queue = shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
            let now = shared.clock.monotonic();
            if self.is_too_long(Duration::ZERO) {
                let woken = queue.leave(ticket, now);
                let wait = queue.prospect(self.lanes, self.class, now).since(now);
                (Look::Over(Err(wait)), woken)
            } else {
                let (standing, mut woken) = queue.look(ticket, waker, now);
                let wait = standing.earliest.since(now);
                let look = if standing.go {
                    Look::Over(Ok(Admitted {
                        at: now,
                        waited: now.since(since),
                    }))
                } else if self.is_too_long(wait) {
                    woken.extend(queue.leave(ticket, now));
                    Look::Over(Err(wait))
                } else {
                    Look::Wait(standing.until)
                };
                (look, woken)
            }
        };
        woken.into_iter().for_each(Waker::wake);
        if let Look::Over(_) = look {
            self.waiting = None;
        }
        look
    }

    fn is_too_long(&self, wait: Duration) -> bool {
        let left = self.deadline.remaining(self.clock.monotonic());
        left.is_some_and(|left| wait >= left)
    }
}

impl Future for Turn<'_> {
    type Output = Result<Admitted, Duration>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            let look = match &this.waiting {
                None => this.arrive(context.waker()),
                Some(waiting) => this.look(waiting.ticket, waiting.since, context.waker()),
            };
            let until = match look {
                Look::Over(outcome) => return Poll::Ready(outcome),
                Look::Wait(until) => until,
            };
            let Some(waiting) = &mut this.waiting else {
                return Poll::Pending;
            };
            let Some(at) = until else {
                // Somebody ahead will wake us, and the deadline's own timer is the caller's.
                waiting.sleep = None;
                return Poll::Pending;
            };
            let sleep = match &mut waiting.sleep {
                Some((set, sleep)) if *set == at => sleep,
                other => &mut other.insert((at, this.lanes.shared.clock.sleep_until(at))).1,
            };
            if sleep.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            waiting.sleep = None;
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(waiting) = &self.waiting {
            self.lanes
                .shared
                .change(|queue, now| queue.leave(waiting.ticket, now));
        }
    }
}
