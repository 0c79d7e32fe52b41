//! The list of sheets.

use serde_json::{Value, json};

use super::model::Sheet;
use crate::smartsheet::api::{Call, Outcome, Reply, bad_parameter};
use crate::smartsheet::paging;
use crate::smartsheet::state::stamp;
use crate::smartsheet::world::AccessLevel;

/// `GET /sheets`: those that the caller sees, by name.
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let api_level = call.query("accessApiLevel") == Some("1");
    let with_version = call.lists("include", "sheetVersion");
    let since = match call.query("modifiedSince") {
        None => None,
        Some(text) => Some(
            text.parse::<jiff::Timestamp>()
                .map_err(|_| bad_parameter("modifiedSince"))?,
        ),
    };
    let mut sheets: Vec<(&Sheet, AccessLevel)> = call
        .data
        .sheets
        .values()
        .filter_map(|sheet| Some((sheet, sheet.access(&call.caller.email)?)))
        .filter(|(sheet, _)| {
            since.is_none_or(|since| jiff::Timestamp::try_from(sheet.modified).is_ok_and(|at| at >= since))
        })
        .collect();
    sheets.sort_by(|(first, _), (second, _)| (&first.name, first.id).cmp(&(&second.name, second.id)));
    let rows: Vec<Value> = sheets
        .into_iter()
        .map(|(sheet, level)| {
            let mut row = json!({
                "id": sheet.id,
                "name": sheet.name,
                "accessLevel": level.word(api_level),
                "permalink": sheet.permalink(call.data),
                "createdAt": stamp(sheet.created),
                "modifiedAt": stamp(sheet.modified),
            });
            if with_version {
                row["version"] = json!(sheet.version);
            }
            row
        })
        .collect();
    Ok(Reply::Bare(paging::index(call, &rows, true, true)?))
}
