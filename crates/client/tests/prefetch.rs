//! Pages that are fetched before they are wanted change nothing but the time it takes.

mod support;

use std::time::Duration;

use attache_client::ErrorKind;
use futures_util::StreamExt as _;
use support::list_server::{Change, Habit, TURN, world};

fn all(rows: u32) -> (Vec<u32>, Option<ErrorKind>) {
    ((0..rows).collect(), None)
}

#[test]
fn eight_pages_come_at_a_time_and_each_is_asked_for_once() {
    let world = world(200 * 5, |_| ());
    assert_eq!(world.read(8), all(1000));
    assert_eq!(world.most_in_flight(), 8);
    assert_eq!(world.asked(), (0..200).map(|page| page * 5).collect::<Vec<_>>());
    // One page, and 199 by eights.
    assert_eq!(world.elapsed(), 20 * (1 + 25));
}

#[test]
fn one_at_a_time_is_one_at_a_time() {
    for pages in [0, 1] {
        let world = world(50, |_| ());
        assert_eq!(world.read(pages), all(50));
        assert_eq!((world.most_in_flight(), world.elapsed()), (1, 200));
    }
}

#[test]
fn the_first_item_waits_for_one_page_and_the_second_begins_the_others() {
    let world = world(100, |_| ());
    let (first, items) = world.next(world.pager().items());
    assert_eq!((first, world.asked().len(), world.elapsed()), (Some(0), 1, 20));
    let (second, items) = world.next(items);
    assert_eq!((second, world.asked().len(), world.elapsed()), (Some(1), 9, 20));
    assert_eq!(world.in_flight(), 8);
    drop(items);
    assert_eq!(world.in_flight(), 0);
}

#[test]
fn the_first_page_is_given_before_another_is_asked_for() {
    let world = world(100, |_| ());
    let mut pages = world.pager().pages();
    let (page, mut pages) = world.run(async move { (pages.next().await.unwrap().unwrap(), pages) });
    assert_eq!((page.items, world.asked().len()), (vec![0, 1, 2, 3, 4], 1));
    let (page, _pages) = world.run(async move { (pages.next().await.unwrap().unwrap(), pages) });
    // The place that it had is taken before it is given.
    assert_eq!((page.items, world.asked().len()), (vec![5, 6, 7, 8, 9], 10));
}

#[test]
fn pages_are_given_in_order_however_they_come() {
    let world = world(60, |state| {
        state.times = (0..12_u64)
            .map(|turn| TURN * (1 + (turn * 7 % 5) as u32))
            .collect();
    });
    assert_eq!(world.read(4), all(60));
    assert_eq!(world.most_in_flight(), 4);
}

#[test]
fn without_a_total_or_with_a_short_first_page_there_is_one_at_a_time() {
    for habit in [Habit::NoTotal, Habit::Short] {
        let world = world(50, |state| state.habits.push((0, habit)));
        assert_eq!(world.read(8), all(50));
        assert_eq!(world.most_in_flight(), 1, "{habit:?}");
    }
}

#[test]
fn a_limit_that_the_server_lowers_is_the_step() {
    let world = world(30, |state| state.habits.push((0, Habit::Lowered(3))));
    assert_eq!(world.read(8), all(30));
    assert_eq!(world.asked(), (0..10).map(|page| page * 3).collect::<Vec<_>>());
    assert_eq!(world.most_in_flight(), 8);
}

#[test]
fn after_a_short_page_reading_goes_on_from_where_it_ended() {
    let world = world(60, |state| {
        state.habits = vec![(15, Habit::Short), (16, Habit::Full)];
    });
    assert_eq!(world.read(8), all(60));
    let first: Vec<_> = (0..11).map(|page| page * 5).collect();
    let rest: Vec<_> = (0..9).map(|page| 19 + page * 5).collect();
    assert_eq!(world.asked(), [first, rest].concat());
}

#[test]
fn after_another_total_one_page_is_read_alone_and_then_several_again() {
    let world = world(100, |state| state.changes = vec![(3, Change::Insert(100))]);
    assert_eq!(world.read(8), all(101));
    // Four pages, and those that had been asked for beyond the fourth.
    let before: Vec<_> = (0..11).map(|page| page * 5).collect();
    let after: Vec<_> = (4..21).map(|page| page * 5).collect();
    assert_eq!(world.asked(), [before, after].concat());
}

#[test]
fn a_total_that_promises_too_much_ends_at_the_last_row() {
    let world = world(23, |state| state.habits.push((0, Habit::Promises(40))));
    assert_eq!(world.read(8), all(23));
    assert_eq!(world.read(1), all(23));
}

#[test]
fn an_error_comes_when_it_is_its_turn_and_the_cursor_is_where_to_go_on() {
    let world = world(100, |state| {
        state.habits = vec![(40, Habit::Fails), (41, Habit::Full)];
    });
    let mut items = world.pager().items();
    let (rows, items) = world.run(async move {
        let mut rows = Vec::new();
        while let Some(Ok(row)) = items.next().await {
            rows.push(row);
        }
        assert!(items.next().await.is_none());
        (rows, items)
    });
    assert_eq!(rows, (0..40).collect::<Vec<_>>());
    assert_eq!(world.in_flight(), 0);
    let cursor = items.cursor().unwrap().clone();
    world.server.state.lock().unwrap().habits.clear();
    let mut rest = world.pager().resume(&cursor).unwrap().items();
    assert_eq!(world.run(async move { rest.next().await.unwrap().unwrap() }), 40);
}

#[test]
fn the_cursor_is_where_the_reader_is_not_where_the_fetching_is() {
    let world = world(100, |_| ());
    let mut items = world.pager().items();
    for row in 0..7 {
        let (next, same) = world.next(items);
        items = same;
        assert_eq!(next, Some(row));
    }
    let cursor = serde_json::to_value(items.cursor().unwrap()).unwrap();
    assert_eq!(cursor["offset"], 7);
    assert!(world.asked().len() > 8);
}

#[test]
fn a_page_that_was_asked_for_early_and_came_too_late_is_asked_for_again() {
    let world = world(100, |state| {
        // The fourth request takes longer than the deadline.
        state.times = vec![TURN, TURN, TURN, Duration::from_secs(61)];
    });
    assert_eq!(world.read(8), all(100));
    assert_eq!(world.asked().iter().filter(|offset| **offset == 15).count(), 2);
}

#[test]
fn a_page_that_never_comes_ends_in_an_error_all_the_same() {
    let world = world(100, |state| state.habits = vec![(15, Habit::Hangs)]);
    assert_eq!(world.read(8), ((0..15).collect(), Some(ErrorKind::Deadline)));
    assert_eq!(world.asked().iter().filter(|offset| **offset == 15).count(), 2);
}
