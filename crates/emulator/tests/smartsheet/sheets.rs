//! Sheets: list, get, create, delete.

use attache_emulator::smartsheet::{Emulator, Region};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::support::{
    ACCESS, OF_VIEWER, OWNER, SHEET, call, emulator, get, ids, read, request, send, sheet_path,
};

#[test]
fn the_list_has_its_envelope() {
    let emulator = emulator();
    let list = get(&emulator, "/2.0/sheets?include=sheetVersion");
    assert_eq!(
        list.body,
        json!({
            "pageNumber": 1, "pageSize": 100, "totalPages": 1, "totalCount": 1,
            "data": [{
                "id": SHEET, "name": "Tasks", "accessLevel": "OWNER", "version": 1,
                "permalink": format!("https://app.smartsheet.com/sheets/{SHEET:x}"),
                "createdAt": "2026-11-21T12:00:00Z", "modifiedAt": "2026-11-21T12:00:00Z",
            }],
        })
    );
}

#[test]
fn a_sheet_comes_with_columns_rows_and_cells() {
    let emulator = emulator();
    let (columns, rows) = ids(&emulator);
    let sheet = get(&emulator, &sheet_path("?exclude=nonexistentCells")).body;
    assert_eq!(sheet["totalRowCount"], 3);
    assert_eq!(
        sheet["rows"][1],
        json!({
            "id": rows[1], "sheetId": SHEET, "rowNumber": 2, "siblingId": rows[0], "expanded": true,
            "createdAt": "2026-11-21T12:00:00Z", "modifiedAt": "2026-11-21T12:00:00Z",
            "cells": [
                { "columnId": columns[0], "value": "Cake", "displayValue": "Cake" },
                { "columnId": columns[2], "value": "2026-12-24" },
            ],
        })
    );
    let all = get(&emulator, &sheet_path("")).body;
    assert_eq!(all["rows"][1]["cells"][1], json!({ "columnId": columns[1] }));
    assert!(
        rows.iter().all(|id| *id > 1 << 53),
        "ids are too long for a double: {rows:?}"
    );
}

