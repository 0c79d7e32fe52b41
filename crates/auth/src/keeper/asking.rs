//! One request to the token endpoint that is nobody's renewal: linking, and deriving.

use std::error::Error;

use attache_core::{AuthorizationError, AuthorizationErrorKind, Deadline, Secret, Timestamp};
use bytes::Bytes;
use http::{Request, Response};

use crate::{
    connector::Connector,
    keeper::{declined, shared::Shared},
    wire::{self, TokenAnswer, TokenFailure},
};

/// Why a token request brought no token.
pub(crate) enum NoAnswer {
    /// The endpoint was not reached, or did not answer in time.
    Unreached(Box<dyn Error + Send + Sync>),
    /// It answered with something else.
    Declined(TokenFailure),
}

impl NoAnswer {
    /// What it is to a caller.
    pub(crate) fn into_error(self) -> AuthorizationError {
        match self {
            Self::Unreached(source) => {
                AuthorizationError::new(AuthorizationErrorKind::Transient).with_source(source)
            }
            Self::Declined(failure) => {
                let error = AuthorizationError::new(declined::kind(failure.class()));
                declined::describe(error, failure)
            }
        }
    }
}

/// Sends a token request once. Tells when it was sent, from which the token's life counts. What the answer echoes of
/// `sent` is taken out of the failure.
pub(crate) async fn ask(
    shared: &Shared,
    connector: &Connector,
    request: Request<Bytes>,
    sent: &Secret,
) -> Result<(TokenAnswer, Timestamp), NoAnswer> {
    let sent_at = shared.clock.now();
    let response = send(shared, request).await.map_err(NoAnswer::Unreached)?;
    wire::read_token_answer(connector.profile(), &response, shared.clock.now())
        .map(|answer| (answer, sent_at))
        .map_err(|failure| NoAnswer::Declined(failure.without_echo_of(sent)))
}

/// Sends a request once, within the limit of one exchange.
pub(crate) async fn send(
    shared: &Shared,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, Box<dyn Error + Send + Sync>> {
    let limit = Deadline::after(&*shared.clock, shared.policy.exchange_limit);
    let sent = limit.race(&*shared.clock, shared.transport.send(request)).await;
    Ok(sent??)
}
