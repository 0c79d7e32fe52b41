//! Where one environment of a provider lives.

use std::collections::HashSet;

use attache_core::is_loopback;
use url::Url;

use super::Problem;

/// Where one environment of a provider lives. The addresses belong together: a token that one of them issued is
/// only ever sent to the others of the same value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    token: Url,
    api: Url,
    revocation: Option<Url>,
    authorization: Option<Url>,
    issuer: Option<Box<str>>,
}

impl Endpoints {
    /// The token endpoint and the root of the API.
    pub fn new(token: Url, api: Url) -> Self {
        Self {
            token,
            api,
            revocation: None,
            authorization: None,
            issuer: None,
        }
    }

    /// Adds the revocation endpoint (RFC 7009), where a token is given back that no account wants any more.
    #[must_use]
    pub fn with_revocation(mut self, revocation: Url) -> Self {
        self.revocation = Some(revocation);
        self
    }

    /// Adds the authorization endpoint (RFC 6749, 3.1), where users consent. Its own query stays.
    #[must_use]
    pub fn with_authorization(mut self, authorization: Url) -> Self {
        self.authorization = Some(authorization);
        self
    }

    /// Adds the issuer that the provider's metadata names. A callback that names one has to name this one, to the
    /// letter (RFC 9207, 2.4).
    #[must_use]
    pub fn with_issuer(mut self, issuer: impl Into<Box<str>>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// The token endpoint.
    pub fn token(&self) -> &Url {
        &self.token
    }

    /// The root of the API.
    pub fn api(&self) -> &Url {
        &self.api
    }

    /// The revocation endpoint, if there is one.
    pub fn revocation(&self) -> Option<&Url> {
        self.revocation.as_ref()
    }

    /// The authorization endpoint, if there is one.
    pub fn authorization(&self) -> Option<&Url> {
        self.authorization.as_ref()
    }

    /// The issuer, if it is known.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    pub(super) fn problems(&self) -> impl Iterator<Item = Problem> {
        let addresses = [
            ("token endpoint", Some(&self.token)),
            ("API address", Some(&self.api)),
            ("revocation endpoint", self.revocation.as_ref()),
            ("authorization endpoint", self.authorization.as_ref()),
        ];
        let addresses = addresses
            .into_iter()
            .filter_map(|(field, url)| Some(Problem::new(field, address_problem(url?)?)));
        let repeated = self.authorization.as_ref().filter(|url| repeats_a_parameter(url));
        addresses.chain(repeated.map(|_| {
            Problem::new(
                "authorization endpoint",
                "has a parameter twice, which RFC 6749, 3.1 forbids: keep one",
            )
        }))
    }
}

fn address_problem(url: &Url) -> Option<&'static str> {
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(url)) {
        Some("must be HTTPS, or HTTP on a loopback address")
    } else if !url.username().is_empty() || url.password().is_some() {
        Some("must not carry a user name or a password")
    } else if url.fragment().is_some() {
        Some("must not carry a fragment")
    } else {
        None
    }
}

fn repeats_a_parameter(url: &Url) -> bool {
    let mut seen = HashSet::new();
    !url.query_pairs().all(|(name, _)| seen.insert(name))
}
