//! What the client asks of a credential and tells it.

mod support;

use attache_client::{Answer, Call, Classified, ErrorKind, ErrorTable, Operation, RequestOptions, Verdict};
use attache_core::{
    AccountKey, AuthorizationError, AuthorizationErrorKind, Clock as _, Deadline, RelinkReason, Sent,
};
use http::{Method, header::AUTHORIZATION};
use support::{Reply, SECOND, World, answer, answer_with, world, world_with};

static READ: Operation = Operation::new("read", Method::GET, "/x").scopes(&["x:read"]);
static WRITE: Operation = Operation::new("write", Method::POST, "/x");

fn stale() -> Reply {
    answer_with(
        401,
        "www-authenticate",
        r#"Bearer realm="x", error="invalid_token""#,
    )
}

fn credentials(world: &World) -> Vec<String> {
    world.seen().into_iter().map(|seen| seen.credential).collect()
}

#[test]
fn a_stale_credential_is_renewed_and_the_request_sent_once_more_whatever_it_is() {
    for operation in [&READ, &WRITE] {
        let world = world([stale(), answer(200, "")]);
        let call = Call::new(operation).options(RequestOptions::new().attempts(1));
        world.run(world.api.unit(call)).unwrap();
        assert_eq!(credentials(&world), ["Bearer canary-1", "Bearer canary-2"]);
        assert_eq!(world.credential.log(), ["rejected 1", "accepted 2"]);
        assert_eq!(
            world.events.all(),
            [format!("unauthorized {} 1", operation.name())]
        );
        assert_eq!(world.elapsed(), 0);
    }
}

#[test]
fn without_a_newer_credential_nothing_is_sent_again() {
    let world = world_with([stale()], 0, AUTHORIZATION, |builder| builder);
    let error = world.run(world.api.unit(Call::new(&READ))).unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.attempts()),
        (ErrorKind::Unauthorized, Some(401), 1)
    );
    assert_eq!(world.credential.log(), ["rejected 1"]);
}

#[test]
fn a_newer_credential_that_is_refused_too_ends_the_call() {
    let world = world_with([stale(), stale()], 5, AUTHORIZATION, |builder| builder);
    let error = world.run(world.api.unit(Call::new(&READ))).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unauthorized, 2));
    assert_eq!(credentials(&world), ["Bearer canary-1", "Bearer canary-2"]);
}

#[test]
fn one_renewal_serves_the_whole_call_retries_included() {
    let world = world_with([stale(), answer(503, ""), stale()], 5, AUTHORIZATION, |builder| {
        builder
    });
    let error = world.run(world.api.unit(Call::new(&READ))).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unauthorized, 3));
}

