//! Offset paging: `limit`, `offset`, and the envelope (Planday, Overview: pagination).

use http::StatusCode;
use serde_json::{Value, json};

use super::api::{Call, Reply};
use super::errors::Problem;
use super::options::OverLimit;

/// HR lists return at most 50, and 50 when not told.
const MOST: usize = 50;

/// The page of `items` that the query asks for.
pub(crate) fn page(call: &Call<'_>, items: &[Value]) -> Result<Reply, Problem> {
    let limit = number(call, "limit")?.unwrap_or(MOST);
    let offset = number(call, "offset")?.unwrap_or(0);
    if limit == 0 {
        return Err(Problem::bad("limit", "limit must be at least 1"));
    }
    let limit = match call.options.over_limit {
        OverLimit::Refuse if limit > MOST => {
            return Err(Problem::bad("limit", format!("limit must be at most {MOST}")));
        }
        _ => limit.min(MOST),
    };
    let rows: Vec<&Value> = items.iter().skip(offset).take(limit).collect();
    let body = json!({
        "paging": { "offset": offset, "limit": limit, "total": items.len() },
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
