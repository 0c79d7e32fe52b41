//! Reading a sheet (Smartsheet, Get Sheet): there is no list of rows, they are paged with their sheet.

use std::collections::BTreeSet;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::ACCEPT;
use serde_json::{Value, json};

use super::cells::{self, Views, display};
use super::model::{Column, Row, Sheet};
use crate::smartsheet::api::{Call, Outcome, Reply, bad_parameter};
use crate::smartsheet::errors::Problem;
use crate::smartsheet::paging;
use crate::smartsheet::state::stamp;
use crate::smartsheet::world::AccessLevel;

/// `GET /sheets/{sheetId}/version`.
pub(crate) fn version(call: &mut Call<'_>) -> Outcome {
    let sheet = call.sheet(AccessLevel::Viewer)?;
    Ok(Reply::Bare(json!({ "version": sheet.version })))
}

/// `GET /sheets/{sheetId}`.
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let sheet = call.sheet(AccessLevel::Viewer)?;
    if let Some(version) = call.number("ifVersionAfter")?
        && u64::try_from(version).is_ok_and(|known| known >= sheet.version)
    {
        return Ok(Reply::Bare(json!({ "version": sheet.version })));
    }
    let accept = call
        .exchange
        .headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok());
    match accept
        .unwrap_or("*/*")
        .split([',', ';'])
        .next()
        .unwrap_or_default()
        .trim()
    {
        "text/csv" => return Ok(Reply::Other("text/csv", Bytes::from(csv(sheet)))),
        "" | "*/*" | "application/*" | "application/json" => {}
        _ => return Err(Problem::new(1052, "The Accept type is not offered here.")),
    }
    let look = Look::read(call)?;
    let wanted = wanted(call, sheet)?;
    let page = paging::page(call, wanted.len(), false, true)?;
    // Without page and pageSize, all rows come at once.
    let paged = call.query("page").is_some() || call.query("pageSize").is_some();
    let range = if paged {
        page.start..page.end
    } else {
        0..wanted.len()
    };
    let rows: Vec<Value> = wanted
        .get(range)
        .unwrap_or_default()
        .iter()
        .map(|index| look.row(call, sheet, *index))
        .collect();
    let level = sheet.access(&call.caller.email).unwrap_or(AccessLevel::Viewer);
    let mut body = json!({
        "id": sheet.id,
        "name": sheet.name,
        "version": sheet.version,
        "totalRowCount": sheet.rows.len(),
        "accessLevel": level.word(call.query("accessApiLevel") == Some("1")),
        "effectiveAttachmentOptions": ["FILE", "LINK", "GOOGLE_DRIVE", "ONEDRIVE"],
        "ganttEnabled": false,
        "readOnly": level < AccessLevel::Editor,
        "dependenciesEnabled": false,
        "resourceManagementEnabled": false,
        "resourceManagementType": "NONE",
        "cellImageUploadEnabled": true,
        "userSettings": { "criticalPathEnabled": false, "displaySummaryTasks": true },
        "userPermissions": { "summaryPermissions": if level < AccessLevel::Editor { "READ_ONLY" } else { "READ_WRITE" } },
        "hasSummaryFields": false,
        "permalink": sheet.permalink(call.data),
        "createdAt": stamp(sheet.created),
        "modifiedAt": stamp(sheet.modified),
        "isMultiPicklistEnabled": true,
        "columns": look.columns(sheet),
        "rows": rows,
    });
    if call.lists("include", "ownerInfo") {
        body["owner"] = json!(sheet.owner);
        body["ownerId"] = json!(call.data.users.get(&sheet.owner).map(|user| user.id));
    }
    if let Some(workspace) = call
        .data
        .workspaces
        .iter()
        .find(|known| Some(known.id) == sheet.workspace)
    {
        body["workspace"] = json!({ "id": workspace.id, "name": workspace.name });
    }
    Ok(Reply::Bare(body))
}

/// `GET /sheets/{sheetId}/rows/{rowId}`.
pub(crate) fn row(call: &mut Call<'_>) -> Outcome {
    let sheet = call.sheet(AccessLevel::Viewer)?;
    let index = sheet.row_index(call.id(1)?).ok_or_else(Problem::not_found)?;
    let look = Look::read(call)?;
    let mut row = look.row(call, sheet, index);
    if call.lists("include", "columns") {
        row["columns"] = json!(look.columns(sheet));
    }
    Ok(Reply::Bare(row))
}

/// What a reader asked to see.
pub(crate) struct Look {
    views: Views,
    columns: Option<Vec<i64>>,
    sparse: bool,
    writers: bool,
    links: bool,
}

impl Look {
    pub(crate) fn read(call: &Call<'_>) -> Result<Self, Problem> {
        Ok(Self {
            views: Views {
                level: call.number("level")?.unwrap_or(0),
                object_value: call.lists("include", "objectValue"),
                format: call.lists("include", "format"),
                column_type: call.lists("include", "columnType"),
            },
            columns: call.numbers("columnIds")?,
            sparse: call.lists("exclude", "nonexistentCells"),
            writers: call.lists("include", "writerInfo"),
            links: call.lists("include", "rowPermalink"),
        })
    }

