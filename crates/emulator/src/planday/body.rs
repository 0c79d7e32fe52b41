//! JSON bodies. A malformed body or a member of the wrong type is 400, a bad value 409 (Planday, Errors).

use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::api::Call;
use super::errors::Problem;

/// The members of a request's body. An absent member and a null one read alike; [`has`](Self::has) tells them apart.
pub(crate) struct Body(Map<String, Value>);

impl Body {
    pub(crate) fn read(call: &Call<'_>) -> Result<Self, Problem> {
        let content_type = call
            .exchange
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let media_type = content_type
            .and_then(|value| value.split(';').next())
            .unwrap_or_default()
            .trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body must be application/json",
            ));
        }
        match serde_json::from_slice(&call.exchange.body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            _ => Err(Problem::bad("request", "The body must be a JSON object")),
        }
    }

    /// As [`read`](Self::read), but no body at all reads as one without members.
    pub(crate) fn read_optional(call: &Call<'_>) -> Result<Self, Problem> {
        if call.exchange.body.is_empty() {
            return Ok(Self(Map::new()));
        }
        Self::read(call)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<Option<String>, Problem> {
        self.read_as(name, "a text", |value| value.as_str().map(str::to_owned))
    }

    pub(crate) fn flag(&self, name: &'static str) -> Result<Option<bool>, Problem> {
        self.read_as(name, "true or false", Value::as_bool)
    }

    pub(crate) fn id(&self, name: &'static str) -> Result<Option<i64>, Problem> {
        self.read_as(name, "a whole number", Value::as_i64)
    }

    pub(crate) fn ids(&self, name: &'static str) -> Result<Option<Vec<i64>>, Problem> {
        self.read_as(name, "a list of whole numbers", |value| {
            value.as_array()?.iter().map(Value::as_i64).collect()
        })
    }

    /// A `yyyy-mm-dd`.
    pub(crate) fn date(&self, name: &'static str) -> Result<Option<String>, Problem> {
        self.read_as(name, "a date, yyyy-mm-dd", |value| {
            value.as_str().filter(|text| is_date(text)).map(str::to_owned)
        })
    }

    /// The day of a date-time such as `2026-11-21T00:00:00` or `2026-11-21`, with or without an offset.
    pub(crate) fn day(&self, name: &'static str) -> Result<Option<String>, Problem> {
        self.read_as(name, "a date and time", |value| {
            let (day, time) = value.as_str()?.split_at_checked(10)?;
            let is_time = time.is_empty() || time.starts_with('T');
            (is_date(day) && is_time).then(|| day.to_owned())
        })
    }

    /// A `hh:mm`.
    pub(crate) fn time(&self, name: &'static str) -> Result<Option<String>, Problem> {
        self.read_as(name, "a time, HH:mm", |value| {
            value.as_str().filter(|text| is_time(text)).map(str::to_owned)
        })
    }

    fn read_as<T>(
        &self,
        name: &'static str,
        what: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let read = read(value).ok_or_else(|| Problem::bad(name, format!("{name} must be {what}")))?;
        Ok(Some(read))
    }
}

/// The bad values of a body, all of them at once.
#[derive(Default)]
pub(crate) struct Invalid(Vec<(String, String)>);

impl Invalid {
    pub(crate) fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push((field.into(), message.into()));
    }

    /// Takes a value that must be there.
    pub(crate) fn required<T>(&mut self, field: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.add(field, format!("{field} is required"));
        }
        value
    }

    /// Takes a text that must say something.
    pub(crate) fn required_text(&mut self, field: &str, value: Option<String>) -> String {
        let said = value.filter(|text| !text.trim().is_empty());
        self.required(field, said)
            .map(|text| text.trim().to_owned())
            .unwrap_or_default()
    }

    /// A 409 with `message` if anything was bad.
    pub(crate) fn check(self, message: &str) -> Result<(), Problem> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Problem::invalid(message, self.0))
    }
}

pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

fn is_time(text: &str) -> bool {
    let Some((hour, minute)) = text.split_once(':') else {
        return false;
    };
    let below = |text: &str, bound: u8| {
        text.len() == 2
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && text.parse::<u8>().is_ok_and(|number| number < bound)
    };
    below(hour, 24) && below(minute, 60)
}
