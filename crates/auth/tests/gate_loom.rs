//! The gate under a model checker: every interleaving of a few callers.
//!
//! Runs with `cargo xtask test`, or by hand:
//! `RUSTFLAGS="--cfg attache_loom" cargo test -p attache-auth --release --test gate_loom --target-dir target/loom`.
#![cfg(attache_loom)]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "the module is included for its own sake"
)]

#[path = "../src/gate.rs"]
mod gate;
/// The model checker's locks.
mod gate_sync {
    pub(crate) use loom::sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    };
}

use std::{future::poll_fn, time::Duration};

use attache_core::{Generation, Monotonic};
use gate::{FlightId, Gate, Join, Landing, Place, Rejected};
use loom::{
    future::block_on,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

const NOW: Monotonic = Monotonic::ORIGIN;

struct World {
    gate: Gate<&'static str>,
    published: AtomicU64,
    flights: AtomicU64,
}

impl World {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            gate: Gate::new(Generation(1)),
            published: AtomicU64::new(1),
            flights: AtomicU64::new(0),
        })
    }

    fn fly(&self, flight: FlightId) {
        self.flights.fetch_add(1, Ordering::SeqCst);
        self.published.store(2, Ordering::SeqCst);
        self.gate.land(
            flight,
            Landing {
                outcome: Ok(Generation(2)),
                not_before: NOW,
            },
        );
    }

    fn wait(&self, flight: FlightId) -> Result<Generation, &'static str> {
        let mut place = Place::default();
        block_on(poll_fn(|context| {
            self.gate.poll_landing(flight, Generation(1), &mut place, context)
        }))
    }

    /// One caller of an expired token, to the end.
    fn call(&self) -> u64 {
        loop {
            let seen = Generation(self.published.load(Ordering::SeqCst));
            if seen > Generation(1) {
                return seen.0;
            }
            match self.gate.join(seen, NOW, false) {
                Join::Moved => {}
                Join::Lead(flight) => self.fly(flight),
                Join::Joined(flight) => {
                    let landed = self.wait(flight);
                    assert_eq!(landed, Ok(Generation(2)));
                }
                Join::NotYet { .. } => unreachable!("no flight failed"),
            }
        }
    }
}

#[test]
fn two_callers_of_an_expired_token_make_one_flight_and_both_get_its_result() {
    loom::model(|| callers(1));
}

#[test]
fn three_callers_of_an_expired_token_make_one_flight_and_all_get_its_result() {
    // With three threads every interleaving would take hours; two forced switches show all known kinds of bugs.
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(|| callers(2));
}

fn callers(others: usize) {
    let world = World::new();
    let others: Vec<_> = (0..others)
        .map(|_| {
            let world = Arc::clone(&world);
            thread::spawn(move || world.call())
        })
        .collect();
    assert_eq!(world.call(), 2);
    for other in others {
        assert_eq!(other.join().unwrap(), 2);
    }
    assert_eq!(world.flights.load(Ordering::SeqCst), 1);
}

#[test]
fn a_waiter_is_woken_however_its_wait_and_the_landing_meet() {
    loom::model(|| {
        let world = World::new();
        let Join::Lead(flight) = world.gate.join(Generation(1), NOW, false) else {
            unreachable!()
        };
        let waiter = {
            let world = Arc::clone(&world);
            thread::spawn(move || world.wait(flight))
        };
        world.fly(flight);
        assert_eq!(waiter.join().unwrap(), Ok(Generation(2)));
    });
}

#[test]
fn a_waiter_that_leaves_takes_nobody_elses_place() {
    loom::model(|| {
        let world = World::new();
        let Join::Lead(flight) = world.gate.join(Generation(1), NOW, false) else {
            unreachable!()
        };
        let leaver = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                let mut place = Place::default();
                let waker = std::task::Waker::noop();
                let _ = world.gate.poll_landing(
                    flight,
                    Generation(1),
                    &mut place,
                    &mut std::task::Context::from_waker(waker),
                );
                world.gate.leave(&mut place);
            })
        };
        let waiter = {
            let world = Arc::clone(&world);
            thread::spawn(move || world.wait(flight))
        };
        world.fly(flight);
        leaver.join().unwrap();
        assert_eq!(waiter.join().unwrap(), Ok(Generation(2)));
    });
}

