//! API errors (Planday, Errors), in every body shape that was seen.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::answers;
use super::options::{ErrorShape, Options};

/// An API error before it takes a shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// The fields that are wrong, each with what is wrong.
    fields: Vec<(String, String)>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            fields: Vec::new(),
        }
    }

    pub(crate) fn field(status: StatusCode, field: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            fields: vec![(field.to_owned(), message.clone())],
            ..Self::new(status, message)
        }
    }

    /// A validation failure in several fields at once.
    pub(crate) fn invalid(message: impl Into<String>, fields: Vec<(String, String)>) -> Self {
        Self {
            fields,
            ..Self::new(StatusCode::CONFLICT, message)
        }
    }

    pub(crate) fn bad(field: &'static str, message: impl Into<String>) -> Self {
        Self::field(StatusCode::BAD_REQUEST, field, message)
    }

    /// A validation failure in the data.
    pub(crate) fn conflict(field: &'static str, message: impl Into<String>) -> Self {
        Self::field(StatusCode::CONFLICT, field, message)
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    pub(crate) fn missing_scope(scope: &str) -> Self {
        let message = format!("Your application isn't assigned to the appropriate scope ({scope})");
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub(crate) fn no_such(entity: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            format!("{entity} with given id doesn't exist"),
        )
    }

    /// The error in the shape that the switch asks for.
    pub(crate) fn render(&self, path: &str, options: &Options) -> Response<Bytes> {
        let (status, message) = (self.status, self.message.as_str());
        let title = status.canonical_reason().unwrap_or("Error");
        let problem = json!({
            "type": format!("https://httpstatuses.io/{}", status.as_u16()),
            "title": title,
            "status": status.as_u16(),
            "detail": message,
            "instance": path,
        });
        let json = |value: Value| answers::plain(status, "application/json; charset=utf-8", value, options);
        let problem_json =
            |value: Value| answers::plain(status, "application/problem+json; charset=utf-8", value, options);
        match options.error_shape {
            ErrorShape::ProblemDetails => problem_json(problem),
            ErrorShape::ValidationProblemDetails => {
                let mut problem = problem;
                problem["errors"] = self.by_field("");
                problem_json(problem)
            }
            ErrorShape::ErrorObject => {
                json(json!({ "error": { "code": status.as_u16(), "message": message } }))
            }
            ErrorShape::ModelState => json(json!({
                "message": message,
                "modelState": self.by_field("model."),
            })),
            ErrorShape::ErrorsList => {
                let errors: Vec<Value> = self
                    .said()
                    .map(|(field, said)| json!({ "key": field, "message": said }))
                    .collect();
                json(json!({ "errors": errors }))
            }
            ErrorShape::Html => {
                let page = format!("<!DOCTYPE html><html><body><h1>{title}</h1></body></html>");
                answers::with_body(status, "text/html; charset=utf-8", Bytes::from(page))
            }
            ErrorShape::Empty => answers::empty(status),
        }
    }

    /// What is wrong, field by field; the request as a whole when no field is to blame.
    fn said(&self) -> impl Iterator<Item = (&str, &str)> {
        let whole = self
            .fields
            .is_empty()
            .then_some(("request", self.message.as_str()));
        let fields = self
            .fields
            .iter()
            .map(|(field, said)| (field.as_str(), said.as_str()));
        whole.into_iter().chain(fields)
    }

    fn by_field(&self, prefix: &str) -> Value {
        let mut errors: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (field, said) in self.said() {
            errors.entry(format!("{prefix}{field}")).or_default().push(said);
        }
        json!(errors)
    }
}
