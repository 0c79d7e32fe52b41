//! The pages between an authorization request and its answer.

use super::scopes;
use crate::planday::html::{alert, each, escape, hidden, page};
use crate::planday::world::{Administrator, App, Portal};

type Pairs = [(String, String)];

fn carried(pairs: &Pairs) -> String {
    hidden(pairs.iter().map(|(name, value)| (name, value)))
}

/// Told to the person, never to the app.
pub(crate) fn error(problem: &str) -> String {
    let main = format!(
        "<div class=\"card narrow\">\n<h1>This link does not work</h1>\n{}\
         <p>The app that sent you here made a mistake. You were not sent back to it, because the address to send you \
         to cannot be trusted.</p>\n</div>\n",
        alert(Some(problem))
    );
    page("This link does not work", &main)
}

/// Which portal?
pub(crate) fn portals<'a>(
    app: &App,
    portals: impl IntoIterator<Item = &'a Portal>,
    request: &Pairs,
    problem: Option<&str>,
) -> String {
    let options = each(portals, |portal| {
        format!(
            "<option value=\"{}\">{}</option>\n",
            escape(&portal.name),
            escape(&portal.company_name)
        )
    });
    let main = format!(
        "<div class=\"card narrow\">\n<h1>Which portal?</h1>\n{}\
         <p>{} asks for access to a Planday portal. Choose or type yours.</p>\n\
         <form class=\"block\" method=\"post\" action=\"/connect/authorize\">\n{}\
         <label for=\"portal\">Portal</label>\n\
         <input type=\"text\" id=\"portal\" name=\"portal\" list=\"portals\" required autofocus autocomplete=\"off\">\n\
         <datalist id=\"portals\">\n{options}</datalist>\n\
         <p class=\"soft\">A name, an id, or NAME.planday.com.</p>\n\
         <button class=\"main\" type=\"submit\">Next</button>\n</form>\n</div>\n",
        alert(problem),
        escape(&app.name),
        carried(request),
    );
    page("Which portal?", &main)
}

/// Who are you? An emulator asks for no password.
pub(crate) fn sign_in(app: &App, portal: &Portal, request: &Pairs, problem: Option<&str>) -> String {
    let main = format!(
        "<div class=\"card narrow\">\n<h1>Sign in to {company}</h1>\n{}\
         <p>{} will see and edit what the administrator who agrees may see and edit.</p>\n\
         <form class=\"block\" method=\"post\" action=\"/connect/authorize\">\n{}{}{}\
         <button class=\"main\" type=\"submit\">Sign in</button>\n</form>\n</div>\n",
        alert(problem),
        escape(&app.name),
        carried(request),
        hidden([("portal", portal.id.to_string())]),
        who(portal, "administrator"),
        company = escape(&portal.company_name),
    );
    page("Sign in", &main)
}

/// The administrators of a portal to choose from, and their rights.
pub(crate) fn who(portal: &Portal, field: &str) -> String {
    let first = portal.administrators.iter().position(|known| known.active);
    let rows = each(
        portal.administrators.iter().enumerate(),
        |(index, administrator)| {
            let checked = if Some(index) == first { " checked" } else { "" };
            format!(
                "<label class=\"tick\"><input type=\"radio\" name=\"{field}\" value=\"{}\" required{checked}>\
             <span>{} <span class=\"soft\">{}</span></span></label>\n",
                escape(&administrator.user_name),
                escape(&administrator.name),
                escape(&rights(administrator)),
            )
        },
    );
    format!("<fieldset>\n<legend>Administrator</legend>\n{rows}</fieldset>\n")
}

/// What an administrator may do, in words.
pub(crate) fn rights(administrator: &Administrator) -> String {
    let sees = match &administrator.sees {
        None => "sees everything".to_owned(),
        Some(departments) => {
            let ids: Vec<String> = departments.iter().map(i64::to_string).collect();
            format!("sees department {} only", ids.join(", "))
        }
    };
    let edits = if administrator.may_edit {
        "may edit it"
    } else {
        "may not edit"
    };
    let inactive = if administrator.active { "" } else { ", inactive" };
    format!("{} - {sees}, {edits}{inactive}", administrator.user_name)
}

/// May the app have all this?
pub(crate) fn consent(
    app: &App,
    scopes: &[String],
    portal: &Portal,
    administrator: &Administrator,
    action: &str,
    fields: &Pairs,
) -> String {
    let rows = each(scopes, |scope| {
        format!(
            "<li><span>{}</span> <code>{}</code></li>\n",
            escape(&scopes::words(scope)),
            escape(scope)
        )
    });
    let main = format!(
        "<div class=\"card narrow\">\n<h1>Authorize {name}?</h1>\n\
         <p><strong>{name}</strong> asks for access to <strong>{company}</strong>. It may do all of this, for \
         everything that you see and edit there yourself:</p>\n\
         <ul class=\"scopes\">\n{rows}</ul>\n\
         <dl>\n<dt>Portal</dt><dd>{portal} ({id})</dd>\n<dt>You</dt><dd>{person}, {rights}</dd>\n</dl>\n\
         <form class=\"block\" method=\"post\" action=\"{action}\">\n{fields}{steps}\
         <div class=\"row\">\n<button class=\"main\" type=\"submit\" name=\"decision\" value=\"accept\">Authorize</button>\n\
         <button type=\"submit\" name=\"decision\" value=\"deny\">Deny</button>\n</div>\n</form>\n</div>\n",
        name = escape(&app.name),
        company = escape(&portal.company_name),
        portal = escape(&portal.name),
        id = portal.id,
        person = escape(&administrator.name),
        rights = escape(&rights(administrator)),
        action = escape(action),
        fields = carried(fields),
        steps = hidden([
            ("portal", portal.id.to_string()),
            ("administrator", administrator.user_name.clone()),
        ]),
    );
    page("Authorize", &main)
}
