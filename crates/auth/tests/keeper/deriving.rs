//! Tokens for a resource of an account, such as a child portal.

use std::time::Duration;

use attache_auth::Derived;
use attache_core::{
    Authorization, AuthorizationError, AuthorizationErrorKind, AuthorizationNow, Clock, Deadline, Need,
    RelinkReason,
};

use crate::{
    told::{MINUTE, Partner, Told, granted, refused},
    world::{LIFETIME, at_once, settle, text},
};

const FOR_AN_HOUR: &str = r#","expires_in":3600"#;

async fn token(partner: &Partner, derived: &Derived) -> Result<String, AuthorizationError> {
    let need = Need {
        deadline: Deadline::after(&partner.clock, MINUTE),
        ..Need::default()
    };
    match derived.now(need) {
        AuthorizationNow::Ready(authorized) => Ok(text(&authorized)),
        AuthorizationNow::Wait(wait) => wait.await.map(|authorized| text(&authorized)),
    }
}

fn exchange(subject: &str) -> String {
    format!(
        "/token client_id=client&grant_type=token_exchange&subject_token_type=openapi%3Aaccess_token\
         &subject_token={subject}&resource=5"
    )
}

const REFRESH: &str = "/token client_id=client&grant_type=refresh_token&refresh_token=rt0";

#[tokio::test]
async fn a_derived_token_is_exchanged_once_for_all_its_callers() {
    let partner = Partner::new();
    let account = partner.linked().await;
    let derived = account.derive("5").unwrap();
    assert_eq!(partner.requests(), [""; 0]);
    partner.answers([granted("child1", FOR_AN_HOUR)]);
    let (one, two) = tokio::join!(token(&partner, &derived), token(&partner, &derived));
    assert_eq!((one.unwrap(), two.unwrap()), ("child1".into(), "child1".into()));
    // Another handle of the same resource has the same token; the account has its own.
    let same = account.derive("5").unwrap();
    assert_eq!(token(&partner, &same).await.unwrap(), "child1");
    assert_eq!(at_once(&account).as_deref(), Some("at0"));
    assert_eq!(partner.requests(), [exchange("at0")]);
}

#[tokio::test]
async fn a_derived_token_that_ends_is_exchanged_again_for_the_accounts_present_one() {
    let partner = Partner::new();
    let account = partner.linked().await;
    let derived = account.derive("5").unwrap();
    partner.answers([granted("child1", FOR_AN_HOUR)]);
    token(&partner, &derived).await.unwrap();
    partner.requests();
    partner.clock.advance(LIFETIME);
    partner.answers([granted("at1", FOR_AN_HOUR), granted("child2", FOR_AN_HOUR)]);
    assert_eq!(token(&partner, &derived).await.unwrap(), "child2");
    assert_eq!(partner.requests(), [REFRESH.to_owned(), exchange("at1")]);
}

#[tokio::test]
async fn without_a_lifetime_a_derived_token_ends_with_the_accounts() {
    let partner = Partner::new();
    let account = partner.linked().await;
    let derived = account.derive("5").unwrap();
    partner.clock.advance(40 * MINUTE);
    partner.answers([granted("child1", "")]);
    token(&partner, &derived).await.unwrap();
    partner.requests();
    partner.clock.advance(20 * MINUTE);
    partner.answers([granted("at1", FOR_AN_HOUR), granted("child2", "")]);
    assert_eq!(token(&partner, &derived).await.unwrap(), "child2");
    assert_eq!(partner.requests(), [REFRESH.to_owned(), exchange("at1")]);
}

#[tokio::test]
async fn a_refused_derived_token_is_exchanged_again_and_the_account_is_left_alone() {
    let partner = Partner::new();
    let account = partner.linked().await;
    let derived = account.derive("5").unwrap();
    partner.answers([granted("child1", FOR_AN_HOUR), granted("child2", FOR_AN_HOUR)]);
    token(&partner, &derived).await.unwrap();
    let AuthorizationNow::Ready(first) = derived.now(Need::default()) else {
        panic!("the token is there");
    };
    derived.rejected(first.generation);
    assert_eq!(token(&partner, &derived).await.unwrap(), "child2");
    assert_eq!(partner.requests(), [exchange("at0"), exchange("at0")]);
    // Refused again, a third would be refused as well.
    let AuthorizationNow::Ready(second) = derived.now(Need::default()) else {
        panic!("the token is there");
    };
    derived.rejected(second.generation);
    assert_eq!(token(&partner, &derived).await.unwrap(), "child2");
    assert_eq!(partner.requests(), [""; 0]);
}

