//! `/connect/authorize` (Planday, Authorization Flow: authorize URL): what an authorization request may say.

use std::time::SystemTime;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use url::{Url, form_urlencoded};

use super::addresses::is_loopback_address;
use super::codes::Challenge;
use super::consent::{self, Outcome};
use super::consent_views as views;
use super::form_fields::{all, is_form};
use super::scopes::FIXED;
use crate::planday::log::Exchange;
use crate::planday::state::State;
use crate::planday::switches::{CallbackIssuer, Pkce};
use crate::planday::world::App;
use crate::planday::{answers, html};

/// The parameters that are read; any other is ignored (RFC 6749, 3.1).
const PARAMETERS: [&str; 8] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "nonce",
];

/// An authorization request that may be put to a person.
pub(crate) struct AuthorizationRequest {
    pub(crate) app: App,
    pub(crate) return_to: ReturnTo,
    /// As asked for, each once.
    pub(crate) scopes: Vec<String>,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) nonce: Option<String>,
}

/// Where the answer goes, good or bad.
pub(crate) struct ReturnTo {
    pub(crate) redirect_uri: String,
    state: Option<String>,
    issuer: String,
}

/// Why a request is not put to anybody.
pub(crate) enum Unfit {
    /// The redirect URI cannot be trusted: the person is told, nobody is redirected (RFC 6749, 4.1.2.1).
    Shown(String),
    /// The app is told.
    Redirected(String),
}

/// Answers a request to the authorization endpoint: the first one, or a form of the pages that follow.
pub(crate) fn respond(state: &mut State, now: SystemTime, exchange: &Exchange) -> Response<Bytes> {
    let pairs = match exchange.method {
        // What a person says comes from our own forms only, never from the link that brought them.
        Method::GET => first(&exchange.query),
        Method::POST if is_form(&exchange.headers) => exchange.form.clone(),
        Method::POST => {
            let page = views::error("The request has no form body.");
            return html::respond(StatusCode::UNSUPPORTED_MEDIA_TYPE, page);
        }
        _ => return answers::not_allowed("GET, POST"),
    };
    match consent::answer(state, now, &exchange.origin, &pairs) {
        Outcome::Page { html, problem } => {
            let status = match problem {
                Some(_) => StatusCode::BAD_REQUEST,
                None => StatusCode::OK,
            };
            html::respond(status, html)
        }
        Outcome::Redirect(location) => html::redirect(&location),
    }
}

/// A request without what only our forms may say.
fn first(query: &[(String, String)]) -> Vec<(String, String)> {
    let own = |name: &str| consent::STEPS.contains(&name);
    query.iter().filter(|(name, _)| !own(name)).cloned().collect()
}

/// Checks a request, the app and the redirect URI first.
pub(crate) fn read(
    state: &State,
    origin: &str,
    pairs: &[(String, String)],
) -> Result<AuthorizationRequest, Unfit> {
    let client_id = shown(pairs, "client_id")?;
    let app = state
        .apps
        .get(client_id)
        .ok_or_else(|| Unfit::Shown("No app has this client_id.".to_owned()))?;
    let redirect_uri = shown(pairs, "redirect_uri")?;
    if !is_registered(app, redirect_uri, state.options.any_loopback_port) {
        return Err(Unfit::Shown(
            "The redirect_uri is none of those that the app has registered.".to_owned(),
        ));
    }
    let return_to = ReturnTo {
        redirect_uri: redirect_uri.to_owned(),
        state: once(pairs, "state").ok().flatten().map(str::to_owned),
        issuer: origin.to_owned(),
    };
    match read_rest(state, app, pairs) {
        Ok((scopes, challenge)) => Ok(AuthorizationRequest {
            app: app.clone(),
            nonce: once(pairs, "nonce").ok().flatten().map(str::to_owned),
            return_to,
            scopes,
            challenge,
        }),
        Err((error, description)) => {
            let answer = [("error", error), ("error_description", description.as_str())];
            Err(Unfit::Redirected(return_to.location(state, &answer)))
        }
    }
}

