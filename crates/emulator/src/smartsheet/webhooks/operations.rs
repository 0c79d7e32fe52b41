//! The operations on webhooks.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::callbacks::{callback, verdict};
use crate::smartsheet::api::{Call, Outcome, Reply, success};
use crate::smartsheet::body::{self, Members};
use crate::smartsheet::errors::Problem;
use crate::smartsheet::options::Options;
use crate::smartsheet::paging;
use crate::smartsheet::state::{Data, stamp};
use crate::smartsheet::world::AccessLevel;

/// A subscription to a sheet.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) owner: String,
    pub(crate) client_id: Option<String>,
    pub(crate) callback_url: String,
    pub(crate) sheet: i64,
    pub(crate) columns: Vec<i64>,
    pub(crate) events: Vec<String>,
    pub(crate) custom_headers: BTreeMap<String, String>,
    pub(crate) secret: String,
    pub(crate) enabled: bool,
    pub(crate) status: &'static str,
    pub(crate) created: SystemTime,
    pub(crate) modified: SystemTime,
    pub(crate) delivered: u32,
    pub(crate) last_success: Option<SystemTime>,
}

/// Ports that a callback may go to.
const PORTS: [u16; 5] = [443, 8000, 8008, 8080, 8443];

/// Headers that nobody may add to a callback.
const RESERVED: [&str; 11] = [
    "accept-encoding",
    "connection",
    "content-length",
    "host",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// The types of objects and events in patterns.
const OBJECTS: [&str; 8] = [
    "*",
    "attachment",
    "cell",
    "column",
    "comment",
    "discussion",
    "row",
    "sheet",
];
const KINDS: [&str; 4] = ["*", "created", "updated", "deleted"];

/// `GET /webhooks`: those of the caller and this app, newest first; totals are -1.
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let mut own: Vec<&Webhook> = call
        .data
        .webhooks
        .values()
        .filter(|webhook| is_own(call, webhook))
        .collect();
    own.sort_by_key(|webhook| std::cmp::Reverse((webhook.created, webhook.id)));
    let rows: Vec<Value> = own.into_iter().map(|webhook| shown(call.data, webhook)).collect();
    Ok(Reply::Bare(paging::index(call, &rows, false, false)?))
}

/// A webhook belongs to the person and the app that made it.
fn is_own(call: &Call<'_>, webhook: &Webhook) -> bool {
    webhook.owner == call.caller.email && webhook.client_id == call.caller.client_id
}

fn own<'a>(call: &'a Call<'_>) -> Result<&'a Webhook, Problem> {
    let webhook = call.data.webhooks.get(&call.id(0)?);
    webhook
        .filter(|webhook| is_own(call, webhook))
        .ok_or_else(Problem::not_found)
}

/// `GET /webhooks/{webhookId}`.
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    Ok(Reply::Bare(shown(call.data, own(call)?)))
}

/// `POST /webhooks`: not enabled, not verified.
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let given = body::object(call)?;
    let required = |name: &str| body::text(&given, name)?.ok_or_else(|| Problem::required(name));
    let name = required("name")?;
    let callback_url = checked_url(required("callbackUrl")?)?;
    if required("scope")? != "sheet" {
        return Err(Problem::new(
            1031,
            "The value of the attribute scope is not valid.",
        ));
    }
    let sheet = body::number(&given, "scopeObjectId")?.ok_or_else(|| Problem::required("scopeObjectId"))?;
    if body::number(&given, "version")?.ok_or_else(|| Problem::required("version"))? != 1 {
        return Err(Problem::new(
            1031,
            "The value of the attribute version is not valid.",
        ));
    }
    let events = events(&given)?.ok_or_else(|| Problem::required("events"))?;
    call.sheet_with(sheet, AccessLevel::Viewer)
        .map_err(|_| Problem::new(1151, "The webhook's scope object was not found."))?;
    let webhook = Webhook {
        id: call.data.id(),
        name,
        owner: call.caller.email.clone(),
        client_id: call.caller.client_id.clone(),
        callback_url,
        sheet,
        columns: columns(&given)?.unwrap_or_default(),
        events,
        custom_headers: custom_headers(&given)?.unwrap_or_default(),
        secret: call.data.tokens.random_text(26).to_lowercase(),
        enabled: false,
        status: "NEW_NOT_VERIFIED",
        created: call.now,
        modified: call.now,
        delivered: 0,
        last_success: None,
    };
    let result = shown(call.data, &webhook);
    call.data.webhooks.insert(webhook.id, webhook);
    Ok(success(json!({ "result": result })))
}

