//! Requests keep to the provider's rate limits.

mod support;

use std::{
    sync::Arc,
    task::{Context, Wake, Waker},
    time::Duration,
};

use attache_client::{
    Answer, Api, Call, Classified, Error, ErrorKind, ErrorTable, Operation, Pace, PaceGate, PaceHint,
    PaceKey, PaceLimits, RequestOptions, StandardErrors,
};
use attache_core::{ManualClock, Sent};
use http::{HeaderMap, Method, StatusCode, header::AUTHORIZATION};
use support::{Reply, SECOND, World, answer, answer_with, clock, crowd::Crowd, world_at};

static READ: Operation = Operation::new("read", Method::GET, "/x");
static EXPORT: Operation = Operation::new("export", Method::GET, "/export").rate_class("export");

const LONG: Duration = Duration::from_secs(40);

fn limits(key: &str) -> PaceLimits {
    PaceLimits::new(PaceKey::new(["example", key]))
}

/// Says what a header says about the first limit; `x-all` is about all of them.
struct Hints;

impl ErrorTable for Hints {
    fn classify(&self, answer: &Answer<'_>) -> Classified {
        StandardErrors.classify(answer)
    }

    fn pace_hint(&self, _: StatusCode, headers: &HeaderMap) -> Option<PaceHint> {
        let read = |name| {
            let (remaining, reset) = headers.get(name)?.to_str().ok()?.split_once(' ')?;
            let reset = Duration::from_secs(reset.parse().ok()?);
            Some(PaceHint::new(remaining.parse().ok()?, reset))
        };
        read("x-first").map(|hint| hint.of(0)).or_else(|| read("x-all"))
    }
}

fn paced(clock: &ManualClock, gate: PaceGate, replies: impl IntoIterator<Item = Reply>) -> World {
    world_at(clock, replies, 1, AUTHORIZATION, |builder| {
        builder.errors(Hints).pace(gate)
    })
}

/// A world with one gate of these limits in which all goes well.
fn good(limits: impl IntoIterator<Item = PaceLimits>, requests: usize) -> World {
    let clock = clock();
    let gate = Pace::new(Arc::new(clock.clone())).gate(limits);
    paced(&clock, gate, (0..requests).map(|_| answer(200, "")))
}

fn call(api: &Api, call: Call) -> impl Future<Output = Result<(), Error>> + 'static {
    let api = api.clone();
    async move { api.unit(call).await }
}

fn within(time: Duration) -> RequestOptions {
    RequestOptions::new().deadline(time)
}

/// Sends so many requests at once.
fn crowd(world: &World, requests: usize) -> Crowd<Result<(), Error>> {
    let mut crowd = Crowd::new(&world.clock);
    for index in 0..requests {
        crowd.join(call(&world.api, Call::new(&READ).query("n", index)));
    }
    crowd
}

#[test]
fn requests_go_out_as_fast_as_all_windows_allow_and_in_order() {
    let world = good([limits("a").window(3, SECOND).window(7, LONG)], 8);
    let mut crowd = crowd(&world, 8);
    crowd.join(call(&world.api, Call::new(&READ).options(within(SECOND * 30))));
    let late = crowd.outcomes[8].take().unwrap().unwrap_err();
    assert_eq!(late.retry_after(), Some(LONG));
    crowd.finish();
    assert_eq!(world.times(), [0, 0, 0, 1000, 1000, 1000, 2000, 40_000]);
    let order: Vec<_> = (0..8)
        .map(|n| format!("GET https://api.example.com/base/x?n={n}"))
        .collect();
    assert_eq!(world.lines(), order);
}

#[test]
fn an_observer_is_told_of_a_wait_and_of_nothing_else() {
    let world = good([limits("a").window(2, SECOND)], 3);
    let mut crowd = crowd(&world, 3);
    crowd.finish();
    assert_eq!(world.events.all(), ["waited read 1s"]);
}

