//! The request log and the counters.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use attache_emulator::planday::{Counters, Effect, Endpoint, Fault, Operation, Rotation, Target};

use crate::support::{APP, get, pair, read, refresh, refresh_request, world};

#[test]
fn every_request_is_kept_with_what_it_was() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    emulator.clock().advance(Duration::from_secs(3));
    let id = emulator.fault(Fault::new(Target::Api, Effect::status(500)));
    get(&emulator, "/hr/v1/Departments?Limit=5&q=a%20b", &access);
    get(&emulator, "/nowhere", &access);
    let log = emulator.log();
    let endpoints: Vec<Endpoint> = log.iter().map(|exchange| exchange.endpoint).collect();
    assert_eq!(
        endpoints,
        [
            Endpoint::Token,
            Endpoint::Api(Some(Operation::ListDepartments)),
            Endpoint::Unknown
        ]
    );
    let call = &log[1];
    assert_eq!(
        (call.number, call.method.as_str(), call.path.as_str()),
        (2, "GET", "/hr/v1/Departments")
    );
    assert_eq!(
        call.query,
        [
            ("Limit".to_owned(), "5".to_owned()),
            ("q".to_owned(), "a b".to_owned())
        ]
    );
    assert_eq!(call.at.duration_since(log[0].at).unwrap(), Duration::from_secs(3));
    assert_eq!((call.status.unwrap().as_u16(), call.fault), (500, Some(id)));
    assert_eq!(call.headers["authorization"], format!("Bearer {access}"));
}

#[test]
fn debug_output_holds_no_token() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    get(&emulator, "/hr/v1.0/departments?leak=rt-bakery", &access);
    let text = format!("{:?} {:?} {:?}", emulator.log(), emulator, world());
    assert!(!text.contains("rt-bakery") && !text.contains(&access), "{text}");
}

#[test]
fn counters_tell_refreshes_replays_and_calls_apart() {
    let emulator = world().rotation(Rotation::Once).build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    refresh(&emulator, "rt-bakery");
    refresh(&emulator, "unknown");
    get(&emulator, "/portal/v1.0/info", &access);
    let counters = emulator.counters();
    assert_eq!(
        (counters.token_requests, counters.refreshes, counters.replays),
        (3, 1, 1)
    );
    assert_eq!((counters.api_requests, counters.unknown_requests), (1, 0));
    emulator.clear_log();
    assert_eq!(
        (emulator.counters(), emulator.log().len()),
        (Counters::default(), 0)
    );
}

#[test]
fn a_token_request_is_in_flight_until_its_answer_is_gone() {
    let emulator = world().build().unwrap();
    let first = emulator.handle(refresh_request(APP, "rt-bakery"));
    let second = emulator.handle(refresh_request(APP, "rt-cafe"));
    assert_eq!(emulator.counters().token_requests_in_flight, 2);
    drop(first);
    read(second);
    let counters = emulator.counters();
    assert_eq!(
        (
            counters.token_requests_in_flight,
            counters.max_token_requests_in_flight
        ),
        (0, 2)
    );
}

#[test]
fn waiting_for_the_counters_ends_when_they_get_there() {
    let emulator = world().build().unwrap();
    let mut two = pin!(emulator.until(|counters| counters.token_requests >= 2));
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(two.as_mut().poll(&mut context), Poll::Pending);
    refresh(&emulator, "rt-bakery");
    assert_eq!(two.as_mut().poll(&mut context), Poll::Pending);
    refresh(&emulator, "rt-bakery");
    assert_eq!(two.as_mut().poll(&mut context), Poll::Ready(()));
}
