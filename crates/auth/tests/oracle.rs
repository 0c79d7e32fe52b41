//! Against the `oauth2` crate: what both can build is equal, and what it accepts we accept with equal values.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

use std::{cell::RefCell, collections::BTreeSet, convert::Infallible};

use attache_auth::{
    Connector, Endpoints, ProviderProfile,
    wire::{self, CodeVerifier, LONGEST_LIFETIME},
};
use attache_core::{Secret, Timestamp};
use bytes::Bytes;
use http::{Request, Response};
use oauth2::{
    AuthUrl, AuthorizationCode, Client, ClientId, CsrfToken, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError,
    RevocableToken, RevocationUrl, Scope, TokenResponse, TokenUrl,
    basic::{
        BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenResponse,
    },
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const TOKEN: &str = "https://id.example.com/connect/token?tier=eu";
const REVOCATION: &str = "https://id.example.com/connect/revocation";
const FIXED: [&str; 2] = ["openid", "offline_access"];

/// A token that is revoked without `token_type_hint`, which Planday's documents do not have.
struct Unhinted(String);

impl RevocableToken for Unhinted {
    fn secret(&self) -> &str {
        &self.0
    }

    fn type_hint(&self) -> Option<&str> {
        None
    }
}

type Oracle = Client<
    BasicErrorResponse,
    BasicTokenResponse,
    BasicTokenIntrospectionResponse,
    Unhinted,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointSet,
>;

/// An app, as both know it.
#[derive(Debug, Clone)]
struct App {
    client_id: String,
    authorization: String,
    redirect_uri: String,
    scopes: Vec<String>,
}

impl App {
    fn ours(&self) -> Connector {
        let mut profile = ProviderProfile::new("example", "Client ID");
        profile.fixed_scopes = &FIXED;
        let endpoints = Endpoints::new(
            TOKEN.parse().unwrap(),
            "https://api.example.com/".parse().unwrap(),
        )
        .with_revocation(REVOCATION.parse().unwrap())
        .with_authorization(self.authorization.parse().unwrap());
        Connector::builder(profile, endpoints, &self.client_id)
            .scopes(self.scopes.iter())
            .redirect_uris([&self.redirect_uri])
            .build()
            .unwrap()
    }

    fn theirs(&self) -> Oracle {
        Client::new(ClientId::new(self.client_id.clone()))
            .set_auth_uri(AuthUrl::new(self.authorization.clone()).unwrap())
            .set_token_uri(TokenUrl::new(TOKEN.to_owned()).unwrap())
            .set_revocation_url(RevocationUrl::new(REVOCATION.to_owned()).unwrap())
            .set_redirect_uri(RedirectUrl::new(self.redirect_uri.clone()).unwrap())
    }
}

fn app() -> impl Strategy<Value = App> {
    let query = prop_oneof![
        Just(String::new()),
        "\\?[a-b]{1,3}=[a-z0-9%+._~!*'():@/?;ø-]{0,12}(&[c-d]{1,3}(=[a-z%2F+]{0,9})?)?",
    ];
    let redirect_uri = prop_oneof![
        "https://app\\.example\\.com(/[A-Za-z0-9%._~!$&'()*+,;=:@-]{0,12}){0,2}(\\?[A-Za-z0-9%._~!$&'()*+,;=:@/?-]{0,20})?",
        "http://(localhost|127\\.0\\.0\\.1|\\[::1\\]):[1-9][0-9]{3}/[a-z+%-]{0,8}",
    ];
    let scopes = prop::collection::btree_set("[!#-\\[\\]-~]{1,14}", 0..5);
    (
        "[A-Za-z0-9%:+&=/?#ø漢~_.!*'(),;@$-]{1,20}",
        query,
        redirect_uri,
        scopes,
    )
        .prop_map(
            |(client_id, query, redirect_uri, scopes): (_, _, _, BTreeSet<String>)| App {
                client_id,
                authorization: format!("https://id.example.com/connect/authorize{query}"),
                redirect_uri,
                scopes: scopes.into_iter().collect(),
            },
        )
}

fn verifier() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[A-Za-z0-9._~-]{43,128}")
}

type Pairs = Vec<(String, String)>;

/// In an order that does not depend on who wrote them.
fn sorted(pairs: impl Iterator<Item = (String, String)>) -> Pairs {
    let mut pairs: Pairs = pairs.collect();
    pairs.sort();
    pairs
}

/// Method, address, content type, accepted type, and the decoded form.
type Whole = (String, String, Option<String>, Option<String>, Pairs);

fn whole<B: AsRef<[u8]>>(request: &Request<B>) -> Whole {
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    let form = url::form_urlencoded::parse(request.body().as_ref()).into_owned();
    (
        request.method().to_string(),
        request.uri().to_string(),
        header("content-type"),
        header("accept"),
        sorted(form),
    )
}

