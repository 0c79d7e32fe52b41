//! Offset paging: `limit`, `offset`, and the envelope (Planday, Overview: pagination).

use http::StatusCode;
use serde_json::{Value, json};

use super::api::{Call, Reply};
use super::errors::Problem;
use super::options::OverLimit;

/// How many rows a list returns when not told.
const USUAL: usize = 50;

/// The maximum of HR lists and of most others.
pub(crate) const FIFTY: usize = 50;

/// The page of `items` that the query asks for, at most `most` of them; only its own rows are made.
pub(crate) fn page<T>(
    call: &Call<'_>,
    most: usize,
    items: impl Iterator<Item = T>,
    row: impl Fn(T) -> Value,
) -> Result<Reply, Problem> {
    let limit = number(call, "limit")?.unwrap_or(USUAL);
    let offset = number(call, "offset")?.unwrap_or(0);
    if limit == 0 {
        return Err(Problem::bad("limit", "limit must be at least 1"));
    }
    let limit = match call.options.over_limit {
        OverLimit::Refuse if limit > most => {
            return Err(Problem::bad("limit", format!("limit must be at most {most}")));
        }
        _ => limit.min(most),
    };
    let items: Vec<T> = items.collect();
    let total = items.len();
    let rows: Vec<Value> = items.into_iter().skip(offset).take(limit).map(row).collect();
    let body = json!({
        "paging": { "offset": offset, "limit": limit, "total": total },
        "data": rows,
    });
    Ok(Reply::Json(StatusCode::OK, body))
}

/// An int32 that is not negative.
fn number(call: &Call<'_>, name: &'static str) -> Result<Option<usize>, Problem> {
    let Some(text) = call.query(name) else {
        return Ok(None);
    };
    let value = text
        .parse::<i32>()
        .ok()
        .and_then(|value| usize::try_from(value).ok());
    value
        .map(Some)
        .ok_or_else(|| Problem::bad(name, format!("The value of {name} is not valid")))
}
