//! What is sent again, when, and when no longer.

mod support;

use std::time::Duration;

use attache_client::{
    Answer, Call, Classified, ErrorKind, ErrorTable, Operation, RequestOptions, StandardErrors,
};
use attache_core::{Sent, TransportErrorKind};
use http::{Method, header::AUTHORIZATION};
use support::{Reply, SECOND, answer, answer_with, world, world_with};

static SAFE: Operation = Operation::new("safe", Method::GET, "/x");
static IDEMPOTENT: Operation = Operation::new("idempotent", Method::PUT, "/x");
static ONCE: Operation = Operation::new("once", Method::POST, "/x");

fn broken(sent: Sent) -> Reply {
    Reply::Break(TransportErrorKind::Interrupted, sent)
}

/// How often the request was sent when the first reply is this one and the second is good.
fn sends(operation: &'static Operation, first: Reply) -> usize {
    let world = world([first, answer(200, "")]);
    let _ = world.run(world.api.unit(Call::new(operation)));
    world.seen().len()
}

#[test]
fn transient_statuses_repeat_what_can_be_repeated() {
    for status in [408, 500, 502, 503, 504] {
        let sends = [&SAFE, &IDEMPOTENT, &ONCE].map(|operation| sends(operation, answer(status, "")));
        assert_eq!(sends, [2, 2, 1], "{status}");
    }
}

#[test]
fn final_statuses_repeat_nothing() {
    for status in [301, 400, 401, 403, 404, 409, 422, 501, 505] {
        assert_eq!(sends(&SAFE, answer(status, "")), 1, "{status}");
    }
}

#[test]
fn what_did_not_happen_is_repeated_whatever_it_is() {
    assert_eq!(sends(&ONCE, answer(429, "")), 2);
    assert_eq!(
        sends(&ONCE, Reply::Break(TransportErrorKind::Connect, Sent::No)),
        2
    );
}

#[test]
fn what_may_have_happened_is_repeated_only_where_that_is_harmless() {
    for kind in [
        TransportErrorKind::Interrupted,
        TransportErrorKind::Body,
        TransportErrorKind::Elapsed,
    ] {
        let sends =
            [&SAFE, &IDEMPOTENT, &ONCE].map(|operation| sends(operation, Reply::Break(kind, Sent::Maybe)));
        assert_eq!(sends, [2, 2, 1], "{kind:?}");
    }
    assert_eq!(
        sends(&SAFE, Reply::Break(TransportErrorKind::TooLarge, Sent::Maybe)),
        1
    );
    assert_eq!(
        sends(&SAFE, Reply::Break(TransportErrorKind::Refused, Sent::No)),
        1
    );
}

#[test]
fn attempts_are_counted_and_the_last_error_comes_back() {
    let world = world([answer(500, ""), answer(502, ""), answer(503, ""), answer(504, "")]);
    let error = world.run(world.api.unit(Call::new(&SAFE))).unwrap_err();
    assert_eq!(
        (
            error.kind(),
            error.status(),
            error.attempts(),
            error.retry_after()
        ),
        (ErrorKind::Unavailable, Some(504), 4, None)
    );
    assert_eq!(world.events.all().len(), 3);
}

#[test]
fn one_attempt_means_no_retry() {
    let world = world([answer(503, "")]);
    let call = Call::new(&SAFE).options(RequestOptions::new().attempts(1));
    assert_eq!(world.run(world.api.unit(call)).unwrap_err().attempts(), 1);
}

#[test]
fn the_wait_grows_with_jitter_and_the_same_seed_gives_the_same_waits() {
    let times = || {
        let world = world([answer(500, ""), answer(500, ""), answer(500, ""), answer(200, "")]);
        world.run(world.api.unit(Call::new(&SAFE))).unwrap();
        world.times()
    };
    let seen = times();
    assert_eq!(seen, times());
    for (pair, ceiling) in seen.windows(2).zip([500, 1000, 2000]) {
        assert!(pair[1] - pair[0] <= ceiling, "{seen:?}");
    }
}

#[test]
fn retry_after_is_obeyed_in_seconds_and_as_a_date() {
    for value in ["7", "Sat, 21 Nov 2026 12:00:07 GMT"] {
        for status in [429, 503] {
            let world = world([answer_with(status, "retry-after", value), answer(200, "")]);
            world.run(world.api.unit(Call::new(&SAFE))).unwrap();
            assert_eq!(world.times(), [0, 7000], "{status} {value}");
            assert_eq!(world.events.all(), ["retried safe 1 7s"]);
        }
    }
}

#[test]
fn a_retry_after_of_zero_does_not_make_everyone_come_back_at_once() {
    let world = world([answer_with(429, "retry-after", "0"), answer(200, "")]);
    world.run(world.api.unit(Call::new(&SAFE))).unwrap();
    assert!(world.times()[1] > 0);
}

struct OwnHeader;

