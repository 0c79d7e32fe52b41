//! The system's clock under tokio's paused time.

use std::time::Duration;

use attache_core::{Clock as _, Monotonic};
use attache_transport::SystemClock;

#[tokio::test(start_paused = true)]
async fn monotonic_time_and_sleep_run_on_virtual_time() {
    let clock = SystemClock;
    let start = clock.monotonic();
    clock.sleep_until(start.plus(Duration::from_secs(86_400))).await;
    let slept = clock.monotonic().since(start);
    // The timer has a resolution of a millisecond.
    assert!(
        (86_400_000..=86_400_001).contains(&slept.as_millis()),
        "{slept:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn all_values_are_one_clock_and_time_before_the_first_reading_exists() {
    assert_eq!(SystemClock.monotonic(), SystemClock.monotonic());
    let an_hour_ago = SystemClock.monotonic().minus(Duration::from_secs(3599));
    assert!(an_hour_ago > Monotonic::ORIGIN);
    SystemClock.sleep_until(an_hour_ago).await;
    SystemClock.sleep_until(Monotonic::ORIGIN).await;
}

#[tokio::test(start_paused = true)]
async fn the_far_future_does_not_come() {
    let mut sleep = SystemClock.sleep_until(Monotonic::FAR_FUTURE);
    let polled = std::future::poll_fn(|context| std::task::Poll::Ready(sleep.as_mut().poll(context))).await;
    assert!(polled.is_pending());
}

#[test]
fn the_wall_clock_shows_this_century() {
    let seconds = SystemClock.now().as_unix_seconds();
    assert!((1_700_000_000..4_102_444_800).contains(&seconds), "{seconds}");
}
