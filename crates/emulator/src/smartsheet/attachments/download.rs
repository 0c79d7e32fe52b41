//! Temporary URLs: on another host, good for two minutes, signed, and without the bearer token.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::Attachment;
use super::operations::URL_LIFETIME;
use crate::answers;
use crate::form::all;
use crate::smartsheet::api::Call;
use crate::smartsheet::identity::client_auth::hex;
use crate::smartsheet::log::Exchange;
use crate::smartsheet::region::Region;
use crate::smartsheet::state::State;

/// Where the file is to be had.
pub(crate) fn temporary_url(call: &Call<'_>, attachment: &Attachment) -> String {
    let expires = milliseconds(call.now) + u128::from(URL_LIFETIME);
    let region = call.data.region;
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("expires", &expires.to_string())
        .append_pair("signature", &signature(region, attachment.id, expires))
        .finish();
    let origin = match &call.options.attachment_origin {
        Some(origin) => origin.clone(),
        None => foreign(&call.exchange.origin),
    };
    format!("{origin}/{region}/attachments/{}?{query}", attachment.id)
}

/// Another name for a loopback address, which is another host to a client.
fn foreign(origin: &str) -> String {
    let Some((scheme, host)) = origin.split_once("://") else {
        return "https://attachments.example".to_owned();
    };
    if let Some(rest) = host.strip_prefix("127.0.0.1") {
        return format!("{scheme}://localhost{rest}");
    }
    if let Some(rest) = host.strip_prefix("localhost") {
        return format!("{scheme}://127.0.0.1{rest}");
    }
    "https://attachments.example".to_owned()
}

fn milliseconds(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_millis()
}

/// Nobody makes one by chance; it keeps no secret.
fn signature(region: Region, id: i64, expires: u128) -> String {
    hex(&Sha256::digest(format!("{region}/{id}/{expires}")))
}

/// Serves the file. A bearer token that comes along is in the log as the client's fault.
pub(crate) fn download(
    state: &mut State,
    region: Region,
    now: SystemTime,
    exchange: &Exchange,
) -> Response<Bytes> {
    if exchange.method != Method::GET {
        return answers::not_allowed("GET");
    }
    let id = exchange
        .path
        .rsplit('/')
        .next()
        .and_then(|id| id.parse::<i64>().ok());
    let one = |name| all(&exchange.query, name).next();
    let expires = one("expires").and_then(|text| text.parse::<u128>().ok());
    let (Some(id), Some(expires), Some(given)) = (id, expires, one("signature")) else {
        return denied();
    };
    if given != signature(region, id, expires) || expires <= milliseconds(now) {
        return denied();
    }
    let Some(attachment) = state.data(region).attachments.get(&id) else {
        return answers::with_body(
            StatusCode::NOT_FOUND,
            "application/xml",
            Bytes::from_static(b"<Error><Code>NoSuchKey</Code></Error>"),
        );
    };
    let mut response = answers::with_body(
        StatusCode::OK,
        "application/octet-stream",
        attachment.content.clone(),
    );
    if let Ok(value) = HeaderValue::from_str(&attachment.mime_type)
        && !attachment.mime_type.is_empty()
    {
        response.headers_mut().insert(http::header::CONTENT_TYPE, value);
    }
    response
}

/// As an object store says it: no JSON, and no words of Smartsheet's.
fn denied() -> Response<Bytes> {
    let body = Bytes::from_static(b"<Error><Code>AccessDenied</Code></Error>");
    answers::with_body(StatusCode::FORBIDDEN, "application/xml", body)
}
