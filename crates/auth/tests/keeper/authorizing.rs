//! From a link attempt and its callback to a grant.

use attache_auth::{CompleteLinkErrorKind as Kind, Connector, LinkAttempt};
use attache_core::{AuthorizationErrorKind, Clock as _};

use crate::{
    told::{MINUTE, Partner, REDIRECT, Told, endpoints, granted, profile, refused},
    world::{at_once, identity, key, sealer},
};

const WHOLE: &str = r#","refresh_token":"rt1","expires_in":3600"#;

fn parameter(attempt: &LinkAttempt, wanted: &str) -> Option<String> {
    attempt
        .authorization_url()
        .query_pairs()
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned())
}

fn callback(attempt: &LinkAttempt, rest: &str) -> String {
    let state = parameter(attempt, "state").unwrap();
    format!("{REDIRECT}?state={state}{rest}")
}

async fn kind(partner: &Partner, attempt: &LinkAttempt, callback: &str) -> Kind {
    let completed = partner
        .keeper
        .complete_link(&partner.connector, attempt, callback)
        .await;
    completed.unwrap_err().kind()
}

#[tokio::test]
async fn a_code_is_exchanged_once_with_four_fields_and_the_grant_is_kept() {
    let partner = Partner::new();
    let attempt = partner.keeper.begin_link(&partner.connector, REDIRECT).unwrap();
    partner.answers([granted("at1", WHOLE)]);
    let grant = partner
        .keeper
        .complete_link(
            &partner.connector,
            &attempt,
            &callback(&attempt, "&code=c1&extra=x"),
        )
        .await
        .unwrap();
    assert_eq!(
        partner.requests(),
        ["/token client_id=client&grant_type=authorization_code&code=c1\
          &redirect_uri=https%3A%2F%2Fapp.example.com%2Fback"]
    );
    // The answer names no scope, so what was asked for was granted.
    assert_eq!(grant.scope(), Some(&["a:read".to_owned()][..]));
    let account = partner.keeper.adopt(&key(), grant, identity()).await.unwrap();
    assert_eq!(at_once(&account).as_deref(), Some("at1"));
}

#[tokio::test]
async fn a_challenge_that_was_sent_is_always_followed_by_its_verifier() {
    let partner = Partner::with(|connector| connector.pkce(true));
    let attempt = partner.keeper.begin_link(&partner.connector, REDIRECT).unwrap();
    assert_eq!(
        parameter(&attempt, "code_challenge_method").as_deref(),
        Some("S256")
    );
    // It does so from the cookie too, and if the set-up has changed in between.
    let sealed = attempt.seal(&sealer()).unwrap();
    let attempt = LinkAttempt::open(&sealer(), &sealed).unwrap();
    let without = Connector::builder(profile(), endpoints(), "client")
        .redirect_uris([REDIRECT])
        .build()
        .unwrap();
    partner.answers([granted("at1", WHOLE)]);
    let completed = partner
        .keeper
        .complete_link(&without, &attempt, &callback(&attempt, "&code=c1"))
        .await;
    assert!(completed.is_ok());
    let [request] = partner.requests().try_into().unwrap();
    assert!(request.contains("&code_verifier="), "{request}");
}

#[tokio::test]
async fn nothing_is_sent_for_a_callback_that_is_not_the_attempts() {
    let partner = Partner::new();
    let attempt = partner.keeper.begin_link(&partner.connector, REDIRECT).unwrap();
    let other = partner.keeper.begin_link(&partner.connector, REDIRECT).unwrap();
    let cases = [
        (callback(&other, "&code=c1"), Kind::StateMismatch),
        (format!("{REDIRECT}?code=c1"), Kind::StateMismatch),
        (format!("{REDIRECT}?code=c1&state="), Kind::StateMismatch),
        (callback(&attempt, ""), Kind::Malformed),
        (callback(&attempt, "&code=c1&code=c2"), Kind::Malformed),
        (callback(&attempt, "&code=c1&state=again"), Kind::Malformed),
    ];
    for (callback, expected) in cases {
        assert_eq!(kind(&partner, &attempt, &callback).await, expected, "{callback}");
    }
    assert_eq!(partner.requests(), [""; 0]);
    // None of them has used the attempt up.
    partner.answers([granted("at1", WHOLE)]);
    let completed = partner
        .keeper
        .complete_link(&partner.connector, &attempt, &callback(&attempt, "&code=c1"))
        .await;
    assert!(completed.is_ok());
}

#[tokio::test]
async fn an_attempt_is_good_for_one_callback_with_its_state_whatever_came_of_it() {
    let partner = Partner::new();
    for (rest, first) in [
        (
            "&error=access_denied&error_description=secret+words",
            Kind::Refused,
        ),
        (
            "&code=c1&iss=https%3A%2F%2Fevil.example.com",
            Kind::IssuerMismatch,
        ),
        ("&code=c1", Kind::CodeRefused),
    ] {
        let attempt = partner.keeper.begin_link(&partner.connector, REDIRECT).unwrap();
        let sealed = attempt.seal(&sealer()).unwrap();
        partner.answers((first == Kind::CodeRefused).then(|| refused("invalid_grant")));
        assert_eq!(kind(&partner, &attempt, &callback(&attempt, rest)).await, first);
        let asked = partner.requests().len();
        assert_eq!(asked, usize::from(first == Kind::CodeRefused));
        // Nor does a copy of it work.
        let copy = LinkAttempt::open(&sealer(), &sealed).unwrap();
        let again = kind(&partner, &copy, &callback(&attempt, "&code=c2")).await;
        assert_eq!(again, Kind::AlreadyUsed);
    }
    assert_eq!(partner.requests(), [""; 0]);
}

