//! Which requests a fault waits for.

use std::str::FromStr;

use super::log::Endpoint;
use super::routes::Operation;

/// Which requests a fault waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// Requests to the token endpoint.
    Token,
    /// Requests to the authorization endpoint, its forms included.
    Authorize,
    /// Requests to the revocation endpoint.
    Revocation,
    /// Requests to the API.
    Api,
    /// Calls of one operation.
    Operation(Operation),
    /// Files behind download URLs.
    Download,
    /// Every request.
    Any,
}

impl Target {
    pub(crate) fn matches(self, endpoint: Endpoint) -> bool {
        match self {
            Self::Token => endpoint == Endpoint::Token,
            Self::Authorize => endpoint == Endpoint::Authorize,
            Self::Revocation => endpoint == Endpoint::Revocation,
            Self::Api => matches!(endpoint, Endpoint::Api(_)),
            Self::Operation(operation) => endpoint == Endpoint::Api(Some(operation)),
            Self::Download => endpoint == Endpoint::Download,
            Self::Any => true,
        }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "token" => Self::Token,
            "authorize" => Self::Authorize,
            "revocation" => Self::Revocation,
            "api" => Self::Api,
            "download" => Self::Download,
            "any" => Self::Any,
            operation => Self::Operation(operation.parse()?),
        })
    }
}

/// One failure at Factorial: which requests, what, when, how often.
///
/// [`Effect::Revoke`](crate::Effect::Revoke) revokes the request's API key, or the token record that its token or refresh
/// token is part of.
pub type Fault = crate::Fault<Target>;

pub(crate) type Faults = crate::faults::Faults<Target>;
