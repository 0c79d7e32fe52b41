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
    let (standing, woken) = queue.look(first, Waker::noop(), world.at(1000));
    assert_eq!((standing.go, woken.len()), (true, 1));
    assert!(!queue.pass(&gate.0, "one", world.at(1000)));
    assert!(goes(&mut queue, second, world.at(1000)));
}

#[test]
fn who_is_told_a_time_is_woken_for_an_earlier_one_and_not_for_a_later_one() {
    let world = World::new();
    let gate = world.gate(100, &["a"]);
    let mut queue = world.queue();
    let now = world.at(0);
    assert!(
        queue
            .limit(&gate.0, None, (0, world.at(9000)), now, now)
            .is_empty()
    );
    join(&mut queue, &gate, "one", now);
    let mut woken = |until| queue.limit(&gate.0, None, (0, world.at(until)), now, now).len();
    assert_eq!([5000, 7000, 6000].map(&mut woken), [1, 0, 1]);
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
    assert_eq!((standing.go, standing.until), (false, Some(world.at(1500))));
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
