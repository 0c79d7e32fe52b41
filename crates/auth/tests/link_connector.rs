//! What an app's set-up may hold.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

use attache_auth::{Connector, ConnectorBuilder, Endpoints, InvalidConnector, Problem, ProviderProfile};

fn endpoints() -> Endpoints {
    Endpoints::new(
        "https://id.example.com/token".parse().unwrap(),
        "https://api.example.com/".parse().unwrap(),
    )
}

fn builder() -> ConnectorBuilder {
    let mut profile = ProviderProfile::new("example", "Client ID");
    profile.fixed_scopes = &["openid", "offline_access"];
    profile.most_redirect_uris = Some(3);
    Connector::builder(profile, endpoints(), "app-1")
}

/// Field, position and message of every problem.
fn problems(built: Result<Connector, InvalidConnector>) -> Vec<(&'static str, Option<usize>, &'static str)> {
    built
        .unwrap_err()
        .problems()
        .iter()
        .map(
            |Problem {
                 field,
                 position,
                 message,
                 ..
             }| (*field, *position, *message),
        )
        .collect()
}

/// What is wrong with a single redirect URI.
fn redirect_uri_problem(uri: &str) -> Option<&'static str> {
    let built = builder().redirect_uris([uri]).build();
    built.err().map(|error| error.problems()[0].message)
}

#[test]
fn a_set_up_keeps_what_it_was_given_without_repetition() {
    let connector = builder()
        .scopes(["employee:read", "openid", "employee:read"])
        .redirect_uris([
            "https://App.example.com/cb?x=%7e",
            "http://localhost:8765/cb",
            "http://localhost:8765/cb",
        ])
        .pkce(true)
        .build()
        .unwrap();
    assert_eq!(connector.scopes(), ["employee:read", "openid"]);
    assert_eq!(
        connector.redirect_uris(),
        ["https://App.example.com/cb?x=%7e", "http://localhost:8765/cb"]
    );
    assert_eq!(
        connector.requested_scopes(),
        ["employee:read", "openid", "offline_access"]
    );
    assert!(connector.pkce());
}

#[test]
fn a_plain_set_up_has_no_scopes_no_redirect_uris_and_no_pkce() {
    let profile = ProviderProfile::new("example", "Client ID");
    let connector = Connector::new(profile, endpoints(), "app-1").unwrap();
    assert!(connector.scopes().is_empty() && connector.redirect_uris().is_empty() && !connector.pkce());
    assert!(connector.requested_scopes().is_empty());
}

#[test]
fn every_problem_is_named_at_once() {
    let endpoints = endpoints()
        .with_authorization("http://id.example.com/authorize".parse().unwrap())
        .with_revocation("https://id.example.com/revoke#top".parse().unwrap());
    let mut profile = ProviderProfile::new("example", "Client ID");
    profile.most_redirect_uris = Some(1);
    let built = Connector::builder(profile, endpoints, "a b")
        .scopes(["a:read", ""])
        .redirect_uris(["https://app.example.com/cb", "http://app.example.com/cb"])
        .build();
    assert_eq!(
        built.clone().unwrap_err().to_string(),
        "the example connector cannot be used: Client ID holds white space: copy it again without any; \
         revocation endpoint must not carry a fragment; \
         authorization endpoint must be HTTPS, or HTTP on a loopback address; \
         scope 2 is empty: leave it out; \
         redirect URI 2 must be HTTPS: over plain HTTP the code can be read on the way; only loopback hosts may; \
         redirect URI 2 is one more than the provider registers for an app: leave it out"
    );
    assert_eq!(problems(built).len(), 6);
}

#[test]
fn a_redirect_uri_is_https_or_on_this_machine() {
    for uri in [
        "https://app.example.com",
        "https://app.example.com/cb?tenant=1&x=%C3%B8",
        "HTTPS://app.example.com/cb",
        "http://127.0.0.1:8765/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:8765/cb",
        "http://localhost:8765/cb",
        "http://127.0.0.1:0/cb",
    ] {
        assert_eq!(redirect_uri_problem(uri), None, "{uri}");
    }
    for (uri, start) in [
        ("", "is empty"),
        ("http://app.example.com/cb", "must be HTTPS: over plain HTTP"),
        (
            "http://localhost.example.com/cb",
            "must be HTTPS: over plain HTTP",
        ),
        ("http://192.168.0.1/cb", "must be HTTPS: over plain HTTP"),
        ("com.example.app:/cb", "must be HTTPS: any app can claim"),
        ("urn:ietf:wg:oauth:2.0:oob", "must be HTTPS: any app can claim"),
        ("javascript:alert(1)", "must be HTTPS: any app can claim"),
        ("/cb", "is no absolute URL"),
        ("app.example.com/cb", "is no absolute URL"),
        ("https:app.example.com/cb", "is no absolute URL"),
        ("https:/app.example.com/cb", "is no absolute URL"),
        ("https://app.example.com/cb#", "must not carry a fragment"),
        ("https://app.example.com/cb#top", "must not carry a fragment"),
        ("https://me@app.example.com/cb", "must not carry a user name"),
        ("https://me:pw@app.example.com/cb", "must not carry a user name"),
        (" https://app.example.com/cb", "holds a character"),
        ("https://app.example.com/c b", "holds a character"),
        ("https://app.example.com/cb\n", "holds a character"),
        ("https:\\\\app.example.com/cb", "holds a character"),
        ("https://app.example.com/<cb>", "holds a character"),
        ("https://ø.example.com/cb", "holds a character"),
    ] {
        let problem = redirect_uri_problem(uri).unwrap_or("nothing");
        assert!(problem.starts_with(start), "{uri:?}: {problem}");
    }
}

#[test]
fn a_scope_is_one_word_of_the_characters_that_scopes_may_have() {
    for (scope, start) in [
        ("a b", "holds white space"),
        (" a", "holds white space"),
        ("a\u{a0}b", "holds white space"),
        ("a\"b", "holds a character"),
        ("a\\b", "holds a character"),
        ("læs", "holds a character"),
        ("a\u{7f}", "holds a character"),
    ] {
        let found = problems(builder().scopes([scope]).build());
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0, found[0].1), ("scope", Some(1)));
        assert!(found[0].2.starts_with(start), "{scope:?}: {}", found[0].2);
    }
    assert!(
        builder()
            .scopes(["!#$%&'()*+,-./:;<=>?@[]^_`{|}~"])
            .build()
            .is_ok()
    );
}

#[test]
fn a_scope_does_not_hold_what_separates_scopes() {
    let mut profile = ProviderProfile::new("example", "Client ID");
    profile.scope_separator = ",";
    let built = Connector::builder(profile, endpoints(), "app-1")
        .scopes(["a,b"])
        .build();
    assert_eq!(
        problems(built),
        [(
            "scope",
            Some(1),
            "holds what separates scopes: give each scope on its own"
        )]
    );
}

#[test]
fn an_authorization_endpoint_has_no_parameter_twice() {
    let endpoints =
        endpoints().with_authorization("https://id.example.com/authorize?a=1&%61=2".parse().unwrap());
    let built = Connector::new(ProviderProfile::new("example", "Client ID"), endpoints, "app-1");
    assert_eq!(
        problems(built),
        [(
            "authorization endpoint",
            None,
            "has a parameter twice, which RFC 6749, 3.1 forbids: keep one"
        )]
    );
}

#[test]
fn a_refused_redirect_uri_is_not_repeated_in_the_message() {
    let error = builder()
        .redirect_uris(["https://me:SEKRET@app.example.com/cb"])
        .build()
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("SEKRET"));
}
