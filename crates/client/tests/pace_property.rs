//! Whatever comes when, no stretch of time sees more than its window allows, and nobody waits longer than needed.

mod support;

use std::{sync::Arc, time::Duration};

use attache_client::{Call, Error, Operation, Pace, PaceKey, PaceLimits, RequestOptions};
use http::{Method, header::AUTHORIZATION};
use proptest::prelude::*;
use support::{World, answer, clock, crowd::Crowd, world_at};

static READ: Operation = Operation::new("read", Method::GET, "/x");

/// Requests, and milliseconds.
type Window = (u32, u64);

/// What happens to requests, in order of time.
#[derive(Debug, Clone)]
enum Step {
    /// One comes.
    Come,
    /// The one with this number is given up, if it still waits.
    GiveUp(usize),
    /// The one with this number is no longer polled.
    Hold(usize),
    /// It is polled again.
    GoOn(usize),
    /// So many milliseconds pass.
    Pass(u64),
}

fn windows() -> impl Strategy<Value = Vec<Window>> {
    prop::collection::vec((1_u32..6, 1_u64..3000), 1..4)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => Just(Step::Come),
        1 => (0_usize..40).prop_map(Step::GiveUp),
        1 => (0_usize..40).prop_map(Step::Hold),
        1 => (0_usize..40).prop_map(Step::GoOn),
        2 => (0_u64..1500).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 1..60)
}

fn limits(key: &str, windows: &[Window]) -> PaceLimits {
    let limits = PaceLimits::new(PaceKey::new([key]));
    windows.iter().fold(limits, |limits, (requests, length)| {
        limits.window(*requests, Duration::from_millis(*length))
    })
}

/// Worlds that share one clock and one pace, each with a gate of these limits.
fn worlds<const N: usize>(gates: [Vec<PaceLimits>; N]) -> [World; N] {
    let clock = clock();
    let pace = Pace::new(Arc::new(clock.clone()));
    gates.map(|limits| {
        let gate = pace.gate(limits);
        let replies = (0..60).map(|_| answer(200, ""));
        world_at(&clock, replies, 1, AUTHORIZATION, |builder| builder.pace(gate))
    })
}

fn join(crowd: &mut Crowd<Result<(), Error>>, world: &World) {
    let api = world.api.clone();
    let options = RequestOptions::new().deadline(Duration::from_secs(100_000));
    let call = Call::new(&READ).query("n", crowd.outcomes.len());
    crowd.join(async move { api.unit(call.options(options)).await });
}

fn check(times: &[u128], windows: &[Window]) -> Result<(), TestCaseError> {
    for (requests, length) in windows {
        for stretch in times.windows(*requests as usize + 1) {
            let spread = stretch[stretch.len() - 1] - stretch[0];
            prop_assert!(spread >= u128::from(*length), "{requests} in {length}: {times:?}");
        }
    }
    Ok(())
}

