//! Whose turn it is, whoever happens to look first.

use std::{
    sync::{Arc, MutexGuard},
    time::Duration,
};

use attache_core::{Clock as _, ManualClock};

use super::*;
use crate::{Pace, PaceGate, PaceKey, PaceLimits};

struct World {
    pace: Pace,
    start: Monotonic,
}

impl World {
    fn new() -> Self {
        let clock = ManualClock::starting_at("2026-11-21T12:00:00Z".parse().unwrap());
        Self {
            start: clock.monotonic(),
            pace: Pace::new(Arc::new(clock)),
        }
    }

    /// So many requests a second, and a class that costs two.
    fn gate(&self, requests: u32, keys: &[&str]) -> PaceGate {
        self.pace.gate(keys.iter().map(|key| {
            PaceLimits::new(PaceKey::new([*key]))
                .window(requests, Duration::from_secs(1))
                .cost("two", 2)
        }))
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.pace.0.queue.lock().unwrap()
    }

    fn at(&self, millis: u64) -> Monotonic {
        self.start.plus(Duration::from_millis(millis))
    }
}

fn join(queue: &mut Queue, gate: &PaceGate, class: &'static str, now: Monotonic) -> u64 {
    assert!(!queue.pass(&gate.0, class, now));
    queue.join(&gate.0, class, Waker::noop().clone(), now).0
}

fn goes(queue: &mut Queue, ticket: u64, now: Monotonic) -> bool {
    queue.look(ticket, Waker::noop(), now).0.go
}

#[test]
fn who_looks_first_is_not_who_goes_first() {
    let world = World::new();
    let gate = world.gate(1, &["a"]);
    let mut queue = world.queue();
    assert!(queue.pass(&gate.0, "one", world.at(0)));
    let first = join(&mut queue, &gate, "one", world.at(0));
    let second = join(&mut queue, &gate, "one", world.at(0));
    let later = world.at(1000);
    assert!(!queue.pass(&gate.0, "one", later));
    assert!(!goes(&mut queue, second, later));
    assert!(goes(&mut queue, first, later));
    assert!(!goes(&mut queue, second, later));
    assert!(goes(&mut queue, second, world.at(2000)));
}

#[test]
fn what_costs_little_does_not_slip_past_what_costs_much() {
    let world = World::new();
    let gate = world.gate(2, &["a"]);
    let mut queue = world.queue();
    assert!(queue.pass(&gate.0, "one", world.at(0)));
    let much = join(&mut queue, &gate, "two", world.at(0));
    let little = join(&mut queue, &gate, "one", world.at(0));
    assert!(!goes(&mut queue, little, world.at(500)));
    assert!(goes(&mut queue, much, world.at(1000)));
    assert!(goes(&mut queue, little, world.at(2000)));
}

#[test]
fn a_turn_that_has_been_told_is_kept_for_who_was_told() {
    let world = World::new();
    let gate = world.gate(2, &["a"]);
    let mut queue = world.queue();
    assert!(queue.pass(&gate.0, "two", world.at(0)));
    let first = join(&mut queue, &gate, "one", world.at(0));
    let second = join(&mut queue, &gate, "one", world.at(0));
    let (standing, wakers) = queue.look(first, Waker::noop(), world.at(1000));
    assert_eq!((standing.go, wakers.woken.len()), (true, 1));
    assert!(!queue.pass(&gate.0, "one", world.at(1000)));
    assert!(goes(&mut queue, second, world.at(1000)));
}

#[test]
fn who_is_told_a_time_is_woken_for_an_earlier_one_and_not_for_a_later_one() {
    let world = World::new();
    let minute = PaceLimits::new(PaceKey::new(["a"])).window(100, Duration::from_secs(60));
    let gate = world.pace.gate([minute]);
    let mut queue = world.queue();
    let now = world.at(0);
    let told = |queue: &mut Queue, millis| {
        let left = (0, Duration::from_millis(millis));
        queue.limit(gate.0.places(None), left, now, now).woken.len()
    };
    assert_eq!(told(&mut queue, 9900), 0);
    let ticket = join(&mut queue, &gate, "one", now);
    assert_eq!([9500, 9400].map(|millis| told(&mut queue, millis)), [1, 0]);
    queue.look(ticket, Waker::noop(), now).1.wake();
    // It sleeps until the first of these anyway.
    assert_eq!(
        [9700, 9500, 9300].map(|millis| told(&mut queue, millis)),
        [0, 0, 1]
    );
}

