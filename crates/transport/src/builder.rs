//! Setting up the transport.

use std::{error::Error, time::Duration};

use http::HeaderValue;
use url::Url;

use crate::ReqwestTransport;

/// Builds a [`ReqwestTransport`].
#[derive(Clone, Default)]
#[must_use]
pub struct ReqwestTransportBuilder {
    user_agent: Option<HeaderValue>,
    max_idle_per_host: Option<usize>,
    idle_timeout: Option<Duration>,
    proxy: Option<Url>,
}

/// Why a transport could not be built.
#[derive(Debug, thiserror::Error)]
#[error("transport: {problem}")]
pub struct BuildError {
    problem: &'static str,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl ReqwestTransportBuilder {
    /// The `User-Agent` of requests that bring none of their own. Without it, none is sent.
    pub fn user_agent(mut self, value: HeaderValue) -> Self {
        self.user_agent = Some(value);
        self
    }

    /// How many idle connections to one host are kept open. Zero opens a new one for every request.
    pub fn max_idle_per_host(mut self, connections: usize) -> Self {
        self.max_idle_per_host = Some(connections);
        self
    }

    /// How long an idle connection is kept open; 90 seconds unless set.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = Some(timeout);
        self
    }

    /// Sends HTTPS requests through the tunnel of this HTTP proxy. A user name and password in the URL are given
    /// to the proxy. Plain requests to loopback hosts never go through it.
    ///
    /// Without this no proxy is used, whatever the environment says.
    pub fn proxy(mut self, proxy: Url) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Builds the transport.
    ///
    /// # Errors
    ///
    /// If the proxy is not an `http` or `https` URL, or if TLS cannot be set up on this system.
    pub fn build(self) -> Result<ReqwestTransport, BuildError> {
        let mut client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy();
        if let Some(value) = self.user_agent {
            client = client.user_agent(value);
        }
        if let Some(connections) = self.max_idle_per_host {
            client = client.pool_max_idle_per_host(connections);
        }
        if let Some(timeout) = self.idle_timeout {
            client = client.pool_idle_timeout(timeout);
        }
        if let Some(proxy) = self.proxy {
            if !matches!(proxy.scheme(), "http" | "https") || proxy.host().is_none() {
                return Err(BuildError {
                    problem: "proxy must be an http or https URL with a host",
                    source: None,
                });
            }
            // The error can quote the URL, which may hold a password, so it is not kept.
            let proxy = reqwest::Proxy::https(proxy).map_err(|_| BuildError {
                problem: "proxy cannot be used",
                source: None,
            })?;
            client = client.proxy(proxy);
        }
        client
            .build()
            .map(ReqwestTransport::new_with)
            .map_err(|error| BuildError {
                problem: "the HTTP client cannot be set up",
                source: Some(error.without_url().into()),
            })
    }
}

impl std::fmt::Debug for ReqwestTransportBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReqwestTransportBuilder")
            .field("max_idle_per_host", &self.max_idle_per_host)
            .field("idle_timeout", &self.idle_timeout)
            .field("proxy", &self.proxy.is_some())
            .finish_non_exhaustive()
    }
}
