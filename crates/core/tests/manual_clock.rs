//! The clock of tests moves when it is told to, and wakes those whose time has come.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use attache_core::{BoxFuture, Clock, ManualClock, Monotonic, Timestamp};

const SECOND: Duration = Duration::from_secs(1);

fn clock() -> ManualClock {
    ManualClock::starting_at(Timestamp::UNIX_EPOCH)
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Somebody who sleeps until some seconds from now.
struct Sleeper {
    sleep: BoxFuture<'static, ()>,
    wakes: Arc<Wakes>,
}

impl Sleeper {
    fn new(clock: &ManualClock, seconds: u32) -> Self {
        let mut sleeper = Self {
            sleep: clock.sleep_until(clock.monotonic().plus(SECOND * seconds)),
            wakes: Arc::default(),
        };
        assert_eq!(sleeper.poll(), Poll::Pending);
        sleeper
    }

    fn poll(&mut self) -> Poll<()> {
        let waker = Waker::from(Arc::clone(&self.wakes));
        self.sleep.as_mut().poll(&mut Context::from_waker(&waker))
    }

    fn wakes(&self) -> usize {
        self.wakes.0.load(Ordering::Relaxed)
    }
}

#[test]
fn exactly_the_sleepers_whose_time_has_come_are_woken() {
    let clock = clock();
    let mut sleepers = [3, 1, 2, 2].map(|seconds| Sleeper::new(&clock, seconds));

    clock.advance(SECOND * 2);
    assert_eq!(sleepers.each_ref().map(Sleeper::wakes), [0, 1, 1, 1]);
    assert_eq!(
        sleepers.each_mut().map(Sleeper::poll),
        [Poll::Pending, Poll::Ready(()), Poll::Ready(()), Poll::Ready(())]
    );

    clock.advance(SECOND);
    assert_eq!(sleepers.each_ref().map(Sleeper::wakes), [1, 1, 1, 1]);
    assert_eq!(sleepers[0].poll(), Poll::Ready(()));
}

#[test]
fn a_nanosecond_too_early_wakes_nobody() {
    let clock = clock();
    let sleeper = Sleeper::new(&clock, 1);
    clock.advance(SECOND.saturating_sub(Duration::from_nanos(1)));
    assert_eq!(sleeper.wakes(), 0);
    clock.advance(Duration::from_nanos(1));
    assert_eq!(sleeper.wakes(), 1);
}

#[test]
fn a_sleep_that_is_polled_again_is_woken_once_by_its_last_waker() {
    let clock = clock();
    let mut sleeper = Sleeper::new(&clock, 1);
    let earlier = std::mem::take(&mut sleeper.wakes);
    assert_eq!(sleeper.poll(), Poll::Pending);
    clock.advance(SECOND);
    assert_eq!((earlier.0.load(Ordering::Relaxed), sleeper.wakes()), (0, 1));
}

#[test]
fn a_dropped_sleeper_vanishes() {
    let clock = clock();
    let start = clock.monotonic();
    let (first, second) = (Sleeper::new(&clock, 1), Sleeper::new(&clock, 2));
    assert_eq!(clock.next_sleeper(), Some(start.plus(SECOND)));

    let wakes = Arc::clone(&first.wakes);
    drop(first);
    assert_eq!(clock.next_sleeper(), Some(start.plus(SECOND * 2)));
    clock.advance(SECOND);
    assert_eq!(wakes.0.load(Ordering::Relaxed), 0);

    drop(second);
    assert_eq!(clock.next_sleeper(), None);
}

#[test]
fn a_sleep_counts_from_its_first_poll_and_not_before() {
    let clock = clock();
    let unpolled = clock.sleep_until(clock.monotonic().plus(SECOND));
    assert_eq!(clock.next_sleeper(), None);
    drop(unpolled);
}

#[test]
fn a_time_that_has_come_is_not_slept_for() {
    let clock = clock();
    for at in [Monotonic::ORIGIN, clock.monotonic()] {
        let mut sleep = clock.sleep_until(at);
        assert_eq!(
            sleep.as_mut().poll(&mut Context::from_waker(Waker::noop())),
            Poll::Ready(())
        );
    }
    assert_eq!(clock.next_sleeper(), None);
}

#[test]
fn both_sides_advance_together_and_clones_share_them() {
    let clock = clock();
    let (twin, start) = (clock.clone(), clock.monotonic());
    twin.advance(SECOND * 90);
    assert_eq!(
        (clock.now().as_unix_seconds(), clock.monotonic().since(start)),
        (90, SECOND * 90)
    );
}

#[test]
fn setting_the_wall_leaves_the_monotonic_side_and_its_sleepers_alone() {
    let clock = clock();
    let (sleeper, before) = (Sleeper::new(&clock, 1), clock.monotonic());
    for seconds in [1_800_000_000, -1] {
        let wall = Timestamp::from_unix_seconds(seconds).unwrap();
        clock.set_wall(wall);
        assert_eq!(
            (clock.now(), clock.monotonic(), sleeper.wakes()),
            (wall, before, 0)
        );
    }
}

#[test]
fn the_clock_starts_an_hour_after_its_origin_so_that_there_is_a_past() {
    assert_eq!(clock().monotonic().since(Monotonic::ORIGIN), SECOND * 3600);
}
