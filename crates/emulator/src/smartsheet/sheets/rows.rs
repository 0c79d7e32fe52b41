//! Writing rows (Smartsheet, Rows: add, update, delete; Bulk operations: partial success).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::cells::{self, Rules};
use super::model::{Row, Sheet};
use super::places::{Place, relocate};
use super::reading::Look;
use crate::smartsheet::api::{Call, Outcome, Reply, merge, success};
use crate::smartsheet::body::{self, Members, OneOrMany};
use crate::smartsheet::errors::Problem;
use crate::smartsheet::webhooks::{Event, emit};
use crate::smartsheet::world::AccessLevel;

/// Rows that one call may write.
const MOST_ROWS: usize = 500;

/// What a write has done so far.
struct Draft {
    sheet: Sheet,
    /// Ids of the rows that were written, in the order of the request.
    written: Vec<i64>,
    failed: Vec<Value>,
    events: Vec<Event>,
    /// Where the next row of the same place goes.
    after: Option<(Place, usize)>,
}

/// `POST /sheets/{sheetId}/rows`.
pub(crate) fn add(call: &mut Call<'_>) -> Outcome {
    write(call, false)
}

/// `PUT /sheets/{sheetId}/rows`.
pub(crate) fn update(call: &mut Call<'_>) -> Outcome {
    write(call, true)
}

fn write(call: &mut Call<'_>, updates: bool) -> Outcome {
    let sheet = call.sheet(AccessLevel::Editor)?.clone();
    let partial = call.flag("allowPartialSuccess")?;
    let rules = Rules {
        override_validation: call.flag("overrideValidation")?,
        admin: sheet.access(&call.caller.email) >= Some(AccessLevel::Admin),
    };
    let body = OneOrMany::read(call)?;
    if body.items.len() > MOST_ROWS {
        return Err(Problem::unparsable("at most 500 rows are allowed in one call"));
    }
    let places = Place::read_all(&body.items, updates)?;
    let mut draft = Draft {
        sheet,
        written: Vec::new(),
        failed: Vec::new(),
        events: Vec::new(),
        after: None,
    };
    let partial = partial && !body.single;
    for (index, (given, place)) in body.items.iter().zip(places).enumerate() {
        let done = if updates {
            update_one(call, &mut draft, given, place, rules)
        } else {
            add_one(call, &mut draft, given, place, rules)
        };
        let Err(problem) = done else { continue };
        let row_id = given.get("id").and_then(Value::as_i64);
        if !partial {
            let mut detail = json!({ "index": index });
            if let Some(id) = row_id {
                detail["rowId"] = json!(id);
            }
            return Err(problem.detail(detail));
        }
        let reference = call.data.reference();
        let mut failure = json!({ "index": index, "error": problem.body(&reference) });
        if let Some(id) = row_id {
            failure["rowId"] = json!(id);
        }
        draft.failed.push(failure);
    }
    Ok(finish(call, draft, body.single))
}

fn finish(call: &mut Call<'_>, mut draft: Draft, single: bool) -> Reply {
    if !draft.written.is_empty() {
        draft.sheet.touch(call.now);
    }
    let look = Look::of_writes();
    let results: Vec<Value> = draft
        .written
        .iter()
        .filter_map(|id| draft.sheet.row_index(*id))
        .map(|index| look.row(call, &draft.sheet, index))
        .collect();
    let (id, version) = (draft.sheet.id, draft.sheet.version);
    call.data.sheets.insert(id, draft.sheet);
    emit(call, id, &draft.events);
    let mut body = json!({
        "message": "SUCCESS",
        "resultCode": 0,
        "version": version,
        "result": OneOrMany::shaped(single, results),
    });
    if !draft.failed.is_empty() {
        merge(
            &mut body,
            json!({ "message": "PARTIAL_SUCCESS", "resultCode": 3, "failedItems": draft.failed }),
        );
    }
    Reply::Bare(body)
}