/// `PUT /webhooks/{webhookId}`: enabling waits for the challenge.
pub(crate) fn update(call: &mut Call<'_>) -> Outcome {
    let mut webhook = own(call)?.clone();
    match webhook.status {
        "DISABLED_APP_REVOKED" => return Err(Problem::new(1153, "The app's access was revoked.")),
        "DISABLED_ADMINISTRATIVE" => return Err(Problem::new(1154, "Disabled by Smartsheet.")),
        _ => {}
    }
    let given = body::object(call)?;
    if let Some(name) = body::text(&given, "name")? {
        webhook.name = name;
    }
    if let Some(url) = body::text(&given, "callbackUrl")? {
        webhook.callback_url = checked_url(url)?;
    }
    if let Some(events) = events(&given)? {
        webhook.events = events;
    }
    if let Some(columns) = columns(&given)? {
        webhook.columns = columns;
    }
    if let Some(headers) = custom_headers(&given)? {
        webhook.custom_headers = headers;
    }
    match body::flag(&given, "enabled")? {
        Some(true) => {
            webhook.enabled = verdict(call.verdict, call.options);
            webhook.status = if webhook.enabled {
                "ENABLED"
            } else {
                "DISABLED_VERIFICATION_FAILED"
            };
        }
        Some(false) => {
            webhook.enabled = false;
            webhook.status = "DISABLED_BY_OWNER";
        }
        None => {}
    }
    webhook.modified = call.now;
    let result = shown(call.data, &webhook);
    call.data.webhooks.insert(webhook.id, webhook);
    Ok(success(json!({ "result": result })))
}

/// `DELETE /webhooks/{webhookId}`.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let id = own(call)?.id;
    call.data.webhooks.remove(&id);
    call.data.callbacks.retain(|callback| callback.webhook_id != id);
    Ok(success(json!({})))
}

/// `POST /webhooks/{webhookId}/resetSharedSecret`: what is signed from now on is signed with the new one.
pub(crate) fn reset_shared_secret(call: &mut Call<'_>) -> Outcome {
    let id = own(call)?.id;
    let secret = call.data.tokens.random_text(26).to_lowercase();
    if let Some(webhook) = call.data.webhooks.get_mut(&id) {
        webhook.secret.clone_from(&secret);
        webhook.modified = call.now;
    }
    Ok(success(json!({ "result": { "sharedSecret": secret } })))
}

/// Access was taken from an app: its webhooks are disabled for good.
pub(crate) fn app_revoked(
    data: &mut Data,
    client_id: &str,
    email: Option<&str>,
    now: SystemTime,
    options: &Options,
) {
    let ids: Vec<i64> = data
        .webhooks
        .values()
        .filter(|webhook| webhook.client_id.as_deref() == Some(client_id))
        .filter(|webhook| email.is_none_or(|email| webhook.owner == email))
        .map(|webhook| webhook.id)
        .collect();
    for id in ids {
        set_status(data, id, "DISABLED_APP_REVOKED", now, options);
    }
}

/// The sheet is gone.
pub(crate) fn scope_gone(data: &mut Data, sheet: i64, now: SystemTime, options: &Options) {
    let concerned = data.webhooks.values().filter(|webhook| webhook.sheet == sheet);
    let ids: Vec<i64> = concerned.map(|webhook| webhook.id).collect();
    for id in ids {
        set_status(data, id, "DISABLED_SCOPE_INACCESSIBLE", now, options);
    }
}

