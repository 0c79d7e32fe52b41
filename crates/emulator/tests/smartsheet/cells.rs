//! What may be written into a cell.

use attache_emulator::smartsheet::{AccessLevel, Column, Emulator, Sheet};
use serde_json::{Value, json};

use crate::support::{ACCESS, OF_VIEWER, OWNER, VIEWER, call, send, send_as, us};

const KINDS: i64 = 6_606_606_606_606_607;

/// Column ids by title.
fn sheet() -> (Emulator, impl Fn(&str) -> i64) {
    let kinds = [
        "TEXT_NUMBER",
        "CHECKBOX",
        "DATE",
        "CONTACT_LIST",
        "PICKLIST",
        "MULTI_PICKLIST",
        "DURATION",
    ];
    let mut sheet = Sheet::new("Kinds").id(KINDS).share(VIEWER, AccessLevel::Editor);
    for kind in kinds {
        let mut column = Column::new(kind, kind);
        if kind == "PICKLIST" {
            column = column
                .with("options", json!(["Open"]))
                .with("validation", json!(true));
        }
        sheet = sheet.column(column);
    }
    sheet = sheet.column(Column::new("auto", "TEXT_NUMBER").with("systemColumnType", json!("AUTO_NUMBER")));
    let emulator = Emulator::builder().world(us().sheet(sheet)).build().unwrap();
    let columns =
        call(&emulator, "GET", &format!("/2.0/sheets/{KINDS}/columns"), ACCESS).body["data"].clone();
    let id = move |title: &str| {
        let columns = columns.as_array().unwrap();
        let column = columns.iter().find(|column| column["title"] == title);
        column.unwrap()["id"].as_i64().unwrap()
    };
    (emulator, id)
}

/// Status and error code of writing one cell, or the cell.
fn write(emulator: &Emulator, column: i64, mut cell: Value) -> Result<Value, u64> {
    cell["columnId"] = json!(column);
    let body = json!({ "cells": [cell] });
    let answer = send(emulator, "POST", &format!("/2.0/sheets/{KINDS}/rows"), &body);
    if let Some(code) = answer.body["errorCode"].as_u64() {
        return Err(code);
    }
    let cells = answer.body["result"]["cells"].as_array().unwrap();
    let own = cells.iter().find(|cell| cell["columnId"] == column);
    Ok(own.cloned().unwrap_or_default())
}

#[test]
fn strict_values_fit_their_column() {
    let (emulator, id) = sheet();
    for (column, value, outcome) in [
        ("TEXT_NUMBER", json!("text"), None),
        ("TEXT_NUMBER", json!(12.5), None),
        ("TEXT_NUMBER", json!([1]), Some(1038)),
        ("TEXT_NUMBER", json!(9_007_199_254_740_993_i64 * 2), Some(1148)),
        ("CHECKBOX", json!(true), None),
        ("CHECKBOX", json!("true"), Some(1042)),
        ("DATE", json!("2026-02-28"), None),
        ("DATE", json!("2026-02-30"), Some(1042)),
        ("CONTACT_LIST", json!(OWNER), None),
        ("CONTACT_LIST", json!("Olga"), Some(1042)),
        ("PICKLIST", json!("Open"), None),
        ("PICKLIST", json!("Shut"), Some(1042)),
        ("MULTI_PICKLIST", json!("a, b"), Some(1042)),
        ("auto", json!("1"), Some(1046)),
    ] {
        let written = write(&emulator, id(column), json!({ "value": value }));
        assert_eq!(written.err(), outcome, "{column} {value}");
    }
    let lenient = write(
        &emulator,
        id("CHECKBOX"),
        json!({ "value": "true", "strict": false }),
    )
    .unwrap();
    assert_eq!(lenient["value"], true);
}