#[test]
fn one_that_does_not_come_is_passed_after_a_moment_and_is_the_first_when_it_comes() {
    let world = World::new();
    let gate = world.gate(1, &["a"]);
    let mut queue = world.queue();
    assert!(queue.pass(&gate.0, "one", world.at(0)));
    let [absent, awake, last] = [0; 3].map(|_| join(&mut queue, &gate, "one", world.at(0)));
    let look = |queue: &mut Queue, ticket, millis| {
        let (standing, _) = queue.look(ticket, Waker::noop(), world.at(millis));
        (standing.go, standing.look_at)
    };
    // Those behind look a moment after the first one should have come.
    assert_eq!(look(&mut queue, awake, 500), (false, world.at(1050)));
    assert_eq!(look(&mut queue, last, 1050), (false, world.at(1100)));
    assert_eq!(look(&mut queue, awake, 1050), (true, world.at(1050)));
    assert_eq!(look(&mut queue, absent, 1500), (false, world.at(2050)));
    assert_eq!(look(&mut queue, last, 2050), (false, world.at(2100)));
    assert_eq!(look(&mut queue, absent, 2060), (true, world.at(2060)));
}

#[test]
fn however_many_do_not_come_the_one_that_does_waits_two_moments() {
    let world = World::new();
    let gate = world.gate(1, &["a"]);
    let mut queue = world.queue();
    assert!(queue.pass(&gate.0, "one", world.at(0)));
    for _ in 0..100 {
        join(&mut queue, &gate, "one", world.at(0));
    }
    let awake = join(&mut queue, &gate, "one", world.at(0));
    let mut times = Vec::new();
    let mut at = world.at(0);
    while !goes(&mut queue, awake, at) {
        at = queue.waiting[&awake].standing.look_at;
        times.push(at.since(world.start).as_millis());
    }
    assert_eq!(times, [1050, 1100]);
    // Nobody else has come, so who comes now has to wait for the window only.
    let _ = queue.call_roll(&gate.0, "one", world.at(2100));
    assert!(queue.pass(&gate.0, "one", world.at(2100)));
}

#[test]
fn a_newcomer_does_not_stay_behind_somebody_who_has_not_come_for_its_turn() {
    let world = World::new();
    let gate = world.gate(1, &["a"]);
    let mut queue = world.queue();
    assert!(queue.pass(&gate.0, "one", world.at(0)));
    join(&mut queue, &gate, "one", world.at(0));
    for (millis, passes) in [(1000, false), (1049, false), (1050, true)] {
        let _ = queue.call_roll(&gate.0, "one", world.at(millis));
        assert_eq!(queue.pass(&gate.0, "one", world.at(millis)), passes, "{millis}");
    }
}

#[test]
fn one_that_waits_elsewhere_holds_up_nobody_here() {
    let world = World::new();
    let (both, shared) = (world.gate(1, &["own", "shared"]), world.gate(1, &["shared"]));
    let own = world.gate(1, &["own"]);
    let mut queue = world.queue();
    assert!(queue.pass(&own.0, "one", world.at(0)));
    let first = join(&mut queue, &both, "one", world.at(0));
    assert!(queue.pass(&shared.0, "one", world.at(500)));
    // Its own key is free before the shared one is.
    let (standing, _) = queue.look(first, Waker::noop(), world.at(1000));
    assert_eq!((standing.go, standing.look_at), (false, world.at(1500)));
    // Now it waits here, and who comes later stays behind it.
    let second = join(&mut queue, &shared, "one", world.at(1500));
    assert!(!goes(&mut queue, second, world.at(1500)));
    assert!(goes(&mut queue, first, world.at(1500)));
}

#[test]
fn keys_that_no_gate_has_are_forgotten_when_their_past_no_longer_matters() {
    let clock = ManualClock::starting_at("2026-11-21T12:00:00Z".parse().unwrap());
    let pace = Pace::new(Arc::new(clock.clone()));
    let gate = |index: u64| {
        pace.gate([PaceLimits::new(PaceKey::new([index.to_string()])).window(1, Duration::from_secs(1))])
    };
    for index in 0..1000 {
        let gate = gate(index);
        let now = clock.monotonic();
        assert!(pace.0.queue.lock().unwrap().pass(&gate.0, "one", now));
        clock.advance(Duration::from_millis(200));
    }
    let queue = pace.0.queue.lock().unwrap();
    assert!(queue.keys.len() < 20, "{}", queue.keys.len());
}
