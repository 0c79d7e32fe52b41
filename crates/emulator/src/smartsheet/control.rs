//! The emulator's levers as JSON under `/_emulator/`, for programs in any language.

use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::emulator::Emulator;
use super::errors::error_effect;
use super::faults::{Fault, Target};
use super::log::Endpoint;
use super::options::{Rotation, TokenError, Verification};
use super::region::Region;
use super::routes::Operation;
use super::world::WorldError;
use crate::answers;
use crate::control::{self, FaultBody, PREFIX, Refused, bad, read};

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
        (Method::POST, "faults") => fault(emulator, read(request)?),
        (Method::POST, "error-faults") => error_fault(emulator, &read(request)?),
        (Method::DELETE, "faults") => {
            emulator.clear_faults();
            Ok(json!({}))
        }
        (Method::POST, "release") => control::release(request, emulator.latches()),
        (Method::POST, "expire-access-tokens") => {
            emulator.expire_access_tokens();
            Ok(json!({}))
        }
        (Method::POST, "options") => options(emulator, &read(request)?),
        (Method::POST, lever) => person(emulator, lever, request),
        _ => Err(no_such_lever()),
    }
}

/// What people do.
fn person(emulator: &Emulator, lever: &str, request: &Request<Bytes>) -> Result<Value, Refused> {
    if !matches!(
        lever,
        "consent"
            | "create-app"
            | "approve-developer"
            | "personal-token"
            | "new-secret"
            | "revoke"
            | "callbacks"
    ) {
        return Err(no_such_lever());
    }
    let body: PersonBody = read(request)?;
    let region = Region::from_str(&body.region).map_err(bad)?;
    match lever {
        "consent" => {
            if !matches!(body.decision.as_str(), "allow" | "deny") {
                return Err(bad("decision is unknown: use allow or deny"));
            }
            let location = emulator.decide(&body.url, &body.user, &body.decision);
            let location = location.map_err(|error| bad(error.to_string()))?;
            Ok(json!({ "location": location }))
        }
        "create-app" => emulator
            .create_app(region, &body.user, &body.name, &body.redirect_url)
            .map(|client_id| json!({ "client_id": client_id }))
            .map_err(unknown),
        "approve-developer" => emulator
            .approve_developer(region, &body.user)
            .map(|()| json!({}))
            .map_err(unknown),
        "personal-token" => emulator
            .create_personal_token(region, &body.user)
            .map(|token| json!({ "access_token": token }))
            .map_err(unknown),
        "new-secret" => emulator
            .new_secret(region, &body.client_id)
            .map(|secret| json!({ "client_secret": secret }))
            .map_err(unknown),
        "revoke" => emulator
            .revoke(region, &body.client_id, &body.user)
            .map(|()| json!({}))
            .map_err(unknown),
        _ => {
            let taken = emulator.take_callbacks(region).into_iter().map(|callback| {
                json!({
                    "webhook_id": callback.webhook_id,
                    "url": callback.url,
                    "headers": callback.headers,
                    "body": String::from_utf8_lossy(&callback.body),
                })
            });
            Ok(json!({ "callbacks": taken.collect::<Vec<_>>() }))
        }
    }
}

fn counters(emulator: &Emulator) -> Value {
    let counters = emulator.counters();
    json!({
        "token_requests": counters.token_requests,
        "refreshes": counters.refreshes,
        "replays": counters.replays,
        "codes_exchanged": counters.codes_exchanged,
        "token_requests_in_flight": counters.token_requests_in_flight,
        "max_token_requests_in_flight": counters.max_token_requests_in_flight,
        "revocation_requests": counters.revocation_requests,
        "authorize_requests": counters.authorize_requests,
        "page_requests": counters.page_requests,
        "downloads": counters.downloads,
        "api_requests": counters.api_requests,
        "unknown_requests": counters.unknown_requests,
        "pending_faults": emulator.pending_faults(),
    })
}

/// Invented values only, so that a newcomer can try them.
pub(crate) fn seeds(emulator: &Emulator) -> Value {
    let regions: Vec<Value> = Region::ALL
        .into_iter()
        .map(|region| {
            let users = emulator.users(region);
            let apps: Vec<Value> = emulator
                .apps(region)
                .into_iter()
                .map(|app| {
                    let grants: Vec<Value> = users
                        .iter()
                        .filter_map(|user| {
                            let pair = emulator.tokens(region, &app.client_id, &user.email)?;
                            Some(json!({
                                "user": user.email,
                                "access_token": pair.access_token,
                                "refresh_token": pair.refresh_token,
                            }))
                        })
                        .collect();
                    json!({
                        "client_id": app.client_id,
                        "client_secret": app.secret,
                        "name": app.name,
                        "redirect_url": app.redirect_url,
                        "developer": app.developer,
                        "grants": grants,
                    })
                })
                .collect();
            let users: Vec<Value> = users
                .iter()
                .map(|user| {
                    json!({
                        "id": user.id,
                        "email": user.email,
                        "system_admin": user.system_admin,
                        "personal_tokens": emulator.personal_tokens(region, &user.email),
                    })
                })
                .collect();
            let sheets: Vec<Value> = emulator
                .sheets(region)
                .into_iter()
                .map(|(id, name)| json!({ "id": id, "name": name }))
                .collect();
            json!({ "region": region.name(), "apps": apps, "users": users, "sheets": sheets })
        })
        .collect();
    json!({ "regions": regions })
}