#[tokio::test]
async fn an_exchange_that_is_refused_renews_the_accounts_token_once() {
    let partner = Partner::new();
    let account = partner.linked().await;
    let derived = account.derive("5").unwrap();
    partner.answers([
        refused("invalid_grant"),
        granted("at1", FOR_AN_HOUR),
        granted("child1", FOR_AN_HOUR),
    ]);
    assert_eq!(token(&partner, &derived).await.unwrap(), "child1");
    assert_eq!(
        partner.requests(),
        [exchange("at0"), REFRESH.to_owned(), exchange("at1")]
    );
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
}

#[tokio::test]
async fn a_resource_that_is_refused_for_good_is_forbidden_and_the_account_lives() {
    let partner = Partner::new();
    let account = partner.linked().await;
    let derived = account.derive("5").unwrap();
    partner.answers([
        refused("invalid_grant"),
        granted("at1", FOR_AN_HOUR),
        refused("invalid_target"),
    ]);
    let error = token(&partner, &derived).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (AuthorizationErrorKind::Forbidden, Some("invalid_target"))
    );
    assert_eq!((account.needs_relink(), partner.requests().len()), (None, 3));
    // It is not asked again at once, and never again at the price of a renewal.
    assert_eq!(
        token(&partner, &derived).await.unwrap_err().kind(),
        AuthorizationErrorKind::Forbidden
    );
    assert_eq!(partner.requests(), [""; 0]);
    partner.clock.advance(Duration::from_secs(5));
    partner.answers([refused("invalid_grant")]);
    assert_eq!(
        token(&partner, &derived).await.unwrap_err().kind(),
        AuthorizationErrorKind::Forbidden
    );
    assert_eq!(partner.requests(), [exchange("at1")]);
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
}

#[tokio::test]
async fn an_outage_of_the_exchange_is_waited_out_within_the_deadline() {
    let partner = Partner::new();
    let account = partner.linked().await;
    let derived = account.derive("5").unwrap();
    partner.answers([Told::Unreachable, granted("child1", FOR_AN_HOUR)]);
    let waiting = {
        let clock = partner.clock.clone();
        tokio::spawn(async move {
            let need = Need {
                deadline: Deadline::after(&clock, MINUTE),
                ..Need::default()
            };
            match derived.now(need) {
                AuthorizationNow::Ready(authorized) => Ok(text(&authorized)),
                AuthorizationNow::Wait(wait) => wait.await.map(|authorized| text(&authorized)),
            }
        })
    };
    settle().await;
    assert_eq!(partner.requests().len(), 1);
    partner.clock.advance(Duration::from_secs(1));
    assert_eq!(waiting.await.unwrap().unwrap(), "child1");
}

#[tokio::test]
async fn nothing_is_served_once_the_account_was_given_back() {
    let partner = Partner::new();
    let account = partner.linked().await;
    let derived = account.derive("5").unwrap();
    partner.answers([granted("child1", FOR_AN_HOUR), Told::Answer(200, String::new())]);
    token(&partner, &derived).await.unwrap();
    account.revoke().await.unwrap();
    assert_eq!(
        token(&partner, &derived).await.unwrap_err().kind(),
        AuthorizationErrorKind::NeedsRelink(RelinkReason::Revoked)
    );
}

#[tokio::test]
async fn a_derived_token_is_stored_nowhere() {
    let partner = Partner::new();
    let account = partner.linked().await;
    let derived = account.derive("5").unwrap();
    partner.answers([granted(
        "child1",
        r#","expires_in":3600,"refresh_token":"child-rt""#,
    )]);
    token(&partner, &derived).await.unwrap();
    let exported = partner.keeper.export(account.key()).await.unwrap().unwrap();
    assert_eq!(
        (
            exported.refresh_token.expose(),
            exported.access_token.unwrap().expose()
        ),
        ("rt0", "at0")
    );
    assert!(exported.expires_at <= partner.clock.now().saturating_add(LIFETIME));
    let shown = format!("{derived:?}");
    assert!(
        !shown.contains("child1") && shown.contains("resource: \"5\""),
        "{shown}"
    );
}