fn add_one(
    call: &mut Call<'_>,
    draft: &mut Draft,
    given: &Members,
    place: Option<Place>,
    rules: Rules,
) -> Result<(), Problem> {
    if given.contains_key("id") {
        return Err(Problem::new(
            1032,
            "The attribute id is not allowed for this operation.",
        ));
    }
    let mut row = Row {
        id: call.data.id(),
        parent: None,
        expanded: body::flag(given, "expanded")?.unwrap_or(true),
        locked: body::flag(given, "locked")?.unwrap_or_default(),
        format: body::text(given, "format")?,
        cells: BTreeMap::new(),
        created: call.now,
        modified: call.now,
        created_by: call.caller.email.clone(),
        modified_by: call.caller.email.clone(),
    };
    let columns = cells::write(&draft.sheet, &mut row.cells, given.get("cells"), rules)?;
    let place = place.unwrap_or(Place::Bottom);
    let after = draft
        .after
        .filter(|(last, _)| *last == place)
        .map(|(_, after)| after);
    let (parent, index) = place.find(&draft.sheet, after)?;
    row.parent = parent;
    let id = row.id;
    draft.sheet.rows.insert(index, row);
    draft.after = Some((place, index + 1));
    draft.written.push(id);
    draft.events.push(Event::row("created", id));
    draft.events.extend(
        columns
            .into_iter()
            .map(|column| Event::cell("created", id, column)),
    );
    Ok(())
}

fn update_one(
    call: &mut Call<'_>,
    draft: &mut Draft,
    given: &Members,
    place: Option<Place>,
    rules: Rules,
) -> Result<(), Problem> {
    let id = body::number(given, "id")?.ok_or_else(|| Problem::required("row.id"))?;
    let index = draft.sheet.row_index(id).ok_or_else(Problem::not_found)?;
    if draft.written.contains(&id) {
        return Err(Problem::new(1137, "The same row was given twice."));
    }
    let mut row = draft.sheet.rows[index].clone();
    if row.locked && !rules.admin {
        return Err(Problem::new(1050, "The row is locked."));
    }
    let columns = cells::write(&draft.sheet, &mut row.cells, given.get("cells"), rules)?;
    if let Some(expanded) = body::flag(given, "expanded")? {
        row.expanded = expanded;
    }
    if let Some(locked) = body::flag(given, "locked")? {
        row.locked = locked;
    }
    if let Some(format) = body::text(given, "format")? {
        row.format = Some(format);
    }
    row.modified = call.now;
    row.modified_by.clone_from(&call.caller.email);
    if let Some(place) = place {
        let after = draft
            .after
            .filter(|(last, _)| *last == place)
            .map(|(_, after)| after);
        let end = relocate(&mut draft.sheet, id, place, after)?;
        draft.after = Some((place, end));
        let index = draft.sheet.row_index(id).ok_or_else(Problem::not_found)?;
        row.parent = draft.sheet.rows[index].parent;
        draft.sheet.rows[index] = row;
    } else {
        draft.sheet.rows[index] = row;
    }
    draft.written.push(id);
    draft.events.push(Event::row("updated", id));
    draft.events.extend(
        columns
            .into_iter()
            .map(|column| Event::cell("updated", id, column)),
    );
    Ok(())
}

/// `DELETE /sheets/{sheetId}/rows?ids=1,2`: what hangs below goes too. A repeat fails unless rows that are gone are to be
/// ignored.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let mut sheet = call.sheet(AccessLevel::Editor)?.clone();
    let ignore = call.flag("ignoreRowsNotFound")?;
    let ids = call.numbers("ids")?;
    let ids = ids.ok_or_else(|| Problem::new(1009, "The parameter ids is required."))?;
    let admin = sheet.access(&call.caller.email) >= Some(AccessLevel::Admin);
    let mut gone: BTreeSet<i64> = BTreeSet::new();
    for id in ids {
        let Some(index) = sheet.row_index(id) else {
            if ignore {
                continue;
            }
            return Err(Problem::not_found());
        };
        let family = &sheet.rows[index..sheet.end_of(index)];
        if !admin && family.iter().any(|row| row.locked) {
            return Err(Problem::new(1092, "A row that is locked cannot be deleted."));
        }
        gone.extend(family.iter().map(|row| row.id));
    }
    let deleted: Vec<i64> = sheet
        .rows
        .iter()
        .map(|row| row.id)
        .filter(|id| gone.contains(id))
        .collect();
    sheet.rows.retain(|row| !gone.contains(&row.id));
    if !deleted.is_empty() {
        sheet.touch(call.now);
    }
    let (id, version) = (sheet.id, sheet.version);
    call.data.sheets.insert(id, sheet);
    let events: Vec<Event> = deleted.iter().map(|row| Event::row("deleted", *row)).collect();
    emit(call, id, &events);
    Ok(success(json!({ "version": version, "result": deleted })))
}
