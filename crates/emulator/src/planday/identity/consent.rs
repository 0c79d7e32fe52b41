//! From an authorization request to a code: choose a portal, sign in, agree (Planday, Authorization Flow; Authorization:
//! consent screen). No cookie: each page carries the whole request on.

use std::time::SystemTime;

use super::addresses::AUTHORIZE;
use super::authorize::{AuthorizationRequest, Unfit, read};
use super::codes::Consent;
use super::consent_views as views;
use super::form_fields::all;
use super::grants::Key;
use crate::planday::state::State;
use crate::planday::world::{Administrator, Portal};

/// Our own form fields beside the request's parameters.
pub(crate) const STEPS: [&str; 3] = ["portal", "administrator", "decision"];

/// What comes next.
pub(crate) enum Outcome {
    Page {
        html: String,
        /// What is wrong, if something is.
        problem: Option<String>,
    },
    Redirect(String),
}

impl Outcome {
    fn page(html: String) -> Self {
        Self::Page { html, problem: None }
    }

    fn problem(problem: String, html: impl FnOnce(Option<&str>) -> String) -> Self {
        Self::Page {
            html: html(Some(&problem)),
            problem: Some(problem),
        }
    }
}

/// The next page, or the redirect back, for a request and what the person said so far.
pub(crate) fn answer(
    state: &mut State,
    now: SystemTime,
    origin: &str,
    pairs: &[(String, String)],
) -> Outcome {
    let request = match read(state, origin, pairs) {
        Ok(request) => request,
        Err(Unfit::Shown(problem)) => {
            return Outcome::problem(problem, |problem| views::error(problem.unwrap_or_default()));
        }
        Err(Unfit::Redirected(location)) => return Outcome::Redirect(location),
    };
    let said = |name| {
        all(pairs, name)
            .last()
            .map(str::trim)
            .filter(|said| !said.is_empty())
    };
    let carried: Vec<(String, String)> = pairs
        .iter()
        .filter(|(name, _)| !STEPS.contains(&name.as_str()))
        .cloned()
        .collect();
    let Some(wanted) = said("portal") else {
        return Outcome::page(views::portals(
            &request.app,
            state.portals.values(),
            &carried,
            None,
        ));
    };
    let Some(portal) = find_portal(state, wanted) else {
        return Outcome::problem(format!("There is no portal {wanted}."), |problem| {
            views::portals(&request.app, state.portals.values(), &carried, problem)
        });
    };
    let Some(user_name) = said("administrator") else {
        return Outcome::page(views::sign_in(&request.app, portal, &carried, None));
    };
    let administrator = match sign_in(portal, user_name) {
        Ok(administrator) => administrator.clone(),
        Err(problem) => {
            return Outcome::problem(problem, |problem| {
                views::sign_in(&request.app, portal, &carried, problem)
            });
        }
    };
    match said("decision") {
        Some("accept") => {
            let id = portal.id;
            Outcome::Redirect(accept(state, now, request, id, administrator))
        }
        Some("deny") => {
            let denied = [
                ("error", "access_denied"),
                ("error_description", "the user refused"),
            ];
            Outcome::Redirect(request.return_to.location(state, &denied))
        }
        _ => Outcome::page(views::consent(
            &request.app,
            &request.scopes,
            portal,
            &administrator,
            AUTHORIZE,
            &carried,
        )),
    }
}

/// A code for what the person agreed to.
fn accept(
    state: &mut State,
    now: SystemTime,
    request: AuthorizationRequest,
    portal: i64,
    administrator: Administrator,
) -> String {
    let code = state.grants.new_code();
    let consent = Consent {
        key: Key {
            client_id: request.app.client_id,
            portal,
        },
        redirect_uri: request.return_to.redirect_uri.clone(),
        scopes: request.scopes,
        challenge: request.challenge,
        nonce: request.nonce,
        administrator,
    };
    let expires = now + state.options.code_lifetime;
    state.codes.insert(code.clone(), consent, expires);
    request.return_to.location(state, &[("code", &code)])
}

/// The portal that somebody typed: its id, its name, another name, or its address.
fn find_portal<'a>(state: &'a State, typed: &str) -> Option<&'a Portal> {
    let typed = typed.to_lowercase();
    let typed = typed
        .strip_prefix("https://")
        .unwrap_or(&typed)
        .trim_end_matches('/');
    let typed = typed.strip_suffix(".planday.com").unwrap_or(typed);
    state.portals.values().find(|portal| {
        let aliases = portal.aliases.iter().flatten();
        let mut names = aliases.chain([&portal.name]);
        portal.id.to_string() == typed || names.any(|name| name.to_lowercase() == typed)
    })
}

/// The administrator of this user name, if they may sign in.
pub(crate) fn sign_in<'a>(portal: &'a Portal, user_name: &str) -> Result<&'a Administrator, String> {
    let known = portal
        .administrators
        .iter()
        .find(|known| known.user_name == user_name);
    let administrator = known.ok_or_else(|| format!("{user_name} is no administrator of this portal."))?;
    if !administrator.active {
        return Err(format!("{user_name} is inactive."));
    }
    Ok(administrator)
}