#[test]
fn after_a_failure_nobody_flies_before_the_wait_is_over_unless_it_insists() {
    loom::model(|| {
        let world = World::new();
        let until = NOW.plus(Duration::from_secs(1));
        let Join::Lead(flight) = world.gate.join(Generation(1), NOW, false) else {
            unreachable!()
        };
        let other = {
            let world = Arc::clone(&world);
            thread::spawn(move || match world.gate.join(Generation(1), NOW, false) {
                Join::Joined(flight) => assert_eq!(world.wait(flight), Err("down")),
                Join::NotYet { failure, .. } => assert_eq!(failure, "down"),
                other => panic!("{other:?}"),
            })
        };
        world.gate.land(
            flight,
            Landing {
                outcome: Err("down"),
                not_before: until,
            },
        );
        other.join().unwrap();
        assert!(matches!(
            world.gate.join(Generation(1), until, false),
            Join::Lead(_)
        ));
    });
}

#[test]
fn a_rejection_that_races_a_landing_never_makes_a_second_flight() {
    loom::model(|| {
        let world = World::new();
        let rejected = Arc::new(Rejected::none());
        let Join::Lead(flight) = world.gate.join(Generation(1), NOW, false) else {
            unreachable!()
        };
        let refused = {
            let (world, rejected) = (Arc::clone(&world), Arc::clone(&rejected));
            thread::spawn(move || {
                rejected.raise(Generation(1));
                assert_eq!(world.call(), 2);
            })
        };
        world.fly(flight);
        refused.join().unwrap();
        assert_eq!(rejected.highest(), Generation(1));
        assert_eq!(world.flights.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_generation_that_comes_without_a_flight_wakes_those_who_wait_for_one_and_for_none() {
    loom::model(|| {
        let world = World::new();
        let Join::Lead(flight) = world.gate.join(Generation(1), NOW, false) else {
            unreachable!()
        };
        let joined = {
            let world = Arc::clone(&world);
            thread::spawn(move || world.wait(flight))
        };
        let resting = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                let mut place = Place::default();
                block_on(poll_fn(|context| {
                    world.gate.poll_newer(Generation(1), &mut place, context)
                }))
            })
        };
        world.gate.moved_to(Generation(2));
        assert_eq!(joined.join().unwrap(), Ok(Generation(2)));
        assert_eq!(resting.join().unwrap(), Generation(2));
    });
}

#[test]
fn a_waiter_that_polls_only_after_the_next_flight_began_still_gets_an_answer() {
    loom::model(|| {
        let world = World::new();
        let Join::Lead(first) = world.gate.join(Generation(1), NOW, false) else {
            unreachable!()
        };
        let waiter = {
            let world = Arc::clone(&world);
            thread::spawn(move || world.wait(first))
        };
        world.gate.land(
            first,
            Landing {
                outcome: Err("down"),
                not_before: NOW,
            },
        );
        let Join::Lead(second) = world.gate.join(Generation(1), NOW, false) else {
            unreachable!()
        };
        world.fly(second);
        assert!(matches!(waiter.join().unwrap(), Err("down") | Ok(Generation(2))));
    });
}

#[test]
fn a_flight_that_is_withdrawn_leaves_the_renewal_to_whoever_waits() {
    loom::model(|| {
        let world = World::new();
        let Join::Lead(other_business) = world.gate.join(Generation(1), NOW, true) else {
            unreachable!()
        };
        let caller = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                loop {
                    let seen = Generation(world.published.load(Ordering::SeqCst));
                    if seen > Generation(1) {
                        return seen.0;
                    }
                    match world.gate.join(seen, NOW, false) {
                        Join::Lead(flight) => world.fly(flight),
                        Join::Joined(flight) => drop(world.wait(flight)),
                        Join::Moved => {}
                        Join::NotYet { .. } => unreachable!("no flight failed"),
                    }
                }
            })
        };
        world.gate.withdraw(other_business);
        assert_eq!(caller.join().unwrap(), 2);
        assert_eq!(world.flights.load(Ordering::SeqCst), 1);
    });
}
