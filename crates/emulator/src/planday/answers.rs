//! JSON answers.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::options::Options;
pub(crate) use crate::answers::{empty, json_text, not_allowed, with_body};

/// A member that no document names. A client that breaks on it would break on Planday's next release.
const UNKNOWN_MEMBER: &str = "notInAnyDocument";

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
