//! From JSON to values.

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::{Error, ErrorKind};

/// Where and why decoding failed. `detail` may quote the body.
pub(crate) struct DecodeFailure {
    path: String,
    detail: String,
}

pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeFailure> {
    // Keeping track of the path copies every member's name, so it is done only where the path is wanted.
    serde_json::from_slice(body).or_else(|_| decode_with_path(body))
}

fn decode_with_path<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeFailure> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| DecodeFailure {
        path: error.path().to_string(),
        detail: error.inner().to_string(),
    })?;
    json.end().map_err(|error| DecodeFailure {
        path: ".".to_owned(),
        detail: error.to_string(),
    })?;
    Ok(value)
}

impl DecodeFailure {
    pub(crate) fn into_error(self, status: StatusCode, body: Bytes) -> Error {
        Error::new(ErrorKind::Decode).change(|inner| {
            inner.sent = attache_core::Sent::Yes;
            inner.status = Some(status.as_u16());
            inner.decode_path = Some(self.path.into());
            inner.decode_detail = Some(self.detail.into());
            inner.body = Some(body);
        })
    }
}
