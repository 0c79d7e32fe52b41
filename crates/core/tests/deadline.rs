//! Deadlines: which comes first, what is left, and races against them.

use std::{
    future::{pending, poll_fn, ready},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use attache_core::{Clock, Deadline, Elapsed, ManualClock, Monotonic, Timestamp};
use futures_util::FutureExt;

const SECOND: Duration = Duration::from_secs(1);

fn clock() -> ManualClock {
    ManualClock::starting_at(Timestamp::UNIX_EPOCH)
}

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn the_earlier_of_two_deadlines_is_any_over_none() {
    let (sooner, later) = (
        Deadline::at(Monotonic::from_nanos(1)),
        Deadline::at(Monotonic::from_nanos(2)),
    );
    let never = Deadline::NEVER;
    assert_eq!(
        [
            sooner.earlier(later),
            later.earlier(sooner),
            sooner.earlier(never),
            never.earlier(sooner)
        ],
        [sooner; 4]
    );
    assert_eq!(never.earlier(never), never);
    assert_eq!(Deadline::default(), never);
}

#[test]
fn what_is_left_goes_down_to_zero_and_no_further() {
    let start = Monotonic::ORIGIN;
    let deadline = Deadline::at(start.plus(SECOND * 3));
    assert_eq!(
        [0, 2, 3, 9].map(|after| deadline.remaining(start.plus(SECOND * after))),
        [
            Some(SECOND * 3),
            Some(SECOND),
            Some(Duration::ZERO),
            Some(Duration::ZERO)
        ]
    );
    assert_eq!(
        [0, 2, 3, 9].map(|after| deadline.has_passed(start.plus(SECOND * after))),
        [false, false, true, true]
    );
}

#[test]
fn never_does_not_pass_and_leaves_no_number() {
    assert_eq!(Deadline::NEVER.point(), None);
    assert_eq!(Deadline::NEVER.remaining(Monotonic::FAR_FUTURE), None);
    assert!(!Deadline::NEVER.has_passed(Monotonic::FAR_FUTURE));
}

#[test]
fn a_deadline_can_be_counted_from_now() {
    let clock = clock();
    let now = clock.monotonic();
    assert_eq!(Deadline::after(&clock, SECOND).point(), Some(now.plus(SECOND)));
    assert_eq!(
        Deadline::after(&clock, Duration::MAX).point(),
        Some(Monotonic::FAR_FUTURE)
    );
}

#[test]
fn an_answer_before_the_deadline_wins() {
    let clock = clock();
    let answer = Deadline::after(&clock, SECOND).race(&clock, ready("answer"));
    assert_eq!(answer.now_or_never(), Some(Ok("answer")));
}

#[test]
fn an_answer_that_is_ready_at_the_deadline_counts() {
    let clock = clock();
    let at_once = Deadline::after(&clock, Duration::ZERO).race(&clock, ready("answer"));
    assert_eq!(at_once.now_or_never(), Some(Ok("answer")));

    // Both become ready between two polls.
    let answered = AtomicBool::new(false);
    let answer = poll_fn(|_| {
        if answered.load(Ordering::Relaxed) {
            Poll::Ready("answer")
        } else {
            Poll::Pending
        }
    });
    let mut race = pin!(Deadline::after(&clock, SECOND).race(&clock, answer));
    assert_eq!(poll(race.as_mut()), Poll::Pending);
    answered.store(true, Ordering::Relaxed);
    clock.advance(SECOND * 2);
    assert_eq!(poll(race), Poll::Ready(Ok("answer")));
}

#[test]
fn at_the_deadline_the_wait_is_over() {
    let clock = clock();
    let mut race = pin!(Deadline::after(&clock, SECOND).race(&clock, pending::<()>()));
    assert_eq!(poll(race.as_mut()), Poll::Pending);
    clock.advance(SECOND.saturating_sub(Duration::from_nanos(1)));
    assert_eq!(poll(race.as_mut()), Poll::Pending);
    clock.advance(Duration::from_nanos(1));
    assert_eq!(poll(race), Poll::Ready(Err(Elapsed)));
    assert_eq!(Elapsed.to_string(), "the deadline passed");
}

#[test]
fn a_deadline_that_has_passed_before_the_race_ends_it_at_once() {
    let clock = clock();
    let deadline = Deadline::at(Monotonic::ORIGIN);
    assert_eq!(
        deadline.race(&clock, pending::<()>()).now_or_never(),
        Some(Err(Elapsed))
    );
}

#[test]
fn without_a_deadline_the_race_waits_and_no_timer_runs() {
    let clock = clock();
    let mut race = pin!(Deadline::NEVER.race(&clock, pending::<()>()));
    assert_eq!(poll(race.as_mut()), Poll::Pending);
    assert_eq!(clock.next_sleeper(), None);
    clock.advance(Duration::MAX);
    assert_eq!(poll(race), Poll::Pending);
}

#[test]
fn a_race_that_is_over_has_dropped_what_it_ran_and_its_timer() {
    struct Dropped(Arc<AtomicBool>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    let clock = clock();
    let dropped = Arc::new(AtomicBool::new(false));
    let guard = Dropped(Arc::clone(&dropped));
    let mut race = Box::pin(Deadline::after(&clock, SECOND).race(&clock, async move {
        let _guard = guard;
        pending::<()>().await;
    }));
    assert_eq!(poll(race.as_mut()), Poll::Pending);
    assert_eq!(
        (clock.next_sleeper(), dropped.load(Ordering::Relaxed)),
        (Some(clock.monotonic().plus(SECOND)), false)
    );
    clock.advance(SECOND);
    assert_eq!(poll(race.as_mut()), Poll::Ready(Err(Elapsed)));
    assert_eq!(
        (clock.next_sleeper(), dropped.load(Ordering::Relaxed)),
        (None, true)
    );
}
