//! Sheets come and go.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::columns::made;
use super::model::Sheet;
use crate::smartsheet::api::{Call, Outcome, success};
use crate::smartsheet::body;
use crate::smartsheet::errors::Problem;
use crate::smartsheet::webhooks::{Event, emit};
use crate::smartsheet::world::AccessLevel;

/// `POST /sheets` and `POST /workspaces/{workspaceId}/sheets`.
pub(crate) fn create(call: &mut Call<'_>, workspace: Option<i64>) -> Outcome {
    if let Some(id) = workspace {
        let owned = call
            .data
            .workspaces
            .iter()
            .any(|known| known.id == id && known.owner == call.caller.email);
        if !owned {
            return Err(Problem::not_found());
        }
    }
    let members = body::object(call)?;
    let name = body::text(&members, "name")?.filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| Problem::required("name"))?;
    if name.chars().count() > 50 {
        return Err(Problem::new(1041, "The name is too long: 50 characters at most."));
    }
    let from = body::number(&members, "fromId")?;
    let columns = match (members.get("columns"), from) {
        (Some(Value::Array(list)), None) => {
            let mut columns = Vec::new();
            for given in list {
                let Value::Object(given) = given else {
                    return Err(Problem::unparsable("a column must be an object"));
                };
                columns.push(made(call.data, given)?);
            }
            columns
        }
        (None, Some(id)) => {
            let source = call.sheet_with(id, AccessLevel::Viewer)?;
            let mut columns = source.columns.clone();
            for column in &mut columns {
                column.id = call.data.id();
            }
            columns
        }
        _ => return Err(Problem::new(1054, "A new sheet needs columns or fromId.")),
    };
    check(&columns)?;
    let mut sheet = Sheet::new(name).owner(call.caller.email.clone());
    sheet.columns = columns;
    sheet.workspace = workspace;
    sheet
        .settle(call.data, call.now)
        .map_err(|what| Problem::new(1008, what))?;
    let columns: Vec<Value> = sheet
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| column.shown(index, 2))
        .collect();
    let result = json!({
        "id": sheet.id,
        "name": sheet.name,
        "accessLevel": "OWNER",
        "permalink": sheet.permalink(call.data),
        "columns": columns,
    });
    call.data.sheets.insert(sheet.id, sheet);
    Ok(success(json!({ "result": result })))
}

/// Columns of a whole sheet (1055, 1056, 1057).
fn check(columns: &[super::model::Column]) -> Result<(), Problem> {
    let mut primaries = columns.iter().filter(|column| column.primary);
    let (Some(primary), None) = (primaries.next(), primaries.next()) else {
        return Err(Problem::new(1055, "Exactly one primary column is needed."));
    };
    if primary.kind != "TEXT_NUMBER" {
        return Err(Problem::new(
            1057,
            "The primary column must be of type TEXT_NUMBER.",
        ));
    }
    for (index, column) in columns.iter().enumerate() {
        if columns[..index].iter().any(|other| other.title == column.title) {
            return Err(Problem::new(1133, "Column titles are repeated."));
        }
    }
    Ok(())
}

/// `DELETE /sheets/{sheetId}`: its owner alone may.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let id = call.sheet(AccessLevel::Owner)?.id;
    emit(call, id, &[Event::sheet("deleted", id)]);
    call.data.sheets.remove(&id);
    call.data
        .attachments
        .retain(|_, attachment| attachment.sheet != id);
    let now: SystemTime = call.now;
    let options = call.options;
    crate::smartsheet::webhooks::scope_gone(call.data, id, now, options);
    Ok(success(json!({})))
}
