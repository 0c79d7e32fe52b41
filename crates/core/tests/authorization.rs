//! Why no header could be given, and what a header shows of itself.

#![allow(
    clippy::unwrap_used,
    reason = "the world of a test may fail loudly, like the test"
)]

use std::{error::Error, time::Duration};

use attache_core::{
    AccountKey, Authorization, AuthorizationError, AuthorizationErrorKind as Kind, AuthorizationNow,
    Authorized, Deadline, Generation, Need, RelinkReason,
};
use http::{HeaderValue, header::AUTHORIZATION};

fn key() -> AccountKey {
    AccountKey::new("customer-17", "planday", "copenhagen").unwrap()
}

/// An error about which everything is known.
fn full(kind: Kind) -> AuthorizationError {
    AuthorizationError::new(kind)
        .with_account(key())
        .with_status(400)
        .with_code("invalid_grant")
        .with_retry_after(Duration::from_secs(7))
        .with_source("cause")
}

fn causes(error: &AuthorizationError) -> Vec<String> {
    std::iter::successors(error.source(), |&cause| cause.source())
        .map(ToString::to_string)
        .collect()
}

#[test]
fn every_kind_says_what_happened() {
    let kinds = [
        Kind::NeedsRelink(RelinkReason::Refused),
        Kind::ConnectorMisconfigured,
        Kind::Transient,
        Kind::Throttled,
        Kind::Store,
        Kind::UnknownAccount,
        Kind::ShuttingDown,
    ];
    assert_eq!(
        kinds.map(|kind| AuthorizationError::new(kind).to_string()),
        [
            "the account has to be linked again: the provider refuses the grant",
            "the provider refuses the app: check the connector's client id and secret",
            "the provider gave no usable answer for now",
            "the token endpoint asks to wait",
            "the token store failed",
            "the account is not in the store",
            "the keeper is closing",
        ]
    );
}

#[test]
fn the_message_shows_account_status_and_code_and_nothing_else() {
    assert_eq!(
        full(Kind::Transient).to_string(),
        "the provider gave no usable answer for now (account customer-17/planday/copenhagen) (status 400) \
         (code invalid_grant)"
    );
}

#[test]
fn what_is_known_can_be_asked_for() {
    let error = full(Kind::Throttled);
    assert_eq!(
        (
            error.kind(),
            error.account(),
            error.status(),
            error.code(),
            error.retry_after(),
            causes(&error)
        ),
        (
            Kind::Throttled,
            Some(&key()),
            Some(400),
            Some("invalid_grant"),
            Some(Duration::from_secs(7)),
            vec!["cause".to_owned()]
        )
    );
    let error = AuthorizationError::new(Kind::Store);
    assert_eq!(
        (
            error.kind(),
            error.account(),
            error.status(),
            error.code(),
            error.retry_after(),
            causes(&error)
        ),
        (Kind::Store, None, None, None, None, Vec::new())
    );
}

#[test]
fn what_is_added_to_a_shared_error_leaves_the_others_alone_and_keeps_the_cause() {
    let shared = full(Kind::Transient);
    let mine = shared
        .clone()
        .with_status(503)
        .with_retry_after(Duration::from_secs(60));
    assert_eq!(
        (
            mine.kind(),
            mine.account(),
            mine.status(),
            mine.code(),
            mine.retry_after()
        ),
        (
            Kind::Transient,
            Some(&key()),
            Some(503),
            Some("invalid_grant"),
            Some(Duration::from_secs(60))
        )
    );
    // The first cause is still at the end of the chain.
    assert_eq!(causes(&mine), [shared.to_string(), "cause".to_owned()]);
    assert_eq!(
        (shared.status(), shared.retry_after(), causes(&shared)),
        (Some(400), Some(Duration::from_secs(7)), vec!["cause".to_owned()])
    );
}

#[test]
fn debug_shows_causes_by_their_message() {
    let error = AuthorizationError::new(Kind::Store).with_source("disk full");
    assert_eq!(
        format!("{error:?}"),
        "AuthorizationError { kind: Store, account: None, status: None, code: None, retry_after: None, \
         source: Some(\"disk full\") }"
    );
}

fn authorized() -> Authorized {
    Authorized {
        name: AUTHORIZATION,
        // Not marked sensitive, so that nothing but our own Debug hides it.
        value: HeaderValue::from_static("Bearer canary"),
        generation: Generation(3),
    }
}

#[test]
fn debug_of_a_header_shows_its_name_and_not_its_value() {
    assert_eq!(
        format!("{:?}", AuthorizationNow::Ready(authorized())),
        "Ready(Authorized { name: \"authorization\", generation: Generation(3), .. })"
    );
    let wait = AuthorizationNow::Wait(Box::pin(async { Ok(authorized()) }));
    assert_eq!(format!("{wait:?}"), "Wait(..)");
}

/// Everything that need not be written.
struct Fixed;

impl Authorization for Fixed {
    fn now(&self, _: Need) -> AuthorizationNow<'_> {
        AuthorizationNow::Ready(authorized())
    }

    fn rejected(&self, _: Generation) {}
}

#[test]
fn a_credential_need_not_belong_to_an_account_nor_care_whether_it_was_taken() {
    let fixed: &dyn Authorization = &Fixed;
    fixed.rejected(Generation(3));
    fixed.accepted(Generation(3));
    assert_eq!(fixed.account(), None);
    let AuthorizationNow::Ready(header) = fixed.now(Need::default()) else {
        panic!("a fixed header is at hand");
    };
    assert_eq!(
        (header.value, header.generation),
        (authorized().value, Generation(3))
    );
}

#[test]
fn a_caller_that_says_nothing_needs_a_token_that_is_valid_now() {
    let nothing = Need {
        deadline: Deadline::NEVER,
        min_validity: Duration::ZERO,
    };
    assert_eq!(Need::default(), nothing);
}
