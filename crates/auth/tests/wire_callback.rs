//! What a browser brings back, by whomever it was written.

use attache_auth::wire::{CALLBACK_LIMIT, Callback, CallbackError};
use attache_core::FailureClass;
use proptest::prelude::*;

/// State, issuer, and the code or else the error's code and message.
type Parts = (
    Option<String>,
    Option<String>,
    Result<String, (Option<String>, Option<String>)>,
);

fn parts(callback: &Callback) -> Parts {
    let owned = |text: &str| text.to_owned();
    (
        callback.state().map(|state| owned(state.expose())),
        callback.issuer().map(owned),
        callback
            .outcome()
            .map(|code| owned(code.expose()))
            .map_err(|refusal| (refusal.code().map(owned), refusal.message().map(owned))),
    )
}

fn read(query: &str) -> Result<Parts, CallbackError> {
    Callback::from_query(query).map(|callback| parts(&callback))
}

fn code(code: &str, state: Option<&str>) -> Parts {
    (state.map(Into::into), None, Ok(code.into()))
}

#[test]
fn a_code_and_its_state_are_read() {
    assert_eq!(read("code=c-1&state=s-1"), Ok(code("c-1", Some("s-1"))));
    assert_eq!(read("?state=s-1&code=c-1"), Ok(code("c-1", Some("s-1"))));
    assert_eq!(read("code=a%2Bb+c%3D%C3%B8"), Ok(code("a+b c=ø", None)));
    assert_eq!(
        read("code=c-1&state=s-1&iss=https%3A%2F%2Fid.example.com"),
        Ok((
            Some("s-1".into()),
            Some("https://id.example.com".into()),
            Ok("c-1".into())
        ))
    );
}

#[test]
fn unknown_parameters_are_ignored_even_twice() {
    assert_eq!(
        read("scope=a+b&session_state=x&session_state=y&code=c-1&&Code=other&=&state=s-1"),
        Ok(code("c-1", Some("s-1")))
    );
}

#[test]
fn a_known_parameter_twice_is_refused_even_if_it_says_the_same_or_nothing() {
    for (query, name) in [
        ("code=a&code=a", "code"),
        ("code=a&state=s&state=s", "state"),
        ("code=a&%63ode=", "code"),
        ("code=&code=a", "code"),
        ("error=x&error=y", "error"),
        (
            "error=x&error_description=1&error_description=2",
            "error_description",
        ),
        ("error=x&error_uri=1&error_uri=2", "error_uri"),
        ("code=a&iss=1&iss=2", "iss"),
    ] {
        assert_eq!(read(query), Err(CallbackError::Repeated(name)), "{query}");
    }
}

#[test]
fn neither_or_both_of_code_and_error_are_refused() {
    for query in [
        "",
        "?",
        "state=s",
        "code=",
        "error=&code=",
        "access_token=a",
        "#code=a",
    ] {
        assert_eq!(read(query), Err(CallbackError::Empty), "{query}");
    }
    assert_eq!(
        read("code=a&error=access_denied"),
        Err(CallbackError::Contradictory)
    );
}

#[test]
fn an_empty_value_counts_as_left_out() {
    assert_eq!(read("code=a&state=&iss=&error="), Ok(code("a", None)));
}

#[test]
fn a_code_that_is_not_utf8_is_no_code() {
    assert_eq!(read("code=a%FFb"), Err(CallbackError::NotUtf8("code")));
}

#[test]
fn an_endless_callback_is_refused_unread() {
    let query = |length: usize| format!("code={}", "a".repeat(length - 5));
    assert!(read(&query(CALLBACK_LIMIT - 1)).is_ok());
    assert_eq!(read(&query(CALLBACK_LIMIT)), Err(CallbackError::TooLong));
}

#[test]
fn a_refusal_gives_its_code_and_keeps_its_message_out_of_sight() {
    let callback = Callback::from_query(
        "error=access_denied&error_description=SEKRET+said+no&error_uri=https%3A%2F%2Fx&state=s",
    )
    .unwrap();
    assert_eq!(
        parts(&callback),
        (
            Some("s".into()),
            None,
            Err((Some("access_denied".into()), Some("SEKRET said no".into())))
        )
    );
    let refusal = callback.outcome().unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "the authorization was declined (code access_denied)"
    );
    assert!(!format!("{refusal:?} {callback:?}").contains("SEKRET"));
}