#[test]
fn a_key_counts_for_all_its_gates_and_a_full_one_holds_up_nobody_else() {
    let clock = clock();
    let pace = Pace::new(Arc::new(clock.clone()));
    let gate = |portal| pace.gate([limits(portal).window(2, SECOND), limits("app").window(5, SECOND)]);
    let replies = || (0..9).map(|_| answer(200, ""));
    let one = paced(&clock, gate("one"), replies());
    let same = paced(&clock, gate("one"), replies());
    let other = paced(&clock, gate("other"), replies());
    let mut crowd = Crowd::new(&clock);
    for world in [&one, &same, &one, &same, &one, &other, &other, &other] {
        crowd.join(call(&world.api, Call::new(&READ)));
    }
    crowd.finish();
    assert_eq!(one.times(), [0, 1000, 2000]);
    assert_eq!(same.times(), [0, 1000]);
    assert_eq!(other.times(), [0, 0, 1000]);
    // The fifth of the first second is free, and the portal's own limit allows it.
    let third = paced(&clock, gate("third"), replies());
    third.run(third.api.unit(Call::new(&READ))).unwrap();
    assert_eq!(third.times(), [0]);
}

#[test]
fn a_gate_that_is_made_anew_goes_on_counting() {
    let clock = clock();
    let pace = Pace::new(Arc::new(clock.clone()));
    let send = || {
        let gate = pace.gate([limits("a").window(1, LONG)]);
        let world = paced(&clock, gate, [answer(200, "")]);
        world.run(world.api.unit(Call::new(&READ))).unwrap();
        world.times()
    };
    assert_eq!([send(), send()], [[0], [40_000]]);
}

#[test]
fn the_limits_of_the_last_gate_hold_for_those_who_wait() {
    let clock = clock();
    let pace = Pace::new(Arc::new(clock.clone()));
    let gate = pace.gate([limits("a").window(1, SECOND * 20)]);
    let world = paced(&clock, gate, (0..3).map(|_| answer(200, "")));
    let mut crowd = crowd(&world, 3);
    crowd.advance(SECOND);
    let _wider = pace.gate([limits("a").window(2, SECOND * 20)]);
    crowd.advance(SECOND);
    assert_eq!(world.times(), [0, 1000]);
    crowd.finish();
    assert_eq!(world.times(), [0, 1000, 20_000]);
}

#[test]
fn a_wait_that_would_pass_the_deadline_fails_at_once() {
    let world = good([limits("a").window(1, SECOND * 10)], 2);
    let mut crowd = crowd(&world, 2);
    crowd.advance(SECOND);
    for (time, wait) in [(SECOND * 19, SECOND * 19), (SECOND, SECOND * 19)] {
        crowd.join(call(&world.api, Call::new(&READ).options(within(time))));
        let error = crowd.outcomes.last_mut().unwrap().take().unwrap().unwrap_err();
        assert_eq!(
            (error.kind(), error.sent(), error.attempts(), error.status()),
            (ErrorKind::RateLimited, Sent::No, 0, None)
        );
        assert_eq!(error.retry_after(), Some(wait));
        assert_eq!(
            error.to_string(),
            "rate limited: the request's turn would come after the deadline \
             (operation read, account tenant/example/one)"
        );
    }
    crowd.finish();
    assert_eq!(world.times(), [0, 10_000]);
}

#[test]
fn who_is_dropped_while_waiting_leaves_its_place_to_others() {
    let world = good([limits("a").window(1, SECOND)], 4);
    let mut crowd = crowd(&world, 5);
    crowd.drop_member(1);
    crowd.advance(SECOND);
    crowd.drop_member(3);
    crowd.finish();
    assert_eq!(world.times(), [0, 1000, 2000]);
    let order = [0, 2, 4].map(|n| format!("GET https://api.example.com/base/x?n={n}"));
    assert_eq!(world.lines(), order);
}

#[test]
fn every_attempt_takes_its_turn() {
    let clock = clock();
    let gate = Pace::new(Arc::new(clock.clone())).gate([limits("a").window(1, SECOND * 5)]);
    let world = paced(&clock, gate, [answer(503, ""), answer(503, ""), answer(200, "")]);
    world.run(world.api.unit(Call::new(&READ))).unwrap();
    assert_eq!(world.times(), [0, 5000, 10_000]);
}

