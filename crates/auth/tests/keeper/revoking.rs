//! Grants that are given back.

use attache_auth::{AdoptErrorKind, GivenBack, Identity, Provisional};
use attache_core::{
    AccountKey, Authorization, AuthorizationErrorKind, AuthorizationNow, Deadline, Need, RelinkReason,
};

use futures_util::FutureExt as _;

use crate::{
    told::{Partner, Told, granted, refused},
    world::{LIFETIME, ask, at_once, key, settle},
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
    partner.link_again("rt9", "at9").await;
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
    let account_for = async || {
        partner
            .keeper
            .account_for(&partner.connector, &other)
            .await
            .unwrap()
    };
    assert_eq!(account_for().await, None);
    // What could not be given back is still there.
    partner.answers([Told::Answer(503, String::new())]);
    let failed = partner
        .keeper
        .give_back(error.into_provisional())
        .await
        .unwrap_err();
    assert_eq!(failed.error().kind(), AuthorizationErrorKind::Transient);
    assert_eq!(partner.requests().len(), 1);
    partner.answers([done()]);
    let given_back = partner.keeper.give_back(failed.into_provisional()).await;
    assert_eq!(given_back.unwrap(), GivenBack::Revoked);
    assert_eq!(partner.requests(), ["/revoke client_id=client&token=rt7"]);

    let second = AccountKey::new("tenant", "example", "second").unwrap();
    let account = partner.linked_as(&second, other.clone()).await;
    assert_eq!(account_for().await, Some(second.clone()));
    // Also where this process has not opened it.
    let elsewhere = partner.restarted();
    let found = elsewhere.account_for(&partner.connector, &other).await;
    assert_eq!(found.unwrap(), Some(second));
    // One that needs a new link itself has nothing to lose.
    partner.answers([done()]);
    account.revoke().await.unwrap();
    assert_eq!(account_for().await, None);
}

#[tokio::test]
async fn what_is_linked_after_a_revocation_began_is_left_alone() {
    let partner = Partner::new();
    let account = partner.linked().await;
    // The answer is out while somebody links the account again.
    partner.answers([done()]);
    let (revoked, ()) = tokio::join!(account.revoke(), async {
        tokio::task::yield_now().await;
        partner.link_again("rt9", "at9").await;
    });
    revoked.unwrap();
    assert_eq!(at_once(&account).as_deref(), Some("at9"));
    let requests = partner.requests();
    assert!(requests.len() <= 1, "{requests:?}");
    assert!(
        requests.iter().all(|request| request.ends_with("token=rt0")),
        "{requests:?}"
    );
}

#[tokio::test]
async fn a_caller_that_comes_late_does_not_revoke_what_was_linked_meanwhile() {
    let partner = Partner::new();
    let account = partner.linked().await;
    partner.answers([done()]);
    let mut revoking = Box::pin(account.revoke());
    // Polled once, so that it has begun; then not until everything is over.
    assert!(revoking.as_mut().now_or_never().is_none());
    settle().await;
    partner.link_again("rt9", "at9").await;
    revoking.await.unwrap();
    assert_eq!(partner.requests(), ["/revoke client_id=client&token=rt0"]);
    assert_eq!(at_once(&account).as_deref(), Some("at9"));
}

#[tokio::test]
async fn a_revocation_goes_on_when_its_caller_is_gone() {
    let partner = Partner::new();
    let account = partner.linked().await;
    partner.clock.advance(LIFETIME);
    partner.answers([granted("at1", ""), done()]);
    let AuthorizationNow::Wait(renewal) = account.now(Need::default()) else {
        panic!("the token has ended");
    };
    {
        let mut revoking = Box::pin(account.revoke());
        assert!(revoking.as_mut().now_or_never().is_none());
    }
    renewal.await.unwrap();
    settle().await;
    assert_eq!(partner.requests().len(), 2);
    assert_eq!(account.needs_relink(), Some(RelinkReason::Revoked));
}

#[tokio::test]
async fn whoever_waits_for_a_token_gets_one_whatever_comes_of_a_revocation() {
    for answer in [
        refused("unsupported_token_type"),
        Told::Answer(503, String::new()),
    ] {
        let partner = Partner::new();
        let account = partner.linked().await;
        partner.clock.advance(LIFETIME);
        partner.answers([answer, granted("at1", "")]);
        let (revoked, token) = tokio::join!(account.revoke(), async {
            tokio::task::yield_now().await;
            ask(&account, Need::default()).await
        });
        assert!(revoked.is_err());
        assert!(token.is_ok());
    }
}

#[tokio::test]
async fn a_failed_revocation_shortens_no_wait() {
    let partner = Partner::new();
    let account = partner.linked().await;
    partner.clock.advance(LIFETIME);
    partner.answers([Told::Unreachable]);
    let hurried = || Need {
        deadline: Deadline::after(&partner.clock, std::time::Duration::from_millis(1)),
        ..Need::default()
    };
    assert!(ask(&account, hurried()).await.is_err());
    partner.answers([Told::Answer(503, String::new())]);
    assert!(account.revoke().await.is_err());
    partner.requests();
    // The renewal still waits for its time.
    assert!(ask(&account, hurried()).await.is_err());
    assert_eq!(partner.requests(), [""; 0]);
}

#[tokio::test]
async fn a_token_that_the_server_does_not_know_is_as_good_as_revoked() {
    let partner = Partner::new();
    let account = partner.linked().await;
    partner.answers([refused("invalid_token")]);
    account.revoke().await.unwrap();
    assert_eq!(account.needs_relink(), Some(RelinkReason::Revoked));
}

#[tokio::test]
async fn an_account_that_the_provider_refuses_is_given_back_all_the_same() {
    let partner = Partner::new();
    let account = partner.linked().await;
    partner.clock.advance(LIFETIME);
    partner.answers([refused("invalid_grant"), done()]);
    assert!(ask(&account, Need::default()).await.is_err());
    account.revoke().await.unwrap();
    assert_eq!(account.needs_relink(), Some(RelinkReason::Revoked));
    assert_eq!(partner.requests()[1], "/revoke client_id=client&token=rt0");
}
