//! Attachments.

use std::time::Duration;

use attache_emulator::smartsheet::Emulator;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::support::{ACCESS, Answer, SHEET, call, emulator, get, ids, read, request, send, sheet_path};

fn upload(emulator: &Emulator, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut request = request("POST", target, ACCESS);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    read(emulator.handle(request.body(Bytes::copy_from_slice(body)).unwrap()))
}

const SIMPLE: [(&str, &str); 2] = [
    ("content-type", "text/plain"),
    (
        "content-disposition",
        "attachment; filename=\"caf%C3%A9 1%2B1.txt\"",
    ),
];

#[test]
fn bytes_are_attached_and_come_back_from_another_host() {
    let emulator = emulator();
    let made = upload(&emulator, &sheet_path("/attachments"), &SIMPLE, b"hello \xff");
    let id = &made.body["result"]["id"];
    assert_eq!(
        made.body,
        json!({ "message": "SUCCESS", "resultCode": 0, "version": 1, "result": {
            "id": id, "name": "café 1+1.txt", "attachmentType": "FILE", "mimeType": "text/plain", "sizeInKb": 1,
            "parentType": "SHEET", "parentId": SHEET, "createdAt": "2026-11-21T12:00:00Z",
            "createdBy": { "email": "owner@plan.example", "name": "Olga Owner" },
        } })
    );
    let target = format!(
        "http://127.0.0.1:8027{}",
        sheet_path(&format!("/attachments/{id}"))
    );
    let read_again = get(&emulator, &target).body;
    let url = read_again["url"].as_str().unwrap();
    assert_eq!(read_again["urlExpiresInMillis"], 120_000);
    assert!(url.starts_with("http://localhost:8027/us/attachments/"), "{url}");
    let download = |access: Option<&str>| {
        let mut request = Request::get(url);
        if let Some(access) = access {
            request = request.header("authorization", format!("Bearer {access}"));
        }
        read(emulator.handle(request.body(Bytes::new()).unwrap()))
    };
    let file = download(None);
    assert_eq!(
        (file.status, file.header("content-type"), &file.raw[..]),
        (200, "text/plain", &b"hello \xff"[..])
    );
    assert_eq!(emulator.log().last().unwrap().client_faults, Vec::<&str>::new());
    download(Some(ACCESS));
    assert_eq!(
        emulator.log().last().unwrap().client_faults,
        ["bearer-on-foreign-host"]
    );
    emulator.clock().advance(Duration::from_secs(120));
    assert_eq!(download(None).status, 403);
    let in_process = get(
        &emulator,
        &format!(
            "https://api.smartsheet.com{}",
            sheet_path(&format!("/attachments/{id}"))
        ),
    );
    assert!(
        in_process.body["url"]
            .as_str()
            .unwrap()
            .starts_with("https://attachments.example/us/")
    );
}

#[test]
fn a_form_attaches_to_a_row() {
    let emulator = emulator();
    let (_, rows) = ids(&emulator);
    let target = sheet_path(&format!("/rows/{}/attachments", rows[0]));
    let form = |part: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; {part}\r\nContent-Type: image/png\r\n\r\n\r\n--x\r\n\r\n--b--\r\n"
        )
    };
    let headers = [("content-type", "multipart/form-data; boundary=\"b\"")];
    let send = |part: &str| upload(&emulator, &target, &headers, form(part).as_bytes());
    let made = send("name=\"file\"; filename=\"a%20b.png\"").body["result"].clone();
    assert_eq!(
        (
            &made["name"],
            &made["mimeType"],
            &made["parentType"],
            &made["parentId"]
        ),
        (
            &json!("a b.png"),
            &json!("image/png"),
            &json!("ROW"),
            &json!(rows[0])
        )
    );
    assert_eq!(send("name=\"photo\"; filename=\"a.png\"").refused(), (400, 1147));
    assert_eq!(send("name=\"file\"").refused(), (400, 1125));
    assert_eq!(send("name=\"name\"").refused(), (400, 1127));
    assert_eq!(
        upload(&emulator, &target, &headers, b"nothing").refused(),
        (400, 1145)
    );
    let list = get(&emulator, &target).body;
    assert_eq!(list["data"], json!([made]));
    assert_eq!(get(&emulator, &sheet_path("/attachments")).body["totalCount"], 1);
}

#[test]
fn headers_and_sizes_are_checked() {
    let emulator = emulator();
    let target = sheet_path("/attachments");
    let refused = |headers: &[(&str, &str)], body: &[u8]| upload(&emulator, &target, headers, body).refused();
    assert_eq!(refused(&SIMPLE[..1], b"a"), (400, 1011));
    assert_eq!(refused(&SIMPLE[1..], b"a"), (400, 1011));
    assert_eq!(
        refused(&[SIMPLE[0], SIMPLE[1], ("content-length", "7")], b"a"),
        (400, 1075)
    );
    assert_eq!(
        refused(&[("content-type", ""), SIMPLE[1]], b"a"),
        (200, 0),
        "empty but there"
    );
    assert_eq!(refused(&SIMPLE, &vec![0; (30 << 20) + 1]), (400, 1074));
}

#[test]
fn links_are_attached_as_json_and_deleted() {
    let emulator = emulator();
    let attach = |kind: &str| {
        let body = json!({ "attachmentType": kind, "url": "https://files.example/a", "name": "a" });
        send(&emulator, "POST", &sheet_path("/attachments"), &body)
    };
    assert_eq!(attach("FILE").refused(), (400, 1051));
    assert_eq!(attach("FLOPPY").refused(), (400, 1255));
    let id = attach("LINK").body["result"]["id"].clone();
    let path = sheet_path(&format!("/attachments/{id}"));
    assert_eq!(get(&emulator, &path).body["url"], "https://files.example/a");
    assert_eq!(
        call(&emulator, "DELETE", &path, ACCESS).body["message"],
        "SUCCESS"
    );
    assert_eq!(get(&emulator, &path).refused(), (404, 1006));
    assert_eq!(
        get(&emulator, &sheet_path("/attachments")).body["data"],
        Value::Array(vec![])
    );
}
