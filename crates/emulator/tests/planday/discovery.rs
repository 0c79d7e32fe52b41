//! `/.well-known/openid-configuration`.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::partner::{customers, open};
use crate::support::read;

#[test]
fn it_names_the_emulators_own_addresses() {
    let emulator = customers().build().unwrap();
    let request = Request::get("/.well-known/openid-configuration")
        .header("host", "127.0.0.1:8025")
        .body(Bytes::new())
        .unwrap();
    let body = read(emulator.handle(request)).body;
    let shown = |name: &str| body[name].as_str().unwrap().to_owned();
    assert_eq!(
        [
            "issuer",
            "authorization_endpoint",
            "token_endpoint",
            "revocation_endpoint"
        ]
        .map(shown),
        [
            "http://127.0.0.1:8025",
            "http://127.0.0.1:8025/connect/authorize",
            "http://127.0.0.1:8025/connect/token",
            "http://127.0.0.1:8025/connect/revocation",
        ]
    );
    let absolute = open(&emulator, "https://id.example/.well-known/openid-configuration");
    assert_eq!(absolute.body["issuer"], "https://id.example");
}

#[test]
fn it_lists_what_the_real_document_lists() {
    let emulator = customers().build().unwrap();
    let body = open(&emulator, "/.well-known/openid-configuration").body;
    let count = |name: &str| body[name].as_array().map_or(0, Vec::len);
    assert_eq!(
        (
            count("scopes_supported"),
            count("claims_supported"),
            count("response_types_supported")
        ),
        (79, 24, 7)
    );
    assert_eq!(body["code_challenge_methods_supported"], json!(["plain", "S256"]));
    assert_eq!(
        body["token_endpoint_auth_methods_supported"],
        json!(["client_secret_basic", "client_secret_post"])
    );
    assert!(
        body["grant_types_supported"]
            .as_array()
            .unwrap()
            .contains(&json!("token_exchange"))
    );
    assert_eq!(body.get("registration_endpoint"), None::<&Value>);
}
