//! One request over the network.

use std::{fmt, future::ready};

use attache_core::{BodyLimit, BoxFuture, MaskedUrl, Transport, TransportError};
use bytes::Bytes;
use http::{Request, Response, Uri, uri::PathAndQuery};
use url::Url;

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
}

impl Transport for ReqwestTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        // All that is known before waiting is done here, since a future keeps room for whatever passes through it.
        let uri = request.uri().clone();
        let limit = request
            .extensions()
            .get()
            .copied()
            .unwrap_or_else(BodyLimit::default);
        match outgoing(request) {
            Ok(request) => Box::pin(exchange(self.0.execute(request), uri, limit)),
            Err(refusal) => {
                let error = refusal.into_error(MaskedUrl::from_uri(&uri));
                Box::pin(ready(Err(error)))
            }
        }
    }
}

/// The same request for reqwest, if it may go where it wants to.
fn outgoing(request: Request<Bytes>) -> Result<reqwest::Request, Refusal> {
    let (parts, body) = request.into_parts();
    let (Some(scheme), Some(authority)) = (parts.uri.scheme_str(), parts.uri.authority()) else {
        return Err(Refusal::NotAbsolute);
    };
    // As `Uri` would display itself, which takes ten times as long.
    let target = parts.uri.path_and_query().map_or("", PathAndQuery::as_str);
    let url = [scheme, "://", authority.as_str(), target].concat();
    let url = Url::parse(&url).map_err(|_| Refusal::NotAbsolute)?;
    destination::check(&url)?;
    let mut request = reqwest::Request::new(parts.method, url);
    *request.headers_mut() = parts.headers;
    *request.version_mut() = parts.version;
    *request.body_mut() = Some(body.into());
    Ok(request)
}

async fn exchange(
    answer: impl Future<Output = reqwest::Result<reqwest::Response>>,
    uri: Uri,
    limit: BodyLimit,
) -> Result<Response<Bytes>, TransportError> {
    // Made for errors only.
    let url = || MaskedUrl::from_uri(&uri);
    let mut answer = answer.await.map_err(|error| failure::of_request(error, url()))?;
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

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReqwestTransport")
    }
}
