//! What the page looks like.

use super::page::Visit;
use crate::html::{alert, each, escape, hidden};
use crate::smartsheet::identity::consent::whole;
use crate::smartsheet::state::Data;
use crate::smartsheet::world::{App, Developer, User};

const TITLE: &str = "Developer Tools";
const TRAIL: &str = "<p class=\"soft\">Account &gt; Developer Tools &gt; Manage Apps</p>\n";

/// There is no such page.
pub(crate) fn nothing() -> String {
    let main = "<div class=\"card narrow\">\n<h1>Nothing here</h1>\n<p>There is no such page, or no such app of yours.</p>\n</div>\n";
    whole("Nothing here", main)
}

/// Who is it? An emulator asks for no password.
pub(crate) fn sign_in<'a>(users: impl Iterator<Item = &'a User>, path: &str) -> String {
    let people = each(users.enumerate(), |(index, user)| {
        let checked = if index == 0 { " checked" } else { "" };
        format!(
            "<label class=\"tick\"><input type=\"radio\" name=\"as\" value=\"{email}\" required{checked}>\
             <span>{} <span class=\"soft\">{email}</span></span></label>\n",
            escape(&user.name()),
            email = escape(&user.email),
        )
    });
    let main = format!(
        "<div class=\"card narrow\">\n{TRAIL}<h1>Sign in</h1>\n\
         <form class=\"block\" method=\"get\" action=\"{}\">\n<fieldset>\n<legend>You are</legend>\n{people}</fieldset>\n\
         <button class=\"main\" type=\"submit\">Sign in</button>\n</form>\n</div>\n",
        escape(path),
    );
    whole(TITLE, &main)
}

/// Registration, or the apps.
pub(crate) fn overview(data: &Data, visit: &Visit<'_>, problem: Option<&str>) -> String {
    let who = format!(
        "<p class=\"soft\">Signed in as {} ({}).</p>\n",
        escape(&visit.user.name()),
        escape(&visit.user.email)
    );
    let inside = match visit.user.developer {
        Developer::No => format!(
            "<div class=\"card\"><p>Only registered developers may make apps.</p>\n{}</div>\n",
            button(visit, "/register", None, "Register User Account", "main"),
        ),
        Developer::Registered => {
            "<div class=\"card\"><p>Registered. Smartsheet will activate Developer Tools after \
                                  approval.</p></div>\n"
                .to_owned()
        }
        Developer::Approved => {
            let own = data.apps.values().filter(|app| app.developer == visit.user.email);
            let apps = each(own, |app| tile(visit, app));
            format!(
                "<p><a class=\"button main\" href=\"{}\">Create New App</a></p>\n{apps}",
                escape(&visit.link("/create", None))
            )
        }
    };
    let main = format!("{TRAIL}<h1>{TITLE}</h1>\n{}{who}{inside}", alert(problem));
    whole(TITLE, &main)
}

/// One app. Its secret can be read again at any time.
fn tile(visit: &Visit<'_>, app: &App) -> String {
    let published = if app.published {
        " <span class=\"tag\">published</span>"
    } else {
        ""
    };
    format!(
        "<section class=\"card\">\n<div class=\"bar\">\n<h2>{name}{published}</h2>\n<div class=\"row\">\n\
         <a class=\"button\" href=\"{edit}\">Edit</a>\n{secret_button}{delete}</div>\n</div>\n<dl>\n\
         <dt>App client ID</dt><dd><code>{id}</code></dd>\n\
         <dt>App secret</dt><dd><details><summary>Show the secret of {name}</summary><code>{secret}</code></details></dd>\n\
         <dt>App redirect URL</dt><dd><code>{redirect}</code></dd>\n\
         <dt>Description</dt><dd>{description}</dd>\n<dt>App URL</dt><dd>{url}</dd>\n<dt>Contact</dt><dd>{contact}</dd>\n\
         </dl>\n</section>\n",
        name = escape(&app.name),
        edit = escape(&visit.link("/edit", Some(&app.client_id))),
        secret_button = button(visit, "/new-secret", Some(app), "New secret", ""),
        delete = button(visit, "/delete", Some(app), "Delete", "danger"),
        id = escape(&app.client_id),
        secret = escape(&app.secret),
        redirect = escape(&app.redirect_url),
        description = escape(&app.description),
        url = escape(&app.url),
        contact = escape(&app.contact),
    )
}

/// Create New App, or Edit.
pub(crate) fn form(visit: &Visit<'_>, app: Option<&App>, problem: Option<&str>) -> String {
    let (action, title) = match app {
        Some(_) => ("/edit", "Edit App"),
        None => ("/create", "Create New App"),
    };
    let field = |name: &str, label: &str, known: Option<&String>, required: bool| {
        let said = visit.said(name);
        let value = if said.is_empty() {
            known.map_or("", String::as_str)
        } else {
            said
        };
        let required = if required { " required" } else { "" };
        format!(
            "<label for=\"{name}\">{label}</label>\n<input type=\"text\" id=\"{name}\" name=\"{name}\" \
             value=\"{}\" autocomplete=\"off\"{required}>\n",
            escape(value)
        )
    };
    let checked = if app.is_some_and(|app| app.published) {
        " checked"
    } else {
        ""
    };
    let main = format!(
        "{TRAIL}<div class=\"card\">\n<h1>{title}</h1>\n{}\
         <form class=\"block\" method=\"post\" action=\"{}{action}\">\n{}{}{}{}{}{}{}\
         <label class=\"tick\"><input type=\"checkbox\" name=\"published\" value=\"yes\"{checked}>\
         <span>Publish</span></label>\n\
         <div class=\"row\">\n<button class=\"main\" type=\"submit\">Save</button>\n\
         <a class=\"button\" href=\"{}\">Cancel</a>\n</div>\n</form>\n</div>\n",
        alert(problem),
        escape(visit.path),
        hidden([("as", visit.user.email.as_str())]),
        hidden(app.map(|app| ("client_id", app.client_id.as_str()))),
        field("name", "App name", app.map(|app| &app.name), true),
        field(
            "description",
            "App description",
            app.map(|app| &app.description),
            false
        ),
        field("url", "App URL", app.map(|app| &app.url), false),
        field(
            "contact",
            "App contact/support",
            app.map(|app| &app.contact),
            false
        ),
        field(
            "redirect_url",
            "App redirect URL",
            app.map(|app| &app.redirect_url),
            true
        ),
        escape(&visit.link("", None)),
    );
    whole(title, &main)
}

/// A button that acts at once.
fn button(visit: &Visit<'_>, action: &str, app: Option<&App>, text: &str, class: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{}{action}\">\n{}{}<button class=\"{class}\" type=\"submit\">{text}</button>\n\
         </form>\n",
        escape(visit.path),
        hidden([("as", visit.user.email.as_str())]),
        hidden(app.map(|app| ("client_id", app.client_id.as_str()))),
    )
}
