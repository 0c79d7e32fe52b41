//! Columns (Smartsheet, Columns).

use serde_json::{Value, json};

use super::model::{COLUMN_TYPES, Column, Sheet};
use crate::smartsheet::api::{Call, Outcome, Reply, success};
use crate::smartsheet::body::{self, Members, OneOrMany};
use crate::smartsheet::errors::Problem;
use crate::smartsheet::paging;
use crate::smartsheet::state::Data;
use crate::smartsheet::webhooks::{Event, emit};
use crate::smartsheet::world::AccessLevel;

/// The members of a column beside title, type and place that may be written.
const MORE: [&str; 14] = [
    "autoNumberFormat",
    "contactOptions",
    "description",
    "format",
    "formula",
    "hidden",
    "locked",
    "options",
    "symbol",
    "systemColumnType",
    "tags",
    "validation",
    "version",
    "width",
];

/// `GET /sheets/{sheetId}/columns`.
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let level = call.number("level")?.unwrap_or(0);
    let sheet = call.sheet(AccessLevel::Viewer)?;
    let columns = sheet.columns.iter().enumerate();
    let rows: Vec<Value> = columns
        .map(|(index, column)| column.shown(index, level))
        .collect();
    Ok(Reply::Bare(paging::index(call, &rows, true, true)?))
}

/// `GET /sheets/{sheetId}/columns/{columnId}`.
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let level = call.number("level")?.unwrap_or(0);
    let sheet = call.sheet(AccessLevel::Viewer)?;
    let index = position(call, sheet)?;
    Ok(Reply::Bare(sheet.columns[index].shown(index, level)))
}

/// The position of the column in the path.
fn position(call: &Call<'_>, sheet: &Sheet) -> Result<usize, Problem> {
    let id = call.id(1)?;
    let position = sheet.columns.iter().position(|column| column.id == id);
    position.ok_or_else(Problem::not_found)
}

/// `POST /sheets/{sheetId}/columns`: one or many, all at one index.
pub(crate) fn add(call: &mut Call<'_>) -> Outcome {
    let mut sheet = call.sheet(AccessLevel::Admin)?.clone();
    let body = OneOrMany::read(call)?;
    let mut index = None;
    let mut columns = Vec::new();
    for given in &body.items {
        let at = body::number(given, "index")?.ok_or_else(|| Problem::required("index"))?;
        if *index.get_or_insert(at) != at {
            return Err(Problem::new(
                1135,
                "Columns of one call must have the same index.",
            ));
        }
        let column = made(call.data, given)?;
        if given.get("primary") == Some(&Value::Bool(true)) {
            return Err(Problem::new(1032, "The attribute primary is not allowed here."));
        }
        let known = sheet.columns.iter().chain(&columns);
        let mut titles = known.map(|column: &Column| &column.title);
        if titles.any(|title| *title == column.title) {
            return Err(Problem::new(1056, "A column of this title exists already."));
        }
        columns.push(column);
    }
    let at = usize::try_from(index.unwrap_or_default())
        .unwrap_or_default()
        .min(sheet.columns.len());
    let ids: Vec<i64> = columns.iter().map(|column| column.id).collect();
    let count = columns.len();
    sheet.columns.splice(at..at, columns);
    sheet.touch(call.now);
    let results: Vec<Value> = (at..at + count)
        .map(|index| sheet.columns[index].shown(index, 2))
        .collect();
    let (id, version) = (sheet.id, sheet.version);
    call.data.sheets.insert(id, sheet);
    let events: Vec<Event> = ids
        .iter()
        .map(|column| Event::column("created", *column))
        .collect();
    emit(call, id, &events);
    let result = OneOrMany::shaped(body.single, results);
    Ok(success(json!({ "version": version, "result": result })))
}

