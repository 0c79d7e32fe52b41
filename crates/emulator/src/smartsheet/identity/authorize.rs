//! `/b/authorize` on the app's host (Smartsheet, Authentication: OAuth flow, request an authorization code).

use std::time::SystemTime;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use url::form_urlencoded;

use super::consent;
use super::tokens::Code;
use crate::answers;
use crate::form::all;
use crate::html;
use crate::smartsheet::log::Exchange;
use crate::smartsheet::region::Region;
use crate::smartsheet::routes::SCOPES;
use crate::smartsheet::state::{State, page_path};
use crate::smartsheet::world::App;

/// The parameters that a request may have; the page carries them on.
const PARAMETERS: [&str; 5] = ["response_type", "client_id", "scope", "redirect_uri", "state"];

/// Answers a visit of the page, or the form on it.
///
/// A request that names no known app or another address than the registered one stays on the page: nobody may be sent
/// to an address that cannot be trusted.
pub(crate) fn respond(
    state: &mut State,
    region: Region,
    now: SystemTime,
    exchange: &Exchange,
) -> Response<Bytes> {
    let said = match exchange.method {
        Method::GET => exchange.query.clone(),
        Method::POST => [exchange.form.clone(), exchange.query.clone()].concat(),
        _ => return answers::not_allowed("GET, POST"),
    };
    let one = |name: &str| all(&said, name).next().filter(|value| !value.is_empty());
    let Some(app) = one("client_id").and_then(|id| state.data(region).apps.get(id).cloned()) else {
        return problem("1067: the client_id is missing or unknown in this region.");
    };
    if one("redirect_uri").is_some_and(|given| given != app.redirect_url) {
        return problem("1073: the redirect_uri is not the one that the app is registered with.");
    }
    if PARAMETERS
        .iter()
        .any(|name| all(&exchange.query, name).nth(1).is_some())
    {
        return problem("a parameter is there more than once.");
    }
    let back = |answer: &[(&str, &str)]| html::redirect(&location(&app, one("state"), answer));
    if one("response_type") != Some("code") {
        return back(&[("error", "unsupported_response_type")]);
    }
    let Some(scopes) = scopes(one("scope").unwrap_or_default()) else {
        return back(&[("error", "invalid_scope")]);
    };
    // A link alone cannot agree for a person: the decision counts in a form only.
    let decision = all(&exchange.form, "decision").next();
    if exchange.method == Method::GET || decision.is_none() {
        let fields: Vec<(&str, &str)> = PARAMETERS
            .iter()
            .filter_map(|name| Some((*name, one(name)?)))
            .collect();
        let path = page_path(&exchange.origin, region, "/b/authorize");
        let page = consent::page(&app, &scopes, state.data(region).users.values(), &path, &fields);
        return html::respond(StatusCode::OK, page);
    }
    let email = all(&exchange.form, "user").next().unwrap_or_default();
    if !state.data(region).users.contains_key(email) {
        return problem("nobody of this name can sign in here.");
    }
    if decision != Some("allow") {
        return back(&[("error", "access_denied")]);
    }
    let lifetime = state.options.code_lifetime;
    let code = state.data(region).tokens.add_code(Code {
        client_id: app.client_id.clone(),
        email: email.to_owned(),
        scopes,
        expires: now + lifetime,
        spent: false,
    });
    // In milliseconds, other than in the token answer.
    let expires_in = lifetime.as_millis().to_string();
    back(&[("code", &code), ("expires_in", &expires_in)])
}

/// Scopes with spaces or commas between them; `None` when one is unknown. None at all is fine: identity only.
fn scopes(text: &str) -> Option<Vec<String>> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split([' ', ',']).filter(|scope| !scope.is_empty()) {
        if !SCOPES.contains(&scope) {
            return None;
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Some(scopes)
}

fn location(app: &App, state: Option<&str>, answer: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(answer);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    let mark = if app.redirect_url.contains('?') { '&' } else { '?' };
    format!("{}{mark}{}", app.redirect_url, query.finish())
}

fn problem(text: &str) -> Response<Bytes> {
    html::respond(StatusCode::BAD_REQUEST, consent::error(text))
}