fn target(name: &str) -> Result<Target, Refused> {
    Ok(match name {
        "token" => Target::Token,
        "revocation" => Target::Revocation,
        "authorize" => Target::Authorize,
        "download" => Target::Download,
        "api" => Target::Api,
        "any" => Target::Any,
        operation => Target::Operation(Operation::from_str(operation).map_err(bad)?),
    })
}

fn fault(emulator: &Emulator, body: FaultBody) -> Result<Value, Refused> {
    let fault = body.into_fault(emulator.latches(), target)?;
    Ok(json!({ "id": emulator.fault(fault).number() }))
}

/// A fault by error code: 4001 to 4004 with their statuses.
fn error_fault(emulator: &Emulator, body: &ErrorFaultBody) -> Result<Value, Refused> {
    let fault = Fault::new(target(&body.target)?, error_effect(body.code)).times(body.times);
    Ok(json!({ "id": emulator.fault(fault).number() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorFaultBody {
    target: String,
    code: u16,
    #[serde(default = "one")]
    times: u32,
}

fn one() -> u32 {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonBody {
    #[serde(default = "us")]
    region: String,
    #[serde(default)]
    user: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    redirect_url: String,
    #[serde(default)]
    url: String,
    #[serde(default = "allow")]
    decision: String,
}

fn us() -> String {
    "us".to_owned()
}

fn allow() -> String {
    "allow".to_owned()
}

/// Switches; what is not there stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionsBody {
    access_token_lifetime_seconds: Option<u64>,
    code_lifetime_seconds: Option<u64>,
    wrapped_token: Option<bool>,
    omit_refresh_token: Option<bool>,
    token_error: Option<String>,
    replaced_is_expired: Option<bool>,
    missing_token_forbidden: Option<bool>,
    revocation_ends_refresh: Option<bool>,
    unknown_totals: Option<bool>,
    repeat_last_page: Option<bool>,
    token_page_shortfall: Option<usize>,
    busy_sheets: Option<bool>,
    verification_fails: Option<bool>,
    offset_without_colon: Option<bool>,
    leading_zero_signatures: Option<bool>,
    unknown_member: Option<bool>,
    lower_case_permalink: Option<bool>,
}

fn set<T>(switch: &mut T, to: Option<T>) {
    if let Some(to) = to {
        *switch = to;
    }
}

fn options(emulator: &Emulator, body: &OptionsBody) -> Result<Value, Refused> {
    let token_error = match body.token_error.as_deref() {
        None => None,
        Some("description") => Some(TokenError::Description),
        Some("message") => Some(TokenError::Message),
        Some("api") => Some(TokenError::Api),
        Some(_) => return Err(bad("token_error is unknown: use description, message or api")),
    };
    let rotation = body.omit_refresh_token.map(|omit| {
        if omit {
            Rotation::OmitRefreshToken
        } else {
            Rotation::Once
        }
    });
    let verification = body.verification_fails.map(|fails| {
        if fails {
            Verification::Fails
        } else {
            Verification::Succeeds
        }
    });
    let seconds = Duration::from_secs;
    emulator.update_options(|options| {
        set(
            &mut options.access_token_lifetime,
            body.access_token_lifetime_seconds.map(seconds),
        );
        set(
            &mut options.code_lifetime,
            body.code_lifetime_seconds.map(seconds),
        );
        set(&mut options.wrapped_token, body.wrapped_token);
        set(&mut options.rotation, rotation);
        set(&mut options.token_error, token_error);
        set(&mut options.replaced_is_expired, body.replaced_is_expired);
        set(&mut options.missing_token_forbidden, body.missing_token_forbidden);
        set(&mut options.revocation_ends_refresh, body.revocation_ends_refresh);
        set(&mut options.unknown_totals, body.unknown_totals);
        set(&mut options.repeat_last_page, body.repeat_last_page);
        set(&mut options.token_page_shortfall, body.token_page_shortfall);
        set(&mut options.busy_sheets, body.busy_sheets);
        set(&mut options.verification, verification);
        set(&mut options.offset_without_colon, body.offset_without_colon);
        set(&mut options.leading_zero_signatures, body.leading_zero_signatures);
        set(&mut options.unknown_member, body.unknown_member);
        set(&mut options.lower_case_permalink, body.lower_case_permalink);
    });
    Ok(json!({}))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unknown(error: WorldError) -> Refused {
    let status = match error {
        WorldError::Unknown(_) => StatusCode::NOT_FOUND,
        _ => StatusCode::BAD_REQUEST,
    };
    (status, error.to_string())
}

fn no_such_lever() -> Refused {
    let levers = "GET log, counters, seeds; DELETE log, faults; POST clock, faults, error-faults, release, \
                  expire-access-tokens, options, consent, create-app, approve-developer, personal-token, new-secret, \
                  revoke, callbacks";
    (
        StatusCode::NOT_FOUND,
        format!("no such lever: there are {levers}"),
    )
}
