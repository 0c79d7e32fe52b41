//! Grants that are given back.

use attache_auth::{AdoptErrorKind, GivenBack, Identity, Provisional};
use attache_core::{
    AccountKey, Authorization, AuthorizationErrorKind, AuthorizationNow, Clock, Need, RelinkReason,
};

use crate::{
    told::{Partner, Told, granted, refused},
    world::{LIFETIME, ask, at_once, identity, key},
};

fn done() -> Told {
    Told::Answer(200, String::new())
}

#[tokio::test]
async fn a_revoked_account_serves_nothing_and_needs_a_new_link() {
    let partner = Partner::new();
    let account = partner.linked().await;
    partner.answers([done()]);
    account.revoke().await.unwrap();
    assert_eq!(partner.requests(), ["/revoke client_id=client&token=rt0"]);
    let error = ask(&account, Need::default()).await.unwrap_err();
    assert_eq!(
        error.kind(),
        AuthorizationErrorKind::NeedsRelink(RelinkReason::Revoked)
    );
    assert_eq!(account.needs_relink(), Some(RelinkReason::Revoked));
    assert_eq!(partner.journal.lines(), ["needs_relink revoked"]);
    // Once is enough, and the store knows it.
    account.revoke().await.unwrap();
    let exported = partner.keeper.export(&key()).await.unwrap().unwrap();
    assert_eq!(exported.needs_relink, Some(RelinkReason::Revoked));
    assert_eq!(partner.requests(), [""; 0]);
}

#[tokio::test]
async fn a_revocation_that_was_not_confirmed_leaves_the_account_as_it_was() {
    let partner = Partner::new();
    let account = partner.linked().await;
    let cases = [
        (
            Told::Answer(503, String::new()),
            AuthorizationErrorKind::Transient,
        ),
        (
            Told::Answer(429, String::new()),
            AuthorizationErrorKind::Throttled,
        ),
        (Told::Unreachable, AuthorizationErrorKind::Transient),
        (
            refused("invalid_client"),
            AuthorizationErrorKind::ConnectorMisconfigured,
        ),
        (
            refused("unsupported_token_type"),
            AuthorizationErrorKind::ConnectorMisconfigured,
        ),
    ];
    for (answer, expected) in cases {
        partner.answers([answer]);
        assert_eq!(account.revoke().await.unwrap_err().kind(), expected);
        assert_eq!(at_once(&account).as_deref(), Some("at0"));
    }
    // Nor does the next renewal wait for anything.
    partner.clock.advance(LIFETIME);
    partner.answers([granted("at1", "")]);
    let token = ask(&account, Need::default()).await;
    assert!(token.is_ok());
    assert_eq!(partner.journal.lines(), ["refreshed 2 adopted=false"]);
}

#[tokio::test]
async fn a_revocation_waits_for_a_renewal_and_gives_back_what_it_brought() {
    let partner = Partner::new();
    let account = partner.linked().await;
    partner.clock.advance(LIFETIME);
    partner.answers([granted("at1", r#","refresh_token":"rt1""#), done()]);
    let AuthorizationNow::Wait(renewal) = account.now(Need::default()) else {
        panic!("the token has ended");
    };
    let (renewed, revoked) = tokio::join!(renewal, account.revoke());
    revoked.unwrap();
    assert!(renewed.is_ok());
    let requests = partner.requests();
    assert_eq!(requests[1], "/revoke client_id=client&token=rt1");
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn a_revoked_account_is_linked_again_as_any_other() {
    let partner = Partner::new();
    let account = partner.linked().await;
    partner.answers([done()]);
    account.revoke().await.unwrap();
    let access = ("at9".into(), partner.clock.now().saturating_add(LIFETIME));
    let grant =
        Provisional::from_tokens(&partner.connector, "rt9".into(), Some(access), &partner.clock).unwrap();
    partner.keeper.adopt(&key(), grant, identity()).await.unwrap();
    assert_eq!(at_once(&account).as_deref(), Some("at9"));
}

#[tokio::test]
async fn a_grant_for_somebody_else_is_given_back_and_the_account_that_it_fits_is_known() {
    let partner = Partner::new();
    partner.linked().await;
    let other = Identity::new("portal:2").unwrap();
    let grant = Provisional::from_tokens(&partner.connector, "rt7".into(), None, &partner.clock).unwrap();
    let error = partner
        .keeper
        .adopt(&key(), grant, other.clone())
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), AdoptErrorKind::IdentityMismatch { .. }));
    assert_eq!(partner.keeper.account_for(&partner.connector, &other), None);
    partner.answers([done()]);
    let given_back = partner.keeper.give_back(error.into_provisional()).await;
    assert_eq!(given_back.unwrap(), GivenBack::Revoked);
    assert_eq!(partner.requests(), ["/revoke client_id=client&token=rt7"]);

    let second = AccountKey::new("tenant", "example", "second").unwrap();
    let account = partner.linked_as(&second, other.clone()).await;
    assert_eq!(
        partner.keeper.account_for(&partner.connector, &other),
        Some(second)
    );
    // One that needs a new link itself has nothing to lose.
    partner.answers([done()]);
    account.revoke().await.unwrap();
    assert_eq!(partner.keeper.account_for(&partner.connector, &other), None);
}