#[test]
fn an_attempt_whose_turn_comes_too_late_keeps_what_was_before_it() {
    let clock = clock();
    let gate = Pace::new(Arc::new(clock.clone())).gate([limits("a").window(1, LONG)]);
    let world = paced(&clock, gate, [answer(503, "")]);
    let options = within(SECOND * 30);
    let error = world
        .run(world.api.unit(Call::new(&READ).options(options)))
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.sent(), error.attempts()),
        (ErrorKind::RateLimited, Sent::Maybe, 1)
    );
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.starts_with("the provider is unavailable"), "{source}");
}

#[test]
fn a_429_stops_everybody_for_as_long_as_the_provider_says() {
    for (reply, wait) in [
        (answer_with(429, "retry-after", "7"), 7000),
        (answer_with(429, "x-all", "0 9"), 9000),
        (answer(429, ""), 1000),
    ] {
        let clock = clock();
        let gate = Pace::new(Arc::new(clock.clone())).gate([limits("a").window(100, LONG)]);
        let world = paced(&clock, gate, [reply, answer(200, ""), answer(200, "")]);
        let mut crowd = Crowd::new(&clock);
        crowd.join(call(
            &world.api,
            Call::new(&READ).options(RequestOptions::new().attempts(1)),
        ));
        crowd.join(call(&world.api, Call::new(&READ)));
        crowd.join(call(&world.api, Call::new(&READ).options(within(SECOND / 2))));
        crowd.finish();
        assert_eq!(world.times(), [0, wait], "{wait}");
        let outcomes: Vec<_> = crowd.outcomes.into_iter().map(Option::unwrap).collect();
        let kinds = outcomes
            .iter()
            .map(|outcome| outcome.as_ref().map_err(Error::kind));
        let limited = ErrorKind::RateLimited;
        assert_eq!(kinds.collect::<Vec<_>>(), [Err(limited), Ok(&()), Err(limited)]);
    }
}

#[test]
fn a_429_lets_go_those_whose_wait_becomes_too_long() {
    let clock = clock();
    let gate = Pace::new(Arc::new(clock.clone())).gate([limits("a").window(2, SECOND)]);
    let world = paced(
        &clock,
        gate,
        [
            Reply::Hang,
            answer_with(429, "retry-after", "30"),
            answer(200, ""),
        ],
    );
    let mut crowd = Crowd::new(&clock);
    crowd.join(call(&world.api, Call::new(&READ).options(within(SECOND * 5))));
    crowd.advance(SECOND / 2);
    crowd.join(call(
        &world.api,
        Call::new(&READ).options(RequestOptions::new().attempts(1)),
    ));
    crowd.join(call(&world.api, Call::new(&READ).options(within(SECOND * 5))));
    crowd.join(call(&world.api, Call::new(&READ)));
    assert!(crowd.outcomes[1].is_some());
    let error = crowd.outcomes[2].take().unwrap().unwrap_err();
    assert_eq!(error.retry_after(), Some(SECOND * 30));
    crowd.finish();
    assert_eq!(world.times(), [0, 500, 30_500]);
}

#[test]
fn a_window_that_the_provider_calls_empty_is_waited_out() {
    let clock = clock();
    let pace = Pace::new(Arc::new(clock.clone()));
    let gate = |portal| pace.gate([limits(portal).window(100, LONG), limits("app").window(100, LONG)]);
    let world = paced(
        &clock,
        gate("one"),
        [
            answer_with(200, "x-first", "0 3"),
            answer_with(200, "x-all", "0 4"),
            answer(200, ""),
        ],
    );
    let other = paced(&clock, gate("other"), [answer(200, ""), answer(200, "")]);
    for _ in 0..2 {
        world.run(world.api.unit(Call::new(&READ))).unwrap();
        // What was said of the first portal says nothing of the second; what was said of the app does.
        other.run(other.api.unit(Call::new(&READ))).unwrap();
    }
    assert_eq!(world.times(), [0, 3000]);
    assert_eq!(other.times(), [0, 7000]);
}

