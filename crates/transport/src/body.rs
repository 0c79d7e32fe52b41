//! Reading an answer's body, but not without end.

use attache_core::BodyLimit;
use bytes::{Bytes, BytesMut};

pub(crate) enum BodyError {
    TooLarge,
    Cut(reqwest::Error),
}

/// Reads the whole body. An announced length over the limit is refused without reading.
pub(crate) async fn read(
    answer: &mut reqwest::Response,
    BodyLimit(limit): BodyLimit,
) -> Result<Bytes, BodyError> {
    let announced = answer.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |length| length > limit) {
        return Err(BodyError::TooLarge);
    }
    let Some(first) = next(answer, limit).await? else {
        return Ok(Bytes::new());
    };
    let Some(second) = next(answer, limit - first.len()).await? else {
        // Most answers are one chunk, which is passed on without a copy.
        return Ok(first);
    };
    let mut body = BytesMut::with_capacity(first.len() + second.len());
    body.extend_from_slice(&first);
    body.extend_from_slice(&second);
    while let Some(chunk) = next(answer, limit - body.len()).await? {
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// The next chunk, which must not be longer than `room`.
async fn next(answer: &mut reqwest::Response, room: usize) -> Result<Option<Bytes>, BodyError> {
    match answer.chunk().await.map_err(BodyError::Cut)? {
        Some(chunk) if chunk.len() > room => Err(BodyError::TooLarge),
        chunk => Ok(chunk),
    }
}
