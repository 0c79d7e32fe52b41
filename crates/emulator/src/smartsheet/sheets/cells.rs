//! Cells: what may be written into one, and what it shows (Smartsheet, Cells).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::model::{Column, Sheet};
use crate::smartsheet::body::Members;
use crate::smartsheet::errors::Problem;

/// Longer text is cut without a word.
const LONGEST_TEXT: usize = 4000;

/// Numbers must be exact as doubles.
const LARGEST_NUMBER: f64 = 9_007_199_254_740_992.0;

/// The text that a cell shows.
pub(crate) fn display(cell: &Map<String, Value>) -> String {
    if let Some(Value::String(text)) = cell.get("displayValue") {
        return text.clone();
    }
    match cell.get("value") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(flag)) => flag.to_string(),
        Some(Value::Number(number)) => match number.as_f64() {
            // 12.0 shows as 12.
            Some(float) if float.fract() == 0.0 && !number.is_i64() && !number.is_u64() => {
                format!("{float:.0}")
            }
            _ => number.to_string(),
        },
        _ => String::new(),
    }
}

/// A cell as answers show it.
pub(crate) fn shown(column: &Column, cell: Option<&Map<String, Value>>, views: Views) -> Value {
    let mut shown = json!({ "columnId": column.id });
    if views.column_type {
        shown["columnType"] = json!(column.kind);
    }
    let Some(cell) = cell else {
        return shown;
    };
    for (name, value) in cell {
        let hidden = match name.as_str() {
            "objectValue" => !views.object_value || is_complex(&column.kind) && views.level < 2,
            "format" => !views.format,
            _ => false,
        };
        if !hidden {
            shown[name] = value.clone();
        }
    }
    let text = display(cell);
    // Dates and flags have no display value.
    let plain = !matches!(
        column.kind.as_str(),
        "DATE" | "DATETIME" | "ABSTRACT_DATETIME" | "CHECKBOX"
    );
    if plain && !text.is_empty() {
        shown["displayValue"] = json!(text);
    }
    shown
}

/// What a reader asked to see.
#[derive(Clone, Copy, Default)]
pub(crate) struct Views {
    pub(crate) level: i64,
    pub(crate) object_value: bool,
    pub(crate) format: bool,
    pub(crate) column_type: bool,
}

fn is_complex(kind: &str) -> bool {
    matches!(kind, "MULTI_CONTACT_LIST" | "MULTI_PICKLIST" | "PREDECESSOR")
}

/// How a write treats values that do not fit.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    /// `overrideValidation=true`, or in the cell.
    pub(crate) override_validation: bool,
    /// Only an admin of the sheet may override.
    pub(crate) admin: bool,
}

/// Writes the cells of a request into a row; the ids of the columns that changed. A cell that is not named stays.
pub(crate) fn write(
    sheet: &Sheet,
    cells: &mut BTreeMap<i64, Map<String, Value>>,
    given: Option<&Value>,
    rules: Rules,
) -> Result<Vec<i64>, Problem> {
    let list = match given {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(Problem::unparsable("cells must be an array")),
    };
    let mut changed = Vec::new();
    for cell in list {
        let Value::Object(cell) = cell else {
            return Err(Problem::unparsable("a cell must be an object"));
        };
        let id = cell
            .get("columnId")
            .ok_or_else(|| Problem::required("cell.columnId"))?;
        let column = id.as_i64().and_then(|id| sheet.column_by_id(id));
        let column = column.ok_or_else(|| Problem::new(1036, "The columnId is invalid."))?;
        if changed.contains(&column.id) {
            return Err(Problem::new(1037, "The same column was given twice in one row."));
        }
        if column.is_system() {
            return Err(Problem::new(1046, "The cell is filled by the system."));
        }
        match written(sheet, column, cell, rules)? {
            Some(cell) => {
                cells.insert(column.id, cell);
            }
            None => {
                cells.remove(&column.id);
            }
        }
        changed.push(column.id);
    }
    Ok(changed)
}