/// What the oracle sends, when `send` makes it send something.
fn sent(send: impl FnOnce(&dyn Fn(HttpRequest) -> Result<HttpResponse, Infallible>)) -> Whole {
    let seen = RefCell::new(None);
    send(&|request| {
        *seen.borrow_mut() = Some(whole(&request));
        Ok(Response::new(
            br#"{"access_token":"A","token_type":"bearer"}"#.to_vec(),
        ))
    });
    seen.into_inner().unwrap()
}

/// Access token, refresh token, lifetime in seconds, scopes.
type Granted = (String, Option<String>, Option<u64>, Option<Vec<String>>);

/// What the oracle makes of an answer, or its error code.
fn their_reading(status: u16, body: &str) -> Result<Granted, Option<String>> {
    let app = App {
        client_id: "app-1".into(),
        authorization: "https://id.example.com/connect/authorize".into(),
        redirect_uri: "https://app.example.com/cb".into(),
        scopes: Vec::new(),
    };
    let client = app.theirs();
    let answer = client
        .exchange_refresh_token(&RefreshToken::new("old".into()))
        .request(&|_: HttpRequest| -> Result<HttpResponse, Infallible> {
            Ok(Response::builder()
                .status(status)
                .header("content-type", "application/json")
                .body(body.as_bytes().to_vec())
                .unwrap())
        });
    match answer {
        Ok(answer) => Ok((
            answer.access_token().secret().clone(),
            answer.refresh_token().map(|token| token.secret().clone()),
            answer.expires_in().map(|lifetime| lifetime.as_secs()),
            answer
                .scopes()
                .map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect()),
        )),
        Err(RequestTokenError::ServerResponse(error)) => Err(Some(error.error().to_string())),
        Err(_) => Err(None),
    }
}

fn our_reading(status: u16, body: &str) -> Result<Granted, Option<String>> {
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap();
    let profile = ProviderProfile::new("example", "Client ID");
    match wire::read_token_answer(&profile, &response, Timestamp::UNIX_EPOCH) {
        Ok(answer) => Ok((
            answer.access_token.expose().to_owned(),
            answer.refresh_token.map(|token| token.expose().to_owned()),
            answer.lifetime.map(|lifetime| lifetime.as_secs()),
            answer.scope,
        )),
        Err(failure) => Err(failure.code().map(str::to_owned)),
    }
}

/// The oracle's reading in our terms: a blank token and an empty scope count as absent (RFC 6749, 3.2), and no
/// lifetime is believed beyond [`LONGEST_LIFETIME`].
fn in_our_terms((access, refresh, lifetime, scopes): Granted) -> Granted {
    (
        access,
        refresh.filter(|token| !token.trim().is_empty()),
        lifetime.map(|lifetime| lifetime.min(LONGEST_LIFETIME.as_secs())),
        scopes
            .map(|scopes| {
                scopes
                    .iter()
                    .flat_map(|scope| scope.split_ascii_whitespace())
                    .map(Into::into)
                    .collect()
            })
            .filter(|scopes: &Vec<String>| !scopes.is_empty()),
    )
}

/// What the oracle accepts although it can be used nowhere: a token that no header carries, or of a type that nobody
/// here understands (RFC 6749, 7.1), or that is not there.
fn is_usable(body: &Value) -> bool {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    text("token_type").eq_ignore_ascii_case("bearer")
        && !text("access_token").trim().is_empty()
        && text("access_token")
            .bytes()
            .all(|byte| matches!(byte, 0x20..=0x7e))
        && !text("refresh_token").contains(char::REPLACEMENT_CHARACTER)
}

fn token() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[!-~]{1,60}", 1 => "[ -~]{0,8}", 1 => any::<String>()]
}

/// Answers that keep to RFC 6749, 5.1, with members of other standards beside.
fn proper_answer() -> impl Strategy<Value = Value> {
    let lifetime = prop_oneof![Just(3600_u64), 0..100_000_u64, any::<u64>()];
    let scope = prop_oneof!["[!#-\\[\\]-~]{1,9}( [!#-\\[\\]-~]{1,9}){0,3}", "[ a:]{0,6}"];
    (
        "[!-~]{1,60}",
        prop_oneof![Just("bearer"), Just("Bearer"), Just("BEARER")],
        prop::option::of(lifetime),
        prop::option::of("[!-~]{1,60}"),
        prop::option::of(scope),
        prop::option::of(any::<String>()),
    )
        .prop_map(|(access, kind, lifetime, refresh, scope, extra)| {
            let mut body = Map::new();
            body.insert("access_token".into(), json!(access));
            body.insert("token_type".into(), json!(kind));
            let optional = [
                ("expires_in", lifetime.map(Value::from)),
                ("refresh_token", refresh.map(Value::from)),
                ("scope", scope.map(Value::from)),
                ("id_token", extra.clone().map(Value::from)),
                ("token", extra.map(|text| json!({ "x": text }))),
            ];
            body.extend(
                optional
                    .into_iter()
                    .filter_map(|(name, value)| Some((name.to_owned(), value?))),
            );
            Value::Object(body)
        })
}