/// Disables a webhook and tells its callback of it: a status change has no events.
pub(crate) fn set_status(data: &mut Data, id: i64, status: &'static str, now: SystemTime, options: &Options) {
    let Some(webhook) = data.webhooks.get_mut(&id) else {
        return;
    };
    let was_enabled = webhook.enabled;
    (webhook.enabled, webhook.status, webhook.modified) = (false, status, now);
    let webhook = webhook.clone();
    if was_enabled {
        callback(
            data,
            &webhook,
            &json!({ "newWebhookStatus": status }),
            now,
            options,
        );
    }
}

fn shown(data: &Data, webhook: &Webhook) -> Value {
    let mut shown = json!({
        "id": webhook.id,
        "name": webhook.name,
        "callbackUrl": webhook.callback_url,
        "scope": "sheet",
        "scopeObjectId": webhook.sheet,
        "events": webhook.events,
        "version": 1,
        "enabled": webhook.enabled,
        "status": webhook.status,
        "sharedSecret": webhook.secret,
        "createdAt": stamp(webhook.created),
        "modifiedAt": stamp(webhook.modified),
    });
    if !webhook.columns.is_empty() {
        shown["subscope"] = json!({ "columnIds": webhook.columns });
    }
    if !webhook.custom_headers.is_empty() {
        shown["customHeaders"] = json!(webhook.custom_headers);
    }
    if let Some(client_id) = &webhook.client_id {
        shown["apiClientId"] = json!(client_id);
        shown["apiClientName"] = json!(data.apps.get(client_id).map(|app| &app.name));
    }
    if !webhook.enabled {
        shown["disabledDetails"] = json!(webhook.status);
    }
    if let Some(at) = webhook.last_success {
        shown["stats"] = json!({
            "lastCallbackAttempt": stamp(at),
            "lastCallbackAttemptRetryCount": 0,
            "lastSuccessfulCallback": stamp(at),
        });
    }
    shown
}

/// https (1152), and one of the ports that are let through.
fn checked_url(text: String) -> Result<String, Problem> {
    let url = url::Url::parse(&text).ok().filter(|url| url.scheme() == "https");
    let url = url.ok_or_else(|| Problem::new(1152, "The callbackUrl must be https."))?;
    if !PORTS.contains(&url.port().unwrap_or(443)) {
        return Err(Problem::new(1031, "The port of the callbackUrl is not allowed."));
    }
    Ok(text)
}

fn events(given: &Members) -> Result<Option<Vec<String>>, Problem> {
    let Some(events) = given.get("events") else {
        return Ok(None);
    };
    let bad = || Problem::new(1031, "The value of the attribute events is not valid.");
    let list = events
        .as_array()
        .filter(|list| !list.is_empty())
        .ok_or_else(bad)?;
    let pattern = |event: &Value| {
        let (object, kind) = event.as_str()?.split_once('.')?;
        (OBJECTS.contains(&object) && KINDS.contains(&kind)).then(|| format!("{object}.{kind}"))
    };
    list.iter()
        .map(pattern)
        .collect::<Option<Vec<_>>>()
        .map(Some)
        .ok_or_else(bad)
}

fn columns(given: &Members) -> Result<Option<Vec<i64>>, Problem> {
    let Some(subscope) = given.get("subscope").filter(|subscope| !subscope.is_null()) else {
        return Ok(None);
    };
    let list = subscope.get("columnIds").and_then(Value::as_array);
    let ids = list.and_then(|list| list.iter().map(Value::as_i64).collect::<Option<Vec<_>>>());
    ids.map(Some)
        .ok_or_else(|| Problem::new(1031, "The value of the attribute subscope is not valid."))
}

fn custom_headers(given: &Members) -> Result<Option<BTreeMap<String, String>>, Problem> {
    let Some(headers) = given.get("customHeaders").filter(|headers| !headers.is_null()) else {
        return Ok(None);
    };
    let bad = || Problem::new(1031, "The value of the attribute customHeaders is not valid.");
    let mut read = BTreeMap::new();
    for (name, value) in headers.as_object().ok_or_else(bad)? {
        let lower = name.to_ascii_lowercase();
        if RESERVED.contains(&lower.as_str()) || lower.starts_with("smartsheet-") {
            return Err(bad());
        }
        read.insert(name.clone(), value.as_str().ok_or_else(bad)?.to_owned());
    }
    Ok(Some(read))
}
