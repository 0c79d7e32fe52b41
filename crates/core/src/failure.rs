//! How failures are sorted.

use std::fmt;

/// What kind of failure a token request ended in, and so what may be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureClass {
    /// An outage, a cut connection, an answer that is no answer: try again later, keep serving what is held.
    Transient,
    /// The provider asks for patience: try again when it says.
    Throttled,
    /// The provider refuses the grant: the account has to be linked again, unless someone else renewed it.
    GrantRefused,
    /// The provider refuses the app: the connector's set-up is wrong. Its accounts are not to blame.
    ConnectorMisconfigured,
    /// Our own store could not be read or written.
    Store,
}

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Transient => "transient",
            Self::Throttled => "throttled",
            Self::GrantRefused => "grant refused",
            Self::ConnectorMisconfigured => "connector misconfigured",
            Self::Store => "store",
        })
    }
}

/// Whether a request can have reached the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sent {
    /// No byte of it left this process: whatever it would have done has not happened.
    No,
    /// Bytes left and no complete answer came: it may or may not have taken effect.
    Maybe,
    /// The other side answered.
    Yes,
}
