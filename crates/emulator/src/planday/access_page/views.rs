//! What the API Access page looks like.

use super::administration::{MOST_REDIRECT_URIS, key};
use super::page::{Visit, path};
use crate::planday::html::{alert, each, escape, hidden, page};
use crate::planday::identity::consent_views::{rights, who};
use crate::planday::identity::form_fields::all;
use crate::planday::identity::grants::Standing;
use crate::planday::identity::scopes;
use crate::planday::state::State;
use crate::planday::world::{App, Portal};

const TITLE: &str = "API Access";

/// Where the page is found in a portal.
const TRAIL: &str = "<p class=\"soft\">Settings &gt; Integrations &gt; API Access</p>\n";

/// There is no such portal or page.
pub(crate) fn nothing() -> String {
    let main = "<div class=\"card narrow\">\n<h1>Nothing here</h1>\n<p>There is no such portal, page or app.</p>\n</div>\n";
    page("Nothing here", main)
}

/// Only administrators get in.
pub(crate) fn sign_in_page(portal: &Portal, problem: Option<&str>) -> String {
    let main = format!(
        "<div class=\"card narrow\">\n{TRAIL}<h1>Sign in to {}</h1>\n{}\
         <form class=\"block\" method=\"get\" action=\"{}\">\n{}\
         <button class=\"main\" type=\"submit\">Sign in</button>\n</form>\n</div>\n",
        escape(&portal.company_name),
        alert(problem),
        path(portal.id),
        who(portal, "as"),
    );
    page(TITLE, &main)
}

/// The list of apps.
pub(crate) fn overview(state: &State, visit: &Visit<'_>, problem: Option<&str>) -> String {
    let apps: String = state
        .connected
        .iter()
        .filter(|key| key.portal == visit.portal.id)
        .filter_map(|key| state.apps.get(&key.client_id))
        .map(|app| tile(state, visit, app))
        .collect();
    let apps = if apps.is_empty() {
        "<div class=\"card\"><p>No app yet. Create one, or connect one that was made in another portal by its App \
         Id.</p></div>\n"
            .to_owned()
    } else {
        apps
    };
    let main = format!(
        "{TRAIL}<div class=\"bar\">\n<h1>{TITLE}: {company}</h1>\n<div class=\"row\">\n{}{}</div>\n</div>\n{}\
         <p class=\"soft\">Signed in as {} ({}). <a href=\"{}\">Sign in as somebody else</a></p>\n{apps}",
        link(visit, "connect", "Connect App", "button"),
        link(visit, "create", "Create App", "button main"),
        alert(problem),
        escape(&visit.administrator.name),
        escape(&rights(visit.administrator)),
        path(visit.portal.id),
        company = escape(&visit.portal.company_name),
    );
    page(TITLE, &main)
}

/// One app: its App Id hidden until asked for, its token, and what can be done to it.
fn tile(state: &State, visit: &Visit<'_>, app: &App) -> String {
    let key = key(&app.client_id, visit.portal.id);
    let standing = state.grants.standing(&key);
    let (word, token) = match standing {
        Standing::Authorized => ("Authorized", state.grants.newest(&key)),
        Standing::Paused => ("Revoked", None),
        Standing::Not => ("Not authorized", None),
    };
    let token = token.map_or_else(
        || "<span class=\"soft\">none</span>".to_owned(),
        |token| format!("<code>{}</code>", escape(token)),
    );
    let by = state
        .administrators
        .get(&key)
        .filter(|_| standing != Standing::Not)
        .map(|by| {
            format!(
                "<dt>Authorized by</dt><dd>{} <span class=\"soft\">{}</span></dd>\n",
                escape(&by.name),
                escape(&rights(by))
            )
        })
        .unwrap_or_default();
    let listed = |texts: &[String]| -> String {
        let items = each(texts, |text| format!("<li><code>{}</code></li>", escape(text)));
        format!("<ul>{items}</ul>")
    };
    let redirects = match app.redirect_uris.as_slice() {
        [] => "<span class=\"soft\">none</span>".to_owned(),
        uris => listed(uris),
    };
    let mut actions = match standing {
        Standing::Authorized => button(visit, "revoke", app, "Revoke", "danger"),
        Standing::Paused | Standing::Not => act(visit, "authorize", app, "Authorize", "button main"),
    };
    let origin = if app.home == Some(visit.portal.id) {
        actions += &act(visit, "rename", app, "Rename", "button");
        actions += &act(visit, "delete", app, "Delete", "button danger");
        ""
    } else {
        " <span class=\"tag\">connected</span>"
    };
    format!(
        "<section class=\"card\">\n<div class=\"bar\">\n<h2>{name} <span class=\"tag\">{word}</span>{origin}</h2>\n\
         <div class=\"row\">\n{actions}</div>\n</div>\n<dl>\n\
         <dt>App Id</dt><dd><details><summary>Show the App Id of {name}</summary><code>{id}</code></details></dd>\n\
         <dt>Token</dt><dd>{token}</dd>\n{by}\
         <dt>Scopes</dt><dd><details><summary>{count} ticked; they cannot change</summary>{scopes}</details></dd>\n\
         <dt>Redirect URLs</dt><dd>{redirects}</dd>\n</dl>\n\
         <p class=\"soft\">App Id and token are selected whole by one click.</p>\n</section>\n",
        name = escape(&app.name),
        id = escape(&app.client_id),
        count = app.scopes.len(),
        scopes = listed(&app.scopes),
    )
}

