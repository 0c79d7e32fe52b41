//! JSON answers.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::options::Options;

/// A member that no document names. A client that breaks on it would break on Planday's next release.
const UNKNOWN_MEMBER: &str = "notInAnyDocument";

/// An empty body.
pub(crate) fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// 405, and the methods that there are.
pub(crate) fn not_allowed(methods: &'static str) -> Response<Bytes> {
    let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(methods));
    response
}

/// A body of this type.
pub(crate) fn with_body(status: StatusCode, content_type: &'static str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// An API answer: unknown members added and null members left out as the switches say.
pub(crate) fn api(status: StatusCode, mut value: Value, options: &Options) -> Response<Bytes> {
    if options.omit_nulls {
        drop_nulls(&mut value);
    }
    if options.unknown_member {
        match value.get_mut("data") {
            Some(Value::Array(items)) => items.iter_mut().for_each(add_unknown),
            Some(item) => add_unknown(item),
            None => {}
        }
        match &mut value {
            Value::Array(items) => items.iter_mut().for_each(add_unknown),
            whole => add_unknown(whole),
        }
    }
    json_text(status, "application/json; charset=utf-8", &value)
}

/// Any other JSON answer.
pub(crate) fn plain(
    status: StatusCode,
    content_type: &'static str,
    mut value: Value,
    options: &Options,
) -> Response<Bytes> {
    if options.unknown_member {
        add_unknown(&mut value);
    }
    json_text(status, content_type, &value)
}

/// JSON as it is.
pub(crate) fn json_text(status: StatusCode, content_type: &'static str, value: &Value) -> Response<Bytes> {
    with_body(status, content_type, Bytes::from(value.to_string()))
}

fn add_unknown(value: &mut Value) {
    if let Value::Object(members) = value {
        members.insert(UNKNOWN_MEMBER.to_owned(), json!({ "since": 2027 }));
    }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
