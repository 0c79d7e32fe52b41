//! Addresses that a provider may send users back to.

use attache_core::is_loopback;
use url::Url;

/// What is wrong with a redirect URI (RFC 6749, 3.1.2; RFC 8252, 7.3; RFC 9700, 2.1).
///
/// The text itself is judged before it is parsed: the server compares texts, and a parser would mend this one.
pub(crate) fn problem(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("is empty: give the one that is registered at the provider");
    }
    // What RFC 3986 allows in a URI.
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
    {
        return Some("holds a character that no URI may have: percent-encode it");
    }
    let Ok(url) = Url::parse(text) else {
        return Some("is no absolute URL: give the whole of it, with https:// in front");
    };
    if !["http", "https"].contains(&url.scheme()) {
        return Some("must be HTTPS: any app can claim another scheme");
    }
    // The parser takes `https:host` as well, which other readers take for something else.
    if !text[url.scheme().len()..].starts_with("://") {
        return Some("is no absolute URL: write :// behind its scheme");
    }
    if text[url.scheme().len()..].starts_with(":///") {
        return Some("has no host: write it behind ://");
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Some(
            "must be HTTPS: over plain HTTP the code can be read on the way; only loopback hosts may",
        );
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("must not carry a user name or a password");
    }
    if url.fragment().is_some() {
        return Some("must not carry a fragment");
    }
    None
}

/// Whether `given` is the registered URI: to the letter, as the server compares it (RFC 9700, 2.1), or at any port where
/// a loopback URI is registered with port 0 (RFC 8252, 7.3).
pub(super) fn is_registered(registered: &str, given: &str) -> bool {
    match around_port_zero(registered) {
        Some((before, after)) => {
            let port = given
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after));
            // Without one it is the scheme's own.
            let is_port = |port: &str| match port.strip_prefix(':') {
                Some(port) => port.parse().is_ok_and(|port: u16| port > 0),
                None => port.is_empty(),
            };
            port.is_some_and(is_port) && problem(given).is_none()
        }
        None => registered == given,
    }
}

/// What stands before and behind the port of a loopback URI whose port is 0.
fn around_port_zero(registered: &str) -> Option<(&str, &str)> {
    let url = Url::parse(registered).ok()?;
    if url.port() != Some(0) || !is_loopback(&url) {
        return None;
    }
    let authority = registered.find("://")? + 3;
    let end = registered[authority..]
        .find(['/', '?'])
        .map_or(registered.len(), |end| authority + end);
    Some((registered[..end].strip_suffix(":0")?, &registered[end..]))
}