/// Create App.
pub(crate) fn create(visit: &Visit<'_>, problem: Option<&str>) -> String {
    let ticked: Vec<&str> = all(visit.said, "scope").collect();
    let areas = each(scopes::by_area(), |(area, scopes)| {
        let rows = each(scopes, |scope| {
            let checked = if ticked.contains(&scope.as_str()) {
                " checked"
            } else {
                ""
            };
            format!(
                "<label class=\"tick\"><input type=\"checkbox\" name=\"scope\" value=\"{scope}\"{checked}>\
                 <span>{} <span class=\"soft\">{scope}</span></span></label>\n",
                escape(&scopes::words(&scope)),
            )
        });
        format!("<fieldset>\n<legend>{area}</legend>\n{rows}</fieldset>\n")
    });
    let mut given = all(visit.said, "redirect_uri");
    let redirects = each(1..=MOST_REDIRECT_URIS, |number| {
        format!(
            "<label for=\"redirect-{number}\">Redirect URL {number}</label>\n\
             <input type=\"url\" id=\"redirect-{number}\" name=\"redirect_uri\" value=\"{}\" autocomplete=\"off\">\n",
            escape(given.next().unwrap_or_default())
        )
    });
    let inside = format!(
        "{}<label for=\"name\">Name</label>\n\
         <input type=\"text\" id=\"name\" name=\"name\" value=\"{}\" required autocomplete=\"off\">\n\
         <p class=\"soft\">You see it, and so does every customer who is asked to authorize the app.</p>\n\
         <h2>Scopes</h2>\n<p class=\"soft\">Scopes cannot be added later: that takes a new app.</p>\n\
         <div class=\"areas\">\n{areas}</div>\n\
         <h2>Redirect URLs</h2>\n<p class=\"soft\">For the partner flow only, three at most.</p>\n{redirects}",
        alert(problem),
        escape(visit.said("name")),
    );
    form(visit, "create", "Create App", None, &inside, "Save", "main")
}

/// Connect App.
pub(crate) fn connect(visit: &Visit<'_>, problem: Option<&str>) -> String {
    let inside = format!(
        "{}<label for=\"client-id\">App Id</label>\n\
         <input type=\"text\" id=\"client-id\" name=\"client_id\" value=\"{}\" required autocomplete=\"off\">\n\
         <p class=\"soft\">The portal that the app was made in shows it on its own API Access page.</p>\n",
        alert(problem),
        escape(visit.said("client_id")),
    );
    form(visit, "connect", "Connect App", None, &inside, "Save", "main")
}

/// Rename.
pub(crate) fn rename(visit: &Visit<'_>, app: &App, problem: Option<&str>) -> String {
    let inside = format!(
        "{}<label for=\"name\">Name</label>\n\
         <input type=\"text\" id=\"name\" name=\"name\" value=\"{}\" required autocomplete=\"off\">\n",
        alert(problem),
        escape(&app.name),
    );
    form(visit, "rename", "Rename App", Some(app), &inside, "Save", "main")
}

/// Delete.
pub(crate) fn delete(visit: &Visit<'_>, app: &App, problem: Option<&str>) -> String {
    let inside = format!(
        "{}<p><strong>{}</strong> goes for good, on every portal that authorized it.</p>\n",
        alert(problem),
        escape(&app.name),
    );
    form(
        visit,
        "delete",
        "Delete App",
        Some(app),
        &inside,
        "Delete for good",
        "danger",
    )
}

/// A page with one form.
fn form(
    visit: &Visit<'_>,
    action: &str,
    title: &str,
    app: Option<&App>,
    inside: &str,
    submit: &str,
    kind: &str,
) -> String {
    let main = format!(
        "{TRAIL}<div class=\"card\">\n<h1>{title}</h1>\n<form class=\"block\" method=\"post\" action=\"{}/{action}\">\n{}{}\
         {inside}<div class=\"row\">\n<button class=\"{kind}\" type=\"submit\">{submit}</button>\n{}</div>\n</form>\n\
         </div>\n",
        path(visit.portal.id),
        session(visit),
        hidden(app.map(|app| ("client_id", app.client_id.as_str()))),
        link(visit, "", "Cancel", "button"),
    );
    page(title, &main)
}

/// The session is this field and nothing else.
fn session(visit: &Visit<'_>) -> String {
    hidden([("as", visit.administrator.user_name.as_str())])
}

/// A link to one of the page's forms.
fn link(visit: &Visit<'_>, action: &str, text: &str, class: &str) -> String {
    let query = query(&[("as", &visit.administrator.user_name)]);
    let slash = if action.is_empty() { "" } else { "/" };
    format!(
        "<a class=\"{class}\" href=\"{}{slash}{action}?{}\">{text}</a>\n",
        path(visit.portal.id),
        escape(&query),
    )
}

/// A link to a form about one app.
fn act(visit: &Visit<'_>, action: &str, app: &App, text: &str, class: &str) -> String {
    let query = query(&[
        ("as", &visit.administrator.user_name),
        ("client_id", &app.client_id),
    ]);
    format!(
        "<a class=\"{class}\" href=\"{}/{action}?{}\" aria-label=\"{text} {}\">{text}</a>\n",
        path(visit.portal.id),
        escape(&query),
        escape(&app.name),
    )
}

/// A button that acts at once.
fn button(visit: &Visit<'_>, action: &str, app: &App, text: &str, class: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{}/{action}\">\n{}{}\
         <button class=\"{class}\" type=\"submit\" aria-label=\"{text} {}\">{text}</button>\n</form>\n",
        path(visit.portal.id),
        session(visit),
        hidden([("client_id", app.client_id.as_str())]),
        escape(&app.name),
    )
}

fn query(pairs: &[(&str, &String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}
