//! Points of a clock that never goes back stay within its range.

use std::time::Duration;

use attache_core::Monotonic;

const SECOND: Duration = Duration::from_secs(1);

fn at(nanos: u64) -> Monotonic {
    Monotonic::from_nanos(nanos)
}

#[test]
fn points_move_by_whole_nanoseconds() {
    assert_eq!(at(5).plus(SECOND), at(1_000_000_005));
    assert_eq!(at(1_000_000_005).minus(SECOND), at(5));
    assert_eq!(at(1_000_000_005).since(at(5)), SECOND);
    assert_eq!(at(7).as_nanos(), 7);
}

#[test]
fn nothing_lies_before_the_origin() {
    assert_eq!(at(5).minus(SECOND), Monotonic::ORIGIN);
    assert_eq!(Monotonic::FAR_FUTURE.minus(Duration::MAX), Monotonic::ORIGIN);
    assert_eq!(Monotonic::default(), Monotonic::ORIGIN);
}

#[test]
fn nothing_lies_after_the_far_future() {
    assert_eq!(at(5).plus(Duration::MAX), Monotonic::FAR_FUTURE);
    assert_eq!(at(u64::MAX - 5).plus(SECOND), Monotonic::FAR_FUTURE);
    assert_eq!(Monotonic::FAR_FUTURE.plus(SECOND), Monotonic::FAR_FUTURE);
    assert_eq!(
        at(u64::MAX - 5).plus(Duration::from_nanos(5)),
        Monotonic::FAR_FUTURE
    );
}

#[test]
fn a_point_that_is_not_later_is_no_time_later() {
    assert_eq!(at(5).since(at(5)), Duration::ZERO);
    assert_eq!(at(5).since(at(6)), Duration::ZERO);
    assert_eq!(Monotonic::ORIGIN.since(Monotonic::FAR_FUTURE), Duration::ZERO);
    assert_eq!(
        Monotonic::FAR_FUTURE.since(Monotonic::ORIGIN),
        Duration::from_nanos(u64::MAX)
    );
}