/// The cell that comes of a request's cell; `None` clears it.
fn written(
    sheet: &Sheet,
    column: &Column,
    cell: &Members,
    rules: Rules,
) -> Result<Option<Map<String, Value>>, Problem> {
    let has = |name: &str| cell.get(name).is_some_and(|value| !value.is_null());
    if has("value") && has("objectValue") {
        return Err(Problem::new(1130, "value and objectValue are exclusive."));
    }
    if has("formula") && (has("value") || has("objectValue")) {
        return Err(Problem::new(1178, "formula and value are exclusive."));
    }
    if has("hyperlink") && has("linkInFromCell") {
        return Err(Problem::new(1109, "hyperlink and linkInFromCell are exclusive."));
    }
    let mut made = Map::new();
    if let Some(link) = cell.get("linkInFromCell").filter(|link| !link.is_null()) {
        if cell.get("value") != Some(&Value::Null) {
            return Err(Problem::new(
                1110,
                "With linkInFromCell, value must be null and present.",
            ));
        }
        if link.get("sheetId").and_then(Value::as_i64) == Some(sheet.id) {
            return Err(Problem::new(1116, "A cell cannot link to its own sheet."));
        }
        let mut link = link.clone();
        link["status"] = json!("OK");
        made.insert("linkInFromCell".to_owned(), link);
    } else if let Some(object) = cell.get("objectValue").filter(|object| !object.is_null()) {
        object_value(column, object, &mut made)?;
    } else if let Some(formula) = cell.get("formula").and_then(Value::as_str) {
        // Nothing is computed here: a formula reads as one that Smartsheet could not compute.
        made.insert("formula".to_owned(), json!(formula));
        made.insert("value".to_owned(), json!("#UNPARSEABLE"));
    } else if has("value") {
        let value = cell.get("value").cloned().unwrap_or_default();
        let strict = cell.get("strict").and_then(Value::as_bool).unwrap_or(true);
        let wants_override = rules.override_validation
            || cell.get("overrideValidation").and_then(Value::as_bool) == Some(true);
        if wants_override && !rules.admin {
            return Err(Problem::new(1212, "Only sheet admins may override validation."));
        }
        let value = fitting(column, value, strict, wants_override)?;
        if value == json!("") {
            return Ok(None);
        }
        made.insert("value".to_owned(), value);
    } else if !has("hyperlink") && !has("format") {
        return Ok(None);
    }
    if let Some(hyperlink) = cell.get("hyperlink").filter(|link| !link.is_null()) {
        let text = made.get("value");
        if text.is_some_and(|value| !value.is_string()) {
            return Err(Problem::new(1113, "A cell with a hyperlink needs a text value."));
        }
        let url = hyperlink.get("url").and_then(Value::as_str);
        let target = ["sheetId", "reportId", "sightId"]
            .iter()
            .any(|name| hyperlink.get(*name).is_some_and(Value::is_number));
        match (url, target) {
            (None, false) => return Err(Problem::new(1117, "The hyperlink has no target.")),
            (Some(_), true) => return Err(Problem::new(1112, "url must be null for a link to an object.")),
            _ => {}
        }
        if text.is_none() {
            made.insert("value".to_owned(), json!(url.unwrap_or("Link")));
        }
        made.insert("hyperlink".to_owned(), hyperlink.clone());
    }
    if let Some(format) = cell.get("format").and_then(Value::as_str) {
        made.insert("format".to_owned(), json!(format));
    }
    Ok(Some(made))
}