/// Answers with any of the members as almost anything.
fn any_answer() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        6 => token().prop_map(Value::from),
        2 => any::<u64>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => prop::collection::vec(token().prop_map(Value::from), 0..3).prop_map(Value::from),
        1 => Just(json!({ "access_token": "inner" })),
    ];
    let kind = prop_oneof![5 => Just(json!("Bearer")), 1 => value.clone()];
    let member = |value: BoxedStrategy<Value>| prop::option::weighted(0.8, value);
    (
        member(value.clone().boxed()),
        member(kind.boxed()),
        member(value.clone().boxed()),
        member(value.clone().boxed()),
        member(value.clone().boxed()),
        member(value.boxed()),
    )
        .prop_map(|(access, kind, lifetime, refresh, scope, wrapped)| {
            let members = [
                ("access_token", access),
                ("token_type", kind),
                ("expires_in", lifetime),
                ("refresh_token", refresh),
                ("scope", scope),
                ("token", wrapped),
            ];
            members
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                .collect()
        })
}

proptest! {
    #[test]
    fn authorization_urls_are_equal(app in app(), state in any::<String>(), verifier in verifier()) {
        let challenge = verifier.clone().map(|text| CodeVerifier::new(Secret::from(text)).unwrap().challenge());
        let ours = wire::authorization_url(&app.ours(), &app.redirect_uri, &Secret::new(state.as_str()), challenge.as_ref()).unwrap();

        let fixed = FIXED.iter().map(|scope| (*scope).to_owned()).filter(|scope| !app.scopes.contains(scope));
        let client = app.theirs();
        let mut request = client
            .authorize_url(|| CsrfToken::new(state.clone()))
            .add_scopes(app.scopes.iter().cloned().chain(fixed).map(Scope::new));
        if let Some(verifier) = verifier {
            request = request.set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier)));
        }
        let (theirs, _) = request.url();

        prop_assert_eq!(sorted(ours.query_pairs().into_owned()), sorted(theirs.query_pairs().into_owned()));
        let place = |url: &url::Url| (url.origin().ascii_serialization(), url.path().to_owned());
        prop_assert_eq!(place(&ours), place(&theirs));
    }

    #[test]
    fn code_exchanges_are_equal(app in app(), code in any::<String>(), verifier in verifier()) {
        let ours = CodeVerifier::new(Secret::from(verifier.clone().unwrap_or_default())).ok();
        let ours = wire::code_request(&app.ours(), &Secret::new(code.as_str()), &app.redirect_uri, ours.as_ref());
        let theirs = sent(|http| {
            let client = app.theirs();
            let mut request = client.exchange_code(AuthorizationCode::new(code));
            if let Some(verifier) = verifier {
                request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier));
            }
            request.request(&http).unwrap();
        });
        prop_assert_eq!(whole(&ours), theirs);
    }

    #[test]
    fn refreshes_are_equal(app in app(), token in any::<String>()) {
        let ours = wire::refresh_request(&app.ours(), &Secret::new(token.as_str()));
        let theirs = sent(|http| {
            app.theirs().exchange_refresh_token(&RefreshToken::new(token)).request(&http).unwrap();
        });
        prop_assert_eq!(whole(&ours), theirs);
    }

    #[test]
    fn revocations_are_equal(app in app(), token in any::<String>()) {
        let ours = wire::revocation_request(&app.ours(), &Secret::new(token.as_str())).unwrap();
        let theirs = sent(|http| {
            app.theirs().revoke_token(Unhinted(token)).unwrap().request(&http).unwrap();
        });
        prop_assert_eq!(whole(&ours), theirs);
    }

    #[test]
    fn a_proper_answer_means_the_same_to_both(body in proper_answer()) {
        let text = body.to_string();
        let theirs = their_reading(200, &text).map(in_our_terms);
        prop_assert!(theirs.is_ok(), "{theirs:?}");
        prop_assert_eq!(our_reading(200, &text), theirs);
    }

    #[test]
    fn what_the_oracle_accepts_we_accept_with_equal_values(body in any_answer()) {
        let text = body.to_string();
        if let Ok(theirs) = their_reading(200, &text) {
            let ours = our_reading(200, &text);
            if is_usable(&body) {
                prop_assert_eq!(ours, Ok(in_our_terms(theirs)));
            }
        }
    }

    #[test]
    fn an_error_answer_has_the_same_code_for_both(
        code in prop_oneof!["[a-z_]{1,40}", Just("invalid_grant".to_owned())],
        description in prop::option::of(any::<String>()),
    ) {
        let mut body = json!({ "error": code });
        if let Some(description) = description {
            body["error_description"] = description.into();
        }
        let text = body.to_string();
        prop_assert_eq!(our_reading(400, &text), Err(Some(code)));
        prop_assert_eq!(our_reading(400, &text), their_reading(400, &text));
    }
}