/// `PUT /sheets/{sheetId}/columns/{columnId}`.
pub(crate) fn update(call: &mut Call<'_>) -> Outcome {
    let mut sheet = call.sheet(AccessLevel::Admin)?.clone();
    let mut index = position(call, &sheet)?;
    let given = body::object(call)?;
    let id = sheet.columns[index].id;
    if body::number(&given, "id")?.is_some_and(|named| named != id) {
        return Err(Problem::new(
            1029,
            "The id in the URL and the one in the body differ.",
        ));
    }
    if let Some(title) = body::text(&given, "title")? {
        if sheet
            .columns
            .iter()
            .any(|column| column.id != id && column.title == title)
        {
            return Err(Problem::new(1056, "A column of this title exists already."));
        }
        sheet.columns[index].title = title;
    }
    if let Some(kind) = kind(&given)? {
        if sheet.columns[index].primary && kind != "TEXT_NUMBER" {
            return Err(Problem::new(
                1057,
                "The primary column must be of type TEXT_NUMBER.",
            ));
        }
        sheet.columns[index].kind = kind;
    } else if ["options", "symbol", "systemColumnType"]
        .iter()
        .any(|name| given.contains_key(*name))
    {
        return Err(Problem::new(1090, "Column.type is required with this change."));
    }
    let more = more(&given);
    sheet.columns[index].more.extend(more);
    if let Some(to) = body::number(&given, "index")? {
        let column = sheet.columns.remove(index);
        index = usize::try_from(to).unwrap_or_default().min(sheet.columns.len());
        sheet.columns.insert(index, column);
    }
    sheet.touch(call.now);
    let (sheet_id, version) = (sheet.id, sheet.version);
    let result = sheet.columns[index].shown(index, 2);
    call.data.sheets.insert(sheet_id, sheet);
    emit(call, sheet_id, &[Event::column("updated", id)]);
    Ok(success(json!({ "version": version, "result": result })))
}

/// `DELETE /sheets/{sheetId}/columns/{columnId}`: its cells go with it; the primary column stays (1065).
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let sheet = call.sheet(AccessLevel::Admin)?;
    let index = position(call, sheet)?;
    let (sheet_id, column) = (sheet.id, sheet.columns[index].clone());
    if column.primary {
        return Err(Problem::new(1065, "The primary column cannot be deleted."));
    }
    if let Some(sheet) = call.data.sheets.get_mut(&sheet_id) {
        sheet.columns.remove(index);
        for row in &mut sheet.rows {
            row.cells.remove(&column.id);
        }
        sheet.touch(call.now);
    }
    emit(call, sheet_id, &[Event::column("deleted", column.id)]);
    Ok(success(json!({})))
}

/// A column of a request, with an id.
pub(crate) fn made(data: &mut Data, given: &Members) -> Result<Column, Problem> {
    let title = body::text(given, "title")?.ok_or_else(|| Problem::required("title"))?;
    if title.chars().count() > 50 {
        return Err(Problem::new(
            1041,
            "The title is too long: 50 characters at most.",
        ));
    }
    let kind = kind(given)?.ok_or_else(|| Problem::required("type"))?;
    let takes_options = matches!(kind.as_str(), "PICKLIST" | "MULTI_PICKLIST" | "CONTACT_LIST");
    if given.contains_key("options") && !takes_options {
        return Err(Problem::new(1082, "Options are for PICKLIST columns only."));
    }
    let mut column = Column::new(title, kind);
    column.id = data.id();
    column.primary = body::flag(given, "primary")?.unwrap_or_default();
    column.more = more(given);
    Ok(column)
}

fn kind(given: &Members) -> Result<Option<String>, Problem> {
    let kind = body::text(given, "type")?;
    match kind {
        Some(kind) if !COLUMN_TYPES.contains(&kind.as_str()) => Err(Problem::new(
            1031,
            "The value of the attribute type is not valid.",
        )),
        other => Ok(other),
    }
}

fn more(given: &Members) -> Members {
    given
        .iter()
        .filter(|(name, value)| MORE.contains(&name.as_str()) && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
