//! What a connector may look like.

use serde_json::Value;
use url::{Host, Url};

use crate::fault::Fault;
use crate::output::failure;

/// Planday registers three at most.
const MOST_REDIRECT_URIS: usize = 3;

pub(crate) fn check(scopes: &[String], redirect_uris: &[String], fault: &Fault) -> Result<(), Value> {
    let refused = |text: &str| Err(failure("configuration", "no", text));
    if redirect_uris.len() > MOST_REDIRECT_URIS && !fault.is("any-number-of-redirects") {
        return refused("there are more than three redirect URIs");
    }
    if scopes
        .iter()
        .any(|scope| scope.is_empty() || scope.contains(char::is_whitespace))
    {
        return refused("a scope is empty or has white space");
    }
    for uri in redirect_uris {
        let Ok(parsed) = Url::parse(uri) else {
            if fault.is("fragment-redirect") {
                continue;
            }
            return refused("a redirect URI is not absolute");
        };
        let loopback = match parsed.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        let plain = parsed.scheme() == "http" && (loopback || fault.is("plain-http-redirect"));
        if !(parsed.scheme() == "https" || plain) {
            return refused("a redirect URI is neither https nor on this machine");
        }
        let odd = parsed.fragment().is_some() || !parsed.username().is_empty() || parsed.password().is_some();
        if odd && !fault.is("fragment-redirect") {
            return refused("a redirect URI has a fragment or user information");
        }
    }
    Ok(())
}
