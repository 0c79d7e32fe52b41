//! Rows: add, update, delete, partial success.

use attache_emulator::smartsheet::Options;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::support::{
    ACCESS, MINE, SHEET, call, emulator, get, ids, read, request, send, sheet_path, titles, world,
};

fn cell(column: i64, value: &str) -> Value {
    json!([{ "columnId": column, "value": value }])
}

#[test]
fn one_row_is_answered_with_one_and_many_with_many() {
    let emulator = emulator();
    let (columns, _) = ids(&emulator);
    let one = send(
        &emulator,
        "POST",
        &sheet_path("/rows"),
        &json!({ "toTop": true, "cells": cell(columns[0], "Tart") }),
    );
    let id = &one.body["result"]["id"];
    assert_eq!(
        one.body,
        json!({ "message": "SUCCESS", "resultCode": 0, "version": 2, "result": {
            "id": id, "sheetId": SHEET, "rowNumber": 1, "expanded": true,
            "createdAt": "2026-11-21T12:00:00Z", "modifiedAt": "2026-11-21T12:00:00Z",
            "cells": [{ "columnId": columns[0], "value": "Tart", "displayValue": "Tart" }],
        } })
    );
    let many = send(
        &emulator,
        "POST",
        &sheet_path("/rows"),
        &json!([{ "toTop": true, "cells": cell(columns[0], "A") }, { "toTop": true, "cells": cell(columns[0], "B") }]),
    );
    assert_eq!(many.body["result"].as_array().unwrap().len(), 2);
    assert_eq!(titles(&emulator), ["A", "B", "Tart", "Bread", "Cake", "Buns"]);
    let read = get(&emulator, &sheet_path(&format!("/rows/{id}"))).body;
    assert_eq!(read["rowNumber"], 3);
}

#[test]
fn rows_go_where_they_are_told() {
    let emulator = emulator();
    let (columns, rows) = ids(&emulator);
    let add = |mut row: Value, title: &str| {
        row["cells"] = cell(columns[0], title);
        let answer = send(&emulator, "POST", &sheet_path("/rows"), &row);
        assert_eq!(answer.status, 200, "{title}: {:?}", answer.body);
        answer.body["result"].clone()
    };
    let child = add(json!({ "parentId": rows[0] }), "crust");
    assert_eq!(child["parentId"], rows[0]);
    add(json!({ "parentId": rows[0], "toBottom": true }), "crumb");
    add(json!({ "siblingId": rows[1] }), "after cake");
    add(json!({ "siblingId": rows[1], "above": true }), "before cake");
    add(json!({}), "last");
    assert_eq!(
        titles(&emulator),
        [
            "Bread",
            "crust",
            "crumb",
            "before cake",
            "Cake",
            "after cake",
            "Buns",
            "last"
        ]
    );
    let update = |row: Value| send(&emulator, "PUT", &sheet_path("/rows"), &row);
    assert_eq!(update(json!({ "id": rows[1], "indent": 1 })).status, 200);
    assert_eq!(update(json!({ "id": child["id"], "outdent": 1 })).status, 200);
    assert_eq!(
        titles(&emulator),
        [
            "Bread",
            "crumb",
            "crust",
            "before cake",
            "Cake",
            "after cake",
            "Buns",
            "last"
        ]
    );
    assert_eq!(update(json!({ "id": rows[0], "toBottom": true })).status, 200);
    assert_eq!(titles(&emulator)[6..], ["Bread", "crumb"]);
    assert_eq!(
        update(json!({ "id": rows[0], "parentId": rows[0] })).refused(),
        (400, 1063)
    );
}

#[test]
fn locations_of_one_call_must_be_of_one_kind() {
    let emulator = emulator();
    let add = |body: Value| send(&emulator, "POST", &sheet_path("/rows"), &body).refused();
    assert_eq!(add(json!([{ "toTop": true }, { "toBottom": true }])), (400, 1123));
    assert_eq!(add(json!({ "toTop": true, "toBottom": true })), (400, 1062));
    assert_eq!(add(json!({ "siblingId": 1 })), (400, 1064));
}

#[test]
fn by_default_one_bad_row_stops_all() {
    let emulator = emulator();
    let (columns, _) = ids(&emulator);
    let rows = json!([{ "toTop": true, "cells": cell(columns[0], "good") }, { "toTop": true, "cells": cell(1, "bad") }]);
    let answer = send(&emulator, "POST", &sheet_path("/rows"), &rows);
    assert_eq!(answer.refused(), (400, 1036));
    assert_eq!(answer.body["detail"], json!({ "index": 1 }));
    assert_eq!(titles(&emulator), ["Bread", "Cake", "Buns"]);
}

