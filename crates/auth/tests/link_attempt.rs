//! What is remembered while a user is away.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

mod link_world;

use attache_auth::{
    Connector, LinkAttempt, SealedAttemptError,
    seal::{KeyRing, SealContext, SealError, Sealer},
    store::Sealed,
    wire::Callback,
};
use attache_core::{AccountKey, Clock as _};
use link_world::{begin, clock, connector, endpoints, parameter, profile, sealer};

const CALLBACK: &str = "https://app.example.com/cb";

fn callback(query: &str) -> Callback {
    Callback::from_query(query).unwrap()
}

#[tokio::test]
async fn an_attempt_sends_the_browser_away_with_everything_and_ends_in_ten_minutes() {
    let clock = clock();
    let attempt = begin(&clock, &connector(&[CALLBACK], false), CALLBACK).unwrap();
    let state = parameter(&attempt, "state").unwrap();
    assert_eq!(state.len(), 43);
    assert_eq!(
        attempt.authorization_url().as_str(),
        format!(
            "https://id.example.com/authorize?client_id=app-1&response_type=code\
             &redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb&scope=employee%3Aread+openid+offline_access&state={state}"
        )
    );
    assert_eq!(attempt.redirect_uri(), CALLBACK);
    assert_eq!(attempt.expires_at().since(clock.now()).as_secs(), 600);
}

#[tokio::test]
async fn pkce_is_added_where_the_connector_asks_for_it() {
    let with = begin(&clock(), &connector(&[CALLBACK], true), CALLBACK).unwrap();
    assert_eq!(parameter(&with, "code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(
        parameter(&with, "code_challenge").map(|text| text.len()),
        Some(43)
    );
    let without = begin(&clock(), &connector(&[CALLBACK], false), CALLBACK).unwrap();
    assert_eq!(parameter(&without, "code_challenge_method"), None);
}

#[tokio::test]
async fn no_two_attempts_are_alike() {
    let connector = connector(&[CALLBACK], true);
    let [one, two] = [(); 2].map(|()| begin(&clock(), &connector, CALLBACK).unwrap());
    for name in ["state", "code_challenge"] {
        assert_ne!(parameter(&one, name), parameter(&two, name));
    }
}

#[tokio::test]
async fn everything_in_the_way_of_a_link_is_named_at_once() {
    let bare = Connector::new(profile(), endpoints(), "app-1").unwrap();
    let error = begin(&clock(), &bare, CALLBACK).unwrap_err();
    let fields: Vec<_> = error.problems().iter().map(|problem| problem.field).collect();
    assert_eq!(fields, ["authorization endpoint", "scopes", "redirect URI"]);
    assert_eq!(
        error.to_string(),
        "a link to example cannot be started: authorization endpoint is not set: add it to the endpoints, or link by \
         a pasted credential; scopes are not set and the provider requires them: give the connector those of the app; \
         redirect URI is not one of the connector's: register it at the provider and give it to the connector, to \
         the letter"
    );
}

#[tokio::test]
async fn a_redirect_uri_is_one_of_the_connectors_to_the_letter() {
    let connector = connector(
        &[CALLBACK, "http://127.0.0.1:0/cb", "http://localhost:8765/cb"],
        false,
    );
    let begins = |uri: &str| begin(&clock(), &connector, uri).is_ok();
    for uri in [
        CALLBACK,
        // Registered with port 0, which stands for any.
        "http://127.0.0.1:49152/cb",
        "http://127.0.0.1/cb",
        "http://localhost:8765/cb",
    ] {
        assert!(begins(uri), "{uri}");
    }
    for uri in [
        "https://app.example.com/cb/",
        "https://app.example.com/cb?x=1",
        "https://APP.example.com/cb",
        "https://app.example.com:443/cb",
        "https://app.example.com/%63b",
        "http://app.example.com/cb",
        "https://app.example.com/cb#",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:49152/other",
        "http://127.0.0.2:49152/cb",
        "https://127.0.0.1:49152/cb",
        "http://me@127.0.0.1:49152/cb",
        "http://localhost:8766/cb",
        "http:127.0.0.1:49152/cb",
        "HTTP://127.1:49152/x/../cb",
        "http://127.0.0.1:49152/cb\n",
        "http://127.0.0.1:+80/cb",
        "",
    ] {
        assert!(!begins(uri), "{uri}");
    }
}

#[tokio::test]
async fn an_attempt_is_answered_by_its_own_state_alone() {
    let attempt = begin(&clock(), &connector(&[CALLBACK], false), CALLBACK).unwrap();
    let state = parameter(&attempt, "state").unwrap();
    assert!(attempt.is_answered_by(&callback(&format!("code=c&state={state}"))));
    assert!(attempt.is_answered_by(&callback(&format!("error=access_denied&state={state}"))));
    for query in [
        "code=c".to_owned(),
        "code=c&state=".to_owned(),
        format!("code=c&state={}", &state[..42]),
        format!("code=c&state={state}x"),
        format!("code=c&state={}", state.to_ascii_uppercase()),
    ] {
        assert!(!attempt.is_answered_by(&callback(&query)), "{query}");
    }
}

#[tokio::test]
async fn debug_shows_no_secret() {
    let attempt = begin(&clock(), &connector(&[CALLBACK], true), CALLBACK).unwrap();
    assert_eq!(
        format!("{attempt:?}"),
        format!(
            "LinkAttempt {{ client_id: \"app-1\", redirect_uri: \"{CALLBACK}\", pkce: true, expires_at: {:?}, .. }}",
            attempt.expires_at()
        )
    );
}

#[tokio::test]
async fn a_sealed_attempt_opens_as_it_was_and_shows_nothing() {
    for pkce in [false, true] {
        let attempt = begin(&clock(), &connector(&[CALLBACK], pkce), CALLBACK).unwrap();
        let sealed = attempt.seal(&sealer(7)).unwrap();
        assert_eq!(LinkAttempt::open(&sealer(7), &sealed).as_ref(), Ok(&attempt));
        let state = parameter(&attempt, "state").unwrap();
        assert!(
            !sealed
                .windows(state.len())
                .any(|window| window == state.as_bytes())
        );
        assert_ne!(
            attempt.seal(&sealer(7)).unwrap(),
            sealed,
            "a nonce was used twice"
        );
    }
}

#[tokio::test]
async fn a_sealed_attempt_opens_while_its_key_is_in_the_ring() {
    let attempt = begin(&clock(), &connector(&[CALLBACK], true), CALLBACK).unwrap();
    let sealed = attempt.seal(&sealer(7)).unwrap();
    let rolled = Sealer::new(KeyRing::new([8; 32]).and_open_with([7; 32]));
    assert_eq!(LinkAttempt::open(&rolled, &sealed), Ok(attempt));
    assert!(matches!(
        LinkAttempt::open(&sealer(8), &sealed),
        Err(SealedAttemptError::Seal(SealError::UnknownKey { .. }))
    ));
}

#[tokio::test]
async fn a_changed_or_cut_attempt_does_not_open() {
    let attempt = begin(&clock(), &connector(&[CALLBACK], false), CALLBACK).unwrap();
    let sealed = attempt.seal(&sealer(7)).unwrap();
    for index in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[index] ^= 1;
        assert!(LinkAttempt::open(&sealer(7), &changed).is_err(), "byte {index}");
        assert!(
            LinkAttempt::open(&sealer(7), &sealed[..index]).is_err(),
            "cut at {index}"
        );
    }
}

