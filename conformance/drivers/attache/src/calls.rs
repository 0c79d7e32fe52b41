//! Calls, by the protocol's operation names.

mod hr;
mod lists;
mod parameters;
mod scheduling;

use std::time::Duration;

use attache_planday::{Body, Client, RequestOptions};
use serde_json::{Value, json};

use crate::{calls::lists::one, failure::Failure, session::Session};

/// What is asked for.
struct Asked<'a> {
    client: Client,
    params: &'a Value,
    body: &'a Value,
    lists: lists::Lists<'a>,
}

pub(crate) async fn call(session: &Session, request: &Value) -> Result<Value, Failure> {
    let params = &request["params"];
    let asked = Asked {
        client: session.client(request).await?.with_options(options(request)),
        params,
        body: &request["body"],
        lists: lists::Lists {
            params,
            all_pages: request["options"]["all_pages"] == true,
            prefetch: request["options"]["prefetch"].as_u64(),
        },
    };
    let operation = request["operation"].as_str().unwrap_or_default();
    let (what, verb) = operation.split_once('.').unwrap_or((operation, ""));
    match what {
        "portal" if verb == "info" => Ok(one(&asked.client.portal().info().await?)),
        "raw" => raw(&asked.client, request).await,
        "departments" => hr::departments(&asked, verb).await,
        "employees" => hr::employees(&asked, verb).await,
        "employeegroups" => hr::groups(&asked, verb).await,
        "supervisors" | "employeetypes" | "skills" if verb == "list" => hr::list(&asked, what).await,
        "shifts" => scheduling::shifts(&asked, verb).await,
        "positions" | "shifttypes" | "sections" if verb == "list" => scheduling::list(&asked, what).await,
        _ => Err(unknown(operation)),
    }
}

fn unknown(operation: &str) -> Failure {
    Failure::unsupported(&format!("no operation {operation:?}"))
}

fn options(request: &Value) -> RequestOptions {
    let given = &request["options"];
    let mut options = RequestOptions::new();
    if let Some(deadline) = given["deadline_ms"].as_u64() {
        options = options.deadline(Duration::from_millis(deadline));
    }
    if let Some(attempts) = given["attempts"]
        .as_u64()
        .and_then(|attempts| u32::try_from(attempts).ok())
    {
        options = options.attempts(attempts);
    }
    options
}

async fn raw(client: &Client, request: &Value) -> Result<Value, Failure> {
    let params = &request["params"];
    let method = params["method"].as_str().unwrap_or("GET").parse();
    let method = method.map_err(|error: http::method::InvalidMethod| Failure::configuration(&error))?;
    let pairs: Vec<(String, String)> = params["query"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            (
                name.clone(),
                value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            )
        })
        .collect();
    let query: Vec<(&str, &str)> = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let body = match &request["body"] {
        Value::Null => None,
        body => Some(Body::json(body)?),
    };
    let path = params["path"].as_str().unwrap_or_default();
    let answer = client.raw(method, path, &query, body, options(request)).await?;
    let data = answer
        .json::<Value>()
        .map_or(Value::Null, |body| body["data"].clone());
    Ok(match data {
        Value::Array(items) => {
            let ids: Vec<&Value> = items.iter().map(|item| &item["id"]).collect();
            json!({ "count": items.len(), "ids": ids, "item": items.first() })
        }
        Value::Null => json!({ "count": 0 }),
        item => json!({ "count": 1, "ids": [item["id"]], "item": item }),
    })
}
