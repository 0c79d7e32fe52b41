//! Columns.

use serde_json::{Value, json};

use crate::support::{ACCESS, OF_VIEWER, call, emulator, get, ids, send, send_as, sheet_path};

#[test]
fn columns_are_listed_and_read() {
    let emulator = emulator();
    let (columns, _) = ids(&emulator);
    let list = get(&emulator, &sheet_path("/columns")).body;
    let first = json!({
        "id": columns[0], "version": 0, "index": 0, "title": "Title", "type": "TEXT_NUMBER",
        "validation": false, "width": 150, "primary": true,
    });
    assert_eq!((&list["totalCount"], &list["data"][0]), (&json!(3), &first));
    assert_eq!(
        get(&emulator, &sheet_path(&format!("/columns/{}", columns[0]))).body,
        first
    );
    assert_eq!(get(&emulator, &sheet_path("/columns/5")).refused(), (404, 1006));
}

#[test]
fn columns_are_added_one_or_many_at_one_index() {
    let emulator = emulator();
    let add = |body: Value| send(&emulator, "POST", &sheet_path("/columns"), &body);
    let one = add(json!({ "title": "Who", "type": "CONTACT_LIST", "index": 1 }));
    assert_eq!(
        (&one.body["result"]["index"], &one.body["version"]),
        (&json!(1), &json!(2))
    );
    let many = add(
        json!([{ "title": "A", "type": "DATE", "index": 0 }, { "title": "B", "type": "DATE", "index": 0 }]),
    );
    assert_eq!(many.body["result"].as_array().unwrap().len(), 2);
    let titles: Vec<Value> = get(&emulator, &sheet_path("/columns")).body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["title"].clone())
        .collect();
    assert_eq!(titles, ["A", "B", "Title", "Who", "Done", "Due"]);
    for (body, code) in [
        (json!({ "title": "A", "type": "DATE", "index": 0 }), 1056),
        (json!({ "title": "C", "type": "NO", "index": 0 }), 1031),
        (json!({ "title": "C", "type": "DATE" }), 1012),
        (
            json!({ "title": "C", "type": "DATE", "index": 0, "options": ["x"] }),
            1082,
        ),
        (
            json!([{ "title": "C", "type": "DATE", "index": 0 }, { "title": "D", "type": "DATE", "index": 1 }]),
            1135,
        ),
    ] {
        assert_eq!(add(body.clone()).refused(), (400, code), "{body}");
    }
}

#[test]
fn a_column_is_renamed_moved_and_deleted() {
    let emulator = emulator();
    let (columns, _) = ids(&emulator);
    let path = sheet_path(&format!("/columns/{}", columns[2]));
    let moved = send(
        &emulator,
        "PUT",
        &path,
        &json!({ "title": "Deadline", "index": 0 }),
    );
    assert_eq!(
        (&moved.body["result"]["title"], &moved.body["result"]["index"]),
        (&json!("Deadline"), &json!(0))
    );
    assert_eq!(
        send(&emulator, "PUT", &path, &json!({ "options": ["a"] })).refused(),
        (400, 1090)
    );
    let gone = call(&emulator, "DELETE", &path, ACCESS);
    assert_eq!(gone.body, json!({ "message": "SUCCESS", "resultCode": 0 }));
    let sheet = get(&emulator, &sheet_path("")).body;
    assert_eq!(sheet["rows"][1]["cells"].as_array().unwrap().len(), 2);
    let primary = sheet_path(&format!("/columns/{}", columns[0]));
    assert_eq!(call(&emulator, "DELETE", &primary, ACCESS).refused(), (400, 1065));
    assert_eq!(
        send_as(&emulator, "PUT", &primary, OF_VIEWER, &json!({ "title": "x" })).refused(),
        (403, 1004)
    );
}
