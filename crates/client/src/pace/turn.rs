//! Waiting for one's turn.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use attache_core::{BoxFuture, Clock, Deadline, Monotonic};

use super::{gate::Lanes, queue::Wakers};

/// The wait for a turn. Ready with `Err` as soon as the turn cannot come before the deadline; the error is how
/// long it would take. Dropping it gives the place up.
#[must_use]
pub(crate) struct Turn<'a> {
    lanes: &'a Arc<Lanes>,
    class: &'static str,
    /// The place that it had before.
    kept: Option<u64>,
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
    Wait(Monotonic),
}

/// A turn that has come. The request is to be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Admitted {
    /// When, on the clock of the pace.
    pub(crate) at: Monotonic,
    pub(crate) waited: Duration,
    /// Its place in the queue, if it had one.
    pub(crate) ticket: Option<u64>,
}

impl Waiting {
    fn new(ticket: u64, since: Monotonic) -> Self {
        Self {
            ticket,
            since,
            sleep: None,
        }
    }
}

impl<'a> Turn<'a> {
    pub(super) fn new(
        lanes: &'a Arc<Lanes>,
        class: &'static str,
        kept: Option<u64>,
        deadline: Deadline,
        clock: &'a dyn Clock,
    ) -> Self {
        Self {
            lanes,
            class,
            kept,
            deadline,
            clock,
            waiting: None,
        }
    }

    /// The first look. Joins the queue only if there is time to wait.
    fn arrive(&mut self, waker: &Waker) -> Look {
        if let Some(ticket) = self.kept.take() {
            return self.arrive_again(ticket, waker);
        }
        let (look, waiting) = self.lanes.shared.change(|queue, now| {
            let wakers = queue.call_roll(self.lanes, self.class, now);
            if queue.pass(self.lanes, self.class, now) {
                let admitted = Admitted {
                    at: now,
                    waited: Duration::ZERO,
                    ticket: None,
                };
                return ((Look::Over(Ok(admitted)), None), wakers);
            }
            let wait = queue.prospect(self.lanes, self.class, now).since(now);
            if self.is_too_long(wait) {
                return ((Look::Over(Err(wait)), None), wakers);
            }
            let (ticket, look_at) = queue.join(self.lanes, self.class, waker.clone(), now);
            ((Look::Wait(look_at), Some(Waiting::new(ticket, now))), wakers)
        });
        self.waiting = waiting;
        look
    }

    /// The first look of one that keeps its place.
    fn arrive_again(&mut self, ticket: u64, waker: &Waker) -> Look {
        let since = self.lanes.shared.change(|queue, now| {
            queue.join_again(ticket, self.lanes, self.class, waker.clone(), now);
            (now, Wakers::default())
        });
        self.waiting = Some(Waiting::new(ticket, since));
        self.look(ticket, since, waker)
    }

    /// A later look.
    fn look(&mut self, ticket: u64, since: Monotonic, waker: &Waker) -> Look {
        let look = self.lanes.shared.change(|queue, now| {
            if self.is_too_long(Duration::ZERO) {
                let wakers = queue.leave(ticket, now);
                let wait = queue.prospect(self.lanes, self.class, now).since(now);
                return (Look::Over(Err(wait)), wakers);
            }
            let (standing, mut wakers) = queue.look(ticket, waker, now);
            let wait = standing.earliest.since(now);
            let look = if standing.go {
                Look::Over(Ok(Admitted {
                    at: now,
                    waited: now.since(since),
                    ticket: Some(ticket),
                }))
            } else if self.is_too_long(wait) {
                wakers.extend(queue.leave(ticket, now));
                Look::Over(Err(wait))
            } else {
                Look::Wait(standing.look_at)
            };
            (look, wakers)
        });
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
            let at = match look {
                Look::Over(outcome) => return Poll::Ready(outcome),
                Look::Wait(at) => at,
            };
            let Some(waiting) = &mut this.waiting else {
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
                .change(|queue, now| ((), queue.leave(waiting.ticket, now)));
        }
    }
}
