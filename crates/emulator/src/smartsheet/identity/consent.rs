//! The page that asks a person.

use crate::html::{alert, each, escape, hidden};
use crate::smartsheet::world::{App, User};

/// A page of Smartsheet's around HTML that is escaped already.
pub(crate) fn whole(title: &str, main: &str) -> String {
    crate::html::page("Smartsheet", title, main)
}

/// Told to the person, never to the app.
pub(crate) fn error(problem: &str) -> String {
    let main = format!(
        "<div class=\"card narrow\">\n<h1>This link does not work</h1>\n{}\
         <p>You were not sent back to the app, because the address to send you to cannot be trusted.</p>\n</div>\n",
        alert(Some(problem))
    );
    whole("This link does not work", &main)
}

/// Who is it, and may the app have all this?
pub(crate) fn page<'a>(
    app: &App,
    scopes: &[String],
    users: impl Iterator<Item = &'a User>,
    action: &str,
    fields: &[(&str, &str)],
) -> String {
    let rows = if scopes.is_empty() {
        "<li><span>Know who you are</span></li>\n".to_owned()
    } else {
        each(scopes, |scope| {
            format!(
                "<li><span>{}</span> <code>{}</code></li>\n",
                words(scope),
                escape(scope)
            )
        })
    };
    let people = each(users.enumerate(), |(index, user)| {
        let checked = if index == 0 { " checked" } else { "" };
        let role = if user.system_admin { ", system admin" } else { "" };
        format!(
            "<label class=\"tick\"><input type=\"radio\" name=\"user\" value=\"{email}\" required{checked}>\
             <span>{name} <span class=\"soft\">{email}{role}</span></span></label>\n",
            email = escape(&user.email),
            name = escape(&user.name()),
        )
    });
    let main = format!(
        "<div class=\"card narrow\">\n<h1>Allow {name}?</h1>\n\
         <p><strong>{name}</strong> asks to use your Smartsheet account. It may do all of this, as far as you may \
         yourself:</p>\n<ul class=\"scopes\">\n{rows}</ul>\n\
         <form class=\"block\" method=\"post\" action=\"{action}\">\n{fields}\
         <fieldset>\n<legend>You are</legend>\n{people}</fieldset>\n\
         <div class=\"row\">\n<button class=\"main\" type=\"submit\" name=\"decision\" value=\"allow\">Allow</button>\n\
         <button type=\"submit\" name=\"decision\" value=\"deny\">Deny</button>\n</div>\n</form>\n</div>\n",
        name = escape(&app.name),
        action = escape(action),
        fields = hidden(fields.iter().copied()),
    );
    whole("Allow", &main)
}

/// `READ_SHEETS` as `Read sheets`.
fn words(scope: &str) -> String {
    let text = scope.replace('_', " ").to_lowercase();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
