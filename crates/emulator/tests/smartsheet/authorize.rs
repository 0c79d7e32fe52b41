//! `/b/authorize`.

use attache_emulator::smartsheet::ConsentError;
use bytes::Bytes;
use http::Request;

use crate::support::{OWNER, emulator, read};

const BASE: &str = "https://app.smartsheet.com/b/authorize";

fn pairs(callback: &str) -> Vec<(String, String)> {
    let url = url::Url::parse(callback).unwrap();
    url.query_pairs().into_owned().collect()
}

#[test]
fn allowing_sends_a_code_milliseconds_and_the_state() {
    let emulator = emulator();
    let url = format!(
        "{BASE}?response_type=code&client_id=app-one&scope=READ_SHEETS,WRITE_SHEETS&state=a%26b&redirect_uri=https://app.example/callback"
    );
    let callback = emulator.consent(&url, OWNER).unwrap();
    let pairs = pairs(&callback);
    let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "expires_in", "state"]);
    assert_eq!(pairs[1].1, "599000");
    assert_eq!(pairs[2].1, "a&b");
    assert!(callback.starts_with("https://app.example/callback?"));
}

#[test]
fn denying_and_bad_requests_send_an_error_and_the_state() {
    let emulator = emulator();
    let back = |query: &str, deny: bool| {
        let url = format!("{BASE}?client_id=app-one&state=s&{query}");
        let callback = if deny {
            emulator.deny(&url, OWNER)
        } else {
            emulator.consent(&url, OWNER)
        };
        pairs(&callback.unwrap())
    };
    let error = |code: &str| {
        vec![
            ("error".to_owned(), code.to_owned()),
            ("state".to_owned(), "s".to_owned()),
        ]
    };
    assert_eq!(back("response_type=code", true), error("access_denied"));
    assert_eq!(
        back("response_type=token", false),
        error("unsupported_response_type")
    );
    assert_eq!(
        back("response_type=code&scope=READ_EVERYTHING", false),
        error("invalid_scope")
    );
}

#[test]
fn an_address_that_is_not_registered_gets_nobody() {
    let emulator = emulator();
    for query in [
        "response_type=code&client_id=nobody",
        "response_type=code&client_id=app-one&redirect_uri=https://evil.example",
    ] {
        let answer = emulator.consent(&format!("{BASE}?{query}"), OWNER);
        assert!(
            matches!(answer, Err(ConsentError::Shown(_))),
            "{query}: {answer:?}"
        );
    }
}

#[test]
fn the_page_asks_a_person_and_a_link_cannot_agree() {
    let emulator = emulator();
    let url =
        format!("{BASE}?response_type=code&client_id=app-one&scope=READ_SHEETS&user={OWNER}&decision=allow");
    let answer = read(emulator.handle(Request::get(url).body(Bytes::new()).unwrap()));
    assert_eq!(answer.status, 200);
    let page = answer.text();
    for word in [
        "Allow Sheet sync?",
        "READ_SHEETS",
        "Olga Owner",
        "action=\"/b/authorize\"",
        "value=\"deny\"",
    ] {
        assert!(page.contains(word), "{word}: {page}");
    }
}