#[test]
fn what_the_provider_says_is_left_caps_what_goes_out_before_the_reset() {
    let clock = clock();
    let gate = Pace::new(Arc::new(clock.clone())).gate([limits("a").window(100, LONG)]);
    let replies = (0..4).map(|_| answer(200, ""));
    let first = [answer_with(200, "x-all", "2 5")];
    let world = paced(&clock, gate, first.into_iter().chain(replies));
    let mut crowd = crowd(&world, 5);
    crowd.finish();
    assert_eq!(world.times(), [0, 0, 0, 5000, 5000]);
}

#[test]
fn a_later_word_of_the_provider_lets_those_go_who_wait() {
    let clock = clock();
    let gate = Pace::new(Arc::new(clock.clone())).gate([limits("a").window(100, LONG)]);
    let world = paced(
        &clock,
        gate,
        [
            answer_with(200, "x-all", "1 30"),
            answer_with(200, "x-all", "9 30"),
            answer(200, ""),
        ],
    );
    let mut crowd = crowd(&world, 3);
    crowd.finish();
    assert_eq!(world.times(), [0, 0, 0]);
}

#[test]
fn classes_count_where_they_belong_and_as_much_as_they_cost() {
    let heavy = limits("heavy").window(1, LONG).only(&["export"]);
    let world = good([heavy, limits("all").window(5, SECOND * 10).cost("export", 4)], 5);
    let mut crowd = Crowd::new(&world.clock);
    for operation in [&EXPORT, &READ, &READ, &EXPORT, &READ] {
        crowd.join(call(&world.api, Call::new(operation).options(within(LONG * 2))));
    }
    crowd.finish();
    let seen: Vec<_> = world
        .seen()
        .into_iter()
        .map(|seen| (seen.at, seen.line.ends_with("export")))
        .collect();
    assert_eq!(
        seen,
        [
            (0, true),
            (0, false),
            (10_000, false),
            (10_000, false),
            (40_000, true)
        ]
    );
}

#[test]
fn what_costs_more_than_a_window_holds_takes_the_whole_window() {
    let world = good([limits("a").window(2, SECOND).cost("export", 10)], 2);
    let mut crowd = Crowd::new(&world.clock);
    for _ in 0..2 {
        crowd.join(call(&world.api, Call::new(&EXPORT)));
    }
    crowd.finish();
    assert_eq!(world.times(), [0, 1000]);
}

#[test]
fn a_credential_is_asked_for_again_after_a_wait() {
    let world = good([limits("a").window(1, SECOND)], 2);
    let mut crowd = crowd(&world, 2);
    let before = world.credential.needs().len();
    crowd.finish();
    assert_eq!((before, world.credential.needs().len()), (2, 3));
}

#[test]
fn a_turn_is_not_kept_while_a_credential_is_renewed() {
    let world = good([limits("a").window(1, SECOND)], 4);
    let mut crowd = crowd(&world, 2);
    world.credential.take_time(world.clock.clone(), SECOND * 3);
    crowd.advance(SECOND + SECOND / 2);
    // The second had its turn after a second, and waits for its credential until the fourth.
    world.credential.take_time(world.clock.clone(), Duration::ZERO);
    crowd.join(call(&world.api, Call::new(&READ).query("n", 2)));
    crowd.finish();
    assert_eq!(world.times(), [0, 1500, 4000]);
}

#[test]
fn a_turn_that_is_given_back_twice_keeps_its_place_and_the_window() {
    // How often the credential has to be renewed, and what comes of it: when the renewed one goes, and the others.
    for (renewals, renewed, others) in [(1, [2000], [0, 1000, 3000]), (2, [3000], [0, 1000, 2000])] {
        let clock = clock();
        let gate = Pace::new(Arc::new(clock.clone())).gate([limits("a").window(1, SECOND)]);
        let replies = || (0..3).map(|_| answer(200, ""));
        let own = paced(&clock, gate.clone(), replies());
        let other = paced(&clock, gate, replies());
        let mut crowd = Crowd::new(&clock);
        for world in [&other, &own, &other, &other] {
            crowd.join(call(&world.api, Call::new(&READ)));
        }
        own.credential
            .take_time(clock.clone(), Duration::from_millis(300));
        crowd.advance(SECOND * renewals + SECOND / 10);
        own.credential.take_no_time();
        crowd.finish();
        assert_eq!(own.times(), renewed, "{renewals}");
        assert_eq!(other.times(), others, "{renewals}");
    }
}

