//! The emulator's levers as JSON under `/_emulator/`, for programs in any language.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::emulator::Emulator;
use super::faults::{Effect, Fault, Target};
use super::identity::rotation::Rotation;
use super::log::Exchange;
use super::routes::Operation;
use super::world::{Administrator, WorldError};
use super::{answers, control_switches};
use crate::Latch;
use crate::clock::utc_text;
use crate::lock::lock;

/// Where the control plane lives. Requests to it are neither logged nor counted.
pub(crate) const PREFIX: &str = "/_emulator/";

/// Latches by name: a stall that a later request releases.
#[derive(Default)]
pub(crate) struct Latches(Mutex<HashMap<String, Latch>>);

impl Latches {
    fn named(&self, name: &str) -> Latch {
        lock(&self.0).entry(name.to_owned()).or_default().clone()
    }

    fn release(&self, name: &str) -> bool {
        let latch = lock(&self.0).remove(name);
        latch.inspect(Latch::release).is_some()
    }
}

/// A status and what to say.
pub(super) type Refused = (StatusCode, String);

pub(crate) fn respond(emulator: &Emulator, request: &Request<Bytes>) -> Response<Bytes> {
    let (status, body) = match answer(emulator, request) {
        Ok(body) => (StatusCode::OK, body),
        Err((status, message)) => (status, json!({ "error": message })),
    };
    answers::json_text(status, "application/json", &body)
}

fn answer(emulator: &Emulator, request: &Request<Bytes>) -> Result<Value, Refused> {
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or_default();
    match (request.method().clone(), path) {
        (Method::GET, "log") => Ok(log(emulator, request)),
        (Method::DELETE, "log") => {
            emulator.clear_log();
            Ok(json!({}))
        }
        (Method::GET, "counters") => Ok(counters(emulator)),
        (Method::GET, "seeds") => Ok(seeds(emulator)),
        (Method::POST, "clock") => clock(emulator, &read(request)?),
        (Method::POST, "rotation") => {
            let body: RuleBody = read(request)?;
            emulator.set_rotation(Rotation::from_str(&body.rule).map_err(bad)?);
            Ok(json!({ "rule": body.rule }))
        }
        (Method::POST, "faults") => fault(emulator, read(request)?),
        (Method::DELETE, "faults") => {
            emulator.clear_faults();
            Ok(json!({}))
        }
        (Method::POST, "release") => {
            let body: LatchBody = read(request)?;
            Ok(json!({ "released": emulator.latches().release(&body.latch) }))
        }
        (Method::POST, "expire-access-tokens") => {
            emulator.expire_access_tokens();
            Ok(json!({}))
        }
        (Method::POST, lever) if control_switches::LEVERS.contains(&lever) => {
            control_switches::answer(emulator, lever, request)
        }
        (Method::POST, page) => access_page(emulator, page, request),
        _ => Err(no_such_lever()),
    }
}

/// What an administrator does in the portal.
fn access_page(emulator: &Emulator, page: &str, request: &Request<Bytes>) -> Result<Value, Refused> {
    if page == "rename-app" || page == "delete-app" {
        let body: AppBody = read(request)?;
        match (page, body.name) {
            ("rename-app", Some(name)) => emulator.rename_app(&body.client_id, &name),
            ("rename-app", None) => return Err(bad("name is missing: say what the app is called now")),
            _ => emulator.delete_app(&body.client_id),
        }
        .map_err(unknown)?;
        return Ok(json!({}));
    }
    if !matches!(page, "revoke" | "authorize" | "reauthorize" | "administrator") {
        return Err(no_such_lever());
    }
    let body: ConnectionBody = read(request)?;
    let (client_id, portal) = (body.client_id.as_str(), body.portal);
    let mut answer = json!({});
    match page {
        "revoke" => emulator.revoke(client_id, portal),
        "authorize" => emulator.authorize(client_id, portal),
        "reauthorize" => emulator.reauthorize(client_id, portal).map(|token| {
            answer = json!({ "refresh_token": token });
        }),
        _ => {
            let mut administrator = Administrator::new()
                .active(body.active.unwrap_or(true))
                .may_edit(body.may_edit.unwrap_or(true));
            administrator.sees = body.sees.map(|seen| seen.into_iter().collect());
            emulator.set_administrator(client_id, portal, administrator)
        }
    }
    .map_err(unknown)?;
    Ok(answer)
}