#[test]
fn free_text_is_no_error_code() {
    for query in [
        "error=Ask+your+administrator",
        "error=%3Cscript%3E",
        &format!("error={}", "a".repeat(41)),
    ] {
        let callback = Callback::from_query(query).unwrap();
        let refusal = callback.outcome().unwrap_err();
        assert_eq!(
            (refusal.code(), refusal.to_string().as_str()),
            (None, "the authorization was declined")
        );
    }
}

#[test]
fn refusals_are_classed() {
    use FailureClass::{ConnectorMisconfigured, GrantRefused, Transient};
    for (error, class) in [
        ("access_denied", GrantRefused),
        ("consent_required", GrantRefused),
        ("Something+else", GrantRefused),
        ("invalid_request", ConnectorMisconfigured),
        ("invalid_scope", ConnectorMisconfigured),
        ("unauthorized_client", ConnectorMisconfigured),
        ("unsupported_response_type", ConnectorMisconfigured),
        ("server_error", Transient),
        ("temporarily_unavailable", Transient),
    ] {
        let callback = Callback::from_query(&format!("error={error}")).unwrap();
        assert_eq!(callback.outcome().unwrap_err().class(), class, "{error}");
    }
}

#[test]
fn a_whole_url_a_target_and_a_bare_query_say_the_same() {
    let expected = Ok(code("c?1://x", Some("s-1")));
    for text in [
        "https://app.example.com/cb?code=c?1://x&state=s-1",
        "HTTP://localhost:8765/cb?code=c?1://x&state=s-1#frag",
        "/cb?code=c?1://x&state=s-1",
        "?code=c?1://x&state=s-1",
        " code=c?1://x&state=s-1\n",
    ] {
        assert_eq!(
            Callback::parse(text).map(|callback| parts(&callback)),
            expected,
            "{text}"
        );
    }
    // What stands behind `#` was never meant for a server: no implicit grant is read.
    assert_eq!(
        Callback::parse("https://app.example.com/cb#code=c-1").unwrap_err(),
        CallbackError::Empty
    );
}

fn query() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("code".to_owned()),
        Just("state".to_owned()),
        Just("error".to_owned()),
        Just("error_description".to_owned()),
        Just("iss".to_owned()),
        Just("%63ode".to_owned()),
        "[a-z%&=]{0,6}",
    ];
    let value = prop_oneof!["[a-z0-9%+&=?#/]{0,12}", any::<String>()];
    prop::collection::vec((name, value), 0..8).prop_map(|pairs| {
        let pairs: Vec<_> = pairs
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("&")
    })
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        let _ = (Callback::parse(&text), Callback::from_url(&text), Callback::from_query(&text));
    }

    /// Against a second formulation: what `url` decodes, counted by hand.
    #[test]
    fn any_query_is_read_or_refused_for_what_is_in_it(query in query()) {
        prop_assume!(query.len() < CALLBACK_LIMIT && !query.starts_with('?'));
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let values = |name: &str| pairs.iter().filter(|pair| pair.0 == name).map(|pair| pair.1.clone()).collect::<Vec<_>>();
        let known = ["code", "state", "error", "error_description", "error_uri", "iss"];
        let value = |name: &str| values(name).pop().filter(|value| !value.is_empty());
        let read = read(&query);
        if known.iter().any(|name| values(name).len() > 1) {
            prop_assert!(matches!(read, Err(CallbackError::Repeated(_))), "{read:?}");
            return Ok(());
        }
        match (value("code"), value("error")) {
            (None, None) => prop_assert_eq!(read, Err(CallbackError::Empty)),
            (Some(_), Some(_)) => prop_assert_eq!(read, Err(CallbackError::Contradictory)),
            (Some(code), None) if code.contains('\u{fffd}') => prop_assert_eq!(read, Err(CallbackError::NotUtf8("code"))),
            (Some(code), None) => prop_assert_eq!(read, Ok((value("state"), value("iss"), Ok(code)))),
            (None, Some(_)) => {
                let (state, issuer, outcome) = read.unwrap();
                prop_assert_eq!((state, issuer), (value("state"), value("iss")));
                let (_, message) = outcome.unwrap_err();
                prop_assert_eq!(message, value("error_description").map(|text| text.chars().take(1000).collect()));
            }
        }
    }
}
