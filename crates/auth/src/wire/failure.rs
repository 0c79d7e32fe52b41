//! Answers that bring no token.

use std::{error::Error, fmt, time::Duration};

use attache_core::{FailureClass, Secret, Timestamp, echoes};
use bytes::Bytes;
use http::Response;

use super::{
    error_answer::{ErrorAnswer, known_code},
    retry_after::retry_after,
};

const TOKEN_ENDPOINT: &str = "token endpoint";

/// Why a token endpoint's answer brought no token, and what may be done next.
///
/// `Display` and `Debug` show the kind, the status and the error code, and nothing else of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFailure {
    kind: TokenFailureKind,
    class: FailureClass,
    status: u16,
    code: Option<Box<str>>,
    message: Option<Secret>,
    retry_after: Option<Duration>,
    outcome_known: bool,
    rescued: Option<Secret>,
    endpoint: &'static str,
}

/// What was wrong with a token endpoint's answer. The status comes first: a 502 is a [`ServerError`] whatever its
/// body is.
///
/// [`ServerError`]: Self::ServerError
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenFailureKind {
    /// Status 429: too many requests.
    Throttled,
    /// Status 408 or 5xx: an outage of the server or of something before it.
    ServerError,
    /// Status 3xx. Redirects are not followed, because a token is only for the address that it was made for. The
    /// token endpoint has moved, or a sign-in page of the network stands before it.
    Redirect,
    /// The answer names an error, as RFC 6749, 5.2 has it or in a similar way.
    ErrorAnswer,
    /// HTML or XML: usually a page of a proxy, a firewall or a network that wants a sign-in.
    Html,
    /// Nothing, or white space.
    Empty,
    /// Text that is not JSON.
    Text,
    /// It begins as JSON and is cut, broken, or nested too deeply.
    InvalidJson,
    /// Neither UTF-8 nor readable in spite of that.
    NotUtf8,
    /// More than [`TOKEN_ANSWER_LIMIT`](super::TOKEN_ANSWER_LIMIT) bytes.
    TooLarge,
    /// JSON with neither an access token nor an error, or an access token under a status that is no success.
    NoAccessToken,
    /// The access token holds characters that no header may carry.
    UnusableToken,
    /// The access token is of another type than `Bearer`, which RFC 6749, 7.1 forbids to use.
    UnusableTokenType,
}

impl TokenFailure {
    /// Sorts an answer without a usable token. `kind` is what its body is and `error` what its body says;
    /// `bare_refusals` are the statuses that refuse the grant without a word.
    pub(super) fn new(
        bare_refusals: &[u16],
        response: &Response<Bytes>,
        now: Timestamp,
        kind: TokenFailureKind,
        error: ErrorAnswer,
    ) -> Self {
        use FailureClass::{GrantRefused, Throttled, Transient};

        let status = response.status().as_u16();
        let known = error.code.as_deref().and_then(known_code);
        let speaks = kind == TokenFailureKind::NoAccessToken && error.present;
        let body = if speaks {
            TokenFailureKind::ErrorAnswer
        } else {
            kind
        };
        let (kind, class, outcome_known) = match (status, known) {
            (429, _) => (TokenFailureKind::Throttled, Throttled, true),
            // An outage wins over any code: a gateway that answers for a server does not know what became of the
            // grant, and a refusal that is real comes again once the outage is over.
            (408 | 500.., _) => (TokenFailureKind::ServerError, Transient, false),
            // 301, 307 and 308 ask for the same request elsewhere, so it was not carried out. 302 and 303 are also
            // what frameworks send when they show an error page after the fact.
            (300..400, _) => (
                TokenFailureKind::Redirect,
                Transient,
                matches!(status, 301 | 307 | 308),
            ),
            (200.., Some(known)) if speaks => (body, known.class, known.declined),
            (400.., _) if bare_refusals.contains(&status) && is_readable(kind) => (body, GrantRefused, true),
            // A client error says that the request was not carried out (RFC 9110, 15.5).
            (400.., _) => (body, Transient, true),
            // An error under 2xx is one only if it has a code; garbage can be all that is left of a token answer.
            (_, _) => (body, Transient, speaks && error.code.is_some()),
        };
        Self {
            kind,
            class,
            status,
            code: error.code,
            message: error.message,
            retry_after: retry_after(response.headers(), now),
            outcome_known,
            rescued: None,
            endpoint: TOKEN_ENDPOINT,
        }
    }