/// A value that the column takes (1038, 1042, 1148).
fn fitting(column: &Column, value: Value, strict: bool, overridden: bool) -> Result<Value, Problem> {
    let unfit = || {
        Problem::new(
            1042,
            format!("The value does not fit the type of column {:?}.", column.title),
        )
    };
    let value = match value {
        Value::String(text) => json!(text.chars().take(LONGEST_TEXT).collect::<String>()),
        Value::Number(number) => {
            if number
                .as_f64()
                .is_some_and(|number| number.abs() > LARGEST_NUMBER)
            {
                return Err(Problem::new(1148, "The number is outside of the allowed range."));
            }
            Value::Number(number)
        }
        Value::Bool(flag) => json!(flag),
        _ => return Err(Problem::new(1038, "A cell value must be a text or a number.")),
    };
    if value == json!("") || overridden && !strict {
        return Ok(value);
    }
    if !strict {
        return Ok(lenient(column, value));
    }
    let text = value.as_str();
    let fits = match column.kind.as_str() {
        "DATE" => text.is_some_and(|text| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()),
        "DATETIME" | "ABSTRACT_DATETIME" => text.is_some_and(|text| {
            text.parse::<jiff::civil::DateTime>().is_ok() || text.parse::<jiff::Timestamp>().is_ok()
        }),
        "CHECKBOX" => value.is_boolean(),
        "CONTACT_LIST" => text.is_some_and(|text| text.contains('@')),
        "PICKLIST" if column.flag("validation") => {
            let options = column.more.get("options").and_then(Value::as_array);
            options.is_some_and(|options| options.contains(&value))
        }
        "MULTI_CONTACT_LIST" | "MULTI_PICKLIST" | "PREDECESSOR" => false,
        _ => true,
    };
    if fits { Ok(value) } else { Err(unfit()) }
}

/// As somebody at the keyboard would have it read.
fn lenient(column: &Column, value: Value) -> Value {
    match (column.kind.as_str(), value.as_str()) {
        ("CHECKBOX", Some("true" | "1" | "yes")) => json!(true),
        ("CHECKBOX", Some("false" | "0" | "no")) => json!(false),
        ("TEXT_NUMBER", Some(text)) => match text.parse::<i64>() {
            Ok(number) => json!(number),
            Err(_) => value,
        },
        _ => value,
    }
}

/// A typed value (1131: not in this column), and the text that comes of it.
fn object_value(column: &Column, object: &Value, made: &mut Map<String, Value>) -> Result<(), Problem> {
    let kind = object
        .get("objectType")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let fits = matches!(
        (column.kind.as_str(), kind),
        ("MULTI_CONTACT_LIST", "MULTI_CONTACT" | "CONTACT")
            | ("CONTACT_LIST", "CONTACT")
            | ("MULTI_PICKLIST", "MULTI_PICKLIST")
            | ("PREDECESSOR", "PREDECESSOR_LIST")
            | ("DURATION", "DURATION")
            | ("DATE", "DATE")
            | ("DATETIME", "DATETIME")
            | ("ABSTRACT_DATETIME", "ABSTRACT_DATETIME" | "DATETIME" | "DATE")
            | ("CHECKBOX", "CHECKBOX")
    );
    if !fits {
        return Err(Problem::new(
            1131,
            "The objectValue type is not allowed for this column.",
        ));
    }
    let contact = |contact: &Value| {
        let name = contact.get("name").and_then(Value::as_str);
        name.or_else(|| contact.get("email").and_then(Value::as_str))
            .unwrap_or_default()
            .to_owned()
    };
    let joined = |list: &str, text: &dyn Fn(&Value) -> String| {
        let list = object
            .get(list)
            .or_else(|| object.get("value"))
            .and_then(Value::as_array);
        let texts: Vec<String> = list.into_iter().flatten().map(text).collect();
        texts.join(", ")
    };
    let text = match kind {
        "CONTACT" => {
            let email = object.get("email").and_then(Value::as_str).unwrap_or_default();
            made.insert("value".to_owned(), json!(email));
            contact(object)
        }
        "MULTI_CONTACT" => joined("values", &contact),
        "MULTI_PICKLIST" => joined("values", &|value| value.as_str().unwrap_or_default().to_owned()),
        "PREDECESSOR_LIST" => joined("predecessors", &|value| {
            let row = value.get("rowNumber").map(Value::to_string);
            format!("{}FS", row.unwrap_or_default())
        }),
        "DURATION" => format!("{}d", object.get("days").cloned().unwrap_or(json!(0))),
        _ => {
            let value = object.get("value").cloned().unwrap_or_default();
            made.insert("value".to_owned(), value.clone());
            value.as_str().map_or_else(|| value.to_string(), str::to_owned)
        }
    };
    made.insert("objectValue".to_owned(), object.clone());
    if !made.contains_key("value") {
        made.insert("value".to_owned(), json!(text));
    }
    made.insert("displayValue".to_owned(), json!(text));
    Ok(())
}
