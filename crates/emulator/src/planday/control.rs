//! The emulator's levers as JSON under `/_emulator/`, for programs in any language.

use std::str::FromStr;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::emulator::Emulator;
use super::faults::Target;
use super::identity::rotation::Rotation;
use super::log::Endpoint;
use super::routes::Operation;
use super::world::{Administrator, WorldError};
use super::{answers, control_switches};
use crate::control::{self, FaultBody, PREFIX};
pub(super) use crate::control::{Refused, bad, read};

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
        (Method::GET, "log") => Ok(control::log(request, &emulator.log(), Endpoint::name)),
        (Method::DELETE, "log") => {
            emulator.clear_log();
            Ok(json!({}))
        }
        (Method::GET, "counters") => Ok(counters(emulator)),
        (Method::GET, "seeds") => Ok(seeds(emulator)),
        (Method::POST, "clock") => control::clock(request, emulator.clock()),
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
        (Method::POST, "release") => control::release(request, emulator.latches()),
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

fn fault(emulator: &Emulator, body: FaultBody) -> Result<Value, Refused> {
    let fault = body.into_fault(emulator.latches(), |target| {
        Ok(match target {
            "token" => Target::Token,
            "authorize" => Target::Authorize,
            "revocation" => Target::Revocation,
            "api" => Target::Api,
            "any" => Target::Any,
            operation => Target::Operation(Operation::from_str(operation).map_err(bad)?),
        })
    })?;
    Ok(json!({ "id": emulator.fault(fault).number() }))
}

#[derive(Deserialize)]
struct RuleBody {
    rule: String,
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
