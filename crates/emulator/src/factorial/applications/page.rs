//! Visits to the page and its forms.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use url::form_urlencoded;

use super::administration;
use super::views;
use crate::factorial::log::Exchange;
use crate::factorial::state::State;
use crate::factorial::world::WorldError;
use crate::form::{all, is_form};
use crate::{answers, html};

/// The path of the page.
pub(crate) const PATH: &str = "/oauth/applications";

/// Who visits, and what their form says.
pub(crate) struct Visit<'a> {
    /// The administrator's e-mail, in every link and form as `as`.
    pub(crate) email: &'a str,
    pub(crate) company: u64,
    said: &'a [(String, String)],
}

impl Visit<'_> {
    pub(crate) fn said(&self, name: &str) -> &str {
        all(self.said, name).last().unwrap_or_default().trim()
    }

    fn redirect_uris(&self) -> Vec<String> {
        let lines = self.said("redirect_uri").lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    fn confidential(&self) -> bool {
        matches!(self.said("confidential"), "1" | "true" | "on")
    }

    pub(crate) fn scopes(&self) -> Vec<String> {
        all(self.said, "scope").map(str::to_owned).collect()
    }

    /// A page below this one, as the same person.
    pub(crate) fn link(&self, below: &str) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("as", self.email)
            .finish();
        format!("{PATH}{below}?{query}")
    }
}

/// Answers a visit. `as` says who is signed in, since an emulator asks for no password; only an administrator may come.
pub(crate) fn respond(state: &mut State, exchange: &Exchange) -> Response<Bytes> {
    let said = match exchange.method {
        Method::GET => &exchange.query,
        Method::POST if is_form(&exchange.headers) => &exchange.form,
        Method::POST => return answers::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        _ => return answers::not_allowed("GET, POST"),
    };
    let email = all(said, "as").last().unwrap_or_default().to_owned();
    if email.is_empty() {
        return html::respond(StatusCode::OK, views::sign_in(state, None));
    }
    let admin = state
        .person(&email)
        .filter(|(_, person)| person.admin && person.active)
        .map(|(company, _)| company);
    let Some(company) = admin else {
        let problem = "Only an administrator manages applications.";
        return html::respond(StatusCode::FORBIDDEN, views::sign_in(state, Some(problem)));
    };
    let visit = Visit {
        email: &email,
        company,
        said,
    };
    let below = exchange.path.strip_prefix(PATH).unwrap_or_default();
    let mut segments = below.split('/').skip(1);
    let (first, second) = (
        segments.next().unwrap_or_default(),
        segments.next().unwrap_or_default(),
    );
    if exchange.method == Method::GET {
        show(state, &visit, first, second, None)
    } else {
        submit(state, &visit, first, second)
    }
}

/// An application that this company sees: its own, and a partner's not.
fn is_own(state: &State, visit: &Visit<'_>, client_id: &str) -> bool {
    let app = state.apps.get(client_id);
    app.is_some_and(|app| app.company == Some(visit.company))
}

fn show(
    state: &State,
    visit: &Visit<'_>,
    first: &str,
    second: &str,
    problem: Option<&str>,
) -> Response<Bytes> {
    let status = problem.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    let app = state.apps.get(first).filter(|_| is_own(state, visit, first));
    let page = match (first, second, app) {
        ("", _, _) => views::list(state, visit),
        ("new", _, _) => views::form(visit, None, problem),
        (_, "", Some(app)) => views::one(visit, app, state.options.secret_readable),
        (_, "edit", Some(app)) => views::form(visit, Some(app), problem),
        _ => return html::respond(StatusCode::NOT_FOUND, views::nothing()),
    };
    html::respond(status, page)
}

fn submit(state: &mut State, visit: &Visit<'_>, first: &str, second: &str) -> Response<Bytes> {
    let (name, uris) = (visit.said("name"), visit.redirect_uris());
    let (confidential, scopes) = (visit.confidential(), visit.scopes());
    if first.is_empty() {
        let made = administration::create(state, visit.company, name, uris, confidential, scopes);
        return match made {
            // The one page with the secret; going back to the application does not show it again.
            Ok(app) => html::respond(StatusCode::CREATED, views::one(visit, &app, true)),
            Err(problem) => show(state, visit, "new", "", Some(&told(&problem))),
        };
    }
    if !is_own(state, visit, first) {
        return html::respond(StatusCode::NOT_FOUND, views::nothing());
    }
    match second {
        "" => match administration::update(state, first, name, uris, confidential, scopes) {
            Ok(()) => html::redirect(&visit.link(&format!("/{first}"))),
            Err(problem) => show(state, visit, first, "edit", Some(&told(&problem))),
        },
        "delete" => match administration::delete(state, first) {
            Ok(()) => html::redirect(&visit.link("")),
            Err(problem) => show(state, visit, first, "", Some(&told(&problem))),
        },
        _ => html::respond(StatusCode::NOT_FOUND, views::nothing()),
    }
}

/// A problem in words for somebody at a form.
fn told(problem: &WorldError) -> String {
    let text = problem.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}
