//! The emulator's levers as JSON under `/_emulator/`, for programs in any language.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::emulator::Emulator;
use super::levers::ConsentError;
use super::log::Endpoint;
use super::options::{ErrorShape, ForeignCredential, Options, Pkce, TokenFormat};
use super::world::{Link, WorldError};
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
        (Method::POST, "faults") => {
            let body: FaultBody = read(request)?;
            let latches = emulator.engine.latches();
            let fault = body.into_fault(latches, |target| target.parse().map_err(bad))?;
            Ok(json!({ "id": emulator.fault(fault).number() }))
        }
        (Method::DELETE, "faults") => {
            emulator.clear_faults();
            Ok(json!({}))
        }
        (Method::POST, "release") => control::release(request, emulator.engine.latches()),
        (Method::POST, "expire-access-tokens") => {
            emulator.expire_access_tokens();
            Ok(json!({}))
        }
        (Method::POST, "options") => {
            let body: OptionsBody = read(request)?;
            body.check()?;
            emulator.update_options(|options| body.write(options));
            Ok(json!({}))
        }
        (Method::POST, lever) => act(emulator, lever, request),
        _ => Err(no_such_lever()),
    }
}

/// What people do at Factorial.
fn act(emulator: &Emulator, lever: &str, request: &Request<Bytes>) -> Result<Value, Refused> {
    match lever {
        "consent" => consent(emulator, &read(request)?),
        "link" => {
            let body: LinkBody = read(request)?;
            let link = if body.company {
                Link::company(body.client_id, body.email)
            } else {
                Link::user(body.client_id, body.email)
            };
            let pair = emulator.link(link).map_err(unknown)?;
            Ok(json!({ "access_token": pair.access_token, "refresh_token": pair.refresh_token }))
        }
        "revoke" => {
            let body: RevokeBody = read(request)?;
            let done = emulator.revoke(&body.client_id, body.email.as_deref());
            done.map(|()| json!({})).map_err(unknown)
        }
        "create-app" => {
            let body: AppBody = read(request)?;
            let uris: Vec<&str> = body.redirect_uris.iter().map(String::as_str).collect();
            let scopes: Vec<&str> = body.scopes.iter().map(String::as_str).collect();
            let company = body
                .company
                .parse()
                .map_err(|_| bad("company is no id: GET seeds has them"))?;
            let app = emulator
                .create_app(company, &body.name, &uris, body.confidential, &scopes)
                .map_err(unknown)?;
            Ok(json!({ "client_id": app.client_id, "client_secret": app.secret }))
        }
        "app-scopes" => {
            let body: ScopesBody = read(request)?;
            let scopes: Vec<&str> = body.scopes.iter().map(String::as_str).collect();
            let done = emulator.set_app_scopes(&body.client_id, &scopes);
            done.map(|()| json!({})).map_err(unknown)
        }
        "delete-app" => {
            let body: RevokeBody = read(request)?;
            let done = emulator.delete_app(&body.client_id);
            done.map(|()| json!({})).map_err(unknown)
        }
        "revoke-api-key" => {
            let body: KeyBody = read(request)?;
            let done = emulator.revoke_api_key(&body.key);
            done.map(|()| json!({})).map_err(unknown)
        }
        "person" => {
            let body: PersonBody = read(request)?;
            let done = emulator.set_person(&body.email, body.admin, body.active);
            done.map(|()| json!({})).map_err(unknown)
        }
        _ => Err(no_such_lever()),
    }
}

fn consent(emulator: &Emulator, body: &ConsentBody) -> Result<Value, Refused> {
    let location = match body.decision.as_deref() {
        None | Some("accept") => emulator.consent(&body.url, &body.email),
        Some("deny") => emulator.deny(&body.url, &body.email),
        Some(_) => return Err(bad("decision is unknown: use accept or deny")),
    };
    match location {
        Ok(location) => Ok(json!({ "location": location })),
        Err(ConsentError::Shown(status, page)) => Err((status, page)),
        Err(other) => Err(bad(other.to_string())),
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
        "authorize_requests": counters.authorize_requests,
        "revocation_requests": counters.revocation_requests,
        "page_requests": counters.page_requests,
        "api_requests": counters.api_requests,
        "download_requests": counters.download_requests,
        "unknown_requests": counters.unknown_requests,
        "pending_faults": emulator.pending_faults(),
    })
}

/// Invented values only, so that a newcomer can try them.
pub(crate) fn seeds(emulator: &Emulator) -> Value {
    let apps: Vec<Value> = emulator
        .apps()
        .into_iter()
        .map(|app| {
            json!({
                "client_id": app.client_id,
                "client_secret": app.secret,
                "name": app.name,
                "confidential": app.confidential,
                "scopes": app.scopes,
                "redirect_uris": app.redirect_uris,
                "company": app.company.map(|id| id.to_string()),
            })
        })
        .collect();
    let companies: Vec<Value> = emulator
        .companies()
        .into_iter()
        .map(|company| {
            let people = company.people.values().map(|person| {
                json!({
                    "email": person.email,
                    "employee": person.employee.map(|id| id.to_string()),
                    "admin": person.admin,
                    "active": person.active,
                })
            });
            let people: Vec<Value> = people.collect();
            json!({ "id": company.id.to_string(), "name": company.name, "people": people })
        })
        .collect();
    let keys: Vec<Value> = emulator
        .api_keys()
        .into_iter()
        .map(|(company, key)| json!({ "company": company.to_string(), "key": key }))
        .collect();
    json!({
        "environment": emulator.environment().name(),
        "apps": apps,
        "companies": companies,
        "api_keys": keys,
    })
}

