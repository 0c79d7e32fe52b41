//! What is asked for and then not polled keeps nobody else waiting.

mod support;

use std::{
    pin::Pin,
    task::{Context, Waker},
    time::Duration,
};

use attache_client::Error;
use attache_core::Clock as _;
use futures_util::StreamExt as _;
use support::{
    SECOND,
    crowd::Crowd,
    list_server::{World, paced_world},
};

const BUSY: Duration = Duration::from_secs(300);

/// What an unpolled request may cost the others, in milliseconds: a moment to find out about it, and one to find out
/// about those behind it.
const GRACE: u128 = 100;

fn keeps_to(world: &World, requests: usize) {
    let times = world.asked_at();
    assert!(
        times
            .windows(requests + 1)
            .all(|some| some[requests] - some[0] >= 1000),
        "{times:?}"
    );
}

fn succeeded(outcomes: &[Option<Result<(), Error>>]) -> usize {
    let good = outcomes.iter().filter(|outcome| matches!(outcome, Some(Ok(()))));
    good.count()
}

/// Polls a future once, and gives it back.
fn once<T>(future: impl Future<Output = T> + 'static) -> Pin<Box<dyn Future<Output = T>>> {
    let mut future = Box::pin(future);
    let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
    future
}

#[test]
fn a_reader_that_is_busy_elsewhere_holds_up_nobody() {
    let world = paced_world(500, 10);
    let mut crowd: Crowd<Result<(), Error>> = Crowd::new(&world.clock);
    let (mut items, clock) = (world.pager().items(), world.clock.clone());
    crowd.join(async move {
        for row in 0..30 {
            assert_eq!(items.next().await.unwrap().unwrap(), row);
        }
        clock.sleep_until(clock.monotonic().plus(BUSY)).await;
        let rest: Vec<_> = items.map(Result::unwrap).collect().await;
        assert_eq!(rest, (30..500).collect::<Vec<_>>());
        Ok(())
    });
    crowd.advance(SECOND * 5);
    let before = world.elapsed();
    for _ in 0..12 {
        crowd.join(world.call(SECOND * 30));
    }
    crowd.advance(SECOND * 40);
    assert_eq!(succeeded(&crowd.outcomes[1..]), 12);
    let times: Vec<_> = world.asked_at().into_iter().filter(|at| *at >= before).collect();
    assert_eq!(times.len(), 12);
    assert!(times.iter().all(|at| at - before <= 1000 + GRACE), "{times:?}");
    crowd.finish();
    keeps_to(&world, 10);
    // All rows were asked for once.
    assert_eq!(world.asked().len(), 100 + 12);
}

#[test]
fn one_task_with_three_lists_and_calls_between_goes_as_fast_as_the_window_allows() {
    let world = paced_world(100, 10);
    let calls: Vec<_> = (0..30).map(|_| world.call(SECOND * 5)).collect();
    let mut lists = [0; 3].map(|_| world.pager().items());
    world.run(async move {
        for (row, call) in calls.into_iter().enumerate() {
            for list in &mut lists {
                assert_eq!(list.next().await.unwrap().unwrap() as usize, row);
            }
            call.await.unwrap();
        }
    });
    keeps_to(&world, 10);
    let seconds = world.asked().len() as u128 / 10;
    assert!(
        world.elapsed() <= (seconds + 1) * 1000,
        "{} {seconds}",
        world.elapsed()
    );
}

#[test]
fn a_list_with_one_call_for_each_row_takes_what_its_requests_take() {
    for rate in [4, 2, 1] {
        let world = paced_world(40, rate);
        let calls: Vec<_> = (0..40).map(|_| world.call(SECOND * 5)).collect();
        let mut items = world.pager().items();
        world.run(async move {
            for (row, call) in calls.into_iter().enumerate() {
                assert_eq!(items.next().await.unwrap().unwrap() as usize, row);
                call.await.unwrap();
            }
        });
        keeps_to(&world, rate as usize);
        assert_eq!(world.asked().len(), 40 + 8);
        let needed = 1000 * 48 / u128::from(rate);
        assert!(world.elapsed() <= needed * 11 / 10, "{rate}: {}", world.elapsed());
    }
}

#[test]
fn calls_that_are_held_and_not_polled_cost_the_others_a_moment() {
    for held in [1, 30] {
        let world = paced_world(0, 2);
        let mut crowd = Crowd::new(&world.clock);
        crowd.join(world.call(SECOND * 60));
        crowd.join(world.call(SECOND * 60));
        let held: Vec<_> = (0..held).map(|_| once(world.call(SECOND * 60))).collect();
        for _ in 0..4 {
            crowd.join(world.call(SECOND * 60));
        }
        crowd.finish();
        let times = world.asked_at();
        assert_eq!(times.len(), 6);
        assert_eq!(times[..2], [0, 0]);
        assert!(times[2..4].iter().all(|at| *at <= 1000 + GRACE), "{times:?}");
        assert!(times[4..].iter().all(|at| *at <= 2000 + 2 * GRACE), "{times:?}");
        // Polled again, they go as the window allows, and before those who come now.
        let mut late = Crowd::new(&world.clock);
        let count = held.len();
        for call in held {
            late.join(call);
        }
        late.join(world.call(SECOND * 60));
        late.finish();
        assert_eq!(succeeded(&late.outcomes), count + 1);
        keeps_to(&world, 2);
    }
}

#[test]
fn a_list_whose_reader_has_stopped_waiting_for_a_page_holds_up_nobody() {
    let world = paced_world(100, 1);
    let mut crowd = Crowd::new(&world.clock);
    crowd.join(world.call(SECOND * 5));
    let mut items = world.pager().items();
    let page = once(async move { items.next().await });
    for _ in 0..3 {
        crowd.join(world.call(SECOND * 5));
    }
    crowd.finish();
    let times = world.asked_at();
    assert_eq!(times, [0, 1050, 2050, 3050]);
    drop(page);
}

#[test]
fn pages_ahead_take_only_what_is_free() {
    let world = paced_world(500, 10);
    let items = world.pager().items();
    let (_, items) = world.next(items);
    let mut crowd: Crowd<Result<(), Error>> = Crowd::new(&world.clock);
    for _ in 0..7 {
        crowd.join(world.call(SECOND * 5));
    }
    // One page and seven calls have gone, so there is room for two.
    let (_, items) = world.next(items);
    assert_eq!(world.asked().len(), 10);
    // Whoever comes now is the next.
    crowd.join(world.call(SECOND * 2));
    crowd.finish();
    assert_eq!(world.asked_at()[10], 1000);
    drop(items);
}