#[test]
fn with_partial_success_the_good_rows_are_written_and_the_bad_ones_named() {
    let emulator = emulator();
    let (columns, rows) = ids(&emulator);
    let body = json!([
        { "id": rows[0], "cells": cell(columns[0], "Rye") },
        { "id": 17, "cells": cell(columns[0], "none") },
        { "id": rows[2], "cells": cell(columns[2], "tomorrow") },
    ]);
    let answer = send(
        &emulator,
        "PUT",
        &sheet_path("/rows?allowPartialSuccess=true"),
        &body,
    );
    assert_eq!(answer.status, 200);
    assert_eq!(
        (&answer.body["message"], &answer.body["resultCode"]),
        (&json!("PARTIAL_SUCCESS"), &json!(3))
    );
    assert_eq!(answer.body["result"].as_array().unwrap().len(), 1);
    let failed: Vec<(&Value, &Value, &Value)> = answer.body["failedItems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (&item["index"], &item["rowId"], &item["error"]["errorCode"]))
        .collect();
    assert_eq!(
        failed,
        [
            (&json!(1), &json!(17), &json!(1006)),
            (&json!(2), &json!(rows[2]), &json!(1042))
        ]
    );
    assert_eq!(titles(&emulator), ["Rye", "Cake", "Buns"]);
    let good = json!([{ "id": rows[0], "expanded": false }]);
    let answer = send(
        &emulator,
        "PUT",
        &sheet_path("/rows?allowPartialSuccess=true"),
        &good,
    );
    assert_eq!(answer.body["message"], "SUCCESS");
}

#[test]
fn an_update_without_an_id_or_with_too_many_rows_is_refused() {
    let emulator = emulator();
    assert_eq!(
        send(
            &emulator,
            "PUT",
            &sheet_path("/rows"),
            &json!([{ "expanded": true }])
        )
        .refused(),
        (400, 1012)
    );
    let many: Vec<Value> = (0..501).map(|_| json!({ "toTop": true })).collect();
    assert_eq!(
        send(&emulator, "POST", &sheet_path("/rows"), &json!(many)).refused(),
        (400, 1008)
    );
    let empty = request("POST", &sheet_path("/rows"), ACCESS).header("content-type", "application/json");
    assert_eq!(
        read(emulator.handle(empty.body(Bytes::new()).unwrap())).refused(),
        (400, 1024)
    );
    let text = request("POST", &sheet_path("/rows"), ACCESS).header("content-type", "text/plain");
    assert_eq!(
        read(emulator.handle(text.body(Bytes::from("{}")).unwrap())).refused(),
        (415, 1124)
    );
}

#[test]
fn deleting_takes_children_along_and_repeats_safely_only_on_request() {
    let emulator = emulator();
    let (_, rows) = ids(&emulator);
    let child = send(
        &emulator,
        "POST",
        &sheet_path("/rows"),
        &json!({ "parentId": rows[0] }),
    )
    .body["result"]["id"]
        .clone();
    let target = sheet_path(&format!("/rows?ids={}", rows[0]));
    let answer = call(&emulator, "DELETE", &target, ACCESS);
    assert_eq!(
        answer.body,
        json!({ "message": "SUCCESS", "resultCode": 0, "version": 3, "result": [rows[0], child] })
    );
    assert_eq!(call(&emulator, "DELETE", &target, ACCESS).refused(), (404, 1006));
    let again = call(
        &emulator,
        "DELETE",
        &format!("{target}&ignoreRowsNotFound=true"),
        ACCESS,
    );
    assert_eq!((again.status, &again.body["result"]), (200, &json!([])));
    assert_eq!(
        call(&emulator, "DELETE", &sheet_path("/rows"), ACCESS).refused(),
        (400, 1009)
    );
}

#[test]
fn two_writes_to_one_sheet_collide_where_that_is_switched_on() {
    let emulator = world()
        .options(Options::default().unknown_member(false).busy_sheets(true))
        .build()
        .unwrap();
    let write = |access: &str| {
        let request =
            request("POST", &sheet_path("/rows"), access).header("content-type", "application/json");
        emulator.accept(request.body(Bytes::from("{\"toTop\":true}")).unwrap())
    };
    let (first, second, other) = (write(ACCESS), write(ACCESS), write(MINE));
    assert_eq!(read(second.finish()).refused(), (500, 4004));
    assert_eq!(read(other.finish()).status, 200, "another token");
    let first = first.finish();
    assert_eq!(first.status(), 200);
    assert_eq!(
        read(write(ACCESS).finish()).refused(),
        (500, 4004),
        "the answer is not out yet"
    );
    drop(first);
    assert_eq!(read(write(ACCESS).finish()).status, 200);
    assert_eq!(emulator.log()[1].client_faults, ["concurrent-sheet-writes"]);
}
