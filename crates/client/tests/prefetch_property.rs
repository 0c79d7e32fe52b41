//! Whatever a list does, reading several pages at a time gives what reading them one by one could have given.

mod support;

use std::time::Duration;

use proptest::prelude::*;
use support::list_server::{Change, Habit, is_page_by_page, world};

fn habit() -> impl Strategy<Value = Habit> {
    prop_oneof![
        4 => Just(Habit::Full),
        1 => Just(Habit::Short),
        1 => Just(Habit::NoTotal),
        1 => (1_usize..5).prop_map(Habit::Lowered),
        1 => (1_u64..20).prop_map(Habit::Promises),
        1 => Just(Habit::Fails),
    ]
}

fn times() -> impl Strategy<Value = Vec<Duration>> {
    prop::collection::vec((1_u64..60).prop_map(Duration::from_millis), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// On a server whose rows stay as they are, however oddly it pages.
    #[test]
    fn several_at_a_time_give_what_one_at_a_time_gives(
        rows in 0_u32..90,
        pages in 2_usize..10,
        habits in prop::collection::vec((0_usize..90, habit()), 0..5),
        times in times(),
    ) {
        let mut habits = habits;
        habits.sort_by_key(|(from, _)| *from);
        let world = || world(rows, |state| {
            state.habits.clone_from(&habits);
            state.times.clone_from(&times);
        });
        let (several, one) = (world(), world());
        prop_assert_eq!(several.read(pages), one.read(1));
        prop_assert!(several.most_in_flight() <= pages);
        prop_assert_eq!(several.in_flight(), 0);
        if habits.is_empty() {
            prop_assert!(several.elapsed() <= one.elapsed());
        }
    }

    /// On a server that gains or loses rows underway. What is given must be what somebody who reads page by page
    /// could have got, without a row that they would not have missed missing or one given twice.
    #[test]
    fn rows_that_change_underway_are_read_as_page_by_page(
        rows in 0_u32..90,
        pages in 2_usize..10,
        grows in any::<bool>(),
        changes in prop::collection::vec((0_usize..30, 0_usize..90), 0..6),
        times in times(),
    ) {
        let changes: Vec<_> = changes
            .into_iter()
            .map(|(at, row)| (at, if grows { Change::Insert(row) } else { Change::Remove(row) }))
            .collect();
        let world = world(rows, |state| {
            state.changes = changes;
            state.times = times;
        });
        let (given, error) = world.read(pages);
        prop_assert_eq!(error, None);
        let answered = world.server.state.lock().unwrap().answered.clone();
        prop_assert!(is_page_by_page(&given, 0, 0, &answered), "{:?} of {:?}", given, answered);
        // Where rows only come in, none that was there from the beginning may be missing.
        if grows {
            prop_assert!((0..rows).all(|row| given.contains(&row)));
        } else {
            prop_assert!(given.is_sorted_by(|one, next| one < next), "{:?}", given);
        }
    }
}
