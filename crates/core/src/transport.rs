//! The seam to the network.

use std::{error::Error, fmt};

use bytes::Bytes;
use http::{Request, Response};

use crate::{BoxFuture, MaskedUrl, Sent};

/// Sends one request and returns the whole answer.
///
/// A transport follows no redirect, retries nothing and sets no time limit: callers race it against their own
/// deadline. It reads at most as many bytes of a body as the [`BodyLimit`] among the request's extensions says.
///
/// # Cancel safety
///
/// Dropping the future abandons the request; whether it took effect is then unknown ([`Sent::Maybe`]).
pub trait Transport: Send + Sync + 'static {
    /// Sends `request`.
    ///
    /// # Errors
    ///
    /// Only where no complete answer came. An answer with any status is an answer.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>>;
}

/// How many bytes of an answer's body are read at most. Put it among a request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimit(pub usize);

impl Default for BodyLimit {
    /// 64 MiB.
    fn default() -> Self {
        Self(64 * 1024 * 1024)
    }
}

/// Why no answer came.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    sent: Sent,
    url: Option<MaskedUrl>,
    status: Option<u16>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`TransportError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The request was refused before it was sent: not HTTPS and not loopback, or not a valid request.
    Refused,
    /// No connection could be made: name, network, or certificate.
    Connect,
    /// The connection broke while the request was sent or before the answer began.
    Interrupted,
    /// The answer began but its body was cut.
    Body,
    /// The answer's body is larger than the limit.
    TooLarge,
    /// The deadline passed first.
    Elapsed,
}

impl TransportError {
    /// An error of this kind; `sent` says whether the request can have reached the server.
    pub fn new(kind: TransportErrorKind, sent: Sent) -> Self {
        Self {
            kind,
            sent,
            url: None,
            status: None,
            source: None,
        }
    }

    /// Adds where the request was going.
    #[must_use]
    pub fn with_url(mut self, url: MaskedUrl) -> Self {
        self.url = Some(url);
        self
    }

    /// Adds the status of an answer whose body could not be read.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds the cause. Its text is shown, so it must name no secret.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The kind.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Whether the request can have reached the server.
    pub fn sent(&self) -> Sent {
        self.sent
    }

    /// The status of the answer, if it began.
    pub fn status(&self) -> Option<u16> {
        self.status
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TransportErrorKind::Refused => "the request was not sent",
            TransportErrorKind::Connect => "no connection",
            TransportErrorKind::Interrupted => "the connection broke before the answer",
            TransportErrorKind::Body => "the answer was cut",
            TransportErrorKind::TooLarge => "the answer is larger than the limit",
            TransportErrorKind::Elapsed => "no answer before the deadline",
        })?;
        if let Some(url) = &self.url {
            write!(f, " ({url})")?;
        }
        Ok(())
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}

/// A transport made from a function, for tests, emulators and wrappers.
///
/// # Examples
///
/// ```
/// use attache_core::{Transport, transport_from_fn};
/// use bytes::Bytes;
///
/// let transport = transport_from_fn(|_request| async { Ok(http::Response::new(Bytes::from_static(b"{}"))) });
/// # let _: &dyn Transport = &transport;
/// ```
pub fn transport_from_fn<F, A>(function: F) -> impl Transport
where
    F: Fn(Request<Bytes>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'static,
{
    FromFn(function)
}

struct FromFn<F>(F);

impl<F, A> Transport for FromFn<F>
where
    F: Fn(Request<Bytes>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'static,
{
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin((self.0)(request))
    }
}
