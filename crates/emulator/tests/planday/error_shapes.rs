//! One error in every shape.

use attache_emulator::planday::ErrorShape;
use serde_json::{Value, json};

use crate::support::{pair, send, world};

#[test]
fn a_conflict_takes_every_body_shape() {
    let emulator = world().build().unwrap();
    let (access, _) = pair(&emulator, "rt-bakery");
    let text = "The department needs a name";
    let problem = json!({
        "type": "https://httpstatuses.io/409",
        "title": "Conflict",
        "status": 409,
        "detail": text,
        "instance": "/hr/v1.0/departments",
    });
    let mut validation = problem.clone();
    validation["errors"] = json!({ "name": [text] });
    let json_type = "application/json; charset=utf-8";
    let problem_type = "application/problem+json; charset=utf-8";
    let cases: [(ErrorShape, &str, Value); 7] = [
        (ErrorShape::ProblemDetails, problem_type, problem),
        (ErrorShape::ValidationProblemDetails, problem_type, validation),
        (
            ErrorShape::ErrorObject,
            json_type,
            json!({ "error": { "code": 409, "message": text } }),
        ),
        (
            ErrorShape::ModelState,
            json_type,
            json!({ "message": text, "modelState": { "model.name": [text] } }),
        ),
        (
            ErrorShape::ErrorsList,
            json_type,
            json!({ "errors": [{ "key": "name", "message": text }] }),
        ),
        (ErrorShape::Html, "text/html; charset=utf-8", Value::Null),
        (ErrorShape::Empty, "", Value::Null),
    ];
    for (shape, content_type, body) in cases {
        emulator.update_options(|options| options.error_shape = shape);
        let answer = send(
            &emulator,
            "POST",
            "/hr/v1.0/departments",
            &access,
            &json!({ "name": "" }),
        );
        assert_eq!(
            (answer.status, answer.header("content-type"), &answer.body),
            (409, content_type, &body),
            "{shape:?}"
        );
        assert_eq!(answer.raw.is_empty(), shape == ErrorShape::Empty);
    }
}
