//! Attachments (Smartsheet, Attachments): uploads in three forms, and temporary URLs on another host.

mod download;
mod multipart;
mod operations;
mod upload;

use std::time::SystemTime;

use bytes::Bytes;

pub(crate) use download::download;
pub(crate) use operations::{delete, get, list};
pub(crate) use upload::attach;

/// A file or a link, attached to a sheet or one of its rows.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) id: i64,
    pub(crate) sheet: i64,
    pub(crate) row: Option<i64>,
    pub(crate) name: String,
    /// `FILE`, or where the link leads.
    pub(crate) kind: String,
    pub(crate) mime_type: String,
    pub(crate) content: Bytes,
    /// Of a link.
    pub(crate) url: Option<String>,
    pub(crate) created: SystemTime,
    pub(crate) created_by: String,
}
