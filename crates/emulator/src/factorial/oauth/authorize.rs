//! `/oauth/authorize` (Factorial, Request an authorization code): what an authorization request may say.

use std::time::SystemTime;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use url::form_urlencoded;

use super::codes::{Challenge, Consent};
use super::refusal::Refusal;
use super::tokens::Owner;
use super::views;
use crate::factorial::log::Exchange;
use crate::factorial::options::Pkce;
use crate::factorial::state::State;
use crate::factorial::world::App;
use crate::form::{all, is_form};
use crate::{answers, html};

/// The redirect URI of a program that no browser can reach: the code is shown on a page.
pub(crate) const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// What only our own forms may say.
const STEPS: [&str; 2] = ["email", "decision"];

type Pairs = [(String, String)];

/// What comes of a request.
pub(crate) enum Outcome {
    /// A page, with its status.
    Page(StatusCode, String),
    /// Back to the application, or on to the page with the code.
    Redirect(String),
}

/// Answers a request to the authorization endpoint: the first one, or a form of the pages that follow.
pub(crate) fn respond(state: &mut State, now: SystemTime, exchange: &Exchange) -> Response<Bytes> {
    if exchange.path.ends_with("/native") {
        let code = all(&exchange.query, "code").last().unwrap_or_default();
        return html::respond(StatusCode::OK, views::out_of_band(code));
    }
    let pairs: Vec<(String, String)> = match exchange.method {
        // What a person says comes from our own forms only, never from the link that brought them.
        Method::GET => exchange
            .query
            .iter()
            .filter(|(name, _)| !STEPS.contains(&name.as_str()))
            .cloned()
            .collect(),
        Method::POST if is_form(&exchange.headers) => exchange.form.clone(),
        Method::POST => return answers::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        _ => return answers::not_allowed("GET, POST"),
    };
    match proceed(state, now, &pairs) {
        Outcome::Page(status, page) => html::respond(status, page),
        Outcome::Redirect(location) => {
            let mut response = html::redirect(&location);
            if response.status() == StatusCode::SEE_OTHER {
                // Rails' redirect_to.
                *response.status_mut() = StatusCode::FOUND;
            }
            response
        }
    }
}

fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    all(pairs, name).last().unwrap_or_default()
}

/// One step of the way from a request to a code.
pub(crate) fn proceed(state: &mut State, now: SystemTime, pairs: &Pairs) -> Outcome {
    let app = match trusted(state, pairs) {
        Ok(app) => app,
        Err((status, problem)) => return Outcome::Page(status, views::error(problem)),
    };
    let (scopes, challenge) = match read(state, &app, pairs) {
        Ok(read) => read,
        Err((error, description)) => {
            let answer = [("error", error), ("error_description", description)];
            return Outcome::Redirect(location(pairs, &answer));
        }
    };
    let email = value(pairs, "email");
    let person = state.companies.values().find_map(|company| {
        let person = company.people.get(email)?;
        Some((company.id, person.clone()))
    });
    let Some((company, person)) = person.filter(|(_, person)| person.active) else {
        let unknown = (!email.is_empty()).then_some("Nobody can sign in with this e-mail.");
        let status = unknown.map_or(StatusCode::OK, |_| StatusCode::FORBIDDEN);
        return Outcome::Page(status, views::sign_in(state, &app, pairs, unknown));
    };
    if app.company.is_some_and(|only| only != company) {
        let problem = "This application belongs to another company.";
        return Outcome::Page(StatusCode::FORBIDDEN, views::error(problem));
    }
    let for_company = value(pairs, "resource_owner_type") == "company";
    if for_company && !person.admin {
        let problem = "Only an administrator can authorize an application for the whole company.";
        return Outcome::Page(StatusCode::FORBIDDEN, views::error(problem));
    }
    match value(pairs, "decision") {
        "authorize" => {
            let owner = if for_company {
                Owner::Company { company }
            } else {
                Owner::User {
                    company,
                    email: person.email,
                }
            };
            let code = state.tokens.secret();
            let consent = Consent {
                client_id: app.client_id,
                redirect_uri: value(pairs, "redirect_uri").to_owned(),
                owner,
                scopes,
                challenge,
                expires: now + state.options.code_lifetime,
            };
            state.codes.add(code.clone(), consent);
            Outcome::Redirect(location(pairs, &[("code", &code)]))
        }
        "deny" => {
            let answer = [
                ("error", "access_denied"),
                ("error_description", "The person said no."),
            ];
            Outcome::Redirect(location(pairs, &answer))
        }
        _ => {
            let page = views::consent(&app, &scopes, &person.email, for_company, pairs);
            Outcome::Page(StatusCode::OK, page)
        }
    }
}

/// The application, if the person can be sent back to it; nobody is redirected otherwise (Doorkeeper).
fn trusted(state: &State, pairs: &Pairs) -> Result<App, (StatusCode, &'static str)> {
    let app = state.apps.get(value(pairs, "client_id")).ok_or((
        Refusal::invalid_client().status,
        "No application has this client_id.",
    ))?;
    let redirect_uri = value(pairs, "redirect_uri");
    if !app.redirect_uris.iter().any(|uri| uri == redirect_uri) {
        let problem = "The redirect_uri is none of those that the application has registered.";
        return Err((StatusCode::BAD_REQUEST, problem));
    }
    Ok(app.clone())
}

/// An error code of Doorkeeper, and what it means here.
type Error = (&'static str, &'static str);

/// Scopes (the application's own where none is asked for) and the PKCE challenge.
fn read(state: &State, app: &App, pairs: &Pairs) -> Result<(Vec<String>, Option<Challenge>), Error> {
    match value(pairs, "response_type") {
        "code" => {}
        "" => {
            return Err((
                "invalid_request",
                "A required parameter is missing: response_type.",
            ));
        }
        _ => return Err(("unsupported_response_type", "The response_type must be code.")),
    }
    let mut scopes: Vec<String> = Vec::new();
    for asked in value(pairs, "scope").split_whitespace() {
        if !app.scopes.iter().any(|own| own == asked) {
            return Err((
                "invalid_scope",
                "A scope is unknown, or none of the application's.",
            ));
        }
        if !scopes.iter().any(|earlier| earlier == asked) {
            scopes.push(asked.to_owned());
        }
    }
    if scopes.is_empty() {
        scopes.clone_from(&app.scopes);
    }
    let challenge = match (state.options.pkce, value(pairs, "code_challenge")) {
        (Pkce::Ignore, _) | (_, "") => None,
        (Pkce::Enforce, text) => {
            let challenge = Challenge::read(text, value(pairs, "code_challenge_method"));
            Some(challenge.ok_or((
                "invalid_code_challenge_method",
                "The method must be plain or S256.",
            ))?)
        }
    };
    Ok((scopes, challenge))
}

/// The redirect URI with this answer and the state. What the URI had stays as it is.
fn location(pairs: &Pairs, answer: &[(&str, &str)]) -> String {
    let redirect_uri = value(pairs, "redirect_uri");
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(answer);
    let state = value(pairs, "state");
    if !state.is_empty() {
        query.append_pair("state", state);
    }
    let query = query.finish();
    if redirect_uri == OUT_OF_BAND {
        return format!("/oauth/authorize/native?{query}");
    }
    let mark = if redirect_uri.contains('?') { '&' } else { '?' };
    format!("{redirect_uri}{mark}{query}")
}
