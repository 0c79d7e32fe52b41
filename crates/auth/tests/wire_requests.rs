//! The requests that are sent to the token and revocation endpoints, to the byte.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

use attache_auth::{
    Connector, Endpoints, ProviderProfile, TokenExchange,
    wire::{self, CodeVerifier, TOKEN_ANSWER_LIMIT},
};
use attache_core::{BodyLimit, Secret};
use bytes::Bytes;
use http::Request;
use proptest::prelude::*;

fn endpoints() -> Endpoints {
    Endpoints::new(
        "https://id.example.com/connect/token?tier=eu".parse().unwrap(),
        "https://api.example.com/".parse().unwrap(),
    )
}

fn connector(endpoints: Endpoints, client_id: &str) -> Connector {
    Connector::new(ProviderProfile::new("example", "Client ID"), endpoints, client_id).unwrap()
}

/// Everything of a request that reaches the wire, and the limit for its answer.
fn whole(request: &Request<Bytes>) -> (String, Vec<(String, String)>, String, Option<BodyLimit>) {
    let headers = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let mut headers: Vec<_> = headers.collect();
    headers.sort();
    (
        format!("{} {}", request.method(), request.uri()),
        headers,
        String::from_utf8(request.body().to_vec()).unwrap(),
        request.extensions().get::<BodyLimit>().copied(),
    )
}

fn form_headers() -> Vec<(String, String)> {
    vec![
        ("accept".into(), "application/json".into()),
        ("content-type".into(), "application/x-www-form-urlencoded".into()),
    ]
}

#[test]
fn a_refresh_sends_three_fields_in_their_order_and_nothing_else() {
    let connector = connector(endpoints(), "f2370889-3ffe-46b6-83e7-1a20f5a20d2f");
    assert_eq!(
        whole(&wire::refresh_request(&connector, &Secret::new("aB3-_~x"))),
        (
            "POST https://id.example.com/connect/token?tier=eu".into(),
            form_headers(),
            "client_id=f2370889-3ffe-46b6-83e7-1a20f5a20d2f&grant_type=refresh_token&refresh_token=aB3-_%7Ex"
                .into(),
            Some(BodyLimit(TOKEN_ANSWER_LIMIT)),
        )
    );
}

#[test]
fn a_revocation_sends_the_client_id_and_the_token() {
    let endpoints = endpoints().with_revocation("https://id.example.com/connect/revocation".parse().unwrap());
    let connector = connector(endpoints, "app-1");
    assert_eq!(
        whole(&wire::revocation_request(&connector, &Secret::new("spare")).unwrap()),
        (
            "POST https://id.example.com/connect/revocation".into(),
            form_headers(),
            "client_id=app-1&token=spare".into(),
            Some(BodyLimit(TOKEN_ANSWER_LIMIT)),
        )
    );
}

const REDIRECT_URI: &str = "https://app.example.com/cb?tenant=1";

#[test]
fn a_code_is_exchanged_with_four_fields_and_nothing_else() {
    let request = wire::code_request(
        &connector(endpoints(), "app-1"),
        &Secret::new("c-1"),
        REDIRECT_URI,
        None,
    );
    assert_eq!(
        whole(&request),
        (
            "POST https://id.example.com/connect/token?tier=eu".into(),
            form_headers(),
            "client_id=app-1&grant_type=authorization_code&code=c-1\
             &redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb%3Ftenant%3D1"
                .into(),
            Some(BodyLimit(TOKEN_ANSWER_LIMIT)),
        )
    );
}

#[test]
fn with_pkce_the_verifier_is_the_fifth_field() {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let request = wire::code_request(
        &connector(endpoints(), "app-1"),
        &Secret::new("c-1"),
        REDIRECT_URI,
        Some(&CodeVerifier::new(Secret::new(verifier)).unwrap()),
    );
    assert_eq!(
        request.body(),
        &format!(
            "client_id=app-1&grant_type=authorization_code&code=c-1\
             &redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb%3Ftenant%3D1&code_verifier={verifier}"
        )
    );
}

#[test]
fn a_token_exchange_sends_five_fields_under_the_providers_names() {
    let mut profile = ProviderProfile::new("example", "Client ID");
    profile.token_exchange = Some(TokenExchange::new("token_exchange", "openapi:access_token"));
    let connector = Connector::new(profile, endpoints(), "app-1").unwrap();
    let request = wire::token_exchange_request(&connector, &Secret::new("parent"), "4711").unwrap();
    assert_eq!(
        whole(&request),
        (
            "POST https://id.example.com/connect/token?tier=eu".into(),
            form_headers(),
            "client_id=app-1&grant_type=token_exchange&subject_token_type=openapi%3Aaccess_token\
             &subject_token=parent&resource=4711"
                .into(),
            Some(BodyLimit(TOKEN_ANSWER_LIMIT)),
        )
    );
}

#[test]
fn without_a_token_exchange_in_the_profile_there_is_none() {
    let connector = connector(endpoints(), "app-1");
    assert!(wire::token_exchange_request(&connector, &Secret::new("parent"), "4711").is_none());
}

#[test]
fn without_a_revocation_endpoint_there_is_no_revocation() {
    assert!(wire::revocation_request(&connector(endpoints(), "app-1"), &Secret::new("spare")).is_none());
}

#[test]
fn an_address_that_is_no_request_target_gives_a_request_that_goes_nowhere() {
    let endless = format!("https://id.example.com/{}", "a".repeat(70_000))
        .parse()
        .unwrap();
    let connector = connector(
        Endpoints::new(endless, "https://api.example.com/".parse().unwrap()),
        "app-1",
    );
    assert_eq!(
        wire::refresh_request(&connector, &Secret::new("old"))
            .uri()
            .host(),
        None
    );
}

#[test]
fn reserved_characters_are_form_encoded() {
    let connector = connector(endpoints(), "a&b=c");
    let request = wire::refresh_request(&connector, &Secret::new("p+q/r =&%ø\n"));
    assert_eq!(
        request.body(),
        "client_id=a%26b%3Dc&grant_type=refresh_token&refresh_token=p%2Bq%2Fr+%3D%26%25%C3%B8%0A"
    );
}

proptest! {
    #[test]
    fn any_token_arrives_as_it_was(token in any::<String>()) {
        let request = wire::refresh_request(&connector(endpoints(), "app-1"), &Secret::new(token.clone()));
        let fields: Vec<_> = url::form_urlencoded::parse(request.body()).into_owned().collect();
        let expected = [("client_id", "app-1"), ("grant_type", "refresh_token"), ("refresh_token", &token)];
        prop_assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
    }
}
