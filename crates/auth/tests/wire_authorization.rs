//! Where a user is sent for consent, to the byte.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

use std::collections::HashSet;

use attache_auth::{
    Connector, Endpoints, ProviderProfile,
    wire::{self, CodeVerifier, InvalidCodeVerifier},
};
use attache_core::Secret;

const REDIRECT_URI: &str = "https://app.example.com/cb?tenant=1&x=%C3%B8";

fn connector(authorization: &str, scopes: &[&str]) -> Connector {
    let mut profile = ProviderProfile::new("example", "Client ID");
    profile.fixed_scopes = &["openid", "offline_access"];
    connector_of(profile, authorization, scopes)
}

fn connector_of(profile: ProviderProfile, authorization: &str, scopes: &[&str]) -> Connector {
    let endpoints = Endpoints::new(
        "https://id.example.com/token".parse().unwrap(),
        "https://api.example.com/".parse().unwrap(),
    )
    .with_authorization(authorization.parse().unwrap());
    Connector::builder(profile, endpoints, "app-1")
        .scopes(scopes.iter().copied())
        .build()
        .unwrap()
}

fn url(connector: &Connector, verifier: Option<&CodeVerifier>) -> String {
    let challenge = verifier.map(CodeVerifier::challenge);
    wire::authorization_url(connector, REDIRECT_URI, &Secret::new("s-1"), challenge.as_ref())
        .unwrap()
        .into()
}

/// The verifier of RFC 7636, appendix B.
fn known_verifier() -> CodeVerifier {
    CodeVerifier::new(Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).unwrap()
}

const OURS: &str = "client_id=app-1&response_type=code\
    &redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb%3Ftenant%3D1%26x%3D%25C3%25B8\
    &scope=employee%3Aread+openid+offline_access&state=s-1";

#[test]
fn every_documented_parameter_is_there_once() {
    let connector = connector("https://id.example.com/connect/authorize", &["employee:read"]);
    assert_eq!(
        url(&connector, None),
        format!("https://id.example.com/connect/authorize?{OURS}")
    );
}

#[test]
fn a_challenge_adds_two_parameters() {
    let connector = connector("https://id.example.com/connect/authorize", &["employee:read"]);
    assert_eq!(
        url(&connector, Some(&known_verifier())),
        format!(
            "https://id.example.com/connect/authorize?{OURS}\
             &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
        )
    );
}

#[test]
fn the_endpoints_own_query_stays_as_it_is_written() {
    let connector = connector(
        "https://id.example.com/authorize?a=%7E+%20&b&c=1%2f2",
        &["employee:read"],
    );
    assert_eq!(
        url(&connector, None),
        format!("https://id.example.com/authorize?a=%7E+%20&b&c=1%2f2&{OURS}")
    );
}

#[test]
fn what_is_ours_to_say_replaces_what_the_endpoint_says() {
    let connector = connector(
        "https://id.example.com/authorize?state=theirs&a=1&%73cope=theirs&code_challenge_method=plain&&b=2",
        &["employee:read"],
    );
    assert_eq!(
        url(&connector, None),
        format!("https://id.example.com/authorize?a=1&b=2&{OURS}")
    );
}

#[test]
fn scopes_are_joined_as_the_provider_wants_them_and_left_out_if_there_are_none() {
    let mut profile = ProviderProfile::new("example", "Client ID");
    profile.scope_separator = ",";
    let endpoint = "https://id.example.com/authorize";
    let with = url(&connector_of(profile.clone(), endpoint, &["a", "b"]), None);
    assert!(with.contains("&scope=a%2Cb&state="), "{with}");
    let without = url(&connector_of(profile, endpoint, &[]), None);
    assert!(!without.contains("scope"), "{without}");
}

#[test]
fn without_an_authorization_endpoint_there_is_no_address() {
    let endpoints = Endpoints::new(
        "https://id.example.com/token".parse().unwrap(),
        "https://api.example.com/".parse().unwrap(),
    );
    let connector = Connector::new(ProviderProfile::new("example", "Client ID"), endpoints, "app-1").unwrap();
    assert!(wire::authorization_url(&connector, REDIRECT_URI, &Secret::new("s-1"), None).is_none());
}

#[test]
fn a_verifier_has_the_length_and_the_characters_of_the_standard() {
    let verifier = |length: usize, last: char| {
        let text = format!("{}{last}", "a".repeat(length - 1));
        CodeVerifier::new(Secret::new(text)).map(|verifier| verifier.expose().len())
    };
    for last in ['~', '.', '_', '-', '9', 'Z'] {
        assert_eq!(verifier(43, last), Ok(43));
        assert_eq!(verifier(128, last), Ok(128));
    }
    assert_eq!(verifier(42, 'a'), Err(InvalidCodeVerifier));
    assert_eq!(verifier(129, 'a'), Err(InvalidCodeVerifier));
    for last in ['+', '/', '=', ' ', 'ø', '%'] {
        assert_eq!(verifier(50, last), Err(InvalidCodeVerifier), "{last}");
    }
}

#[test]
fn states_and_verifiers_are_new_each_time_and_need_no_encoding() {
    let mut seen = HashSet::new();
    for _ in 0..200 {
        let drawn = [
            wire::random_state().unwrap().expose().to_owned(),
            CodeVerifier::random().unwrap().expose().to_owned(),
        ];
        for text in drawn {
            assert_eq!(text.len(), 43);
            assert!(CodeVerifier::new(Secret::new(text.as_str())).is_ok(), "{text}");
            assert!(seen.insert(text), "drawn twice");
        }
    }
}

#[test]
fn secrets_are_the_same_or_not() {
    let same = |a: &str, b: &str| wire::same_secret(&Secret::new(a), &Secret::new(b));
    assert!(same("", "") && same("state", "state"));
    assert!(!same("state", "statf") && !same("state", "stat") && !same("", "s"));
}

#[test]
fn a_verifier_is_not_shown() {
    assert_eq!(format!("{:?}", known_verifier()), "CodeVerifier(Secret(***))");
}
