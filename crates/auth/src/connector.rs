//! An app's set-up at a provider.

use std::{fmt, sync::Arc};

use attache_core::is_loopback;
use url::Url;

use crate::profile::ProviderProfile;

/// Where one environment of a provider lives. The addresses belong together: a token that one of them issued is
/// only ever sent to the others of the same value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    token: Url,
    api: Url,
    revocation: Option<Url>,
}

impl Endpoints {
    /// The token endpoint and the root of the API.
    pub fn new(token: Url, api: Url) -> Self {
        Self {
            token,
            api,
            revocation: None,
        }
    }

    /// Adds the revocation endpoint (RFC 7009), where a fresh token is given back that no account wants any more.
    #[must_use]
    pub fn with_revocation(mut self, revocation: Url) -> Self {
        self.revocation = Some(revocation);
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
}

/// An app's set-up at a provider: who the app is and where the provider lives. Cheap to clone.
///
/// What belongs to a single account, such as Planday's Token, is not part of it.
#[derive(Clone)]
pub struct Connector(Arc<Inner>);

struct Inner {
    profile: ProviderProfile,
    endpoints: Endpoints,
    client_id: Box<str>,
}

/// Everything that is wrong with a set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidConnector {
    provider: &'static str,
    problems: Vec<Problem>,
}

/// One thing that is wrong with a set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The field, under the name that the provider's own pages give it.
    pub field: &'static str,
    /// What is wrong and what to do, as a lower-case fragment.
    pub message: &'static str,
}

impl Connector {
    /// Checks a set-up.
    ///
    /// # Errors
    ///
    /// Lists every problem: a client id that is empty or holds white space or control characters, and addresses
    /// that are neither HTTPS nor loopback, or carry a user name or a fragment.
    pub fn new(
        profile: ProviderProfile,
        endpoints: Endpoints,
        client_id: &str,
    ) -> Result<Self, InvalidConnector> {
        let mut problems = Vec::new();
        if client_id.is_empty() {
            problems.push(Problem {
                field: profile.client_id_label,
                message: "is empty: copy it from the provider's page",
            });
        } else if client_id
            .chars()
            .any(|character| character.is_whitespace() || character.is_control())
        {
            problems.push(Problem {
                field: profile.client_id_label,
                message: "holds white space: copy it again without any",
            });
        }
        let addresses = [
            ("token endpoint", Some(&endpoints.token)),
            ("API address", Some(&endpoints.api)),
            ("revocation endpoint", endpoints.revocation.as_ref()),
        ];
        for (field, url) in addresses {
            if let Some(message) = url.and_then(address_problem) {
                problems.push(Problem { field, message });
            }
        }
        if problems.is_empty() {
            Ok(Self(Arc::new(Inner {
                profile,
                endpoints,
                client_id: client_id.into(),
            })))
        } else {
            Err(InvalidConnector {
                provider: profile.provider,
                problems,
            })
        }
    }

    /// Whether it is the same app in the same environment.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.client_id() == other.client_id() && self.endpoints() == other.endpoints()
    }

    /// How the provider behaves.
    pub fn profile(&self) -> &ProviderProfile {
        &self.0.profile
    }

    /// Where the provider lives.
    pub fn endpoints(&self) -> &Endpoints {
        &self.0.endpoints
    }

    /// The app's client id. It is no secret.
    pub fn client_id(&self) -> &str {
        &self.0.client_id
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

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector")
            .field("provider", &self.0.profile.provider)
            .field("client_id", &self.0.client_id)
            .field("endpoints", &self.0.endpoints)
            .finish_non_exhaustive()
    }
}

impl InvalidConnector {
    /// Every problem, in the order of the fields.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for InvalidConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} connector cannot be used: ", self.provider)?;
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{} {}", problem.field, problem.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidConnector {}