    /// What was wrong.
    pub fn kind(&self) -> TokenFailureKind {
        self.kind
    }

    /// What may be done next.
    pub fn class(&self) -> FailureClass {
        self.class
    }

    /// The answer's HTTP status.
    pub fn status(&self) -> Option<u16> {
        Some(self.status)
    }

    /// The error code, for example `invalid_grant`. Free text is not given out as a code; what is has at most 40
    /// characters, all of `a-z`, `0-9`, `_`, `.` and `-`.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// What the provider says, at most 1000 characters. It can quote a token: show it to the operator who asks,
    /// and keep it out of logs.
    pub fn provider_message(&self) -> Option<&str> {
        self.message.as_ref().map(Secret::expose)
    }

    /// How long the provider asks to wait, from the answer's arrival on.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether the answer shows that the refresh token was not spent.
    ///
    /// It does where the server declined: a client error, throttling, an error code, a permanent redirect. It does
    /// not after an outage (408, 5xx, `server_error`), after a redirect that may be an error page, and after a
    /// success without a usable token.
    pub fn outcome_known(&self) -> bool {
        self.outcome_known
    }

    /// The new refresh token of a success whose access token cannot be used. The old one may be spent.
    pub(crate) fn rescued_refresh_token(&self) -> Option<&Secret> {
        self.rescued.as_ref()
    }

    pub(super) fn with_rescued(mut self, refresh_token: Option<Secret>) -> Self {
        self.rescued = refresh_token;
        self
    }

    /// As an answer of the revocation endpoint.
    pub(super) fn at_revocation(mut self) -> Self {
        self.endpoint = "revocation endpoint";
        self
    }

    pub(super) fn with_class(mut self, class: FailureClass) -> Self {
        self.class = class;
        self
    }

    /// Without its code, if that repeats the secret that was sent: codes are shown, secrets never.
    pub(crate) fn without_echo_of(mut self, secret: &Secret) -> Self {
        if self
            .code
            .as_deref()
            .is_some_and(|code| echoes(secret.expose(), code))
        {
            self.code = None;
        }
        self
    }

    /// Whether the server reported a success and no usable token came with it: the refresh token may be spent.
    pub fn answered_without_token(&self) -> bool {
        (200..300).contains(&self.status) && self.kind != TokenFailureKind::ErrorAnswer
    }
}

/// Whether a body hides nothing: a page comes from something in between, and broken or oversized JSON can hold a
/// code that blames the app and not the grant.
fn is_readable(body: TokenFailureKind) -> bool {
    matches!(
        body,
        TokenFailureKind::Empty | TokenFailureKind::Text | TokenFailureKind::NoAccessToken
    )
}

impl TokenFailureKind {
    /// What was wrong with the answer of `endpoint`, as far as the endpoint is the subject.
    const fn fragment(self) -> &'static str {
        match self {
            Self::Throttled => " asks to wait",
            Self::ServerError => " is out of order",
            Self::Redirect => " redirects, which is not followed: check its address",
            Self::ErrorAnswer => " refuses the request",
            Self::Html => " answered with a page: check for a proxy or a sign-in in between",
            Self::Empty => "'s answer is empty",
            Self::Text => "'s answer is no JSON",
            Self::InvalidJson => "'s answer is cut or broken JSON",
            Self::NotUtf8 => "'s answer is not UTF-8",
            Self::TooLarge => "'s answer is larger than the limit",
            Self::NoAccessToken => "'s answer has no access_token",
            Self::UnusableToken => "'s access_token has characters that no header may carry",
            Self::UnusableTokenType => "'s token_type is not bearer: the app needs bearer tokens",
        }
    }
}

impl fmt::Display for TokenFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fragment = match self.kind {
            TokenFailureKind::NoAccessToken if self.endpoint != TOKEN_ENDPOINT => {
                "'s answer names no error that is known"
            }
            kind => kind.fragment(),
        };
        write!(f, "the {}{fragment} (status {})", self.endpoint, self.status)?;
        if let Some(code) = &self.code {
            write!(f, " (code {code})")?;
        }
        Ok(())
    }
}

impl fmt::Display for TokenFailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {TOKEN_ENDPOINT}{}", self.fragment())
    }
}

impl Error for TokenFailure {}