/// An error code of RFC 6749, 4.1.2.1, and what it means here.
type Error = (&'static str, String);

fn invalid_request(description: impl Into<String>) -> Error {
    ("invalid_request", description.into())
}

fn read_rest(
    state: &State,
    app: &App,
    pairs: &[(String, String)],
) -> Result<(Vec<String>, Option<Challenge>), Error> {
    for name in PARAMETERS {
        once(pairs, name).map_err(|()| invalid_request(format!("{name} is there more than once")))?;
    }
    let parameter = |name| once(pairs, name).ok().flatten();
    match parameter("response_type") {
        None => return Err(invalid_request("response_type is missing")),
        Some("code") => {}
        Some(_) => {
            return Err((
                "unsupported_response_type",
                "response_type must be code".to_owned(),
            ));
        }
    }
    let scopes = scopes(app, parameter("scope"), state.options.all_scopes_required)?;
    let challenge = challenge(
        state.options.pkce,
        parameter("code_challenge"),
        parameter("code_challenge_method"),
    )?;
    Ok((scopes, challenge))
}

/// The scopes asked for: none is refused (RFC 6749, 3.3), and so is more than the app has.
fn scopes(app: &App, scope: Option<&str>, all_required: bool) -> Result<Vec<String>, Error> {
    let invalid = |description: String| ("invalid_scope", description);
    let mut scopes: Vec<String> = Vec::new();
    for asked in scope
        .unwrap_or_default()
        .split(' ')
        .filter(|asked| !asked.is_empty())
    {
        let known = FIXED.contains(&asked) || app.scopes.iter().any(|ticked| ticked == asked);
        if !known {
            return Err(invalid("scope has one that the app does not have".to_owned()));
        }
        if !scopes.iter().any(|earlier| earlier == asked) {
            scopes.push(asked.to_owned());
        }
    }
    if scopes.is_empty() {
        return Err(invalid("scope is missing".to_owned()));
    }
    let whole = FIXED.iter().copied().chain(app.scopes.iter().map(String::as_str));
    let left_out = |known: &&str| !scopes.iter().any(|asked| asked == known);
    match whole.into_iter().find(left_out) {
        Some(left_out) if all_required => Err(invalid(format!("scope lacks {left_out}, which the app has"))),
        _ => Ok(scopes),
    }
}

fn challenge(pkce: Pkce, challenge: Option<&str>, method: Option<&str>) -> Result<Option<Challenge>, Error> {
    match (pkce, challenge) {
        (Pkce::Ignore, _) => Ok(None),
        (Pkce::Refuse, Some(_)) => Err(invalid_request("code_challenge is not supported")),
        // RFC 7636, 4.4.1.
        (Pkce::Require, None) => Err(invalid_request("code challenge required")),
        (_, Some(challenge)) => Challenge::read(challenge, method)
            .map(Some)
            .map_err(invalid_request),
        (_, None) if method.is_some() => Err(invalid_request("code_challenge is missing")),
        (_, None) => Ok(None),
    }
}

/// A parameter that must be there before anybody can be redirected.
fn shown<'a>(pairs: &'a [(String, String)], name: &str) -> Result<&'a str, Unfit> {
    match once(pairs, name) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(Unfit::Shown(format!("The {name} is missing."))),
        Err(()) => Err(Unfit::Shown(format!("The {name} is there more than once."))),
    }
}

/// A parameter that may be there once; one without a value is none (RFC 6749, 3.1).
fn once<'a>(pairs: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, ()> {
    let mut values = all(pairs, name);
    match (values.next(), values.next()) {
        (first, None) => Ok(first.filter(|value| !value.is_empty())),
        _ => Err(()),
    }
}

/// Whether a redirect URI is one of the app's, to the letter (RFC 9700, 4.1.3), but for a loopback port where that is
/// switched on.
fn is_registered(app: &App, redirect_uri: &str, any_loopback_port: bool) -> bool {
    app.redirect_uris.iter().any(|registered| {
        registered == redirect_uri || any_loopback_port && same_but_port(registered, redirect_uri)
    })
}

/// RFC 8252, 7.3: redirect URIs at a loopback address may differ in the port. `localhost` is a name, and not one of them.
fn same_but_port(registered: &str, given: &str) -> bool {
    let portless = |uri: &str| {
        let mut url = Url::parse(uri).ok().filter(|url| url.scheme() == "http")?;
        (is_loopback_address(&url) && url.set_port(None).is_ok()).then_some(url)
    };
    portless(registered).is_some_and(|registered| Some(registered) == portless(given))
}

impl ReturnTo {
    /// The redirect URI with this answer, the state, and what the switches add. What the URI had stays as it is.
    pub(crate) fn location(&self, state: &State, answer: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(answer);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        match &state.options.callback_issuer {
            CallbackIssuer::Omit => {}
            CallbackIssuer::Own => {
                query.append_pair("iss", &self.issuer);
            }
            CallbackIssuer::Other(issuer) => {
                query.append_pair("iss", issuer);
            }
        }
        query.extend_pairs(&state.options.callback_extras);
        if state.options.unknown_member {
            query.append_pair("notInAnyDocument", "2027");
        }
        let mark = if self.redirect_uri.contains('?') { '&' } else { '?' };
        format!("{}{mark}{}", self.redirect_uri, query.finish())
    }
}
