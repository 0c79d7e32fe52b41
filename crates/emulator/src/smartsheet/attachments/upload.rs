//! Uploads: the bare bytes, a form with parts, or a link as JSON.

use http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::json;

use super::Attachment;
use super::multipart::{boundary, parameter, parts};
use super::operations::shown;
use crate::smartsheet::api::{Call, Outcome, success};
use crate::smartsheet::body::{self, media_type};
use crate::smartsheet::errors::Problem;
use crate::smartsheet::region::Region;
use crate::smartsheet::webhooks::{Event, emit};
use crate::smartsheet::world::AccessLevel;

/// 30 MB.
const LARGEST: usize = 30 << 20;

const LINKS: [&str; 8] = [
    "BOX_COM",
    "DROPBOX",
    "EGNYTE",
    "EVERNOTE",
    "GOOGLE_DRIVE",
    "LINK",
    "ONEDRIVE",
    "TRELLO",
];

/// Gov knows fewer.
const GOV_LINKS: [&str; 4] = ["BOX_COM", "GOOGLE_DRIVE", "LINK", "ONEDRIVE"];

/// What was sent, before it belongs to anything.
struct Sent {
    name: String,
    kind: String,
    mime_type: String,
    content: bytes::Bytes,
    url: Option<String>,
}

/// `POST .../attachments`, to the sheet or to a row.
pub(crate) fn attach(call: &mut Call<'_>, to_row: bool) -> Outcome {
    let sheet = call.sheet(AccessLevel::Editor)?;
    let row = if to_row { Some(call.id(1)?) } else { None };
    if row.is_some_and(|row| sheet.row_index(row).is_none()) {
        return Err(Problem::not_found());
    }
    let (sheet, version) = (sheet.id, sheet.version);
    let sent = match media_type(call).as_deref() {
        Some("application/json") => link(call)?,
        Some("multipart/form-data") => form(call)?,
        _ => simple(call)?,
    };
    if sent.content.len() > LARGEST {
        return Err(Problem::new(1074, "The upload is larger than allowed."));
    }
    let attachment = Attachment {
        id: call.data.id(),
        sheet,
        row,
        name: sent.name,
        kind: sent.kind,
        mime_type: sent.mime_type,
        content: sent.content,
        url: sent.url,
        created: call.now,
        created_by: call.caller.email.clone(),
    };
    let result = shown(call.data, &attachment);
    let id = attachment.id;
    call.data.attachments.insert(id, attachment);
    emit(call, sheet, &[Event::attachment("created", id)]);
    Ok(success(json!({ "version": version, "result": result })))
}

/// The bytes as they are; the name is in `Content-Disposition`, percent-encoded. `Content-Type` may be empty but not
/// missing.
fn simple(call: &Call<'_>) -> Result<Sent, Problem> {
    let header = |name| {
        call.exchange
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let missing = |name: &str| Problem::new(1011, format!("The header {name} is missing or invalid."));
    let mime_type = header(CONTENT_TYPE).ok_or_else(|| missing("Content-Type"))?;
    let disposition = header(CONTENT_DISPOSITION).ok_or_else(|| missing("Content-Disposition"))?;
    let is_attachment = disposition
        .split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("attachment"));
    let name = parameter(disposition, "filename")
        .filter(|_| is_attachment)
        .ok_or_else(|| missing("Content-Disposition"))?;
    let declared = header(CONTENT_LENGTH).map(str::parse::<usize>);
    if declared.is_some_and(|length| length != Ok(call.exchange.body.len())) {
        return Err(Problem::new(1075, "The declared size and the real size differ."));
    }
    Ok(Sent {
        name,
        kind: "FILE".to_owned(),
        mime_type: mime_type.to_owned(),
        content: call.exchange.body.clone(),
        url: None,
    })
}

/// A part named `file` (the published description also says `filename`).
fn form(call: &Call<'_>) -> Result<Sent, Problem> {
    let content_type = call
        .exchange
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let malformed = || Problem::new(1145, "The multipart request is malformed.");
    let boundary = content_type.and_then(boundary).ok_or_else(malformed)?;
    let parts = parts(&call.exchange.body, boundary).ok_or_else(malformed)?;
    for (index, part) in parts.iter().enumerate() {
        if parts[..index].iter().any(|other| other.name == part.name) {
            return Err(Problem::new(1126, "The name of a part is repeated."));
        }
        if !matches!(part.name.as_str(), "file" | "filename" | "name") {
            return Err(Problem::new(1147, "The name of a part is unknown."));
        }
    }
    let file = parts.iter().find(|part| part.name != "name");
    let file = file.ok_or_else(|| Problem::new(1127, "The part file is missing."))?;
    let name = file.file_name.clone();
    let name = name.ok_or_else(|| Problem::new(1125, "The part file has no file name."))?;
    let default = || "application/octet-stream".to_owned();
    Ok(Sent {
        name,
        kind: "FILE".to_owned(),
        mime_type: file.content_type.clone().unwrap_or_else(default),
        content: bytes::Bytes::copy_from_slice(file.content),
        url: None,
    })
}

fn link(call: &Call<'_>) -> Result<Sent, Problem> {
    let given = body::object(call)?;
    let kind = body::text(&given, "attachmentType")?.ok_or_else(|| Problem::required("attachmentType"))?;
    if kind == "FILE" {
        return Err(Problem::new(
            1051,
            "FILE attachments cannot be made through JSON.",
        ));
    }
    let known = if call.data.region == Region::Gov {
        &GOV_LINKS[..]
    } else {
        &LINKS[..]
    };
    if !known.contains(&kind.as_str()) {
        return Err(Problem::new(1255, "The attachment type is not supported."));
    }
    let url = body::text(&given, "url")?.ok_or_else(|| Problem::required("url"))?;
    Ok(Sent {
        name: body::text(&given, "name")?.unwrap_or_else(|| url.clone()),
        kind,
        mime_type: String::new(),
        content: bytes::Bytes::new(),
        url: Some(url),
    })
}