#[test]
fn exclusive_members_are_refused() {
    let (emulator, id) = sheet();
    let text = id("TEXT_NUMBER");
    let link = json!({ "sheetId": 1, "rowId": 2, "columnId": 3 });
    for (cell, code) in [
        (
            json!({ "value": "a", "objectValue": { "objectType": "DATE" } }),
            1130,
        ),
        (json!({ "value": "a", "formula": "=1" }), 1178),
        (
            json!({ "value": null, "linkInFromCell": link, "hyperlink": { "url": "https://a.example" } }),
            1109,
        ),
        (json!({ "linkInFromCell": link }), 1110),
        (
            json!({ "value": null, "linkInFromCell": { "sheetId": KINDS } }),
            1116,
        ),
        (
            json!({ "value": 1, "hyperlink": { "url": "https://a.example" } }),
            1113,
        ),
        (json!({ "value": "a", "hyperlink": {} }), 1117),
        (
            json!({ "value": "a", "hyperlink": { "url": "https://a.example", "sheetId": 1 } }),
            1112,
        ),
        (
            json!({ "objectValue": { "objectType": "MULTI_PICKLIST", "values": ["a"] } }),
            1131,
        ),
    ] {
        assert_eq!(write(&emulator, text, cell.clone()), Err(code), "{cell}");
    }
    let linked = write(&emulator, text, json!({ "value": null, "linkInFromCell": link })).unwrap();
    assert_eq!(linked["linkInFromCell"]["status"], "OK");
}

#[test]
fn an_object_value_formula_and_long_text_are_kept_as_documented() {
    let (emulator, id) = sheet();
    let tags = json!({ "objectType": "MULTI_PICKLIST", "values": ["red", "blue"] });
    let cell = write(&emulator, id("MULTI_PICKLIST"), json!({ "objectValue": tags })).unwrap();
    assert_eq!(
        (&cell["displayValue"], &cell["objectValue"]),
        (&json!("red, blue"), &tags)
    );
    let formula = write(&emulator, id("TEXT_NUMBER"), json!({ "formula": "=SUM(1)" })).unwrap();
    assert_eq!(
        (&formula["formula"], &formula["value"]),
        (&json!("=SUM(1)"), &json!("#UNPARSEABLE"))
    );
    let long = write(&emulator, id("TEXT_NUMBER"), json!({ "value": "æ".repeat(4001) })).unwrap();
    assert_eq!(long["value"].as_str().unwrap().chars().count(), 4000);
}

#[test]
fn an_empty_text_clears_and_what_is_not_named_stays() {
    let (emulator, id) = sheet();
    let rows = format!("/2.0/sheets/{KINDS}/rows");
    let (text, date) = (id("TEXT_NUMBER"), id("DATE"));
    let both =
        json!({ "cells": [{ "columnId": text, "value": "a" }, { "columnId": date, "value": "2026-01-01" }] });
    let row = send(&emulator, "POST", &rows, &both).body["result"]["id"].clone();
    let cleared = send(
        &emulator,
        "PUT",
        &rows,
        &json!({ "id": row, "cells": [{ "columnId": text, "value": "" }] }),
    );
    let cells = cleared.body["result"]["cells"].as_array().unwrap().clone();
    assert!(cells.iter().all(|cell| cell["columnId"] != text), "{cells:?}");
    assert!(
        cells
            .iter()
            .any(|cell| cell["columnId"] == date && cell["value"] == "2026-01-01"),
        "{cells:?}"
    );
    let twice = json!({ "id": row, "cells": [{ "columnId": text, "value": "a" }, { "columnId": text, "value": "b" }] });
    assert_eq!(send(&emulator, "PUT", &rows, &twice).refused(), (400, 1037));
}

#[test]
fn only_an_admin_of_the_sheet_overrides_validation() {
    let (emulator, id) = sheet();
    let rows = format!("/2.0/sheets/{KINDS}/rows?overrideValidation=true");
    let body = json!({ "cells": [{ "columnId": id("PICKLIST"), "value": "Shut", "strict": false }] });
    assert_eq!(
        send_as(&emulator, "POST", &rows, OF_VIEWER, &body).refused(),
        (403, 1212)
    );
    assert_eq!(send(&emulator, "POST", &rows, &body).status, 200);
}
