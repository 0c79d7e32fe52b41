//! An answer as it came.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::{Error, decode::decode};

/// A successful answer, not decoded.
#[derive(Clone)]
#[non_exhaustive]
pub struct RawResponse {
    /// The status, one that means success.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl RawResponse {
    /// The body, decoded from JSON.
    ///
    /// # Errors
    ///
    /// `Decode`, with [`Error::decode_path`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode(&self.body).map_err(|failure| failure.into_error(self.status, self.body.clone()))
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_length", &self.body.len())
            .finish()
    }
}
