//! Paths and methods of the API (Smartsheet, API reference), the scope each asks for, and what counts as heavy.

use std::str::FromStr;

use http::Method;

use super::log::Endpoint;
use super::region;

/// An API operation that the emulator serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `GET /serverinfo`, without a token.
    GetServerInfo,
    /// `GET /users/me`.
    GetCurrentUser,
    /// `GET /workspaces`, token-paged.
    ListWorkspaces,
    /// `GET /sheets`.
    ListSheets,
    /// `POST /sheets` (deprecated, still served).
    CreateSheet,
    /// `POST /workspaces/{workspaceId}/sheets`.
    CreateSheetInWorkspace,
    /// `GET /sheets/{sheetId}`.
    GetSheet,
    /// `DELETE /sheets/{sheetId}`.
    DeleteSheet,
    /// `GET /sheets/{sheetId}/version`.
    GetSheetVersion,
    /// `POST /sheets/{sheetId}/rows`.
    AddRows,
    /// `PUT /sheets/{sheetId}/rows`.
    UpdateRows,
    /// `DELETE /sheets/{sheetId}/rows`.
    DeleteRows,
    /// `GET /sheets/{sheetId}/rows/{rowId}`.
    GetRow,
    /// `GET /sheets/{sheetId}/columns`.
    ListColumns,
    /// `POST /sheets/{sheetId}/columns`.
    AddColumns,
    /// `GET /sheets/{sheetId}/columns/{columnId}`.
    GetColumn,
    /// `PUT /sheets/{sheetId}/columns/{columnId}`.
    UpdateColumn,
    /// `DELETE /sheets/{sheetId}/columns/{columnId}`.
    DeleteColumn,
    /// `GET /webhooks`.
    ListWebhooks,
    /// `POST /webhooks`.
    CreateWebhook,
    /// `GET /webhooks/{webhookId}`.
    GetWebhook,
    /// `PUT /webhooks/{webhookId}`.
    UpdateWebhook,
    /// `DELETE /webhooks/{webhookId}`.
    DeleteWebhook,
    /// `POST /webhooks/{webhookId}/resetSharedSecret`.
    ResetSharedSecret,
    /// `GET /sheets/{sheetId}/attachments`.
    ListSheetAttachments,
    /// `POST /sheets/{sheetId}/attachments`.
    AttachToSheet,
    /// `GET /sheets/{sheetId}/rows/{rowId}/attachments`.
    ListRowAttachments,
    /// `POST /sheets/{sheetId}/rows/{rowId}/attachments`.
    AttachToRow,
    /// `GET /sheets/{sheetId}/attachments/{attachmentId}`.
    GetAttachment,
    /// `DELETE /sheets/{sheetId}/attachments/{attachmentId}`.
    DeleteAttachment,
    /// `GET /search`.
    Search,
    /// `GET /search/sheets/{sheetId}`.
    SearchSheet,
}

/// One row of the table: path segments after the version, `{}` for an id.
struct Route {
    operation: Operation,
    name: &'static str,
    method: Method,
    segments: &'static [&'static str],
    /// `None`: any token will do.
    scope: Option<&'static str>,
}

const fn route(
    operation: Operation,
    name: &'static str,
    method: Method,
    segments: &'static [&'static str],
    scope: &'static str,
) -> Route {
    Route {
        operation,
        name,
        method,
        segments,
        scope: if scope.is_empty() { None } else { Some(scope) },
    }
}

