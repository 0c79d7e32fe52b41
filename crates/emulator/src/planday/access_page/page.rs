//! The portal's API Access page, Settings > Integrations > API Access (Planday, Authorization: Create an application).

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use url::form_urlencoded;

use super::administration::key;
use super::views;
use crate::planday::answers;
use crate::planday::html;
use crate::planday::identity::consent::sign_in;
use crate::planday::identity::consent_views;
use crate::planday::identity::form_fields::{all, is_form};
use crate::planday::identity::grants::Key;
use crate::planday::identity::scopes::FIXED;
use crate::planday::log::Exchange;
use crate::planday::state::State;
use crate::planday::world::{Administrator, App, Portal, WorldError};

/// The portal and the action that a path means, if it is one of this page's. The page itself is the empty action.
pub(crate) fn place(path: &str) -> Option<(i64, &str)> {
    let (portal, rest) = path.strip_prefix("/portal/")?.split_once('/')?;
    let action = rest.strip_prefix("settings/integrations/api-access")?;
    let action = match action {
        "" => "",
        other => other.strip_prefix('/')?,
    };
    Some((portal.parse().ok()?, action))
}

/// The path of a portal's page.
pub(crate) fn path(portal: i64) -> String {
    format!("/portal/{portal}/settings/integrations/api-access")
}

/// A visit: who is on which portal's page, and what their form says.
pub(crate) struct Visit<'a> {
    pub(crate) portal: &'a Portal,
    pub(crate) administrator: &'a Administrator,
    pub(crate) said: &'a [(String, String)],
}

impl Visit<'_> {
    pub(crate) fn said(&self, name: &str) -> &str {
        all(self.said, name).last().unwrap_or_default().trim()
    }

    fn list(&self, name: &str) -> Vec<String> {
        all(self.said, name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// The page again, as the same person.
    fn home(&self) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("as", &self.administrator.user_name)
            .finish();
        format!("{}?{query}", path(self.portal.id))
    }
}

/// Answers a request to the page or one of its forms.
pub(crate) fn respond(state: &mut State, exchange: &Exchange) -> Response<Bytes> {
    let lower = exchange.path.to_ascii_lowercase();
    let said = match exchange.method {
        Method::GET => &exchange.query,
        Method::POST if is_form(&exchange.headers) => &exchange.form,
        Method::POST => return answers::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        _ => return answers::not_allowed("GET, POST"),
    };
    let Some((portal, action)) =
        place(&lower).and_then(|(id, action)| Some((state.portals.get(&id)?.clone(), action)))
    else {
        return html::respond(StatusCode::NOT_FOUND, views::nothing());
    };
    let user_name = all(said, "as").last().unwrap_or_default();
    if user_name.is_empty() {
        return html::respond(StatusCode::OK, views::sign_in_page(&portal, None));
    }
    let administrator = match sign_in(&portal, user_name) {
        Ok(administrator) => administrator,
        Err(problem) => {
            return html::respond(
                StatusCode::FORBIDDEN,
                views::sign_in_page(&portal, Some(&problem)),
            );
        }
    };
    let visit = Visit {
        portal: &portal,
        administrator,
        said,
    };
    if exchange.method == Method::GET {
        show(state, &visit, action, None)
    } else {
        submit(state, &visit, action)
    }
}

/// A page or form, after a problem with what was sent if there was one.
fn show(state: &State, visit: &Visit<'_>, action: &str, problem: Option<&str>) -> Response<Bytes> {
    let status = match problem {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    let page = match action {
        "" => Some(views::overview(state, visit, problem)),
        "create" => Some(views::create(visit, problem)),
        "connect" => Some(views::connect(visit, problem)),
        "authorize" => listed(state, visit).map(|app| agree(visit, app)),
        "rename" => listed(state, visit).map(|app| views::rename(visit, app, problem)),
        "delete" => listed(state, visit).map(|app| views::delete(visit, app, problem)),
        _ => None,
    };
    match page {
        Some(page) => html::respond(status, page),
        None => html::respond(StatusCode::NOT_FOUND, views::nothing()),
    }
}

/// The same consent page as in the partner flow, for everything that the app has.
fn agree(visit: &Visit<'_>, app: &App) -> String {
    let scopes: Vec<String> = FIXED
        .map(str::to_owned)
        .into_iter()
        .chain(app.scopes.iter().cloned())
        .collect();
    let fields = [
        ("as".to_owned(), visit.administrator.user_name.clone()),
        ("client_id".to_owned(), app.client_id.clone()),
    ];
    let action = format!("{}/authorize", path(visit.portal.id));
    consent_views::consent(app, &scopes, visit.portal, visit.administrator, &action, &fields)
}

fn submit(state: &mut State, visit: &Visit<'_>, action: &str) -> Response<Bytes> {
    let client_id = visit.said("client_id");
    let done = match action {
        "create" => state
            .create_app(
                visit.portal.id,
                visit.said("name"),
                visit.list("scope"),
                visit.list("redirect_uri"),
            )
            .map(drop),
        "connect" => state.connect_app(client_id, visit.portal.id),
        "authorize" if visit.said("decision") != "accept" => Ok(()),
        "authorize" => state
            .authorize_as(client_id, visit.portal.id, &visit.administrator.user_name)
            .map(drop),
        "revoke" => {
            let known = state.grants.pause(&key(client_id, visit.portal.id), true);
            known
                .then_some(())
                .ok_or_else(|| WorldError::Unfit("this app is not authorized here".to_owned()))
        }
        "rename" => own(state, visit).and_then(|()| rename(state, visit)),
        "delete" => own(state, visit).and_then(|()| state.delete_app(client_id)),
        _ => return html::respond(StatusCode::NOT_FOUND, views::nothing()),
    };
    match done {
        Ok(()) => html::redirect(&visit.home()),
        Err(problem) => {
            let again = if action == "revoke" || action == "authorize" {
                ""
            } else {
                action
            };
            show(state, visit, again, Some(&told(&problem)))
        }
    }
}

fn rename(state: &mut State, visit: &Visit<'_>) -> Result<(), WorldError> {
    let name = visit.said("name");
    if name.is_empty() {
        return Err(WorldError::Unfit(
            "the name is missing: it is what customers see".to_owned(),
        ));
    }
    state.rename_app(visit.said("client_id"), name)
}

/// The app that a form is about, if this portal lists it.
fn listed<'a>(state: &'a State, visit: &Visit<'_>) -> Option<&'a App> {
    let key: Key = key(visit.said("client_id"), visit.portal.id);
    state.connected.get(&key)?;
    state.apps.get(&key.client_id)
}

/// Only the portal that an app was made in renames and deletes it.
fn own(state: &State, visit: &Visit<'_>) -> Result<(), WorldError> {
    let own = listed(state, visit).is_some_and(|app| app.home == Some(visit.portal.id));
    own.then_some(())
        .ok_or_else(|| WorldError::Unfit("this app was made in another portal: change it there".to_owned()))
}

/// A problem in words for somebody at a form.
fn told(problem: &WorldError) -> String {
    match problem {
        WorldError::Unknown(what) => format!("There is no {what}."),
        other => {
            let text = other.to_string();
            let mut letters = text.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).chain(['.']).collect()
        }
    }
}