#[tokio::test]
async fn a_refusal_shows_its_code_and_keeps_its_words_to_an_accessor() {
    let partner = Partner::new();
    let attempt = partner.keeper.begin_link(&partner.connector, REDIRECT).unwrap();
    let callback = callback(&attempt, "&error=access_denied&error_description=secret+words");
    let error = partner
        .keeper
        .complete_link(&partner.connector, &attempt, &callback)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the authorization was refused (code access_denied)"
    );
    assert!(!format!("{error:?}").contains("secret words"));
    assert_eq!(
        error.refusal().and_then(|refusal| refusal.message()),
        Some("secret words")
    );
}

#[tokio::test]
async fn the_expected_issuer_may_be_named_and_need_not_be() {
    for rest in ["&code=c1", "&code=c1&iss=https%3A%2F%2Fid.example.com"] {
        let partner = Partner::new();
        let attempt = partner.keeper.begin_link(&partner.connector, REDIRECT).unwrap();
        partner.answers([granted("at1", WHOLE)]);
        let completed = partner
            .keeper
            .complete_link(&partner.connector, &attempt, &callback(&attempt, rest))
            .await;
        assert!(completed.is_ok(), "{rest}");
    }
}

#[tokio::test]
async fn an_attempt_ends_after_ten_minutes() {
    let partner = Partner::new();
    let attempt = partner.keeper.begin_link(&partner.connector, REDIRECT).unwrap();
    partner.clock.advance(10 * MINUTE);
    let kind = kind(&partner, &attempt, &callback(&attempt, "&code=c1")).await;
    assert_eq!((kind, partner.requests().len()), (Kind::Expired, 0));
}

#[tokio::test]
async fn an_attempt_is_completed_with_the_app_that_began_it() {
    let partner = Partner::new();
    let attempt = partner.keeper.begin_link(&partner.connector, REDIRECT).unwrap();
    let other = Connector::builder(profile(), endpoints(), "another-client")
        .redirect_uris([REDIRECT])
        .build()
        .unwrap();
    let error = partner
        .keeper
        .complete_link(&other, &attempt, &callback(&attempt, "&code=c1"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), partner.requests().len()),
        (Kind::OtherConnector, 0)
    );
}

#[tokio::test]
async fn what_the_token_endpoint_says_is_told_apart() {
    let partner = Partner::new();
    let cases = [
        (
            Told::Unreachable,
            Kind::Exchange(AuthorizationErrorKind::Transient),
        ),
        (
            Told::Answer(503, String::new()),
            Kind::Exchange(AuthorizationErrorKind::Transient),
        ),
        (
            refused("invalid_client"),
            Kind::Exchange(AuthorizationErrorKind::ConnectorMisconfigured),
        ),
        (refused("invalid_grant"), Kind::CodeRefused),
        (Told::Answer(400, String::new()), Kind::CodeRefused),
        (granted("at1", ""), Kind::NoRefreshToken),
    ];
    for (answer, expected) in cases {
        let attempt = partner.keeper.begin_link(&partner.connector, REDIRECT).unwrap();
        partner.answers([answer]);
        assert_eq!(
            kind(&partner, &attempt, &callback(&attempt, "&code=c1")).await,
            expected
        );
        // A code is never sent twice by itself.
        assert_eq!(partner.requests().len(), 1, "{expected:?}");
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_reopens_no_attempt() {
    let partner = Partner::new();
    let attempt = partner.keeper.begin_link(&partner.connector, REDIRECT).unwrap();
    let begun = partner.clock.now();
    partner.clock.set_wall(begun.saturating_sub(MINUTE));
    let expected = (Kind::Expired, 0);
    let found = kind(&partner, &attempt, &callback(&attempt, "&code=c1")).await;
    assert_eq!((found, partner.requests().len()), expected);

    // A used one stays used, however far the clock jumps and back.
    partner.clock.set_wall(begun);
    partner.answers([refused("invalid_grant")]);
    let used = kind(&partner, &attempt, &callback(&attempt, "&code=c1")).await;
    assert_eq!(used, Kind::CodeRefused);
    partner.clock.set_wall(begun.saturating_add(100 * MINUTE));
    let other = partner.keeper.begin_link(&partner.connector, REDIRECT).unwrap();
    partner.answers([refused("invalid_grant")]);
    kind(&partner, &other, &callback(&other, "&code=c1")).await;
    partner.clock.set_wall(begun);
    let again = kind(&partner, &attempt, &callback(&attempt, "&code=c1")).await;
    assert_eq!(again, Kind::AlreadyUsed);
}

#[tokio::test]
async fn a_redirect_uri_that_the_app_no_longer_has_completes_nothing() {
    let partner = Partner::new();
    let attempt = partner.keeper.begin_link(&partner.connector, REDIRECT).unwrap();
    let moved = Connector::builder(profile(), endpoints(), "client")
        .redirect_uris(["https://app.example.com/elsewhere"])
        .build()
        .unwrap();
    let callback = callback(&attempt, "&code=c1");
    let error = partner
        .keeper
        .complete_link(&moved, &attempt, &callback)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), partner.requests().len()),
        (Kind::OtherConnector, 0)
    );
}
