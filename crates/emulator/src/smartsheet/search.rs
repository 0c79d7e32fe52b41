//! Search: names of sheets, what cells show, names of attachments.

use serde_json::{Value, json};

use super::api::{Call, Outcome, Reply};
use super::errors::Problem;
use super::sheets::Sheet;
use super::sheets::cells::display;
use super::world::AccessLevel;

/// `GET /search`: everything that the caller sees.
pub(crate) fn everywhere(call: &mut Call<'_>) -> Outcome {
    let wanted = wanted(call)?;
    let scopes: Vec<&str> = crate::form::all(&call.exchange.query, "scopes")
        .flat_map(|list| list.split(','))
        .collect();
    let within = |scope: &str| scopes.is_empty() || scopes.contains(&scope);
    let mut results = Vec::new();
    for sheet in call.data.sheets.values() {
        if sheet.access(&call.caller.email).is_none() {
            continue;
        }
        if within("sheetNames") && matches(&sheet.name, &wanted) {
            results.push(json!({
                "text": sheet.name,
                "objectType": "sheet",
                "objectId": sheet.id,
                "contextData": ["Sheets"],
            }));
        }
        if within("cellData") {
            results.extend(cells(sheet, &wanted));
        }
        if within("attachments") {
            results.extend(attachments(call, sheet, &wanted));
        }
    }
    Ok(Reply::Bare(
        json!({ "totalCount": results.len(), "results": results }),
    ))
}

/// `GET /search/sheets/{sheetId}`: one sheet.
pub(crate) fn in_sheet(call: &mut Call<'_>) -> Outcome {
    let wanted = wanted(call)?;
    let sheet = call.sheet(AccessLevel::Viewer)?;
    let mut results = cells(sheet, &wanted);
    results.extend(attachments(call, sheet, &wanted));
    Ok(Reply::Bare(
        json!({ "totalCount": results.len(), "results": results }),
    ))
}

/// The words that all have to occur, or one phrase in quotation marks.
fn wanted(call: &Call<'_>) -> Result<Vec<String>, Problem> {
    let query = call.query("query").unwrap_or_default().trim().to_lowercase();
    if query.is_empty() {
        return Err(Problem::new(1009, "The parameter query is required."));
    }
    let phrase = query.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    Ok(match phrase {
        Some(phrase) => vec![phrase.to_owned()],
        None => query.split_whitespace().map(str::to_owned).collect(),
    })
}

fn matches(text: &str, wanted: &[String]) -> bool {
    let text = text.to_lowercase();
    wanted.iter().all(|word| text.contains(word))
}

fn cells(sheet: &Sheet, wanted: &[String]) -> Vec<Value> {
    let mut results = Vec::new();
    for (index, row) in sheet.rows.iter().enumerate() {
        for cell in row.cells.values() {
            let text = display(cell);
            if matches(&text, wanted) {
                results.push(json!({
                    "text": text,
                    "objectType": "row",
                    "objectId": row.id,
                    "parentObjectType": "sheet",
                    "parentObjectId": sheet.id,
                    "parentObjectName": sheet.name,
                    "contextData": [format!("Row {}", index + 1)],
                }));
            }
        }
    }
    results
}

fn attachments(call: &Call<'_>, sheet: &Sheet, wanted: &[String]) -> Vec<Value> {
    call.data
        .attachments
        .values()
        .filter(|attachment| attachment.sheet == sheet.id && matches(&attachment.name, wanted))
        .map(|attachment| {
            json!({
                "text": attachment.name,
                "objectType": "attachment",
                "objectId": attachment.id,
                "parentObjectType": "sheet",
                "parentObjectId": sheet.id,
                "parentObjectName": sheet.name,
                "contextData": [],
            })
        })
        .collect()
}
