//! What reqwest's errors mean.

use attache_core::{MaskedUrl, Sent, TransportError, TransportErrorKind};
use http::StatusCode;

use crate::body::BodyError;

/// An error before the answer's head was complete.
pub(crate) fn of_request(error: reqwest::Error, url: MaskedUrl) -> TransportError {
    let (kind, sent) = if error.is_builder() {
        (TransportErrorKind::Refused, Sent::No)
    } else if error.is_connect() {
        (TransportErrorKind::Connect, Sent::No)
    } else {
        (TransportErrorKind::Interrupted, Sent::Maybe)
    };
    // reqwest's own text would show the query.
    TransportError::new(kind, sent)
        .with_url(url)
        .with_source(error.without_url())
}

/// An error while the body was read. The other side has begun to answer, but what it did is not known.
pub(crate) fn of_body(error: BodyError, url: MaskedUrl, status: StatusCode) -> TransportError {
    let (kind, source) = match error {
        BodyError::TooLarge => (TransportErrorKind::TooLarge, None),
        BodyError::Cut(error) => (TransportErrorKind::Body, Some(error.without_url())),
    };
    let failure = TransportError::new(kind, Sent::Maybe)
        .with_url(url)
        .with_status(status.as_u16());
    match source {
        Some(source) => failure.with_source(source),
        None => failure,
    }
}