#[test]
fn rows_are_chosen_by_id_number_column_and_page() {
    let emulator = emulator();
    let (columns, rows) = ids(&emulator);
    let chosen = |query: &str| -> Vec<Value> {
        let sheet = get(&emulator, &sheet_path(query)).body;
        sheet["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].clone())
            .collect()
    };
    assert_eq!(
        chosen(&format!("?rowIds={},{}", rows[2], rows[0])),
        [json!(rows[0]), json!(rows[2])]
    );
    assert_eq!(chosen("?rowNumbers=2"), [json!(rows[1])]);
    assert_eq!(chosen("?page=2&pageSize=2"), [json!(rows[2])]);
    let narrow = get(&emulator, &sheet_path(&format!("?columnIds={}", columns[1]))).body;
    assert_eq!(narrow["columns"].as_array().unwrap().len(), 1);
    assert_eq!(
        narrow["rows"][0]["cells"],
        json!([{ "columnId": columns[1], "value": true }])
    );
}

#[test]
fn an_unchanged_sheet_answers_with_its_version_only() {
    let emulator = emulator();
    assert_eq!(
        get(&emulator, &sheet_path("?ifVersionAfter=1")).body,
        json!({ "version": 1 })
    );
    send(&emulator, "POST", &sheet_path("/rows"), &json!({ "toTop": true }));
    assert_eq!(
        get(&emulator, &sheet_path("?ifVersionAfter=1")).body["version"],
        2
    );
    assert_eq!(
        get(&emulator, &sheet_path("/version")).body,
        json!({ "version": 2 })
    );
}

#[test]
fn every_kind_of_cell_is_there() {
    let emulator = Emulator::seeded(7).build().unwrap();
    let token = emulator.personal_tokens(Region::Us, OWNER).remove(0);
    let (id, _) = emulator
        .sheets(Region::Us)
        .into_iter()
        .find(|(_, name)| name.starts_with("Every"))
        .unwrap();
    let target = format!("/2.0/sheets/{id}?include=objectValue,format,columnType&level=2");
    let text = call(&emulator, "GET", &target, &token).text();
    for member in [
        "\"objectValue\"",
        "\"hyperlink\"",
        "\"linkInFromCell\"",
        "\"formula\"",
        "\"image\"",
        "\"format\"",
        "MULTI_CONTACT",
        "MULTI_PICKLIST",
        "PREDECESSOR_LIST",
        "\"DURATION\"",
        "\"notInAnyDocument\"",
    ] {
        assert!(text.contains(member), "{member}");
    }
    let plain = call(&emulator, "GET", &format!("/2.0/sheets/{id}"), &token);
    assert!(!plain.text().contains("\"objectValue\""));
    let types: Vec<&Value> = plain.body["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| &column["type"])
        .collect();
    assert!(
        !types.contains(&&json!("MULTI_PICKLIST")),
        "complex types show as text without a level"
    );
}

#[test]
fn timestamps_become_numbers_on_request() {
    let emulator = emulator();
    let list = get(&emulator, "/2.0/sheets?numericDates=true").body;
    assert_eq!(list["data"][0]["createdAt"], 1_795_262_400_000_i64);
}

#[test]
fn a_sheet_is_created_and_deleted_by_its_owner() {
    let emulator = emulator();
    let body = json!({ "name": "New", "columns": [
        { "title": "Name", "type": "TEXT_NUMBER", "primary": true },
        { "title": "State", "type": "PICKLIST", "options": ["a", "b"] },
    ] });
    let made = send(&emulator, "POST", "/2.0/sheets", &body).body;
    assert_eq!(
        (&made["message"], &made["resultCode"]),
        (&json!("SUCCESS"), &json!(0))
    );
    let id = made["result"]["id"].as_i64().unwrap();
    assert_eq!(made["result"]["columns"][1]["options"], json!(["a", "b"]));
    let copy = send(
        &emulator,
        "POST",
        "/2.0/sheets",
        &json!({ "name": "Copy", "fromId": id }),
    );
    assert_eq!(copy.body["result"]["columns"][1]["title"], "State");
    let path = format!("/2.0/sheets/{id}");
    assert_eq!(
        call(&emulator, "DELETE", &path, ACCESS).body,
        json!({ "message": "SUCCESS", "resultCode": 0 })
    );
    assert_eq!(get(&emulator, &path).refused(), (404, 1006));
    assert_eq!(
        call(&emulator, "DELETE", &sheet_path(""), OF_VIEWER).refused(),
        (403, 1004)
    );
}

#[test]
fn a_new_sheet_needs_columns_and_exactly_one_primary() {
    let emulator = emulator();
    let create = |body: Value| send(&emulator, "POST", "/2.0/sheets", &body).refused();
    assert_eq!(create(json!({ "columns": [] })), (400, 1012));
    assert_eq!(create(json!({ "name": "n" })), (400, 1054));
    assert_eq!(
        create(json!({ "name": "n", "columns": [{ "title": "a", "type": "TEXT_NUMBER" }] })),
        (400, 1055)
    );
    let date = json!({ "name": "n", "columns": [{ "title": "a", "type": "DATE", "primary": true }] });
    assert_eq!(create(date), (400, 1057));
}

#[test]
fn csv_is_offered_and_other_types_are_not() {
    let emulator = emulator();
    let ask = |accept: &str| {
        let request = request("GET", &sheet_path(""), ACCESS).header("accept", accept);
        read(emulator.handle(request.body(Bytes::new()).unwrap()))
    };
    let csv = ask("text/csv");
    assert_eq!(csv.header("content-type"), "text/csv");
    assert!(
        csv.text()
            .starts_with("\"Title\",\"Done\",\"Due\"\n\"Bread\",\"true\",\"\"\n"),
        "{}",
        csv.text()
    );
    assert_eq!(ask("image/png").refused(), (406, 1052));
}