use Operation as Op;
#[rustfmt::skip] // one row a line
static ROUTES: &[Route] = &[
    route(Op::GetServerInfo, "get_server_info", Method::GET, &["serverinfo"], ""),
    route(Op::GetCurrentUser, "get_current_user", Method::GET, &["users", "me"], ""),
    route(Op::ListWorkspaces, "list_workspaces", Method::GET, &["workspaces"], "READ_SHEETS"),
    route(Op::ListSheets, "list_sheets", Method::GET, &["sheets"], "READ_SHEETS"),
    route(Op::CreateSheet, "create_sheet", Method::POST, &["sheets"], "CREATE_SHEETS"),
    route(Op::CreateSheetInWorkspace, "create_sheet_in_workspace", Method::POST, &["workspaces", "{}", "sheets"], "CREATE_SHEETS"),
    route(Op::GetSheet, "get_sheet", Method::GET, &["sheets", "{}"], "READ_SHEETS"),
    route(Op::DeleteSheet, "delete_sheet", Method::DELETE, &["sheets", "{}"], "DELETE_SHEETS"),
    route(Op::GetSheetVersion, "get_sheet_version", Method::GET, &["sheets", "{}", "version"], "READ_SHEETS"),
    route(Op::AddRows, "add_rows", Method::POST, &["sheets", "{}", "rows"], "WRITE_SHEETS"),
    route(Op::UpdateRows, "update_rows", Method::PUT, &["sheets", "{}", "rows"], "WRITE_SHEETS"),
    route(Op::DeleteRows, "delete_rows", Method::DELETE, &["sheets", "{}", "rows"], "WRITE_SHEETS"),
    route(Op::GetRow, "get_row", Method::GET, &["sheets", "{}", "rows", "{}"], "READ_SHEETS"),
    route(Op::ListColumns, "list_columns", Method::GET, &["sheets", "{}", "columns"], "READ_SHEETS"),
    route(Op::AddColumns, "add_columns", Method::POST, &["sheets", "{}", "columns"], "ADMIN_SHEETS"),
    route(Op::GetColumn, "get_column", Method::GET, &["sheets", "{}", "columns", "{}"], "READ_SHEETS"),
    route(Op::UpdateColumn, "update_column", Method::PUT, &["sheets", "{}", "columns", "{}"], "ADMIN_SHEETS"),
    route(Op::DeleteColumn, "delete_column", Method::DELETE, &["sheets", "{}", "columns", "{}"], "ADMIN_SHEETS"),
    route(Op::ListWebhooks, "list_webhooks", Method::GET, &["webhooks"], "ADMIN_WEBHOOKS"),
    route(Op::CreateWebhook, "create_webhook", Method::POST, &["webhooks"], "ADMIN_WEBHOOKS"),
    route(Op::GetWebhook, "get_webhook", Method::GET, &["webhooks", "{}"], "ADMIN_WEBHOOKS"),
    route(Op::UpdateWebhook, "update_webhook", Method::PUT, &["webhooks", "{}"], "ADMIN_WEBHOOKS"),
    route(Op::DeleteWebhook, "delete_webhook", Method::DELETE, &["webhooks", "{}"], "ADMIN_WEBHOOKS"),
    route(Op::ResetSharedSecret, "reset_shared_secret", Method::POST, &["webhooks", "{}", "resetSharedSecret"], "ADMIN_WEBHOOKS"),
    route(Op::ListSheetAttachments, "list_sheet_attachments", Method::GET, &["sheets", "{}", "attachments"], "READ_SHEETS"),
    route(Op::AttachToSheet, "attach_to_sheet", Method::POST, &["sheets", "{}", "attachments"], "WRITE_SHEETS"),
    route(Op::ListRowAttachments, "list_row_attachments", Method::GET, &["sheets", "{}", "rows", "{}", "attachments"], "READ_SHEETS"),
    route(Op::AttachToRow, "attach_to_row", Method::POST, &["sheets", "{}", "rows", "{}", "attachments"], "WRITE_SHEETS"),
    route(Op::GetAttachment, "get_attachment", Method::GET, &["sheets", "{}", "attachments", "{}"], "READ_SHEETS"),
    route(Op::DeleteAttachment, "delete_attachment", Method::DELETE, &["sheets", "{}", "attachments", "{}"], "WRITE_SHEETS"),
    route(Op::Search, "search", Method::GET, &["search"], "READ_SHEETS"),
    route(Op::SearchSheet, "search_sheet", Method::GET, &["search", "sheets", "{}"], "READ_SHEETS"),
];

impl Operation {
    /// The operation's name in the emulator's log and control plane, such as `list_sheets`.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |route| route.name)
    }

    /// The scope it asks for; `None` where any token will do.
    pub fn scope(self) -> Option<&'static str> {
        self.row().and_then(|route| route.scope)
    }

    /// Whether it counts against the lower limit.
    pub(crate) fn is_heavy(self) -> bool {
        matches!(self, Self::AttachToSheet | Self::AttachToRow)
    }

    /// Whether it changes a sheet that exists.
    pub(crate) fn writes_sheet(self) -> bool {
        let scope = self.scope().unwrap_or_default();
        matches!(scope, "WRITE_SHEETS" | "ADMIN_SHEETS" | "DELETE_SHEETS")
    }

    fn row(self) -> Option<&'static Route> {
        ROUTES.iter().find(|route| route.operation == self)
    }
}

