//! What a user's browser brings back.

use std::{error::Error, fmt};

use attache_core::{FailureClass, Secret};
use url::form_urlencoded;

use super::error_answer::{LONGEST_MESSAGE, known_code, presentable_code};

/// A callback's query is refused from this many bytes on. Real ones have a few hundred.
pub const CALLBACK_LIMIT: usize = 16 * 1024;

/// What an authorization server sent back by way of the user's browser (RFC 6749, 4.1.2): anybody could have written
/// it, so nothing in it is to be believed before the state has been compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    state: Option<Secret>,
    issuer: Option<Box<str>>,
    outcome: Result<Secret, AuthorizationRefusal>,
}

/// The server or the user declined (RFC 6749, 4.1.2.1). `Display` and `Debug` show the code and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRefusal {
    code: Option<Box<str>>,
    message: Option<Secret>,
}

/// Why a callback cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// A parameter is there twice (RFC 6749, 3.1).
    #[error("the callback has {0} more than once: somebody has tampered with it, start the link again")]
    Repeated(&'static str),
    /// Neither a code nor an error.
    #[error("the callback has neither code nor error: pass on its whole query, and check the redirect URI")]
    Empty,
    /// A code and an error.
    #[error("the callback has both code and error: somebody has tampered with it, start the link again")]
    Contradictory,
    /// A parameter is not UTF-8.
    #[error("the callback's {0} is not UTF-8: pass on its query as it came")]
    NotUtf8(&'static str),
    /// [`CALLBACK_LIMIT`] bytes or more.
    #[error("the callback is longer than the limit: this is no answer of an authorization server")]
    TooLong,
}

/// The parameters that mean something (RFC 6749, 4.1.2 and 4.1.2.1; RFC 9207, 2).
const KNOWN: [&str; 6] = ["code", "state", "error", "error_description", "error_uri", "iss"];

impl Callback {
    /// Reads a callback from a whole URL, or from its path and query, as HTTP servers give it.
    ///
    /// # Errors
    ///
    /// See [`CallbackError`].
    pub fn from_url(url: &str) -> Result<Self, CallbackError> {
        let url = url.split('#').next().unwrap_or_default();
        let query = url.split_once('?').map_or("", |(_, query)| query);
        Self::from_query(query)
    }

    /// Reads a callback from a query, with or without the question mark in front.
    ///
    /// Unknown parameters are ignored and may be repeated. A parameter without a value counts as absent, but not for
    /// being repeated (RFC 6749, 3.1). The work is linear in the query.
    ///
    /// # Errors
    ///
    /// See [`CallbackError`].
    pub fn from_query(query: &str) -> Result<Self, CallbackError> {
        let query = query.strip_prefix('?').unwrap_or(query);
        if query.len() >= CALLBACK_LIMIT {
            return Err(CallbackError::TooLong);
        }
        let mut values: [Option<Secret>; KNOWN.len()] = [const { None }; KNOWN.len()];
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if let Some(index) = KNOWN.iter().position(|known| *known == name)
                && values[index].replace(Secret::from(value.into_owned())).is_some()
            {
                return Err(CallbackError::Repeated(KNOWN[index]));
            }
        }
        let [code, state, error, description, _, issuer] =
            values.map(|value| value.filter(|value| !value.is_empty()));
        let outcome = match (code, error) {
            // What was not UTF-8 has been replaced, and the replaced text is not the code.
            (Some(code), None) if code.expose().contains(char::REPLACEMENT_CHARACTER) => {
                return Err(CallbackError::NotUtf8("code"));
            }
            (Some(code), None) => Ok(code),
            (None, Some(error)) => Err(AuthorizationRefusal {
                code: presentable_code(error.expose()),
                message: description
                    .map(|text| Secret::new(text.expose().chars().take(LONGEST_MESSAGE).collect::<String>())),
            }),
            (None, None) => return Err(CallbackError::Empty),
            (Some(_), Some(_)) => return Err(CallbackError::Contradictory),
        };
        Ok(Self {
            state,
            issuer: issuer.map(|issuer| issuer.expose().into()),
            outcome,
        })
    }

    /// Reads a callback from either: what starts with `http:`, `https:` or `/` is a URL, anything else a query.
    ///
    /// # Errors
    ///
    /// See [`CallbackError`].
    pub fn parse(text: &str) -> Result<Self, CallbackError> {
        let text = text.trim();
        let is_url = ["http://", "https://"].iter().any(|scheme| {
            text.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        });
        if is_url || text.starts_with('/') {
            Self::from_url(text)
        } else {
            Self::from_query(text)
        }
    }

    /// The state, to be compared with that of the attempt before anything else is looked at.
    pub fn state(&self) -> Option<&Secret> {
        self.state.as_ref()
    }

    /// Who says to have sent this (RFC 9207). If it is there, it has to be the expected issuer to the letter.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The authorization code, or why there is none.
    pub fn outcome(&self) -> Result<&Secret, &AuthorizationRefusal> {
        self.outcome.as_ref()
    }
}

impl AuthorizationRefusal {
    /// The error code, for example `access_denied`. Free text is not given out as a code; what is has at most 40
    /// characters, all of `a-z`, `0-9`, `_`, `.` and `-`.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// What the server says, at most 1000 characters. It came by way of a browser, so anybody can have written it:
    /// show it to the operator who asks, as plain text, and keep it out of logs.
    pub fn message(&self) -> Option<&str> {
        self.message.as_ref().map(Secret::expose)
    }

    /// What may be done next: an outage passes, a wrong set-up has to be mended, and anything else was declined by
    /// the user or the server, as `access_denied` is.
    pub fn class(&self) -> FailureClass {
        match self.code() {
            Some("unsupported_response_type") => FailureClass::ConnectorMisconfigured,
            code => code
                .and_then(known_code)
                .map_or(FailureClass::GrantRefused, |known| known.class),
        }
    }
}

impl fmt::Display for AuthorizationRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the authorization was declined")?;
        if let Some(code) = &self.code {
            write!(f, " (code {code})")?;
        }
        Ok(())
    }
}

impl Error for AuthorizationRefusal {}
