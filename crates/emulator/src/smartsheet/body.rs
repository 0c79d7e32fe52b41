//! JSON bodies.

use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::api::Call;
use super::errors::Problem;

pub(crate) type Members = Map<String, Value>;

/// The media type of a request, in lower case and without parameters.
pub(crate) fn media_type(call: &Call<'_>) -> Option<String> {
    let value = call.exchange.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let first = value.split(';').next().unwrap_or_default();
    Some(first.trim().to_ascii_lowercase())
}

/// The JSON of a body (1024 none, 1124 no JSON by its type, 1008 not by its text).
pub(crate) fn json(call: &Call<'_>) -> Result<Value, Problem> {
    if call.exchange.body.is_empty() {
        return Err(Problem::new(1024, "A request body is required."));
    }
    if media_type(call).as_deref() != Some("application/json") {
        return Err(Problem::new(1124, "Media type not supported."));
    }
    serde_json::from_slice(&call.exchange.body)
        .map_err(|_| Problem::unparsable("the request body is not valid JSON"))
}

/// One object.
pub(crate) fn object(call: &Call<'_>) -> Result<Members, Problem> {
    match json(call)? {
        Value::Object(members) => Ok(members),
        _ => Err(Problem::unparsable("an object was expected")),
    }
}

/// One object or a list of them; the answer takes the same form.
pub(crate) struct OneOrMany {
    pub(crate) items: Vec<Members>,
    pub(crate) single: bool,
}

impl OneOrMany {
    pub(crate) fn read(call: &Call<'_>) -> Result<Self, Problem> {
        let unfit = || Problem::unparsable("an object or an array of objects was expected");
        let (items, single) = match json(call)? {
            Value::Object(members) => (vec![members], true),
            Value::Array(items) => {
                let items = items.into_iter().map(|item| match item {
                    Value::Object(members) => Ok(members),
                    Value::Null => Err(Problem::new(1177, "An array has a null element.")),
                    _ => Err(unfit()),
                });
                (items.collect::<Result<_, _>>()?, false)
            }
            _ => return Err(unfit()),
        };
        if items.is_empty() {
            return Err(unfit());
        }
        Ok(Self { items, single })
    }

    /// The results as the request was: one, or a list.
    pub(crate) fn shaped(single: bool, mut results: Vec<Value>) -> Value {
        if single && results.len() == 1 {
            return results.remove(0);
        }
        Value::Array(results)
    }
}

/// A text; of another type, 1008.
pub(crate) fn text(members: &Members, name: &str) -> Result<Option<String>, Problem> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Problem::unparsable(&format!("{name} must be a text"))),
    }
}

/// A true or false; of another type, 1008.
pub(crate) fn flag(members: &Members, name: &str) -> Result<Option<bool>, Problem> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(Problem::unparsable(&format!("{name} must be true or false"))),
    }
}

/// A whole number of 64 bits; of another type, 1008.
pub(crate) fn number(members: &Members, name: &str) -> Result<Option<i64>, Problem> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_i64()
            .map(Some)
            .ok_or_else(|| Problem::unparsable(&format!("{name} must be a whole number"))),
    }
}
