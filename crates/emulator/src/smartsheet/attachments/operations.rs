//! Reading and deleting attachments.

use serde_json::{Value, json};

use super::Attachment;
use super::download::temporary_url;
use crate::smartsheet::api::{Call, Outcome, Reply, success};
use crate::smartsheet::errors::Problem;
use crate::smartsheet::paging;
use crate::smartsheet::state::{Data, stamp};
use crate::smartsheet::webhooks::{Event, emit};
use crate::smartsheet::world::AccessLevel;

/// How long a URL is good, in milliseconds.
pub(crate) const URL_LIFETIME: u64 = 120_000;

/// `GET .../attachments`, without URLs. A sheet's list has those of its rows too.
pub(crate) fn list(call: &mut Call<'_>, of_row: bool) -> Outcome {
    let sheet = call.sheet(AccessLevel::Viewer)?;
    let row = if of_row { Some(call.id(1)?) } else { None };
    if row.is_some_and(|row| sheet.row_index(row).is_none()) {
        return Err(Problem::not_found());
    }
    let id = sheet.id;
    let rows: Vec<Value> = call
        .data
        .attachments
        .values()
        .filter(|attachment| attachment.sheet == id && (row.is_none() || attachment.row == row))
        .map(|attachment| shown(call.data, attachment))
        .collect();
    Ok(Reply::Bare(paging::index(call, &rows, true, true)?))
}

fn find<'a>(call: &'a Call<'_>, level: AccessLevel) -> Result<&'a Attachment, Problem> {
    let sheet = call.sheet(level)?.id;
    let attachment = call.data.attachments.get(&call.id(1)?);
    attachment
        .filter(|attachment| attachment.sheet == sheet)
        .ok_or_else(Problem::not_found)
}

/// `GET /sheets/{sheetId}/attachments/{attachmentId}`: with a URL that is good for two minutes.
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let attachment = find(call, AccessLevel::Viewer)?;
    let mut body = shown(call.data, attachment);
    if let Some(url) = &attachment.url {
        body["url"] = json!(url);
    } else {
        body["url"] = json!(temporary_url(call, attachment));
        body["urlExpiresInMillis"] = json!(URL_LIFETIME);
    }
    Ok(Reply::Bare(body))
}

/// `DELETE /sheets/{sheetId}/attachments/{attachmentId}`.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let attachment = find(call, AccessLevel::Editor)?;
    let (id, sheet) = (attachment.id, attachment.sheet);
    call.data.attachments.remove(&id);
    emit(call, sheet, &[Event::attachment("deleted", id)]);
    Ok(success(json!({})))
}

pub(crate) fn shown(data: &Data, attachment: &Attachment) -> Value {
    let (parent_type, parent) = match attachment.row {
        Some(row) => ("ROW", row),
        None => ("SHEET", attachment.sheet),
    };
    let mut shown = json!({
        "id": attachment.id,
        "name": attachment.name,
        "attachmentType": attachment.kind,
        "parentType": parent_type,
        "parentId": parent,
        "createdAt": stamp(attachment.created),
        "createdBy": data.mini_user(&attachment.created_by),
    });
    if attachment.url.is_none() {
        shown["mimeType"] = json!(attachment.mime_type);
        shown["sizeInKb"] = json!(attachment.content.len().div_ceil(1024));
    }
    shown
}
