//! The pages between an authorization request and its answer.

use crate::factorial::state::State;
use crate::factorial::world::{App, Company};
use crate::html::{alert, each, escape, hidden};

type Pairs = [(String, String)];

/// A whole page around HTML that is escaped already.
pub(crate) fn page(title: &str, main: &str) -> String {
    crate::html::page("Factorial", title, main)
}

fn carried(pairs: &Pairs) -> String {
    let flow = pairs
        .iter()
        .filter(|(name, _)| name != "email" && name != "decision");
    hidden(flow.map(|(name, value)| (name, value)))
}

/// Told to the person, never to the application.
pub(crate) fn error(problem: &str) -> String {
    let main = format!(
        "<div class=\"card narrow\">\n<h1>An error has occurred</h1>\n{}\
         <p>You were not sent back to the application that sent you here.</p>\n</div>\n",
        alert(Some(problem))
    );
    page("An error has occurred", &main)
}

/// The code, for somebody to copy.
pub(crate) fn out_of_band(code: &str) -> String {
    let main = format!(
        "<div class=\"card narrow\">\n<h1>Authorization code</h1>\n<p><code>{}</code></p>\n</div>\n",
        escape(code)
    );
    page("Authorization code", &main)
}

/// Who are you? An emulator asks for no password.
pub(crate) fn sign_in(state: &State, app: &App, request: &Pairs, problem: Option<&str>) -> String {
    let main = format!(
        "<div class=\"card narrow\">\n<h1>Sign in to Factorial</h1>\n{}\
         <p>{} asks for access.</p>\n\
         <form class=\"block\" method=\"post\" action=\"/oauth/authorize\">\n{}{}\
         <button class=\"main\" type=\"submit\">Sign in</button>\n</form>\n</div>\n",
        alert(problem),
        escape(&app.name),
        carried(request),
        who(state.companies.values(), "email"),
    );
    page("Sign in", &main)
}

/// The people who can sign in, to choose from.
pub(crate) fn who<'a>(companies: impl IntoIterator<Item = &'a Company>, field: &str) -> String {
    let rows = each(companies, |company| {
        each(company.people.values().filter(|person| person.active), |person| {
            let rights = if person.admin { "administrator" } else { "employee" };
            format!(
                "<label class=\"tick\"><input type=\"radio\" name=\"{field}\" value=\"{email}\" required>\
                 <span>{email} <span class=\"soft\">{rights} of {company}</span></span></label>\n",
                email = escape(&person.email),
                company = escape(&company.name),
            )
        })
    });
    format!("<fieldset>\n<legend>Person</legend>\n{rows}</fieldset>\n")
}

/// May the application have all this?
pub(crate) fn consent(
    app: &App,
    scopes: &[String],
    email: &str,
    for_company: bool,
    request: &Pairs,
) -> String {
    let rows = each(scopes, |scope| {
        format!(
            "<li><code>{}</code> <span>read and write</span></li>\n",
            escape(scope)
        )
    });
    let whom = if for_company {
        "the whole company, without end, until it is revoked"
    } else {
        "you, within what you may see and do yourself"
    };
    let main = format!(
        "<div class=\"card narrow\">\n<h1>Authorize {name}?</h1>\n\
         <p><strong>{name}</strong> will act as {whom}:</p>\n<ul class=\"scopes\">\n{rows}</ul>\n\
         <dl>\n<dt>You</dt><dd>{person}</dd>\n</dl>\n\
         <form class=\"block\" method=\"post\" action=\"/oauth/authorize\">\n{fields}{steps}\
         <div class=\"row\">\n<button class=\"main\" type=\"submit\" name=\"decision\" value=\"authorize\">Authorize</button>\n\
         <button type=\"submit\" name=\"decision\" value=\"deny\">Deny</button>\n</div>\n</form>\n</div>\n",
        name = escape(&app.name),
        person = escape(email),
        fields = carried(request),
        steps = hidden([("email", email)]),
    );
    page("Authorize", &main)
}
