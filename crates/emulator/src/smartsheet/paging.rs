//! Both ways of paging (Smartsheet, Pagination).

use serde_json::{Value, json};

use super::api::{Call, bad_parameter};
use super::errors::Problem;

/// Which part of a list a page is.
pub(crate) struct Page {
    pub(crate) number: usize,
    pub(crate) size: usize,
    pub(crate) pages: usize,
    pub(crate) total: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Reads `page`, `pageSize` and `includeAll` (which makes the others moot). Past the end lies the last page again.
pub(crate) fn page(call: &Call<'_>, total: usize, includes_all: bool, known: bool) -> Result<Page, Problem> {
    if includes_all && call.flag("includeAll")? {
        let (size, pages) = (total, 1);
        return Ok(Page {
            number: 1,
            size,
            pages,
            total,
            start: 0,
            end: total,
        });
    }
    let read = |name: &str, default: usize| match call.number(name)? {
        None => Ok(default),
        Some(number) => usize::try_from(number)
            .ok()
            .filter(|number| *number > 0)
            .ok_or_else(|| bad_parameter(name)),
    };
    let (asked, size) = (read("page", 1)?, read("pageSize", 100)?.min(10_000));
    let pages = total.div_ceil(size).max(1);
    let number = if known || call.options.repeat_last_page {
        asked.min(pages)
    } else {
        asked
    };
    let start = (number - 1).saturating_mul(size).min(total);
    Ok(Page {
        number,
        size,
        pages,
        total,
        start,
        end: start.saturating_add(size).min(total),
    })
}

/// `{pageNumber, pageSize, totalPages, totalCount, data}`; totals are -1 where they are not known.
pub(crate) fn index(
    call: &Call<'_>,
    rows: &[Value],
    includes_all: bool,
    known: bool,
) -> Result<Value, Problem> {
    let known = known && !call.options.unknown_totals;
    let page = page(call, rows.len(), includes_all, known)?;
    let total = |number: usize| if known { json!(number) } else { json!(-1) };
    Ok(json!({
        "pageNumber": page.number,
        "pageSize": page.size,
        "totalPages": total(page.pages),
        "totalCount": total(page.total),
        "data": rows.get(page.start..page.end).unwrap_or_default(),
    }))
}

/// `{data, lastKey}`: the last page has no `lastKey`, and only that says so.
pub(crate) fn keyed(call: &Call<'_>, rows: &[Value]) -> Result<Value, Problem> {
    let most = match call.number("maxItems")? {
        None => 100,
        Some(number @ 100..=1000) => usize::try_from(number).unwrap_or(100),
        Some(_) => return Err(Problem::new(1229, "The value of maxItems is out of range.")),
    };
    let start = match call.query("lastKey") {
        None => 0,
        Some(key) => key
            .strip_prefix("key-")
            .and_then(|text| text.parse::<usize>().ok())
            .filter(|start| *start < rows.len())
            .ok_or_else(|| bad_parameter("lastKey"))?,
    };
    let size = most.saturating_sub(call.options.token_page_shortfall).max(1);
    let end = start.saturating_add(size).min(rows.len());
    let mut body = json!({ "data": rows.get(start..end).unwrap_or_default() });
    if end < rows.len() {
        body["lastKey"] = json!(format!("key-{end}"));
    }
    Ok(body)
}
