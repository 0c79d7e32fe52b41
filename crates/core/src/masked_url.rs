//! URLs that are safe to show.

use std::fmt;

use url::Url;

/// A URL for error messages and logs: shown without user name, password, query values or fragment.
///
/// # Examples
///
/// ```
/// use attache_core::MaskedUrl;
///
/// let url = url::Url::parse("https://me:pw@api.example.com/v1/items?cursor=abc#top").unwrap();
/// assert_eq!(MaskedUrl::new(&url).to_string(), "https://api.example.com/v1/items?…");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct MaskedUrl(Box<str>);

impl MaskedUrl {
    /// Keeps scheme, host, port and path, and the fact that there was a query.
    pub fn new(url: &Url) -> Self {
        let query = if url.query().is_some() { "?…" } else { "" };
        let origin = url.origin();
        if origin.is_tuple() {
            Self(format!("{}{}{query}", origin.ascii_serialization(), url.path()).into())
        } else {
            // What stands behind the colon of `mailto:` and its like has no parts that could be told apart.
            Self(format!("{}:…", url.scheme()).into())
        }
    }

    /// The same for a request's target, which need not be a valid [`Url`].
    pub fn from_uri(uri: &http::Uri) -> Self {
        match uri.scheme().map(|_| Url::parse(&uri.to_string())) {
            Some(Ok(url)) => Self::new(&url),
            _ if uri.query().is_some() => Self(format!("{}?…", uri.path()).into()),
            _ => Self(uri.path().into()),
        }
    }
}

impl fmt::Display for MaskedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MaskedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MaskedUrl({})", self.0)
    }
}
