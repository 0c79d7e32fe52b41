//! Where Planday lives.

use attache_auth::Endpoints;
use url::Url;

/// The identity server and the API of one Planday, as one value: a token of the one is only ever sent to the
/// other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    identity: Url,
    api: Url,
}

impl Environment {
    /// Planday itself: `https://id.planday.com` and `https://openapi.planday.com`, in all countries. Demo portals
    /// live here too.
    pub fn production() -> Self {
        Self::new(
            constant("https://id.planday.com/"),
            constant("https://openapi.planday.com/"),
        )
    }

    /// Another place, such as an emulator: the base of the identity server, to which `connect/token` is added,
    /// and the base of the API. Plain HTTP is taken for loopback hosts only.
    pub fn new(identity: Url, api: Url) -> Self {
        Self { identity, api }
    }

    /// The addresses (Planday, Authorization: Exchanging the Refresh Token; Authorization Code Flow: authorize and
    /// revocation), and the issuer, which is the base of the identity server (OpenID discovery document).
    pub fn endpoints(&self) -> Endpoints {
        Endpoints::new(self.identity("connect/token"), self.api.clone())
            .with_authorization(self.identity("connect/authorize"))
            .with_revocation(self.identity("connect/revocation"))
            .with_issuer(self.identity.as_str().trim_end_matches('/'))
    }

    fn identity(&self, path: &str) -> Url {
        let mut url = self.identity.clone();
        url.set_path(&format!("{}/{path}", self.identity.path().trim_end_matches('/')));
        url
    }
}

impl Default for Environment {
    /// [`Environment::production`].
    fn default() -> Self {
        Self::production()
    }
}

#[expect(clippy::expect_used, reason = "the two constants above; a test reads them")]
fn constant(url: &'static str) -> Url {
    Url::parse(url).expect("a constant is a URL")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(environment: &Environment) -> [String; 5] {
        let endpoints = environment.endpoints();
        [
            endpoints.issuer().unwrap().to_owned(),
            endpoints.authorization().unwrap().to_string(),
            endpoints.token().to_string(),
            endpoints.revocation().unwrap().to_string(),
            endpoints.api().to_string(),
        ]
    }

    #[test]
    fn production_is_the_documented_hosts() {
        assert_eq!(
            texts(&Environment::production()),
            [
                "https://id.planday.com",
                "https://id.planday.com/connect/authorize",
                "https://id.planday.com/connect/token",
                "https://id.planday.com/connect/revocation",
                "https://openapi.planday.com/",
            ]
        );
    }

    #[test]
    fn another_place_keeps_the_path_of_its_base() {
        let environment = Environment::new(
            "http://127.0.0.1:4000/identity/".parse().unwrap(),
            "http://127.0.0.1:4000/api".parse().unwrap(),
        );
        assert_eq!(
            texts(&environment),
            [
                "http://127.0.0.1:4000/identity",
                "http://127.0.0.1:4000/identity/connect/authorize",
                "http://127.0.0.1:4000/identity/connect/token",
                "http://127.0.0.1:4000/identity/connect/revocation",
                "http://127.0.0.1:4000/api",
            ]
        );
    }
}