impl ErrorTable for OwnHeader {
    fn classify(&self, answer: &Answer<'_>) -> Classified {
        let classified = StandardErrors.classify(answer);
        match answer.header("x-reset").and_then(|text| text.parse().ok()) {
            Some(seconds) => classified.retry_after(Duration::from_secs(seconds)),
            None => classified,
        }
    }
}

#[test]
fn a_providers_own_header_is_obeyed_and_of_two_waits_the_longer_one() {
    let own = |reply| {
        let world = world_with([reply, answer(200, "")], 0, AUTHORIZATION, |builder| {
            builder.errors(OwnHeader)
        });
        world.run(world.api.unit(Call::new(&ONCE))).unwrap();
        world.times()
    };
    assert_eq!(own(answer_with(429, "x-reset", "3")), [0, 3000]);
    for (reset, after, wait) in [(3, 5, 5000), (30, 0, 30_000), (30, 5, 30_000)] {
        let mut both = http::Response::new(bytes::Bytes::new());
        *both.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
        both.headers_mut().insert("x-reset", reset.into());
        both.headers_mut().insert("retry-after", after.into());
        assert_eq!(own(Reply::Answer(both)), [0, wait]);
    }
}

#[test]
fn no_wait_passes_the_deadline() {
    for (deadline, wait) in [(SECOND * 60, "60"), (SECOND * 5, "3600")] {
        let world = world([answer_with(429, "retry-after", wait)]);
        let call = Call::new(&SAFE).options(RequestOptions::new().deadline(deadline));
        let error = world.run(world.api.unit(call)).unwrap_err();
        assert_eq!(
            (error.kind(), error.status(), error.retry_after(), world.elapsed()),
            (
                ErrorKind::RateLimited,
                Some(429),
                Some(Duration::from_secs(wait.parse().unwrap())),
                0
            )
        );
    }
}

#[test]
fn a_backoff_that_would_pass_the_deadline_ends_the_call_with_its_length() {
    let world = world([answer(503, "")]);
    let options = RequestOptions::new().deadline(Duration::from_nanos(1));
    let error = world
        .run(world.api.unit(Call::new(&SAFE).options(options)))
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Unavailable, Some(503))
    );
    assert!(error.retry_after().is_some_and(|wait| wait <= SECOND / 2));
}

#[test]
fn an_answer_that_does_not_come_ends_at_the_deadline() {
    let world = world([Reply::Hang]);
    let error = world.run(world.api.unit(Call::new(&ONCE))).unwrap_err();
    assert_eq!(
        (error.kind(), error.sent(), error.attempts(), world.elapsed()),
        (ErrorKind::Deadline, Sent::Maybe, 1, 60_000)
    );
    assert_eq!(
        error.to_string(),
        "the deadline passed (operation once, account tenant/example/one)"
    );
}

#[test]
fn a_deadline_after_an_answered_failure_keeps_that_as_its_source() {
    let world = world([answer(503, ""), Reply::Hang]);
    let error = world.run(world.api.unit(Call::new(&SAFE))).unwrap_err();
    assert_eq!((error.kind(), world.elapsed()), (ErrorKind::Deadline, 60_000));
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        source.starts_with("the provider is unavailable (operation safe, status 503"),
        "{source}"
    );
}

#[test]
fn a_deadline_of_zero_sends_nothing() {
    let world = world([]);
    let options = RequestOptions::new().deadline(Duration::ZERO);
    let error = world
        .run(world.api.unit(Call::new(&SAFE).options(options)))
        .unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Deadline, Sent::No));
}

#[test]
fn sent_tells_of_all_attempts() {
    let sent = |operation, replies: Vec<Reply>| {
        let attempts = u32::try_from(replies.len()).unwrap();
        let world = world(replies);
        let call = Call::new(operation).options(RequestOptions::new().attempts(attempts));
        world.run(world.api.unit(call)).unwrap_err().sent()
    };
    assert_eq!(sent(&ONCE, vec![broken(Sent::No)]), Sent::No);
    assert_eq!(sent(&ONCE, vec![broken(Sent::Maybe)]), Sent::Maybe);
    assert_eq!(sent(&ONCE, vec![answer(400, "")]), Sent::Yes);
    assert_eq!(
        sent(&IDEMPOTENT, vec![broken(Sent::Maybe), broken(Sent::No)]),
        Sent::Maybe
    );
    assert_eq!(
        sent(&IDEMPOTENT, vec![answer(503, ""), broken(Sent::No)]),
        Sent::Maybe
    );
    assert_eq!(sent(&ONCE, vec![answer(429, ""), broken(Sent::No)]), Sent::No);
}

#[test]
fn the_defaults_of_the_api_hold_where_a_call_says_nothing() {
    let world = world_with([answer(500, ""), answer(500, "")], 0, AUTHORIZATION, |builder| {
        builder.options(RequestOptions::new().attempts(2).min_validity(SECOND * 30))
    });
    assert_eq!(
        world
            .run(world.api.unit(Call::new(&SAFE)))
            .unwrap_err()
            .attempts(),
        2
    );
    assert_eq!(world.credential.needs()[0].min_validity, SECOND * 30);
}