    /// What the answer of a write shows.
    pub(crate) fn of_writes() -> Self {
        Self {
            views: Views {
                level: 2,
                object_value: true,
                format: true,
                column_type: false,
            },
            columns: None,
            sparse: true,
            writers: false,
            links: false,
        }
    }

    fn shows(&self, column: &Column) -> bool {
        self.columns
            .as_ref()
            .is_none_or(|columns| columns.contains(&column.id))
    }

    fn columns(&self, sheet: &Sheet) -> Vec<Value> {
        let columns = sheet.columns.iter().enumerate();
        columns
            .filter(|(_, column)| self.shows(column))
            .map(|(index, column)| column.shown(index, self.views.level))
            .collect()
    }

    /// A row as answers show it.
    pub(crate) fn row(&self, call: &Call<'_>, sheet: &Sheet, index: usize) -> Value {
        let Some(row) = sheet.rows.get(index) else {
            return Value::Null;
        };
        let shown: Vec<Value> = sheet
            .columns
            .iter()
            .filter(|column| self.shows(column))
            .filter_map(|column| {
                let system = system_cell(column, row, index);
                let content = system.as_ref().or_else(|| row.cells.get(&column.id));
                (content.is_some() || !self.sparse).then(|| cells::shown(column, content, self.views))
            })
            .collect();
        let mut body = json!({
            "id": row.id,
            "sheetId": sheet.id,
            "rowNumber": index + 1,
            "expanded": row.expanded,
            "createdAt": stamp(row.created),
            "modifiedAt": stamp(row.modified),
            "cells": shown,
        });
        if let Some(parent) = row.parent {
            body["parentId"] = json!(parent);
        }
        let sibling = sheet.rows[..index]
            .iter()
            .rev()
            .find(|other| other.parent == row.parent);
        if let Some(sibling) = sibling {
            body["siblingId"] = json!(sibling.id);
        }
        if row.locked {
            body["locked"] = json!(true);
            body["lockedForUser"] = json!(sheet.access(&call.caller.email) < Some(AccessLevel::Admin));
        }
        if let Some(format) = row.format.as_ref().filter(|_| self.views.format) {
            body["format"] = json!(format);
        }
        if self.writers {
            body["createdBy"] = call.data.mini_user(&row.created_by);
            body["modifiedBy"] = call.data.mini_user(&row.modified_by);
        }
        if self.links {
            let name = if call.options.lower_case_permalink {
                "permalink"
            } else {
                "permaLink"
            };
            body[name] = json!(format!("{}?rowId={}", sheet.permalink(call.data), row.id));
        }
        body
    }
}

/// What Smartsheet fills in by itself.
fn system_cell(column: &Column, row: &Row, index: usize) -> Option<serde_json::Map<String, Value>> {
    let time = |at: SystemTime| stamp(at);
    let value = match column.more.get("systemColumnType")?.as_str()? {
        "CREATED_DATE" => time(row.created),
        "MODIFIED_DATE" => time(row.modified),
        "CREATED_BY" => json!(row.created_by),
        "MODIFIED_BY" => json!(row.modified_by),
        _ => json!(format!("{:05}", index + 1)),
    };
    Some([("value".to_owned(), value)].into_iter().collect())
}

/// The positions of the rows that were asked for.
fn wanted(call: &Call<'_>, sheet: &Sheet) -> Result<Vec<usize>, Problem> {
    let ids: Option<BTreeSet<i64>> = call.numbers("rowIds")?.map(|ids| ids.into_iter().collect());
    let numbers = call.numbers("rowNumbers")?;
    let since = match call.query("rowsModifiedSince") {
        None => None,
        Some(text) => Some(
            text.parse::<jiff::Timestamp>()
                .map_err(|_| bad_parameter("rowsModifiedSince"))?,
        ),
    };
    let fits = |index: usize, row: &Row| {
        let number = i64::try_from(index + 1).unwrap_or(i64::MAX);
        ids.as_ref().is_none_or(|ids| ids.contains(&row.id))
            && numbers.as_ref().is_none_or(|numbers| numbers.contains(&number))
            && since.is_none_or(|since| jiff::Timestamp::try_from(row.modified).is_ok_and(|at| at >= since))
    };
    let rows = sheet.rows.iter().enumerate();
    Ok(rows
        .filter(|(index, row)| fits(*index, row))
        .map(|(index, _)| index)
        .collect())
}

/// What the cells show, with commas between.
fn csv(sheet: &Sheet) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut lines = vec![
        sheet
            .columns
            .iter()
            .map(|column| quoted(&column.title))
            .collect::<Vec<_>>()
            .join(","),
    ];
    for (index, row) in sheet.rows.iter().enumerate() {
        let texts = sheet.columns.iter().map(|column| {
            let system = system_cell(column, row, index);
            let cell = system.as_ref().or_else(|| row.cells.get(&column.id));
            quoted(&cell.map(display).unwrap_or_default())
        });
        lines.push(texts.collect::<Vec<_>>().join(","));
    }
    lines.join("\n") + "\n"
}
