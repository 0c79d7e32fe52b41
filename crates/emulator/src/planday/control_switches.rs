//! The levers of the identity server and the API Access page as JSON: consent, apps, administrators, switches.

use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde::Deserialize;
use serde_json::{Value, json};

use super::control::{Refused, bad, read, unknown};
use super::emulator::Emulator;
use super::options::{ExpiresIn, Options};
use super::world::Administrator;
use crate::engine::host;

/// The levers that are answered here, all by POST.
pub(super) const LEVERS: [&str; 6] = [
    "consent",
    "create-app",
    "connect-app",
    "authorize-as",
    "portal-administrator",
    "options",
];

pub(super) fn answer(emulator: &Emulator, lever: &str, request: &Request<Bytes>) -> Result<Value, Refused> {
    match lever {
        "consent" => consent(emulator, request, &read(request)?),
        "create-app" => {
            let body: CreateBody = read(request)?;
            let scopes: Vec<&str> = body.scopes.iter().map(String::as_str).collect();
            let uris: Vec<&str> = body.redirect_uris.iter().map(String::as_str).collect();
            let client_id = emulator
                .create_app(body.portal, &body.name, &scopes, &uris)
                .map_err(unknown)?;
            Ok(json!({ "client_id": client_id }))
        }
        "connect-app" => {
            let body: ConnectBody = read(request)?;
            emulator
                .connect_app(&body.client_id, body.portal)
                .map_err(unknown)?;
            Ok(json!({}))
        }
        "authorize-as" => {
            let body: AuthorizeBody = read(request)?;
            let token = emulator
                .authorize_as(&body.client_id, body.portal, &body.administrator)
                .map_err(unknown)?;
            Ok(json!({ "refresh_token": token }))
        }
        "portal-administrator" => portal_administrator(emulator, read(request)?),
        _ => options(emulator, read(request)?),
    }
}

/// The URL has to lead to where the lever is: somebody else's consent page is not ours to answer.
fn consent(emulator: &Emulator, request: &Request<Bytes>, body: &ConsentBody) -> Result<Value, Refused> {
    let decision = body.decision.as_str();
    if !matches!(decision, "accept" | "deny") {
        return Err(bad("decision is unknown: use accept or deny"));
    }
    let own = host(request.uri(), request.headers());
    let location = emulator.decide(
        &body.url,
        own.as_ref(),
        body.portal,
        &body.administrator,
        decision,
    );
    let location = location.map_err(|error| bad(error.to_string()))?;
    Ok(json!({ "location": location }))
}

/// What is not said stays as it is; a new administrator has every right.
fn portal_administrator(emulator: &Emulator, body: AdministratorBody) -> Result<Value, Refused> {
    let known = emulator.portal(body.portal).and_then(|portal| {
        let mut administrators = portal.administrators.into_iter();
        administrators.find(|known| known.user_name == body.user_name)
    });
    let mut administrator =
        known.unwrap_or_else(|| Administrator::named(body.user_name.clone(), body.user_name));
    if let Some(name) = body.name {
        administrator.name = name;
    }
    if let Some(active) = body.active {
        administrator.active = active;
    }
    if let Some(may_edit) = body.may_edit {
        administrator.may_edit = may_edit;
    }
    if let Some(sees) = body.sees {
        administrator = administrator.sees_only(sees);
    }
    emulator
        .set_portal_administrator(body.portal, administrator)
        .map_err(unknown)?;
    Ok(json!({}))
}

fn options(emulator: &Emulator, body: OptionsBody) -> Result<Value, Refused> {
    let change = body.into_change()?;
    emulator.update_options(change);
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentBody {
    url: String,
    portal: i64,
    administrator: String,
    #[serde(default = "accept")]
    decision: String,
}

fn accept() -> String {
    "accept".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CreateBody {
    portal: i64,
    name: String,
    scopes: Vec<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectBody {
    client_id: String,
    portal: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorizeBody {
    client_id: String,
    portal: i64,
    administrator: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdministratorBody {
    portal: i64,
    user_name: String,
    name: Option<String>,
    active: Option<bool>,
    may_edit: Option<bool>,
    sees: Option<Vec<i64>>,
}

/// Switches; what is not there stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionsBody {
    access_token_lifetime_seconds: Option<u64>,
    code_lifetime_seconds: Option<u64>,
    code_reuse_ends_grant: Option<bool>,
    pkce: Option<String>,
    any_loopback_port: Option<bool>,
    all_scopes_required: Option<bool>,
    callback_issuer: Option<String>,
    callback_extras: Option<Vec<(String, String)>>,
    second_grant: Option<String>,
    revoke_ends_access: Option<bool>,
    revocation_ends_access: Option<bool>,
    revocation_unavailable: Option<bool>,
    after_revoke: Option<String>,
    deleted_app: Option<String>,
    inactive_administrator_refreshes: Option<bool>,
    child_expires_in: Option<bool>,
    unknown_member: Option<bool>,
}

/// A switch by its word.
fn word<T: FromStr<Err = String>>(text: Option<String>) -> Result<Option<T>, Refused> {
    text.map(|text| T::from_str(&text)).transpose().map_err(bad)
}

fn set<T>(switch: &mut T, to: Option<T>) {
    if let Some(to) = to {
        *switch = to;
    }
}

impl OptionsBody {
    /// Everything is read before anything changes.
    fn into_change(self) -> Result<impl FnOnce(&mut Options), Refused> {
        let pkce = word(self.pkce)?;
        let issuer = word(self.callback_issuer)?;
        let second_grant = word(self.second_grant)?;
        let after_revoke = word(self.after_revoke)?;
        let deleted_app = word(self.deleted_app)?;
        let child = self
            .child_expires_in
            .map(|on| if on { ExpiresIn::Number } else { ExpiresIn::Omit });
        Ok(move |options: &mut Options| {
            set(
                &mut options.access_token_lifetime,
                self.access_token_lifetime_seconds.map(Duration::from_secs),
            );
            set(
                &mut options.code_lifetime,
                self.code_lifetime_seconds.map(Duration::from_secs),
            );
            set(&mut options.code_reuse_ends_grant, self.code_reuse_ends_grant);
            set(&mut options.pkce, pkce);
            set(&mut options.any_loopback_port, self.any_loopback_port);
            set(&mut options.all_scopes_required, self.all_scopes_required);
            set(&mut options.callback_issuer, issuer);
            set(&mut options.callback_extras, self.callback_extras);
            set(&mut options.second_grant, second_grant);
            set(&mut options.revoke_ends_access, self.revoke_ends_access);
            set(&mut options.revocation_ends_access, self.revocation_ends_access);
            set(&mut options.revocation_unavailable, self.revocation_unavailable);
            set(&mut options.after_revoke, after_revoke);
            set(&mut options.deleted_app, deleted_app);
            set(
                &mut options.inactive_administrator_refreshes,
                self.inactive_administrator_refreshes,
            );
            set(&mut options.child_expires_in, child);
            set(&mut options.unknown_member, self.unknown_member);
        })
    }
}
