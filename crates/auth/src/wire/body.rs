//! From the bytes of an answer to JSON, or to what they are instead.

use bytes::Bytes;
use http::{Response, header};
use serde_json::Value;
use zeroize::{Zeroize, Zeroizing};

use super::TokenFailureKind;

/// How many bytes of a token answer are read. Real ones have a few thousand.
pub const TOKEN_ANSWER_LIMIT: usize = 1024 * 1024;

/// JSON that may hold tokens: its texts are overwritten when it is dropped.
pub(super) struct Json(pub(super) Value);

impl Drop for Json {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// As deep as the parser lets JSON nest, which is 128.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Reads a body as JSON whatever its content type says.
///
/// Bytes that are not UTF-8 are replaced: servers that write an error's description in Latin-1 are real, and the
/// code beside it counts.
pub(super) fn read_json(response: &Response<Bytes>) -> Result<Json, TokenFailureKind> {
    let body = response.body();
    if body.len() > TOKEN_ANSWER_LIMIT {
        return Err(TokenFailureKind::TooLarge);
    }
    let replaced;
    let utf8 = std::str::from_utf8(body).ok();
    let text = if let Some(text) = utf8 {
        text
    } else {
        replaced = Zeroizing::new(String::from_utf8_lossy(body).into_owned());
        replaced.as_str()
    };
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(TokenFailureKind::Empty);
    }
    // XML as well: no token endpoint speaks it, things in between do.
    if text.starts_with('<') {
        return Err(TokenFailureKind::Html);
    }
    // The parser's error is dropped: it can quote the text.
    serde_json::from_str(text).map(Json).map_err(|_| {
        if utf8.is_none() {
            TokenFailureKind::NotUtf8
        } else if text.starts_with(['{', '[']) {
            TokenFailureKind::InvalidJson
        } else if says_html(response) {
            TokenFailureKind::Html
        } else {
            TokenFailureKind::Text
        }
    })
}

fn says_html(response: &Response<Bytes>) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.as_bytes().get(..9))
        .is_some_and(|media_type| media_type.eq_ignore_ascii_case(b"text/html"))
}
