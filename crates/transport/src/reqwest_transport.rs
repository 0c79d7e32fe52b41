//! One request over the network.

use std::fmt;

use attache_core::{BodyLimit, BoxFuture, MaskedUrl, Transport, TransportError};
use bytes::Bytes;
use http::{Request, Response};

use crate::{
    BuildError, ReqwestTransportBuilder, body,
    destination::{self, Refusal},
    failure,
};

/// Sends requests with reqwest. Cheap to clone; clones share their connections.
///
/// What it refuses, it refuses before a byte leaves: plain HTTP to anything but a loopback host (`127.0.0.0/8`,
/// `::1`, `localhost`), a user name or password in the URL, and HTTPS where the `tls` feature is off.
///
/// # Panics
///
/// The future that [`Transport::send`] returns has to be polled inside a tokio runtime.
#[derive(Clone)]
pub struct ReqwestTransport(reqwest::Client);

impl ReqwestTransport {
    /// A transport with nothing set.
    ///
    /// # Errors
    ///
    /// If TLS cannot be set up on this system.
    pub fn new() -> Result<Self, BuildError> {
        Self::builder().build()
    }

    /// A builder with nothing set.
    pub fn builder() -> ReqwestTransportBuilder {
        ReqwestTransportBuilder::default()
    }

    pub(crate) fn new_with(client: reqwest::Client) -> Self {
        Self(client)
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let uri = request.uri().clone();
        // Made for errors only.
        let url = || MaskedUrl::from_uri(&uri);
        let limit = request
            .extensions()
            .get()
            .copied()
            .unwrap_or_else(BodyLimit::default);
        let request =
            reqwest::Request::try_from(request).map_err(|_| Refusal::NotAbsolute.into_error(url()))?;
        destination::check(request.url()).map_err(|refusal| refusal.into_error(url()))?;
        let mut answer = self
            .0
            .execute(request)
            .await
            .map_err(|error| failure::of_request(error, url()))?;
        let status = answer.status();
        let body = body::read(&mut answer, limit)
            .await
            .map_err(|error| failure::of_body(error, url(), status))?;
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.version_mut() = answer.version();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReqwestTransport")
    }
}
