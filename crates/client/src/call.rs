//! One call of an operation.

use std::{borrow::Cow, fmt};

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;

use crate::{Error, Operation, RequestOptions};

/// An operation with its arguments. Whether they fit is found out when it is sent.
#[derive(Clone)]
#[must_use]
pub struct Call {
    pub(crate) operation: &'static Operation,
    pub(crate) path: Vec<(&'static str, String)>,
    pub(crate) query: Vec<(Cow<'static, str>, String)>,
    pub(crate) body: Option<Result<Body, UnwritableBody>>,
    pub(crate) options: RequestOptions,
}

/// Why a call is not to be sent: a value that JSON cannot hold, or what the provider crate says. The text of serde's
/// error may quote the value, so nothing of it is kept.
#[derive(Clone)]
pub(crate) struct UnwritableBody(Cow<'static, str>);

impl UnwritableBody {
    const NOT_JSON: Self = Self(Cow::Borrowed("body: the value cannot be written as JSON"));
}

/// A request's body: bytes, so that it can be sent again.
#[derive(Clone)]
pub struct Body {
    pub(crate) content_type: HeaderValue,
    pub(crate) bytes: Bytes,
}

impl Call {
    /// A call without arguments.
    pub fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            path: Vec::new(),
            query: Vec::new(),
            body: None,
            options: RequestOptions::new(),
        }
    }

    /// Fills a parameter of the path. The value becomes one segment whatever characters it has; an empty one,
    /// `.` and `..` are refused when the call is sent.
    pub fn path(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.path.push((name, value.to_string()));
        self
    }

    /// Adds a pair to the query. A name given twice is sent twice.
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: impl fmt::Display) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Adds a pair to the query if there is a value.
    pub fn query_some(self, name: impl Into<Cow<'static, str>>, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Sets the body to a value written as JSON. A value that JSON cannot hold is an error when the call is sent.
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        self.with(Body::json(value).map_err(|_| UnwritableBody::NOT_JSON))
    }

    /// Sets the body.
    pub fn body(self, body: Body) -> Self {
        self.with(Ok(body))
    }

    /// Refuses the call, whatever else it is given: sending it is a `Configuration` error, and nothing goes out. For
    /// provider crates, where arguments would mean something else to the provider than to the caller. Of several
    /// refusals the first one is told.
    ///
    /// `detail` names the field and the remedy; it is shown, so it must hold no secret.
    pub fn refuse(self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.with(Err(UnwritableBody(detail.into())))
    }

    fn with(mut self, body: Result<Body, UnwritableBody>) -> Self {
        if !matches!(self.body, Some(Err(_))) {
            self.body = Some(body);
        }
        self
    }

    /// Sets the caller's choices.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets a pair of the query, whatever it was before.
    pub(crate) fn set_query(&mut self, name: &'static str, value: impl fmt::Display) {
        self.query.retain(|(existing, _)| existing != name);
        self.query.push((name.into(), value.to_string()));
    }
}

impl Body {
    /// A body of any media type.
    pub fn new(content_type: HeaderValue, bytes: impl Into<Bytes>) -> Self {
        Self {
            content_type,
            bytes: bytes.into(),
        }
    }

    /// A value written as JSON.
    ///
    /// # Errors
    ///
    /// `Configuration`, if JSON cannot hold the value, for example a map whose keys are no texts.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(value).map_err(|_| UnwritableBody::NOT_JSON)?;
        Ok(Self::new(HeaderValue::from_static("application/json"), bytes))
    }
}

impl From<UnwritableBody> for Error {
    fn from(UnwritableBody(detail): UnwritableBody) -> Self {
        Self::configuration(detail)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation.name())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("content_type", &self.content_type)
            .field("length", &self.bytes.len())
            .finish()
    }
}
