//! The common JSON shapes of errors.

use serde_json::{Map, Value};

use crate::InvalidField;

/// What the body of an error says, as far as it can be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorBody {
    /// A code for programs.
    pub code: Option<String>,
    /// Words for people.
    pub message: Option<String>,
    /// The fields that are not accepted.
    pub fields: Vec<InvalidField>,
}

/// Bodies longer than this are not looked into.
const LONGEST: usize = 1024 * 1024;

impl ErrorBody {
    /// Reads a body leniently: problem details (RFC 9457), OAuth errors (RFC 6749, 5.2), a `message`, with or
    /// without an `error` object around it, and lists of fields as a map or a list. What is no JSON object, and
    /// what has another shape, says nothing.
    pub fn read(body: &[u8]) -> Self {
        if body.len() > LONGEST {
            return Self::default();
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(object)) => Self::of_object(&object),
            _ => Self::default(),
        }
    }

    fn of_object(object: &Map<String, Value>) -> Self {
        let text = |names: &[&str]| names.iter().find_map(|name| scalar(get(object, name)?));
        let inner = match get(object, "error") {
            Some(Value::Object(inner)) => Self::of_object(inner),
            _ => Self::default(),
        };
        let fields: Vec<_> = ["errors", "modelState", "validation_errors", "validationErrors"]
            .iter()
            .filter_map(|name| get(object, name))
            .flat_map(fields)
            .collect();
        let mut found = Self {
            code: text(&["code", "errorCode", "error_code"]).or(inner.code),
            message: text(&["detail", "message", "error_description", "title"]).or(inner.message),
            fields: if fields.is_empty() { inner.fields } else { fields },
        };
        // A bare `error` is a code in OAuth and words elsewhere.
        if let Some(Value::String(error)) = get(object, "error") {
            if error.contains(' ') {
                found.message.get_or_insert_with(|| error.clone());
            } else {
                found.code.get_or_insert_with(|| error.clone());
            }
        }
        // Where nothing is said of the whole, the first word on a part has to do.
        if found.message.is_none() {
            found.message = found
                .fields
                .iter()
                .find_map(|field| field.messages.first())
                .cloned();
        }
        found
    }
}

/// A member, whatever the case of its name.
fn get<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        object
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn fields(value: &Value) -> Vec<InvalidField> {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(field, messages)| InvalidField::new(field, texts(messages)))
            .collect(),
        Value::Array(list) => list.iter().filter_map(field).collect(),
        _ => Vec::new(),
    }
}

/// One entry of a list: an object that names its field in one of the usual ways, or just words.
fn field(entry: &Value) -> Option<InvalidField> {
    let Value::Object(object) = entry else {
        return scalar(entry).map(|message| InvalidField::new("", vec![message]));
    };
    let text = |names: &[&str]| names.iter().find_map(|name| scalar(get(object, name)?));
    let name = text(&[
        "field",
        "key",
        "property_name",
        "propertyName",
        "property",
        "name",
    ]);
    let message = text(&[
        "message",
        "error_message",
        "errorMessage",
        "detail",
        "description",
    ]);
    if name.is_none() && message.is_none() {
        return None;
    }
    Some(InvalidField::new(
        name.unwrap_or_default(),
        message.into_iter().collect(),
    ))
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().filter_map(scalar).collect(),
        one => scalar(one).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(code: Option<&str>, message: Option<&str>, fields: &[(&str, &str)]) -> ErrorBody {
        ErrorBody {
            code: code.map(Into::into),
            message: message.map(Into::into),
            fields: fields
                .iter()
                .map(|(field, message)| InvalidField::new(*field, vec![(*message).to_owned()]))
                .collect(),
        }
    }

    #[test]
    fn the_common_shapes_are_read() {
        let cases = [
            (
                r#"{"type":"about:blank","title":"Conflict","status":409,"detail":"no shifts that day"}"#,
                body(None, Some("no shifts that day"), &[]),
            ),
            (
                r#"{"title":"Invalid","errors":{"from":["too early"]}}"#,
                body(None, Some("Invalid"), &[("from", "too early")]),
            ),
            (
                r#"{"error":{"code":"E7","message":"no","validation_errors":[{"property_name":"x","error_message":"bad"}]}}"#,
                body(Some("E7"), Some("no"), &[("x", "bad")]),
            ),
            (
                r#"{"error":"invalid_request","error_description":"words"}"#,
                body(Some("invalid_request"), Some("words"), &[]),
            ),
            (
                r#"{"error":"it went wrong"}"#,
                body(None, Some("it went wrong"), &[]),
            ),
            (
                r#"{"Message":"no","ModelState":{"model.name":["missing"]}}"#,
                body(None, Some("no"), &[("model.name", "missing")]),
            ),
            (
                r#"{"errors":[{"key":"a","message":"b"},"plain",{"other":1},null]}"#,
                body(None, Some("b"), &[("a", "b"), ("", "plain")]),
            ),
            (
                r#"{"errorCode":4004,"message":"m"}"#,
                body(Some("4004"), Some("m"), &[]),
            ),
            ("<html>oops</html>", ErrorBody::default()),
            ("[1]", ErrorBody::default()),
            ("", ErrorBody::default()),
        ];
        for (json, expected) in cases {
            assert_eq!(ErrorBody::read(json.as_bytes()), expected, "{json}");
        }
    }

    #[test]
    fn deep_nesting_is_harmless() {
        let body = r#"{"error":"#.repeat(100_000);
        assert_eq!(ErrorBody::read(body.as_bytes()), ErrorBody::default());
    }
}