#[tokio::test]
async fn ids_that_somebody_makes_up_do_not_spend_the_grant() {
    let partner = Partner::new();
    let account = partner.linked().await;
    // The resource is refused by name: nothing is wrong with the account's token.
    for resource in ["7", "8", "9"] {
        partner.answers([refused("invalid_target")]);
        let derived = account.derive(resource).unwrap();
        assert_eq!(
            token(&partner, &derived).await.unwrap_err().kind(),
            AuthorizationErrorKind::Forbidden
        );
    }
    assert_eq!(partner.requests().len(), 3);
    // Where the server does not say, one renewal is the price for all of them.
    partner.answers([
        refused("invalid_grant"),
        granted("at1", FOR_AN_HOUR),
        refused("invalid_grant"),
    ]);
    assert!(token(&partner, &account.derive("10").unwrap()).await.is_err());
    for resource in ["11", "12"] {
        partner.answers([refused("invalid_grant")]);
        assert!(token(&partner, &account.derive(resource).unwrap()).await.is_err());
    }
    let refreshes = partner
        .requests()
        .iter()
        .filter(|request| **request == REFRESH)
        .count();
    assert_eq!(refreshes, 1);
}

#[tokio::test]
async fn while_a_newer_token_is_asked_for_the_accounts_present_one_is_served_on() {
    let partner = Partner::new();
    let account = partner.linked().await;
    let derived = account.derive("5").unwrap();
    partner.answers([refused("invalid_grant"), Told::Unreachable]);
    assert!(token(&partner, &derived).await.unwrap_err().kind() == AuthorizationErrorKind::Forbidden);
    assert_eq!(at_once(&account).as_deref(), Some("at0"));
}

#[tokio::test]
async fn a_401_at_the_exchange_renews_the_accounts_token() {
    let partner = Partner::new();
    let account = partner.linked().await;
    let derived = account.derive("5").unwrap();
    partner.answers([
        Told::Answer(401, r#"{"error":"invalid_token"}"#.into()),
        granted("at1", FOR_AN_HOUR),
        granted("child1", FOR_AN_HOUR),
    ]);
    assert_eq!(token(&partner, &derived).await.unwrap(), "child1");
}

#[tokio::test]
async fn what_came_of_a_grant_that_was_replaced_is_not_served() {
    let partner = Partner::new();
    let account = partner.linked().await;
    let derived = account.derive("5").unwrap();
    partner.answers([
        granted("child-of-old", FOR_AN_HOUR),
        granted("child-of-new", FOR_AN_HOUR),
    ]);
    token(&partner, &derived).await.unwrap();
    partner.link_again("rt9", "at9").await;
    assert_eq!(token(&partner, &derived).await.unwrap(), "child-of-new");
    assert_eq!(partner.requests()[1], exchange("at9"));
    // And the new one is not on probation: one refusal of it is worth another.
    let AuthorizationNow::Ready(present) = derived.now(Need::default()) else {
        panic!("the token is there");
    };
    partner.answers([granted("child-again", FOR_AN_HOUR)]);
    derived.rejected(present.generation);
    assert_eq!(token(&partner, &derived).await.unwrap(), "child-again");
}

#[tokio::test]
async fn a_link_made_elsewhere_replaces_what_came_of_the_old_one() {
    let partner = Partner::new();
    let account = partner.linked().await;
    let derived = account.derive("5").unwrap();
    partner.answers([
        granted("child-of-old", FOR_AN_HOUR),
        Told::Answer(200, String::new()),
    ]);
    token(&partner, &derived).await.unwrap();
    account.revoke().await.unwrap();
    partner.link_again_from(&partner.restarted(), "rt9", "at9").await;
    partner.clock.advance(Duration::from_secs(5));
    partner.answers([granted("child-of-new", FOR_AN_HOUR)]);
    assert_eq!(token(&partner, &derived).await.unwrap(), "child-of-new");
}
