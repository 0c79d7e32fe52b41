//! What a caller may choose for one call.

use std::{fmt, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::Error;

/// Choices for one call. What is `None` is as the [`Api`](crate::Api) was built.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct RequestOptions {
    /// How long the whole call may take, all attempts and waits included; 60 seconds unless set.
    pub deadline: Option<Duration>,
    /// How often the request is sent at most, 1 for no retry; 4 unless set. The one repetition after a stale
    /// credential is not counted.
    pub attempts: Option<u32>,
    /// More headers. Those that the client, the provider crate or the credential set are refused.
    pub headers: HeaderMap,
    /// How long the credential has to stay valid from the sending on; zero unless set. For requests that the
    /// provider works on for long.
    pub min_validity: Option<Duration>,
}

/// Headers that belong to the credential, the connection or the body.
const RESERVED: [&str; 13] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "te",
    "trailer",
    "expect",
];

impl RequestOptions {
    /// Nothing chosen.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how long the whole call may take.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets how often the request is sent at most. Zero counts as one.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = Some(attempts);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Sets how long the credential has to stay valid.
    #[must_use]
    pub fn min_validity(mut self, duration: Duration) -> Self {
        self.min_validity = Some(duration);
        self
    }

    /// These choices, and those of `defaults` where these have none. Of a header in both, these win.
    pub(crate) fn over(mut self, defaults: &Self) -> Self {
        self.deadline = self.deadline.or(defaults.deadline);
        self.attempts = self.attempts.or(defaults.attempts);
        self.min_validity = self.min_validity.or(defaults.min_validity);
        if !defaults.headers.is_empty() {
            let mut headers = defaults.headers.clone();
            headers.extend(self.headers);
            self.headers = headers;
        }
        self
    }

    /// Refuses headers that are not the caller's to set; `fixed` are the provider's.
    pub(crate) fn check_headers(&self, fixed: &HeaderMap) -> Result<(), Error> {
        match self
            .headers
            .keys()
            .find(|name| RESERVED.contains(&name.as_str()) || fixed.contains_key(*name))
        {
            None => Ok(()),
            Some(name) => Err(Error::configuration(format!(
                "header `{name}` is set by the client and cannot be among the options' headers"
            ))),
        }
    }
}

impl fmt::Debug for RequestOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestOptions")
            .field("deadline", &self.deadline)
            .field("attempts", &self.attempts)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("min_validity", &self.min_validity)
            .finish()
    }
}
