//! Hosts that plain HTTP may go to.

use url::{Host, Url};

/// Whether a URL's host is this machine: `127.0.0.0/8`, `::1` or `localhost`. Only there may a credential go without
/// TLS.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