#[test]
fn a_429_that_names_no_limit_stops_the_narrowest_one_only() {
    let clock = clock();
    let pace = Pace::new(Arc::new(clock.clone()));
    let gate = |portal| {
        pace.gate([
            limits(portal).window(100, SECOND),
            limits("app").window(100, SECOND),
        ])
    };
    let turned_away = [answer_with(429, "retry-after", "7"), answer(200, "")];
    let one = paced(&clock, gate("one"), turned_away);
    let same = paced(&clock, gate("one"), [answer(200, "")]);
    let other = paced(&clock, gate("other"), [answer(200, "")]);
    let mut crowd = Crowd::new(&clock);
    for world in [&one, &same, &other] {
        crowd.join(call(&world.api, Call::new(&READ)));
    }
    crowd.finish();
    assert_eq!(
        (one.times(), same.times(), other.times()),
        (vec![0, 7000], vec![7000], vec![0])
    );
}

#[test]
fn a_reset_that_is_no_length_of_time_stops_nobody_for_longer_than_the_window() {
    for status in [200, 429] {
        let clock = clock();
        let pace = Pace::new(Arc::new(clock.clone()));
        let gate = pace.gate([limits("a").window(10, SECOND).window(100, LONG)]);
        // Seconds since 1970, as some providers say it.
        let reply = answer_with(status, "x-first", "0 1795348800");
        let world = paced(&clock, gate, [reply, answer(200, "")]);
        let first = world.run(
            world
                .api
                .unit(Call::new(&READ).options(RequestOptions::new().attempts(1))),
        );
        assert_eq!(first.is_ok(), status == 200);
        world.run(world.api.unit(Call::new(&READ))).unwrap();
        assert_eq!(world.times(), [0, 41_000], "{status}");
    }
}

#[test]
fn a_429_stops_a_limit_for_fifteen_minutes_at_most_and_its_error_says_what_the_provider_said() {
    let world = good([limits("a").window(10, SECOND)], 0);
    world.reply(answer_with(429, "retry-after", "31536000"));
    world.reply(answer(200, ""));
    let error = world.run(world.api.unit(Call::new(&READ))).unwrap_err();
    assert_eq!(error.retry_after(), Some(SECOND * 31_536_000));
    let hour = Call::new(&READ).options(within(SECOND * 3600));
    world.run(world.api.unit(hour)).unwrap();
    assert_eq!(world.times(), [0, 900_000]);
}

/// Looks at the pace whenever it can.
struct Nosy(Pace);

impl Nosy {
    fn look(&self) {
        assert!(format!("{:?}", self.0).contains("waiting"));
    }
}

impl Wake for Nosy {
    fn wake(self: Arc<Self>) {
        self.look();
    }
}

impl Drop for Nosy {
    fn drop(&mut self) {
        self.look();
    }
}

#[test]
fn wakers_are_woken_and_dropped_while_the_pace_is_free() {
    let clock = clock();
    let pace = Pace::new(Arc::new(clock.clone()));
    let world = paced(
        &clock,
        pace.gate([limits("a").window(1, SECOND)]),
        [answer_with(200, "retry-after", "1"), answer(200, "")],
    );
    world.run(world.api.unit(Call::new(&READ))).unwrap();
    let mut calls: Vec<_> = (0..4)
        .map(|_| Box::pin(call(&world.api, Call::new(&READ))))
        .collect();
    let mut poll_all = || {
        calls.retain_mut(|call| {
            let waker = Waker::from(Arc::new(Nosy(pace.clone())));
            call.as_mut().poll(&mut Context::from_waker(&waker)).is_pending()
        });
        calls.len()
    };
    assert_eq!([poll_all(), poll_all()], [4, 4]);
    clock.advance(SECOND);
    assert_eq!(poll_all(), 3);
    let _wider = pace.gate([limits("a").window(5, SECOND)]);
    drop(calls.remove(0));
    drop(calls);
}
