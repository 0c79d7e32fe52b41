//! What a provider's answers mean.

use std::time::Duration;

use attache_core::Timestamp;
use http::{HeaderMap, StatusCode, header::WWW_AUTHENTICATE};

use crate::{ErrorBody, ErrorKind, InvalidField, PaceHint};

/// Knows what a provider means by an answer that is no success. One for each provider.
pub trait ErrorTable: Send + Sync + 'static {
    /// Sorts one answer.
    fn classify(&self, answer: &Answer<'_>) -> Classified;

    /// What an answer's headers say about the rate limits. Asked for every answer, of success too, where the API
    /// has a [gate](crate::ApiBuilder::pace). Nothing, unless overridden.
    ///
    /// Nothing left stops the limit's requests until its window begins anew; something left caps what goes out
    /// until then. A 429 needs no hint: it stops the limit that the hint names, or else the gate's first, for the
    /// longest of `Retry-After`, [`Classified::retry_after`] and the hint's reset, or for a second where nobody says.
    /// A reset is believed as far as the limit's longest window and a second, the others for 15 minutes.
    fn pace_hint(&self, status: StatusCode, headers: &HeaderMap) -> Option<PaceHint> {
        let _ = (status, headers);
        None
    }
}

/// An answer that is no success.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Answer<'a> {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body, of any media type.
    pub body: &'a [u8],
    /// When it came, for headers that name a point in time.
    pub now: Timestamp,
}

impl<'a> Answer<'a> {
    /// An answer with all of its parts.
    pub fn new(status: StatusCode, headers: &'a HeaderMap, body: &'a [u8], now: Timestamp) -> Self {
        Self {
            status,
            headers,
            body,
            now,
        }
    }

    /// The text of a header, if there is one and it is text.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Classified {
    /// What it is.
    pub verdict: Verdict,
    /// The provider's code. Shown in errors if it looks like a code: up to 64 letters, digits and `._-:/`.
    pub code: Option<String>,
    /// The provider's words. Never shown.
    pub message: Option<String>,
    /// The fields that it does not accept. Never shown.
    pub fields: Vec<InvalidField>,
    /// How long it asks to wait in headers of its own. A `Retry-After` is read without the table's help; the
    /// longer of the two is waited for.
    pub retry_after: Option<Duration>,
}

/// What an answer that is no success is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// The credential is stale: a newer one may be taken. The request has had no effect.
    Stale,
    /// The credential is not taken, and renewing it would not help.
    Unauthorized,
    /// The credential is good but not for this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The request is not accepted.
    Validation,
    /// Too many requests. The request has had no effect.
    RateLimited,
    /// A failure that may pass by itself.
    Unavailable,
    /// A failure that does not pass by itself.
    ServerFault,
    /// Something that the API does not answer with, such as a redirect.
    Unexpected,
}

impl Verdict {
    /// What the status says by itself. A 401 alone does not say that the credential is stale.
    pub fn from_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            429 => Self::RateLimited,
            408 | 500 | 502 | 503 | 504 => Self::Unavailable,
            400..=499 => Self::Validation,
            500.. => Self::ServerFault,
            _ => Self::Unexpected,
        }
    }

    pub(crate) fn kind(self) -> ErrorKind {
        match self {
            Self::Stale | Self::Unauthorized => ErrorKind::Unauthorized,
            Self::Forbidden => ErrorKind::Forbidden,
            Self::NotFound => ErrorKind::NotFound,
            Self::Validation => ErrorKind::Validation,
            Self::RateLimited => ErrorKind::RateLimited,
            Self::Unavailable | Self::ServerFault => ErrorKind::Unavailable,
            Self::Unexpected => ErrorKind::Decode,
        }
    }
}

impl Classified {
    /// A verdict with nothing else known.
    pub fn new(verdict: Verdict) -> Self {
        Self {
            verdict,
            code: None,
            message: None,
            fields: Vec::new(),
            retry_after: None,
        }
    }

    /// Adds the provider's code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Adds the provider's words.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Adds the fields that it does not accept.
    #[must_use]
    pub fn fields(mut self, fields: Vec<InvalidField>) -> Self {
        self.fields = fields;
        self
    }

    /// Adds how long it asks to wait.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Adds code, words and fields from a body.
    #[must_use]
    pub fn body(mut self, body: ErrorBody) -> Self {
        self.code = body.code;
        self.message = body.message;
        self.fields = body.fields;
        self
    }
}

/// Sorts answers by the standards alone: the status (RFC 9110), `invalid_token` in a `WWW-Authenticate` header
/// (RFC 6750, 3.1) for a stale credential, and the common JSON shapes of errors ([`ErrorBody`]).
#[derive(Debug, Clone, Copy, Default)]
pub struct StandardErrors;

impl ErrorTable for StandardErrors {
    fn classify(&self, answer: &Answer<'_>) -> Classified {
        let stale = answer.status == StatusCode::UNAUTHORIZED
            && answer
                .headers
                .get_all(WWW_AUTHENTICATE)
                .iter()
                .filter_map(|value| value.to_str().ok())
                .any(|challenge| challenge.contains("invalid_token"));
        let verdict = if stale {
            Verdict::Stale
        } else {
            Verdict::from_status(answer.status)
        };
        Classified::new(verdict).body(ErrorBody::read(answer.body))
    }
}
