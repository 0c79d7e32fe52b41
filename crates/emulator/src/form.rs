//! Form bodies and queries.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use url::form_urlencoded;

/// Whether a request has a form body.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|media_type| {
            media_type
                .trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

/// The pairs of a form body or a query, decoded, in order.
pub(crate) fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded).into_owned().collect()
}

/// Every value of a name, in order.
pub(crate) fn all<'a>(pairs: &'a [(String, String)], name: &str) -> impl Iterator<Item = &'a str> {
    let matching = pairs.iter().filter(move |(given, _)| given == name);
    matching.map(|(_, value)| value.as_str())
}