fn log(emulator: &Emulator, request: &Request<Bytes>) -> Value {
    let query = request.uri().query().unwrap_or_default();
    let values =
        form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name == "values" && value == "true");
    let rows: Vec<Value> = emulator
        .log()
        .iter()
        .map(|exchange| log_row(exchange, values))
        .collect();
    json!({ "exchanges": rows })
}

/// One request; values of headers, query and fields only when asked for, since they hold tokens.
fn log_row(exchange: &Exchange, values: bool) -> Value {
    let shown = |pairs: Vec<(String, String)>| -> Value {
        if values {
            json!(pairs)
        } else {
            json!(pairs.into_iter().map(|(name, _)| name).collect::<Vec<_>>())
        }
    };
    let mut row = json!({
        "number": exchange.number,
        "at": utc_text(exchange.at),
        "endpoint": exchange.endpoint.name(),
        "method": exchange.method.as_str(),
        "path": exchange.path,
        "query": shown(exchange.query.clone()),
        "headers": shown(header_pairs(&exchange.headers)),
        "form": shown(exchange.form.clone()),
        "surplus": exchange.surplus,
        "body_bytes": exchange.body.len(),
        "status": exchange.status.map(|status| status.as_u16()),
        "fault": exchange.fault.map(super::FaultId::number),
        "lost": exchange.lost,
    });
    if values {
        row["body"] = json!(String::from_utf8_lossy(&exchange.body));
        row["response_headers"] = json!(header_pairs(&exchange.response_headers));
        row["response_body"] = json!(String::from_utf8_lossy(&exchange.response_body));
    }
    row
}

fn header_pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), text(value)))
        .collect()
}

fn counters(emulator: &Emulator) -> Value {
    let counters = emulator.counters();
    json!({
        "token_requests": counters.token_requests,
        "refreshes": counters.refreshes,
        "replays": counters.replays,
        "codes_exchanged": counters.codes_exchanged,
        "child_exchanges": counters.child_exchanges,
        "authorize_requests": counters.authorize_requests,
        "revocation_requests": counters.revocation_requests,
        "page_requests": counters.page_requests,
        "token_requests_in_flight": counters.token_requests_in_flight,
        "max_token_requests_in_flight": counters.max_token_requests_in_flight,
        "api_requests": counters.api_requests,
        "unknown_requests": counters.unknown_requests,
        "pending_faults": emulator.pending_faults(),
    })
}

