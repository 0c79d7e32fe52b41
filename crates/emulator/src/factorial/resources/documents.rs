//! `documents/documents`, `documents/download_urls`, and the files behind the URLs.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::multipart::{Part, parts};
use crate::answers;
use crate::factorial::api::call::{Call, Outcome, Reply, created, known, member, ok};
use crate::factorial::api::problem::Problem;
use crate::factorial::log::Exchange;
use crate::factorial::records::{Record, record};
use crate::factorial::state::{State, StoredFile};

const SPACES: [&str; 5] = [
    "company_internal",
    "company_public",
    "employee_my_documents",
    "pending_to_assign",
    "pending_to_destroy",
];

/// The parts that the specification marks as required, but for the file and the signees.
const REQUIRED: [&str; 6] = [
    "public",
    "space",
    "is_pending_assignment",
    "author_id",
    "company_id",
    "request_esignature",
];

fn is_open(call: &Call<'_>, document: &Record) -> bool {
    call.is_open(member(document, "employee_id")) || document.get("public") == Some(&json!(true))
}

pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let rows = call
        .company
        .tables
        .documents
        .iter()
        .filter(|(_, document)| {
            let value = |name| member(document, name);
            let same = |name| call.query(name).is_none_or(|wanted| value(name) == Some(wanted));
            is_open(call, document)
                && call.among("ids", value("id"))
                && call.among("employee_ids", value("employee_id"))
                && same("folder_id")
                && same("leave_id")
        })
        .map(|(id, document)| (*id, document.clone()))
        .collect();
    call.page(rows)
}

/// One that the caller may see; another is not there for them.
fn open(call: &Call<'_>, id: &str) -> Result<u64, Problem> {
    let id = known(&call.company.tables.documents, id)?;
    let open = is_open(call, &call.company.tables.documents[&id]);
    open.then_some(id).ok_or_else(Problem::not_found)
}

pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let id = open(call, call.tail)?;
    Ok(ok(call.company.tables.documents[&id].clone()))
}

/// Scalars come as text parts, booleans too; arrays keep their brackets.
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let parts = parts(&call.exchange.headers, &call.exchange.body)
        .ok_or_else(|| Problem::malformed("The body must be multipart/form-data, and whole"))?;
    let text = |name: &str| {
        let part = parts
            .iter()
            .find(|part| part.name == name && part.filename.is_none());
        part.and_then(|part| std::str::from_utf8(&part.content).ok())
            .filter(|text| !text.is_empty())
    };
    for name in REQUIRED {
        if text(name).is_none() {
            return Err(Problem::invalid(name, "can't be blank"));
        }
    }
    let flag = |name: &'static str| match text(name) {
        Some("true") => Ok(true),
        Some("false") | None => Ok(false),
        Some(_) => Err(Problem::invalid(name, "must be true or false")),
    };
    if text("space").is_none_or(|space| !SPACES.contains(&space)) {
        return Err(Problem::invalid("space", "is not included in the list"));
    }
    if text("company_id") != Some(call.company.id.to_string().as_str()) {
        return Err(Problem::invalid("company_id", "must exist"));
    }
    let file: &Part = parts
        .iter()
        .find(|part| part.name == "file" && part.filename.is_some())
        .ok_or_else(|| Problem::invalid("file", "can't be blank"))?;
    let employee = text("employee_id");
    if let Some(id) = employee {
        known(&call.company.tables.employees, id)
            .map_err(|_| Problem::invalid("employee_id", "must exist"))?;
    }
    if !call.is_open(employee) {
        return Err(Problem::forbidden("Your permissions do not reach this employee"));
    }
    let signees: Vec<&str> = parts
        .iter()
        .filter(|part| part.name == "signee_ids[]")
        .filter_map(|part| std::str::from_utf8(&part.content).ok())
        .collect();
    let filename = text("file_filename")
        .or(file.filename.as_deref())
        .unwrap_or_default();
    let content_type = file
        .content_type
        .clone()
        .unwrap_or_else(|| "application/octet-stream".to_owned());
    let (public, pending) = (flag("public")?, flag("is_pending_assignment")?);
    let signature = flag("request_esignature")?.then_some("pending");
    let id = call.new_id();
    let document = record(json!({
        "id": id.to_string(),
        "filename": filename,
        "public": public,
        "space": text("space"),
        "created_at": call.now,
        "updated_at": call.now,
        "author_id": text("author_id"),
        "company_id": call.company.id.to_string(),
        "content_type": content_type,
        "employee_id": employee,
        "extension": filename.rsplit_once('.').map(|(_, extension)| extension),
        "file_size": file.content.len(),
        "folder_id": text("folder_id"),
        "is_company_document": employee.is_none(),
        "is_management_document": false,
        "is_pending_assignment": pending,
        "leave_id": text("leave_id"),
        "signature_status": signature,
        "signees": signees,
        "deleted_at": null,
    }));
    let secret = call.tokens.text();
    let stored = StoredFile {
        document: id,
        content_type,
        content: file.content.clone(),
    };
    call.files.insert(secret, stored);
    call.company.tables.documents.insert(id, document.clone());
    Ok(created(document))
}

/// `bulk_create`: a bare array. The URL needs no credential: it is one.
pub(crate) fn download_urls(call: &mut Call<'_>) -> Outcome {
    let body = call.body()?;
    let ids = body.get("ids").and_then(Value::as_array);
    let ids = ids.ok_or_else(|| Problem::invalid("ids", "can't be blank"))?;
    let mut urls = Vec::new();
    for id in ids {
        let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let id = open(call, &text)?;
        let secret = call.files.iter().find(|(_, file)| file.document == id);
        if let Some((secret, _)) = secret {
            let url = format!("{}/files/{secret}", call.exchange.origin);
            urls.push(json!({ "id": id.to_string(), "url": url }));
        }
    }
    Ok(Reply(StatusCode::OK, Value::Array(urls)))
}

/// A file behind a download URL.
pub(crate) fn download(state: &State, exchange: &Exchange) -> Response<Bytes> {
    if exchange.method != Method::GET {
        return answers::not_allowed("GET");
    }
    let secret = exchange.path.strip_prefix("/files/").unwrap_or_default();
    let Some(file) = state.files.get(secret) else {
        return answers::empty(StatusCode::NOT_FOUND);
    };
    let mut response = Response::new(file.content.clone());
    if let Ok(value) = HeaderValue::from_str(&file.content_type) {
        response.headers_mut().insert(CONTENT_TYPE, value);
    }
    response
}
