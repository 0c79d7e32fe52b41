//! URLs are shown without what may be secret in them.

#![allow(
    clippy::unwrap_used,
    reason = "the world of a test may fail loudly, like the test"
)]

use attache_core::MaskedUrl;
use http::Uri;
use url::Url;

fn masked(url: &str) -> String {
    MaskedUrl::new(&Url::parse(url).unwrap()).to_string()
}

fn masked_uri(uri: &str) -> String {
    MaskedUrl::from_uri(&uri.parse::<Uri>().unwrap()).to_string()
}

#[test]
fn scheme_host_port_and_path_are_kept() {
    let urls = [
        "https://api.example.com/v1/items",
        "http://127.0.0.1:8080/",
        "https://[::1]:8443/a%20b",
    ];
    assert_eq!(urls.map(masked), urls);
    assert_eq!(
        masked("https://api.example.com:443/v1"),
        "https://api.example.com/v1"
    );
}

#[test]
fn user_query_and_fragment_are_not() {
    let masks = [
        ("https://canary@api.example.com/v1", "https://api.example.com/v1"),
        (
            "https://user:canary@api.example.com/v1",
            "https://api.example.com/v1",
        ),
        (
            "https://api.example.com/v1?token=canary&canary",
            "https://api.example.com/v1?…",
        ),
        ("https://api.example.com/v1?", "https://api.example.com/v1?…"),
        ("https://api.example.com/v1#canary", "https://api.example.com/v1"),
        (
            "https://canary:canary@api.example.com/v1?canary#canary",
            "https://api.example.com/v1?…",
        ),
    ];
    assert_eq!(masks.map(|(url, _)| masked(url)), masks.map(|(_, mask)| mask));
}

#[test]
fn debug_shows_no_more_than_display() {
    let url = Url::parse("https://user:canary@api.example.com/v1?canary#canary").unwrap();
    assert_eq!(
        format!("{:?}", MaskedUrl::new(&url)),
        "MaskedUrl(https://api.example.com/v1?…)"
    );
}

#[test]
fn the_target_of_a_request_is_masked_as_a_url_is() {
    let masks = [
        (
            "https://api.example.com/v1?token=canary",
            "https://api.example.com/v1?…",
        ),
        (
            "https://user:canary@api.example.com:8443/v1",
            "https://api.example.com:8443/v1",
        ),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
    ];
    assert_eq!(masks.map(|(uri, _)| masked_uri(uri)), masks.map(|(_, mask)| mask));
}

#[test]
fn a_target_without_a_host_shows_its_path_at_most() {
    let masks = [
        ("/v1/items", "/v1/items"),
        ("/v1/items?token=canary", "/v1/items?…"),
        ("user:canary@example.com:443", ""),
        ("*", "*"),
    ];
    assert_eq!(masks.map(|(uri, _)| masked_uri(uri)), masks.map(|(_, mask)| mask));
}

#[test]
fn an_address_without_parts_shows_its_scheme_only() {
    assert_eq!(masked("mailto:canary@example.com"), "mailto:…");
}

#[test]
fn masks_are_equal_where_what_they_show_is() {
    let mask = |url| MaskedUrl::new(&Url::parse(url).unwrap());
    assert_eq!(
        mask("https://a@api.example.com/v1?b"),
        mask("https://c@api.example.com/v1?d")
    );
    assert_ne!(
        mask("https://api.example.com/v1"),
        mask("https://api.example.com/v1?d")
    );
}