/// Invented values only, so that a newcomer can try them.
fn seeds(emulator: &Emulator) -> Value {
    let apps: Vec<Value> = emulator
        .apps()
        .into_iter()
        .map(|app| {
            json!({
                "client_id": app.client_id,
                "name": app.name,
                "scopes": app.scopes,
                "redirect_uris": app.redirect_uris,
                "home": app.home,
            })
        })
        .collect();
    let portals: Vec<Value> = emulator
        .connections()
        .into_iter()
        .map(|(client_id, id)| {
            let portal = emulator.portal(id);
            json!({
                "client_id": client_id,
                "id": id,
                "name": portal.as_ref().map(|portal| portal.name.clone()),
                "company_name": portal.map(|portal| portal.company_name),
                "refresh_token": emulator.refresh_token(&client_id, id),
            })
        })
        .collect();
    let all_portals: Vec<Value> = emulator
        .portals()
        .into_iter()
        .map(|portal| {
            let user_names = portal.administrators.iter().map(|known| &known.user_name);
            json!({
                "id": portal.id,
                "name": portal.name,
                "children": portal.children.iter().map(|(id, _)| id).collect::<Vec<_>>(),
                "administrators": user_names.collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "apps": apps, "portals": portals, "all_portals": all_portals })
}

fn clock(emulator: &Emulator, body: &ClockBody) -> Result<Value, Refused> {
    let seconds = Duration::try_from_secs_f64(body.advance_seconds)
        .map_err(|_| bad("advance_seconds is out of range: use a number from 0"))?;
    emulator.clock().advance(seconds);
    Ok(json!({ "now": utc_text(emulator.clock().now()) }))
}

fn fault(emulator: &Emulator, body: FaultBody) -> Result<Value, Refused> {
    let target = match body.target.as_str() {
        "token" => Target::Token,
        "authorize" => Target::Authorize,
        "revocation" => Target::Revocation,
        "api" => Target::Api,
        "any" => Target::Any,
        operation => Target::Operation(Operation::from_str(operation).map_err(bad)?),
    };
    let mut fault = Fault::new(target, body.effect.into_effect(emulator)?).skip(body.skip);
    fault = match body.when.as_str() {
        "before" => fault,
        "after" => fault.after(),
        _ => return Err(bad("when is unknown: use before or after")),
    };
    fault = match body.times {
        Some(times) => fault.times(times),
        None => fault.always(),
    };
    Ok(json!({ "id": emulator.fault(fault).number() }))
}

#[derive(Deserialize)]
struct ClockBody {
    advance_seconds: f64,
}

#[derive(Deserialize)]
struct RuleBody {
    rule: String,
}

#[derive(Deserialize)]
struct LatchBody {
    latch: String,
}

#[derive(Deserialize)]
struct AppBody {
    client_id: String,
    name: Option<String>,
}

#[derive(Deserialize)]
struct ConnectionBody {
    client_id: String,
    portal: i64,
    active: Option<bool>,
    may_edit: Option<bool>,
    sees: Option<Vec<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultBody {
    target: String,
    effect: EffectBody,
    #[serde(default = "before")]
    when: String,
    #[serde(default)]
    skip: u32,
    /// Null is without end.
    #[serde(default = "once")]
    times: Option<u32>,
}

fn before() -> String {
    "before".to_owned()
}

#[expect(clippy::unnecessary_wraps, reason = "serde's default has the field's type")]
fn once() -> Option<u32> {
    Some(1)
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum EffectBody {
    Status {
        status: u16,
        retry_after: Option<String>,
    },
    Html {
        status: u16,
    },
    Empty,
    ContentType {
        content_type: String,
    },
    Redirect {
        location: String,
    },
    Body {
        status: u16,
        content_type: String,
        body: String,
    },
    Oversized {
        bytes: usize,
    },
    NonUtf8,
    Drop,
    Cut {
        after: usize,
    },
    Stall {
        latch: String,
    },
    Delay {
        milliseconds: u64,
    },
    Revoke,
}

impl EffectBody {
    fn into_effect(self, emulator: &Emulator) -> Result<Effect, Refused> {
        Ok(match self {
            Self::Status { status, retry_after } => {
                let headers = match retry_after {
                    Some(value) => vec![(http::header::RETRY_AFTER, header(&value)?)],
                    None => Vec::new(),
                };
                Effect::Status {
                    status: code(status)?,
                    headers,
                }
            }
            Self::Html { status } => Effect::Html(code(status)?),
            Self::Empty => Effect::Empty,
            Self::ContentType { content_type } => Effect::ContentType(header(&content_type)?),
            Self::Redirect { location } => Effect::Redirect(header(&location)?),
            Self::Body {
                status,
                content_type,
                body,
            } => Effect::Body {
                status: code(status)?,
                content_type: header(&content_type)?,
                body: Bytes::from(body),
            },
            Self::Oversized { bytes } => Effect::Oversized(bytes),
            Self::NonUtf8 => Effect::NonUtf8,
            Self::Drop => Effect::Drop,
            Self::Cut { after } => Effect::Cut { after },
            Self::Stall { latch } => Effect::Stall(emulator.latches().named(&latch)),
            Self::Delay { milliseconds } => Effect::Delay(Duration::from_millis(milliseconds)),
            Self::Revoke => Effect::Revoke,
        })
    }
}

pub(super) fn read<T: DeserializeOwned>(request: &Request<Bytes>) -> Result<T, Refused> {
    serde_json::from_slice(request.body()).map_err(|error| bad(format!("the body does not fit: {error}")))
}

fn code(status: u16) -> Result<StatusCode, Refused> {
    StatusCode::from_u16(status).map_err(|_| bad("status is out of range: use 100 to 999"))
}

fn header(value: &str) -> Result<HeaderValue, Refused> {
    HeaderValue::from_str(value).map_err(|_| bad("a header value has characters that headers cannot carry"))
}

pub(super) fn bad(message: impl Into<String>) -> Refused {
    (StatusCode::BAD_REQUEST, message.into())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(super) fn unknown(error: WorldError) -> Refused {
    let status = match error {
        WorldError::Unknown(_) => StatusCode::NOT_FOUND,
        _ => StatusCode::BAD_REQUEST,
    };
    (status, error.to_string())
}

fn no_such_lever() -> Refused {
    let levers = "GET log, counters, seeds; DELETE log, faults; POST clock, rotation, faults, release, \
                  expire-access-tokens, options, consent, create-app, connect-app, authorize-as, portal-administrator, \
                  revoke, authorize, reauthorize, administrator, rename-app, delete-app";
    (
        StatusCode::NOT_FOUND,
        format!("no such lever: there are {levers}"),
    )
}