/// When requests go out that came at these times, if each goes as soon as the windows allow.
fn as_soon_as_possible(came: &[u128], windows: &[Window]) -> Vec<u128> {
    let mut times: Vec<u128> = Vec::new();
    for at in came {
        let free = windows.iter().filter_map(|(requests, length)| {
            let index = times.len().checked_sub(*requests as usize)?;
            Some(times[index] + u128::from(*length))
        });
        let before = times.last().copied().unwrap_or(0);
        times.push(free.chain([*at, before]).max().unwrap_or(*at));
    }
    times
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn requests_go_out_exactly_as_soon_as_the_windows_allow(windows in windows(), steps in steps()) {
        let [world] = worlds([vec![limits("a", &windows)]]);
        let mut crowd = Crowd::new(&world.clock);
        let mut came = Vec::new();
        for step in steps {
            match step {
                Step::Come => {
                    came.push(world.elapsed());
                    join(&mut crowd, &world);
                }
                Step::GiveUp(_) | Step::Hold(_) | Step::GoOn(_) => {}
                Step::Pass(time) => crowd.advance(Duration::from_millis(time)),
            }
        }
        crowd.finish();
        prop_assert_eq!(world.times(), as_soon_as_possible(&came, &windows));
    }

    #[test]
    fn whoever_is_given_up_the_others_all_go_and_no_window_is_passed(
        portals in (windows(), windows()),
        app in windows(),
        steps in steps(),
    ) {
        let app_limits = || limits("app", &app);
        let [one, two] = worlds([
            vec![limits("one", &portals.0), app_limits()],
            vec![app_limits(), limits("two", &portals.1)],
        ]);
        let mut crowd = Crowd::new(&one.clock);
        let (mut given_up, mut held) = (vec![], vec![]);
        for step in steps {
            match step {
                Step::Come => {
                    let world = if given_up.len() % 3 == 0 { &two } else { &one };
                    given_up.push(false);
                    held.push(false);
                    join(&mut crowd, world);
                }
                Step::GiveUp(index) => {
                    if index < given_up.len() && crowd.outcomes[index].is_none() {
                        given_up[index] = true;
                        crowd.drop_member(index);
                    }
                }
                Step::Hold(index) => {
                    if index < held.len() {
                        held[index] = true;
                        crowd.hold(index, true);
                    }
                }
                Step::GoOn(index) => {
                    if index < held.len() {
                        held[index] = false;
                        crowd.hold(index, false);
                    }
                }
                Step::Pass(time) => crowd.advance(Duration::from_millis(time)),
            }
        }
        // Nobody waits for those that are not polled.
        crowd.advance(Duration::from_secs(1000));
        for (index, held) in held.into_iter().enumerate() {
            prop_assert!(held || given_up[index] || crowd.outcomes[index].is_some());
            crowd.hold(index, false);
        }
        crowd.finish();
        for (outcome, given_up) in crowd.outcomes.iter().zip(&given_up) {
            prop_assert_eq!(matches!(outcome, Some(Ok(()))), !given_up);
        }
        check(&one.times(), &portals.0)?;
        check(&two.times(), &portals.1)?;
        let mut both: Vec<_> = one.times().into_iter().chain(two.times()).collect();
        both.sort_unstable();
        check(&both, &app)?;
    }

    /// Some are not polled for a while. They take nobody's place, and lose none that is still there when they come.
    #[test]
    fn whoever_is_not_polled_costs_the_others_moments_only(windows in windows(), steps in steps()) {
        let [world] = worlds([vec![limits("a", &windows)]]);
        let mut crowd = Crowd::new(&world.clock);
        let (mut came, mut held, mut ever_held) = (vec![], vec![], vec![]);
        for step in steps {
            match step {
                Step::Come => {
                    came.push(world.elapsed());
                    join(&mut crowd, &world);
                    held.push(false);
                    ever_held.push(false);
                }
                Step::Hold(index) if index < held.len() => {
                    held[index] = true;
                    ever_held[index] |= crowd.outcomes[index].is_none();
                    crowd.hold(index, true);
                }
                Step::GoOn(index) if index < held.len() => {
                    held[index] = false;
                    crowd.hold(index, false);
                }
                Step::GiveUp(_) | Step::Hold(_) | Step::GoOn(_) => {}
                Step::Pass(time) => crowd.advance(Duration::from_millis(time)),
            }
        }
        // All others are done before those that are held are polled again.
        crowd.advance(Duration::from_secs(1000));
        for (outcome, held) in crowd.outcomes.iter().zip(&held) {
            prop_assert!(*held || matches!(outcome, Some(Ok(()))));
        }
        for index in 0..held.len() {
            crowd.hold(index, false);
        }
        crowd.finish();
        prop_assert!(crowd.outcomes.iter().all(|outcome| matches!(outcome, Some(Ok(())))));
        check(&world.times(), &windows)?;
        let went = world.numbers();
        let times = world.times();
        let prompt = went.iter().enumerate().filter(|(_, (number, _))| !ever_held[*number]);
        prop_assert!(prompt.clone().is_sorted_by_key(|(_, (number, _))| *number), "{went:?}");
        // Each goes when the windows allow and the one before has gone; at most two moments later.
        for (place, (number, at)) in prompt {
            let free = windows.iter().filter_map(|(requests, length)| {
                let index = place.checked_sub(*requests as usize)?;
                Some(times[index] + u128::from(*length))
            });
            let before = place.checked_sub(1).map(|before| times[before]);
            let could = free.chain(before).max().unwrap_or(0).max(came[*number]);
            prop_assert!(*at <= could + 100, "{number} at {at} and not {could}: {went:?}");
        }
    }
}
