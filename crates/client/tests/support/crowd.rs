//! Many futures at once, each polled only when it has been woken, on a clock that skips waiting.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use attache_core::{Clock as _, ManualClock, Monotonic};

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct Member<T> {
    future: Pin<Box<dyn Future<Output = T>>>,
    woken: Arc<Woken>,
    /// Whether it is not polled, even if it is woken.
    held: bool,
}

pub(crate) struct Crowd<T> {
    clock: ManualClock,
    members: Vec<Option<Member<T>>>,
    /// What has come of each.
    pub(crate) outcomes: Vec<Option<T>>,
}

impl<T> Crowd<T> {
    pub(crate) fn new(clock: &ManualClock) -> Self {
        Self {
            clock: clock.clone(),
            members: Vec::new(),
            outcomes: Vec::new(),
        }
    }

    /// Adds a future and polls it.
    pub(crate) fn join(&mut self, future: impl Future<Output = T> + 'static) {
        self.members.push(Some(Member {
            future: Box::pin(future),
            woken: Arc::new(Woken(AtomicBool::new(true))),
            held: false,
        }));
        self.outcomes.push(None);
        self.settle();
    }

    /// Stops polling one of the futures, or goes on with it.
    pub(crate) fn hold(&mut self, index: usize, held: bool) {
        if let Some(member) = &mut self.members[index] {
            member.held = held;
        }
        self.settle();
    }

    /// Drops one of the futures.
    pub(crate) fn drop_member(&mut self, index: usize) {
        self.members[index] = None;
        self.settle();
    }

    /// Moves the clock on, stopping wherever somebody has set an alarm.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.settle();
        let end = self.clock.monotonic().plus(by);
        while let Some(next) = self.clock.next_sleeper().filter(|next| *next <= end) {
            self.move_to(next);
        }
        self.move_to(end);
    }

    /// Moves on until nobody waits any more.
    pub(crate) fn finish(&mut self) {
        self.settle();
        while self.members.iter().any(Option::is_some) {
            let next = self.clock.next_sleeper().expect("somebody waits for nothing");
            self.move_to(next);
        }
    }

    fn move_to(&mut self, at: Monotonic) {
        self.clock.advance(at.since(self.clock.monotonic()));
        self.settle();
    }

    /// Polls whoever has been woken, until nobody is.
    fn settle(&mut self) {
        let mut again = true;
        while again {
            again = false;
            for (place, outcome) in self.members.iter_mut().zip(&mut self.outcomes) {
                let Some(member) = place else { continue };
                if member.held || !member.woken.0.swap(false, Ordering::SeqCst) {
                    continue;
                }
                again = true;
                let waker = Waker::from(member.woken.clone());
                let mut context = Context::from_waker(&waker);
                if let Poll::Ready(output) = member.future.as_mut().poll(&mut context) {
                    *outcome = Some(output);
                    *place = None;
                }
            }
        }
    }
}