impl FromStr for Operation {
    type Err = String;

    /// Reads [`Operation::name`].
    fn from_str(text: &str) -> Result<Self, String> {
        let route = ROUTES.iter().find(|route| route.name == text);
        route.map(|route| route.operation).ok_or_else(|| {
            let known: Vec<&str> = ROUTES.iter().map(|route| route.name).collect();
            format!("unknown operation {text:?}: use one of {}", known.join(", "))
        })
    }
}

/// The 17 scopes, unchanged since 2021.
pub(crate) const SCOPES: [&str; 17] = [
    "ADMIN_SHEETS",
    "ADMIN_SIGHTS",
    "ADMIN_USERS",
    "ADMIN_WEBHOOKS",
    "ADMIN_WORKSPACES",
    "CREATE_SHEETS",
    "CREATE_SIGHTS",
    "DELETE_SHEETS",
    "DELETE_SIGHTS",
    "READ_CONTACTS",
    "READ_EVENTS",
    "READ_SHEETS",
    "READ_SIGHTS",
    "READ_USERS",
    "SHARE_SHEETS",
    "SHARE_SIGHTS",
    "WRITE_SHEETS",
];

/// What the path of a request means. Paths are case-sensitive and take no slash at the end.
pub(crate) fn resolve(method: &Method, path: &str) -> Endpoint {
    let (_, path) = region::split(path);
    match path {
        "/2.0/token" if *method == Method::DELETE => return Endpoint::Revocation,
        "/2.0/token" => return Endpoint::Token,
        "/b/authorize" => return Endpoint::Authorize,
        _ => {}
    }
    if path == "/b/developer-tools" || path.starts_with("/b/developer-tools/") {
        return Endpoint::DeveloperTools;
    }
    if path.starts_with("/attachments/") {
        return Endpoint::Download;
    }
    let Some(segments) = after_version(path) else {
        return if version(path).is_some() {
            Endpoint::Api(None)
        } else {
            Endpoint::Unknown
        };
    };
    let matching = ROUTES
        .iter()
        .find(|route| route.method == *method && ids(route.segments, &segments).is_some());
    Endpoint::Api(matching.map(|route| route.operation))
}

/// The ids in a path of this operation, as written.
pub(crate) fn path_ids(operation: Operation, path: &str) -> Vec<String> {
    let (_, path) = region::split(path);
    let segments = after_version(path).unwrap_or_default();
    let row = operation.row();
    let ids = row.and_then(|route| ids(route.segments, &segments));
    ids.unwrap_or_default().into_iter().map(str::to_owned).collect()
}

/// Whether another method would have found something here.
pub(crate) fn has_other_methods(path: &str) -> bool {
    let (_, path) = region::split(path);
    after_version(path).is_some_and(|segments| {
        ROUTES
            .iter()
            .any(|route| ids(route.segments, &segments).is_some())
    })
}

/// The version that a path names, known or not.
pub(crate) fn version(path: &str) -> Option<&str> {
    let (_, path) = region::split(path);
    let first = path.strip_prefix('/')?.split('/').next()?;
    let (major, minor) = first.split_once('.')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(major) && is_number(minor)).then_some(first)
}

fn after_version(path: &str) -> Option<Vec<&str>> {
    Some(path.strip_prefix("/2.0/")?.split('/').collect())
}

fn ids<'a>(template: &[&str], segments: &[&'a str]) -> Option<Vec<&'a str>> {
    if template.len() != segments.len() {
        return None;
    }
    let mut ids = Vec::new();
    for (expected, given) in template.iter().zip(segments) {
        match *expected {
            "{}" if given.is_empty() || *given == "me" => return None,
            "{}" => ids.push(*given),
            // The one segment that is written in two ways.
            "resetSharedSecret" if given.eq_ignore_ascii_case(expected) => {}
            other if other == *given => {}
            _ => return None,
        }
    }
    Some(ids)
}