#[derive(Deserialize)]
struct ConsentBody {
    url: String,
    email: String,
    decision: Option<String>,
}

#[derive(Deserialize)]
struct LinkBody {
    client_id: String,
    email: String,
    #[serde(default)]
    company: bool,
}

#[derive(Deserialize)]
struct RevokeBody {
    client_id: String,
    email: Option<String>,
}

#[derive(Deserialize)]
struct AppBody {
    company: String,
    name: String,
    redirect_uris: Vec<String>,
    confidential: bool,
    scopes: Vec<String>,
}

#[derive(Deserialize)]
struct ScopesBody {
    client_id: String,
    scopes: Vec<String>,
}

#[derive(Deserialize)]
struct KeyBody {
    key: String,
}

#[derive(Deserialize)]
struct PersonBody {
    email: String,
    admin: bool,
    active: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionsBody {
    access_token_lifetime_seconds: Option<u64>,
    refresh_token_lifetime_seconds: Option<u64>,
    code_lifetime_seconds: Option<u64>,
    company_refresh_token: Option<bool>,
    secret_readable: Option<bool>,
    unknown_member: Option<bool>,
    omit_nulls: Option<bool>,
    rotation: Option<String>,
    token_format: Option<String>,
    pkce: Option<String>,
    error_shape: Option<String>,
    foreign_credential: Option<String>,
}

const SHAPES: [(&str, ErrorShape); 8] = [
    ("by-version", ErrorShape::ByVersion),
    ("null", ErrorShape::Null),
    ("strings", ErrorShape::Strings),
    ("objects", ErrorShape::Objects),
    ("map", ErrorShape::Map),
    ("message", ErrorShape::Message),
    ("empty", ErrorShape::Empty),
    ("html", ErrorShape::Html),
];
const FORMATS: [(&str, TokenFormat); 2] = [("jwt", TokenFormat::Jwt), ("opaque", TokenFormat::Opaque)];
const PKCE: [(&str, Pkce); 2] = [("ignore", Pkce::Ignore), ("enforce", Pkce::Enforce)];
const FOREIGN: [(&str, ForeignCredential); 2] = [
    ("refused", ForeignCredential::Refused),
    ("empty-response", ForeignCredential::EmptyResponse),
];

/// The value of a word; `None` where none is said.
fn word<T: Copy>(said: Option<&String>, words: &[(&str, T)]) -> Result<Option<T>, Refused> {
    let Some(said) = said else { return Ok(None) };
    let found = words.iter().find(|(word, _)| word == said);
    found.map(|(_, value)| Some(*value)).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        bad(format!("{said} is unknown: use {}", known.join(", ")))
    })
}

fn set<T>(place: &mut T, said: Option<T>) {
    if let Some(said) = said {
        *place = said;
    }
}

impl OptionsBody {
    /// Every word is known.
    fn check(&self) -> Result<(), Refused> {
        word(self.error_shape.as_ref(), &SHAPES)?;
        word(self.token_format.as_ref(), &FORMATS)?;
        word(self.pkce.as_ref(), &PKCE)?;
        word(self.foreign_credential.as_ref(), &FOREIGN)?;
        let rotation = self.rotation.as_ref().map(|rule| rule.parse::<super::Rotation>());
        rotation.transpose().map_err(bad).map(drop)
    }

    fn write(self, options: &mut Options) {
        let seconds = |said: Option<u64>| said.map(Duration::from_secs);
        set(
            &mut options.access_token_lifetime,
            seconds(self.access_token_lifetime_seconds),
        );
        set(
            &mut options.refresh_token_lifetime,
            seconds(self.refresh_token_lifetime_seconds),
        );
        set(&mut options.code_lifetime, seconds(self.code_lifetime_seconds));
        set(&mut options.company_refresh_token, self.company_refresh_token);
        set(&mut options.secret_readable, self.secret_readable);
        set(&mut options.unknown_member, self.unknown_member);
        set(&mut options.omit_nulls, self.omit_nulls);
        set(
            &mut options.rotation,
            self.rotation.and_then(|rule| rule.parse().ok()),
        );
        // Checked before.
        set(
            &mut options.error_shape,
            word(self.error_shape.as_ref(), &SHAPES).ok().flatten(),
        );
        set(
            &mut options.token_format,
            word(self.token_format.as_ref(), &FORMATS).ok().flatten(),
        );
        set(&mut options.pkce, word(self.pkce.as_ref(), &PKCE).ok().flatten());
        set(
            &mut options.foreign_credential,
            word(self.foreign_credential.as_ref(), &FOREIGN).ok().flatten(),
        );
    }
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
    let levers = "GET log, counters, seeds; DELETE log, faults; POST clock, faults, release, expire-access-tokens, options, \
                  consent, link, revoke, create-app, app-scopes, delete-app, revoke-api-key, person";
    (
        StatusCode::NOT_FOUND,
        format!("no such lever: there are {levers}"),
    )
}
