//! The page and its forms.

use url::form_urlencoded;

use super::page::{PATH, Visit};
use crate::factorial::oauth::views::{page, who};
use crate::factorial::state::State;
use crate::factorial::world::{App, SCOPES};
use crate::html::{alert, each, escape, hidden};

/// Who are you? An emulator asks for no password.
pub(crate) fn sign_in(state: &State, problem: Option<&str>) -> String {
    let main = format!(
        "<div class=\"card narrow\">\n<h1>Sign in to Factorial</h1>\n{}\
         <form class=\"block\" method=\"get\" action=\"{PATH}\">\n{}\
         <button class=\"main\" type=\"submit\">Sign in</button>\n</form>\n</div>\n",
        alert(problem),
        who(state.companies.values(), "as"),
    );
    page("Sign in", &main)
}

pub(crate) fn nothing() -> String {
    let main = "<div class=\"card narrow\">\n<h1>Not found</h1>\n<p>There is no such application here.</p>\n</div>\n";
    page("Not found", main)
}

/// The company's applications.
pub(crate) fn list(state: &State, visit: &Visit<'_>) -> String {
    let own = state
        .apps
        .values()
        .filter(|app| app.company == Some(visit.company));
    let rows = each(own, |app| {
        format!(
            "<li><a href=\"{}\">{}</a> <code>{}</code></li>\n",
            escape(&visit.link(&format!("/{}", app.client_id))),
            escape(&app.name),
            escape(&app.client_id)
        )
    });
    let main = format!(
        "<div class=\"bar\">\n<h1>Your applications</h1>\n<a class=\"button main\" href=\"{}\">New Application</a>\n</div>\n\
         <div class=\"card\">\n<ul class=\"scopes\">\n{rows}</ul>\n</div>\n",
        escape(&visit.link("/new")),
    );
    page("Your applications", &main)
}

/// One application. The secret is shown when it was just made, or by a switch.
pub(crate) fn one(visit: &Visit<'_>, app: &App, with_secret: bool) -> String {
    let secret = if with_secret {
        format!("<code>{}</code>", escape(&app.secret))
    } else {
        "<span class=\"soft\">shown once, when the application was created</span>".to_owned()
    };
    let uris = each(&app.redirect_uris, |uri| {
        format!(
            "<li><code>{}</code> <a class=\"button\" href=\"{}\">Authorize</a></li>\n",
            escape(uri),
            escape(&authorize(app, uri))
        )
    });
    let below = |what: &str| escape(&visit.link(&format!("/{}{what}", app.client_id)));
    let main = format!(
        "<div class=\"card\">\n<h1>Application: {name}</h1>\n<dl>\n\
         <dt>Client ID</dt><dd><code>{id}</code></dd>\n<dt>Client Secret</dt><dd>{secret}</dd>\n\
         <dt>Scopes</dt><dd>{scopes}</dd>\n<dt>Confidential</dt><dd>{confidential}</dd>\n\
         <dt>Callback URLs</dt><dd><ul class=\"scopes\">{uris}</ul></dd>\n</dl>\n\
         <div class=\"row\">\n<a class=\"button\" href=\"{edit}\">Edit</a>\n\
         <form method=\"post\" action=\"{PATH}/{id}/delete\">{fields}\
         <button class=\"danger\" type=\"submit\">Destroy</button></form>\n\
         <a href=\"{home}\">All applications</a>\n</div>\n</div>\n",
        name = escape(&app.name),
        id = escape(&app.client_id),
        scopes = escape(&app.scopes.join(" ")),
        confidential = if app.confidential { "yes" } else { "no" },
        edit = below("/edit"),
        fields = hidden([("as", visit.email)]),
        home = escape(&visit.link("")),
    );
    page(&app.name, &main)
}

/// The Authorize button asks for a user token, whatever the application is for.
fn authorize(app: &App, redirect_uri: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &app.client_id)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("response_type", "code")
        .append_pair("scope", &app.scopes.join(" "))
        .finish();
    format!("/oauth/authorize?{query}")
}

/// A new application, or a change to one.
pub(crate) fn form(visit: &Visit<'_>, app: Option<&App>, problem: Option<&str>) -> String {
    let ticked = |scope: &str| {
        let of_app = app.is_some_and(|app| app.scopes.iter().any(|own| own == scope));
        of_app || visit.scopes().iter().any(|said| said == scope)
    };
    let boxes = each(SCOPES, |scope| {
        let checked = if ticked(scope) { " checked" } else { "" };
        format!(
            "<label class=\"tick\"><input type=\"checkbox\" name=\"scope\" value=\"{scope}\"{checked}>\
             <span>{scope}</span></label>\n"
        )
    });
    let said = |name: &str, own: Option<String>| match own {
        Some(own) if visit.said(name).is_empty() => own,
        _ => visit.said(name).to_owned(),
    };
    let below = app.map_or(String::new(), |app| format!("/{}", app.client_id));
    let confidential = if app.is_none_or(|app| app.confidential) {
        " checked"
    } else {
        ""
    };
    let warning = app.map_or(
        "",
        |_| "<p class=\"alert\">Other scopes than before end every token of this application.</p>\n",
    );
    let main = format!(
        "<div class=\"card\">\n<h1>{title}</h1>\n{alert}{warning}\
         <form class=\"block\" method=\"post\" action=\"{PATH}{action}\">\n{fields}\
         <label for=\"name\">Name</label>\n<input type=\"text\" id=\"name\" name=\"name\" value=\"{name}\">\n\
         <label for=\"redirect_uri\">Redirect URI</label>\n\
         <textarea id=\"redirect_uri\" name=\"redirect_uri\" rows=\"3\" cols=\"60\">{uris}</textarea>\n\
         <p class=\"soft\">One a line.</p>\n\
         <label class=\"tick\"><input type=\"checkbox\" name=\"confidential\" value=\"1\"{confidential}>\
         <span>Confidential: the client secret can be kept safe</span></label>\n\
         <fieldset class=\"areas\">\n<legend>Scopes</legend>\n{boxes}</fieldset>\n\
         <div class=\"row\">\n<button class=\"main\" type=\"submit\">Submit</button>\n\
         <a class=\"button\" href=\"{home}\">Cancel</a>\n</div>\n</form>\n</div>\n",
        title = if app.is_some() {
            "Edit application"
        } else {
            "New Application"
        },
        alert = alert(problem),
        action = escape(&below),
        fields = hidden([("as", visit.email)]),
        name = escape(&said("name", app.map(|app| app.name.clone()))),
        uris = escape(&said("redirect_uri", app.map(|app| app.redirect_uris.join("\n")))),
        home = escape(&visit.link("")),
    );
    page("Application", &main)
}
