//! API errors (Planday, Errors), in every body shape that was seen.

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
    /// The field that is wrong, if one is.
    field: Option<&'static str>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            field: None,
        }
    }

    pub(crate) fn field(status: StatusCode, field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            ..Self::new(status, message)
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
        let field = self.field.unwrap_or("request");
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
                problem["errors"] = json!({ field: [message] });
                problem_json(problem)
            }
            ErrorShape::ErrorObject => {
                json(json!({ "error": { "code": status.as_u16(), "message": message } }))
            }
            ErrorShape::ModelState => json(json!({
                "message": message,
                "modelState": { format!("model.{field}"): [message] },
            })),
            ErrorShape::ErrorsList => json(json!({ "errors": [{ "key": field, "message": message }] })),
            ErrorShape::Html => {
                let page = format!("<!DOCTYPE html><html><body><h1>{title}</h1></body></html>");
                answers::with_body(status, "text/html; charset=utf-8", Bytes::from(page))
            }
            ErrorShape::Empty => answers::empty(status),
        }
    }
}
