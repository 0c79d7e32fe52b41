//! Pages (Factorial, Pagination): cursors, and page numbers as the older way.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::problem::Problem;
use crate::factorial::records::Record;
use crate::form::all;

/// Also what a page has that asks for more, or for none.
const MOST: usize = 100;

/// Which rows.
enum Start {
    First,
    After(u64),
    Before(u64),
    Page(usize),
}

/// What a list call asks for.
pub(crate) struct Page {
    limit: usize,
    start: Start,
}

impl Page {
    pub(crate) fn read(query: &[(String, String)]) -> Result<Self, Problem> {
        let value = |name| all(query, name).last().filter(|value: &&str| !value.is_empty());
        let limit = value("limit").and_then(|text| text.parse().ok());
        let limit = limit.filter(|limit| (1..=MOST).contains(limit)).unwrap_or(MOST);
        let start = match (value("after_id"), value("before_id"), value("page")) {
            (Some(cursor), _, _) => Start::After(read_cursor(cursor)?),
            (None, Some(cursor), _) => Start::Before(read_cursor(cursor)?),
            (None, None, Some(page)) => Start::Page(page.parse().unwrap_or(1).max(1)),
            (None, None, None) => Start::First,
        };
        Ok(Self { limit, start })
    }
}

fn read_cursor(cursor: &str) -> Result<u64, Problem> {
    let bytes = STANDARD.decode(cursor).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok())
        .ok_or_else(|| Problem::malformed("The cursor is none of this list's"))
}

fn cursor(id: u64) -> String {
    STANDARD.encode(id.to_string())
}

/// `{data, meta}` of rows that ascend by id.
pub(crate) fn cut(page: &Page, rows: Vec<(u64, Record)>) -> Value {
    let total = rows.len();
    let (from, to) = match page.start {
        Start::First => (0, page.limit),
        Start::After(id) => {
            let from = rows.partition_point(|(row, _)| *row <= id);
            (from, from + page.limit)
        }
        Start::Before(id) => {
            let to = rows.partition_point(|(row, _)| *row < id);
            (to.saturating_sub(page.limit), to)
        }
        Start::Page(number) => {
            let from = (number - 1).saturating_mul(page.limit);
            (from, from.saturating_add(page.limit))
        }
    };
    let (from, to) = (from.min(total), to.min(total));
    let shown: Vec<(u64, Record)> = rows.into_iter().take(to).skip(from).collect();
    let mut meta = Map::new();
    meta.insert("limit".to_owned(), json!(page.limit));
    meta.insert("total".to_owned(), json!(total));
    meta.insert("has_next_page".to_owned(), json!(to < total));
    meta.insert("has_previous_page".to_owned(), json!(from > 0));
    if !matches!(page.start, Start::Page(_)) {
        let ends = [("start_cursor", shown.first()), ("end_cursor", shown.last())];
        for (name, row) in ends {
            meta.insert(name.to_owned(), json!(row.map(|(id, _)| cursor(*id))));
        }
    }
    let data: Vec<Value> = shown.into_iter().map(|(_, row)| Value::Object(row)).collect();
    json!({ "data": data, "meta": meta })
}
