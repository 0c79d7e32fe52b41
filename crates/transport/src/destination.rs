//! Where requests may go.

use attache_core::{MaskedUrl, Sent, TransportError, TransportErrorKind, is_loopback};
use url::Url;

/// Why a request is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the URL is not absolute: give scheme, host and path")]
    NotAbsolute,
    #[error("the URL holds a user name or password: use a header")]
    Credentials,
    #[error("plain http is for loopback hosts only: use https")]
    PlainHttp,
    #[error("the URL's scheme is neither https nor http")]
    Scheme,
    #[cfg(not(feature = "tls"))]
    #[error("https is not built in: turn on the `tls` feature of attache-transport")]
    NoTls,
}

impl Refusal {
    pub(crate) fn into_error(self, url: MaskedUrl) -> TransportError {
        TransportError::new(TransportErrorKind::Refused, Sent::No)
            .with_url(url)
            .with_source(self)
    }
}

/// Judges the URL in the form in which it will be used.
pub(crate) fn check(url: &Url) -> Result<(), Refusal> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::Credentials);
    }
    match url.scheme() {
        "https" => tls(),
        "http" if is_loopback(url) => Ok(()),
        "http" => Err(Refusal::PlainHttp),
        _ => Err(Refusal::Scheme),
    }
}

#[cfg(feature = "tls")]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same signature as where the feature is off"
)]
fn tls() -> Result<(), Refusal> {
    Ok(())
}

#[cfg(not(feature = "tls"))]
fn tls() -> Result<(), Refusal> {
    Err(Refusal::NoTls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(uri: &str) -> Result<(), Refusal> {
        check(&uri.parse().map_err(|_| Refusal::NotAbsolute)?)
    }

    #[test]
    fn plain_http_goes_to_loopback_hosts_only() {
        for uri in [
            "http://127.0.0.1:8080/",
            "http://127.9.9.9/",
            "http://[::1]:1/",
            "http://localhost/",
            "http://LOCALHOST/",
        ] {
            assert_eq!(verdict(uri), Ok(()), "{uri}");
        }
        for uri in [
            "http://example.com/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "http://10.0.0.1/",
            "http://[::ffff:7f00:1]/",
            "http://[2001:db8::1]/",
        ] {
            assert_eq!(verdict(uri), Err(Refusal::PlainHttp), "{uri}");
        }
    }

    #[test]
    fn other_schemes_relative_targets_and_credentials_are_refused() {
        assert_eq!(verdict("ftp://localhost/"), Err(Refusal::Scheme));
        assert_eq!(verdict("/v1/items"), Err(Refusal::NotAbsolute));
        assert_eq!(verdict("http://me:pw@localhost/"), Err(Refusal::Credentials));
    }
}
