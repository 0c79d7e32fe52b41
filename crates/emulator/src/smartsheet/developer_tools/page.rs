//! What the page's forms do.

use std::time::SystemTime;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use url::form_urlencoded;

use super::views;
use crate::answers;
use crate::form::{all, is_form};
use crate::html;
use crate::smartsheet::log::Exchange;
use crate::smartsheet::region::{Region, split};
use crate::smartsheet::state::{Data, State, page_path};
use crate::smartsheet::webhooks::app_revoked;
use crate::smartsheet::world::{App, Developer, User, WorldError};

const PATH: &str = "/b/developer-tools";

/// Who is on the page, and what their form says.
pub(crate) struct Visit<'a> {
    pub(crate) user: &'a User,
    pub(crate) path: &'a str,
    pub(crate) said: &'a [(String, String)],
}

impl Visit<'_> {
    pub(crate) fn said(&self, name: &str) -> &str {
        all(self.said, name).last().unwrap_or_default().trim()
    }

    /// A form or page of this person's.
    pub(crate) fn link(&self, action: &str, client_id: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("as", &self.user.email);
        if let Some(client_id) = client_id {
            query.append_pair("client_id", client_id);
        }
        format!("{}{action}?{}", self.path, query.finish())
    }
}

/// Answers a visit of the page or one of its forms.
pub(crate) fn respond(
    state: &mut State,
    region: Region,
    now: SystemTime,
    exchange: &Exchange,
) -> Response<Bytes> {
    let (_, rest) = split(&exchange.path);
    let action = rest.strip_prefix(PATH).unwrap_or_default();
    let path = page_path(&exchange.origin, region, PATH);
    let said = match exchange.method {
        Method::GET => &exchange.query,
        Method::POST if is_form(&exchange.headers) => &exchange.form,
        Method::POST => return answers::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        _ => return answers::not_allowed("GET, POST"),
    };
    let email = all(said, "as").last().unwrap_or_default();
    let data = state.data(region);
    let Some(user) = data.users.get(email).cloned() else {
        return html::respond(StatusCode::OK, views::sign_in(data.users.values(), &path));
    };
    let visit = Visit {
        user: &user,
        path: &path,
        said,
    };
    if exchange.method == Method::GET {
        return show(data, &visit, action, None);
    }
    match submit(state, region, now, &visit, action) {
        Ok(()) => html::redirect(&visit.link("", None)),
        Err(problem) => show(state.data(region), &visit, action, Some(&problem.to_string())),
    }
}

fn show(data: &Data, visit: &Visit<'_>, action: &str, problem: Option<&str>) -> Response<Bytes> {
    let status = match problem {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    let named = data.apps.get(visit.said("client_id"));
    let own = named.filter(|app| app.developer == visit.user.email);
    let page = match (action, own) {
        ("" | "/register" | "/new-secret" | "/delete", _) => views::overview(data, visit, problem),
        ("/create", _) => views::form(visit, None, problem),
        ("/edit", Some(app)) => views::form(visit, Some(app), problem),
        _ => return html::respond(StatusCode::NOT_FOUND, views::nothing()),
    };
    html::respond(status, page)
}

fn submit(
    state: &mut State,
    region: Region,
    now: SystemTime,
    visit: &Visit<'_>,
    action: &str,
) -> Result<(), WorldError> {
    let client_id = visit.said("client_id");
    let options = state.options.clone();
    let data = state.data(region);
    let is_own = |data: &Data| {
        data.apps
            .get(client_id)
            .is_some_and(|app| app.developer == visit.user.email)
    };
    let not_own = || WorldError::Unknown("app of yours with this client id".to_owned());
    match action {
        "/register" => {
            if let Some(user) = data.users.get_mut(&visit.user.email)
                && user.developer == Developer::No
            {
                user.developer = Developer::Registered;
            }
            Ok(())
        }
        "/create" => create_app(
            data,
            &visit.user.email,
            visit.said("name"),
            visit.said("redirect_url"),
        )
        .map(|client_id| describe(data, &client_id, visit)),
        "/edit" if is_own(data) => {
            check(visit.said("name"), visit.said("redirect_url"))?;
            describe(data, client_id, visit);
            if let Some(app) = data.apps.get_mut(client_id) {
                visit.said("name").clone_into(&mut app.name);
                visit.said("redirect_url").clone_into(&mut app.redirect_url);
            }
            Ok(())
        }
        "/new-secret" if is_own(data) => new_secret(data, client_id).map(drop),
        "/delete" if is_own(data) => {
            data.tokens.revoke_app(client_id, None);
            app_revoked(data, client_id, None, now, &options);
            data.apps.remove(client_id);
            Ok(())
        }
        _ => Err(not_own()),
    }
}

/// The members that decide nothing.
fn describe(data: &mut Data, client_id: &str, visit: &Visit<'_>) {
    if let Some(app) = data.apps.get_mut(client_id) {
        visit.said("description").clone_into(&mut app.description);
        visit.said("url").clone_into(&mut app.url);
        visit.said("contact").clone_into(&mut app.contact);
        app.published = visit.said("published") == "yes";
    }
}

/// A name, and one redirect URL: https, or http on loopback.
fn check(name: &str, redirect_url: &str) -> Result<(), WorldError> {
    if name.is_empty() {
        return Err(WorldError::Unfit("the app name is missing".to_owned()));
    }
    let url = url::Url::parse(redirect_url)
        .map_err(|_| WorldError::Unfit("the app redirect URL is no address".to_owned()))?;
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() == "https" || url.scheme() == "http" && loopback {
        return Ok(());
    }
    Err(WorldError::Unfit(
        "the app redirect URL must be https, or http on loopback".to_owned(),
    ))
}

/// An app of somebody who is approved; its client id.
pub(crate) fn create_app(
    data: &mut Data,
    developer: &str,
    name: &str,
    redirect_url: &str,
) -> Result<String, WorldError> {
    match data.users.get(developer).map(|user| user.developer) {
        Some(Developer::Approved) => {}
        Some(Developer::Registered) => {
            return Err(WorldError::Unfit(
                "Smartsheet has not approved this developer yet".to_owned(),
            ));
        }
        Some(Developer::No) => {
            return Err(WorldError::Unfit("register for Developer Tools first".to_owned()));
        }
        None => return Err(WorldError::Unknown(format!("person {developer}"))),
    }
    check(name, redirect_url)?;
    let client_id = data.tokens.random_text(26).to_lowercase();
    let secret = data.tokens.random_text(28).to_lowercase();
    let mut app = App::new(client_id.clone(), secret, redirect_url).name(name);
    developer.clone_into(&mut app.developer);
    data.apps.insert(client_id.clone(), app);
    Ok(client_id)
}

/// Another secret: the old one is wrong from now on, tokens live on.
pub(crate) fn new_secret(data: &mut Data, client_id: &str) -> Result<String, WorldError> {
    let secret = data.tokens.random_text(28).to_lowercase();
    let app = data.apps.get_mut(client_id);
    let app = app.ok_or_else(|| WorldError::Unknown(format!("app {client_id}")))?;
    app.secret.clone_from(&secret);
    Ok(secret)
}
