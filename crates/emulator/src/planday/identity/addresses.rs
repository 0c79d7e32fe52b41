//! Where URLs lead: to loopback, to this server.

use http::uri::Authority;
use url::{Host, Url};

/// The path of the authorization endpoint.
pub(crate) const AUTHORIZE: &str = "/connect/authorize";

/// Whether a URL's host is an address of loopback, not a name of it: what RFC 8252, 7.3, lets have any port.
pub(crate) fn is_loopback_address(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    }
}

/// Whether a URL leads to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    is_loopback_address(url) || url.host_str() == Some("localhost")
}

/// Why a browser that opens this URL would not come to the authorization endpoint. `own` is the host, and the port where
/// it has one, that this server is reached by, if that is known.
pub(crate) fn misses_authorize(url: &Url, own: Option<&Authority>) -> Option<String> {
    if url.path() != AUTHORIZE {
        return Some(format!(
            "There is nothing to agree to here: the path is not {AUTHORIZE}."
        ));
    }
    let own = own.and_then(|own| Url::parse(&format!("{}://{own}", url.scheme())).ok())?;
    let same_host = url.host() == own.host() || is_loopback(url) && is_loopback(&own);
    let same_port = url.port_or_known_default() == own.port_or_known_default();
    (!(same_host && same_port))
        .then(|| "This is another server's address: its host is not this one's.".to_owned())
}