#[test]
fn a_401_that_does_not_say_stale_renews_nothing() {
    let world = world([answer(401, "")]);
    let error = world.run(world.api.unit(Call::new(&READ))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(world.credential.log(), Vec::<String>::new());
}

#[test]
fn a_403_never_renews_even_if_the_table_says_so() {
    struct Wrong;
    impl ErrorTable for Wrong {
        fn classify(&self, _: &Answer<'_>) -> Classified {
            Classified::new(Verdict::Stale)
        }
    }
    let misled = world_with([answer(403, "")], 1, AUTHORIZATION, |builder| {
        builder.errors(Wrong)
    });
    let plain = world([answer(403, "")]);
    let kinds =
        [&misled, &plain].map(|world| world.run(world.api.unit(Call::new(&READ))).unwrap_err().kind());
    assert_eq!(kinds, [ErrorKind::Unauthorized, ErrorKind::Forbidden]);
    for world in [misled, plain] {
        assert_eq!(world.credential.log(), ["accepted 1"]);
    }
}

#[test]
fn an_answer_that_looked_at_the_credential_tells_that_it_was_taken() {
    for status in [200, 400, 403, 404, 409] {
        let world = world([answer(status, "")]);
        let call = Call::new(&WRITE).options(RequestOptions::new().attempts(1));
        let _ = world.run(world.api.unit(call));
        assert_eq!(world.credential.log(), ["accepted 1"], "{status}");
    }
    let broken = Reply::Break(attache_core::TransportErrorKind::Interrupted, Sent::Maybe);
    for silent in [
        answer(408, ""),
        answer(429, ""),
        answer(500, ""),
        answer(503, ""),
        broken,
    ] {
        let world = world([silent]);
        let call = Call::new(&WRITE).options(RequestOptions::new().attempts(1));
        let _ = world.run(world.api.unit(call));
        assert_eq!(world.credential.log(), Vec::<String>::new());
    }
}

#[test]
fn the_credential_is_told_the_deadline_and_the_validity_that_is_needed() {
    let world = world([answer(200, "")]);
    let until = Deadline::after(&world.clock, SECOND * 9);
    let options = RequestOptions::new()
        .deadline(SECOND * 9)
        .min_validity(SECOND * 20);
    world
        .run(world.api.unit(Call::new(&READ).options(options)))
        .unwrap();
    let [need] = world.credential.needs()[..] else {
        panic!()
    };
    assert_eq!((need.deadline, need.min_validity), (until, SECOND * 20));
}

#[test]
fn it_is_asked_again_before_every_attempt() {
    let world = world([answer(503, ""), answer(200, "")]);
    world.run(world.api.unit(Call::new(&READ))).unwrap();
    assert_eq!(world.credential.needs().len(), 2);
}

#[test]
fn a_credential_that_cannot_be_had_ends_the_call_before_anything_is_sent() {
    use AuthorizationErrorKind as From;
    use ErrorKind as To;
    let relink = From::NeedsRelink(RelinkReason::ExpiredIdle);
    for (from, to, reason) in [
        (relink, To::NeedsRelink, Some(RelinkReason::ExpiredIdle)),
        (From::UnknownAccount, To::NeedsRelink, None),
        (From::WrongConnector, To::Configuration, None),
        (From::ConnectorMisconfigured, To::ConnectorMisconfigured, None),
        (From::Transient, To::Unavailable, None),
        (From::Throttled, To::RateLimited, None),
        (From::Store, To::Store, None),
        (From::ShuttingDown, To::ShuttingDown, None),
    ] {
        let world = world([]);
        let account = AccountKey::new("t", "p", "other").unwrap();
        world.credential.fail(
            AuthorizationError::new(from)
                .with_account(account.clone())
                .with_status(400)
                .with_code("invalid_grant")
                .with_retry_after(SECOND),
        );
        let error = world.run(world.api.unit(Call::new(&READ))).unwrap_err();
        assert_eq!(
            (
                error.kind(),
                error.relink_reason(),
                error.sent(),
                error.attempts()
            ),
            (to, reason, Sent::No, 0)
        );
        assert_eq!(
            (error.account(), error.status(), error.code(), error.retry_after()),
            (Some(&account), Some(400), Some("invalid_grant"), Some(SECOND))
        );
        assert_eq!(error.operation(), Some("read"));
    }
}

#[test]
fn a_renewal_that_fails_after_a_stale_answer_says_why() {
    let world = world([stale()]);
    let call = world.api.unit(Call::new(&WRITE));
    world.credential.fail_after(
        1,
        AuthorizationError::new(AuthorizationErrorKind::NeedsRelink(RelinkReason::Refused)),
    );
    let error = world.run(call).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the account has to be linked again: the provider refuses the grant (operation write, account tenant/example/one)"
    );
    assert_eq!((error.sent(), error.attempts()), (Sent::No, 1));
}

#[test]
fn a_renewal_that_does_not_come_ends_at_the_deadline_with_nothing_sent() {
    let world = world([]);
    world.credential.hang();
    let error = world.run(world.api.unit(Call::new(&READ))).unwrap_err();
    assert_eq!(
        (error.kind(), error.sent(), world.elapsed()),
        (ErrorKind::Deadline, Sent::No, 60_000)
    );
}

#[test]
fn a_renewal_that_gave_up_at_the_deadline_is_the_deadlines_error() {
    let world = world([]);
    world.credential.fail_at_deadline(world.clock.clone());
    let error = world.run(world.api.unit(Call::new(&READ))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(
        world.clock.monotonic(),
        world.credential.needs()[0].deadline.point().unwrap()
    );
}
