//! Which requests a fault waits for.

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
            Self::Any => true,
        }
    }
}

/// One failure at Planday: which requests, what, when, how often.
pub type Fault = crate::Fault<Target>;

pub(crate) type Faults = crate::faults::Faults<Target>;
