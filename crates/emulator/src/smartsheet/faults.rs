//! Which requests a fault waits for.

use super::log::Endpoint;
use super::routes::Operation;

/// Which requests a fault waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// `POST /2.0/token`.
    Token,
    /// `DELETE /2.0/token`.
    Revocation,
    /// The authorization page and its form.
    Authorize,
    /// Downloads of attachments.
    Download,
    /// Requests to the API, but for the two about tokens.
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
            Self::Revocation => endpoint == Endpoint::Revocation,
            Self::Authorize => endpoint == Endpoint::Authorize,
            Self::Download => endpoint == Endpoint::Download,
            Self::Api => matches!(endpoint, Endpoint::Api(_)),
            Self::Operation(operation) => endpoint == Endpoint::Api(Some(operation)),
            Self::Any => true,
        }
    }
}

/// One failure at Smartsheet: which requests, what, when, how often.
pub type Fault = crate::Fault<Target>;

pub(crate) type Faults = crate::faults::Faults<Target>;