#[tokio::test]
async fn what_is_sealed_as_something_else_is_no_attempt() {
    let attempt = begin(&clock(), &connector(&[CALLBACK], false), CALLBACK).unwrap();
    let ours = sealer(7);
    let key = AccountKey::new("-", "-", "-").unwrap();
    let grant = ours.seal(&SealContext::new(&key, "grant"), b"{}").unwrap();
    assert_eq!(
        LinkAttempt::open(&ours, &grant.0),
        Err(SealedAttemptError::Seal(SealError::OtherContext))
    );
    let sealed = Sealed(attempt.seal(&ours).unwrap());
    assert_eq!(
        ours.open(&SealContext::new(&key, "grant"), &sealed).err(),
        Some(SealError::OtherContext)
    );
}

#[test]
fn an_attempt_of_another_format_is_refused_by_name() {
    let ours = sealer(7);
    let key = AccountKey::new("-", "-", "-").unwrap();
    let open = |plain: &str| {
        let sealed = ours
            .seal(&SealContext::new(&key, "link-attempt"), plain.as_bytes())
            .unwrap();
        LinkAttempt::open(&ours, &sealed.0)
    };
    assert_eq!(
        open(r#"{"format":2,"all":"new"}"#),
        Err(SealedAttemptError::UnknownFormat { format: 2 })
    );
    for plain in ["", "{}", r#"{"format":1}"#, "[1]"] {
        assert_eq!(open(plain), Err(SealedAttemptError::Unreadable), "{plain}");
    }
}
