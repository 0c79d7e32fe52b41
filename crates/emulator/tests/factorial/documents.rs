use attache_emulator::factorial::Emulator;
use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::support::{ANA, Answer, BO, COMPANY, bearer, get, read, send, world};

fn multipart(fields: &[(&str, &str)], file: Option<&[u8]>) -> Bytes {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    if let Some(file) = file {
        body.extend_from_slice(
            b"--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"pay slip.pdf\"\r\n\
              Content-Type: application/pdf\r\n\r\n",
        );
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--frontier--\r\n");
    Bytes::from(body)
}

fn upload(emulator: &Emulator, token: &str, body: Bytes) -> Answer {
    let request = bearer("POST", "/documents/documents", token)
        .header("content-type", "multipart/form-data; boundary=\"frontier\"");
    read(emulator.handle(request.body(body).unwrap()))
}

fn fields<'a>(company: &'a str, employee: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("public", "false"),
        ("space", "employee_my_documents"),
        ("is_pending_assignment", "false"),
        ("author_id", employee),
        ("company_id", company),
        ("request_esignature", "true"),
        ("signee_ids[]", "11"),
        ("signee_ids[]", "12"),
        ("employee_id", employee),
    ]
}

const FILE: &[u8] = b"%PDF-1.7\r\n--frontie\r\n\r\n\xff\x00";

#[test]
fn a_document_is_uploaded_and_fetched_with_a_url_that_needs_no_credential() {
    let emulator = world().build().unwrap();
    let (company, bo) = (COMPANY.to_string(), BO.to_string());
    let created = upload(&emulator, "at-bo", multipart(&fields(&company, &bo), Some(FILE)));
    let expected = json!({
        "id": created.body["id"],
        "filename": "pay slip.pdf",
        "public": false,
        "space": "employee_my_documents",
        "created_at": "2026-11-21T12:00:00.000+00:00",
        "updated_at": "2026-11-21T12:00:00.000+00:00",
        "author_id": bo,
        "company_id": company,
        "content_type": "application/pdf",
        "employee_id": bo,
        "extension": "pdf",
        "file_size": FILE.len(),
        "folder_id": null,
        "is_company_document": false,
        "is_management_document": false,
        "is_pending_assignment": false,
        "leave_id": null,
        "signature_status": "pending",
        "signees": ["11", "12"],
        "deleted_at": null,
    });
    assert_eq!(created.shown(), (201, expected.clone()));
    let one = get(
        &emulator,
        &format!("/documents/documents/{}", created.member("id")),
        "at-bo",
    );
    assert_eq!(one.body, expected);
    let body = json!({ "ids": [created.member("id")] });
    let urls = send(
        &emulator,
        "POST",
        "/documents/download_urls/bulk_create",
        "at-bo",
        &body,
    );
    let url = urls.body[0]["url"].as_str().unwrap().to_owned();
    assert_eq!(
        urls.body,
        json!([{ "id": created.member("id"), "url": url }]),
        "a bare array"
    );
    let path = url.strip_prefix("http://localhost").unwrap();
    let file = read(emulator.handle(Request::get(path).body(Bytes::new()).unwrap()));
    assert_eq!((file.status, &file.raw[..]), (200, FILE));
    assert_eq!(file.header("content-type"), "application/pdf");

    let leaking = Request::get(path).header("authorization", "Bearer at-bo");
    let _ = emulator.handle(leaking.body(Bytes::new()).unwrap());
    assert_eq!(
        emulator.log().last().unwrap().client_faults,
        ["credential-on-download"]
    );
}

#[test]
fn a_document_is_open_to_whom_it_is_for() {
    let emulator = world().build().unwrap();
    let (company, bo) = (COMPANY.to_string(), BO.to_string());
    upload(
        &emulator,
        "at-brisa",
        multipart(&fields(&company, &bo), Some(FILE)),
    );
    let own = get(&emulator, "/documents/documents", "at-bo");
    assert_eq!(own.column("filename"), ["pay slip.pdf"]);
    let ana = ANA.to_string();
    let theirs = upload(&emulator, "at-bo", multipart(&fields(&company, &ana), Some(FILE)));
    assert_eq!(theirs.status, 403);
    let filtered = format!("/documents/documents?employee_ids[]={ana}");
    assert!(get(&emulator, &filtered, "at-brisa").column("id").is_empty());
}

#[test]
fn an_upload_that_lacks_something_is_422_and_one_that_is_cut_400() {
    let emulator = world().build().unwrap();
    let (company, bo) = (COMPANY.to_string(), BO.to_string());
    let whole = fields(&company, &bo);
    assert_eq!(upload(&emulator, "at-bo", multipart(&whole, None)).status, 422);
    for missing in 0..6 {
        let mut fields = whole.clone();
        fields.remove(missing);
        let answer = upload(&emulator, "at-bo", multipart(&fields, Some(FILE)));
        assert_eq!(answer.status, 422, "{}", whole[missing].0);
    }
    let body = multipart(&whole, Some(FILE));
    let cut = body.slice(..body.len() - 16);
    assert_eq!(upload(&emulator, "at-bo", cut).status, 400);
    let json = send(&emulator, "POST", "/documents/documents", "at-bo", &json!({}));
    assert_eq!(json.status, 400);
}

#[test]
fn an_unknown_download_is_404() {
    let emulator = world().build().unwrap();
    let request = Request::get("/files/none").body(Bytes::new()).unwrap();
    assert_eq!(read(emulator.handle(request)).status, 404);
    let body = json!({ "ids": ["1"] });
    let urls = send(
        &emulator,
        "POST",
        "/documents/download_urls/bulk_create",
        "at-bo",
        &body,
    );
    assert_eq!(urls.status, 404);
}
