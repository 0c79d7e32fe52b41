//! Plain pages: no script, nothing from elsewhere, light and dark by the reader's setting.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderValue, Response, StatusCode};

use crate::answers;

const STYLE: &str = include_str!("page.css");

/// Forms may lead to any redirect URI, so `form-action` stays open; nobody may frame a consent page (RFC 9700, 4.16).
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/// Text for an element or a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A whole page of a provider's around HTML that is escaped already.
pub(crate) fn page(provider: &str, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} - emulated {provider}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <header><p><strong>{provider}, emulated.</strong> Everything here is invented; nothing leaves this machine.</p></header>\n\
         <main>\n{main}</main>\n</body>\n</html>\n",
        title = escape(title),
    )
}

/// The HTML of each item, one after the other.
pub(crate) fn each<T>(items: impl IntoIterator<Item = T>, mut html: impl FnMut(T) -> String) -> String {
    let mut all = String::new();
    for item in items {
        all.push_str(&html(item));
    }
    all
}

/// Hidden fields, which carry a flow from page to page.
pub(crate) fn hidden<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> String {
    each(pairs, |(name, value)| {
        format!(
            "<input type=\"hidden\" name=\"{}\" value=\"{}\">\n",
            escape(name.as_ref()),
            escape(value.as_ref())
        )
    })
}

/// A message that screen readers announce; nothing for none.
pub(crate) fn alert(problem: Option<&str>) -> String {
    problem
        .map(|text| format!("<p class=\"alert\" role=\"alert\">{}</p>\n", escape(text)))
        .unwrap_or_default()
}

/// A page as a response.
pub(crate) fn respond(status: StatusCode, page: String) -> Response<Bytes> {
    guarded(answers::with_body(
        status,
        "text/html; charset=utf-8",
        Bytes::from(page),
    ))
}

/// 303, which makes the browser forget the form it sent (RFC 9700, 4.12). A location that no header can carry is a
/// page instead.
pub(crate) fn redirect(location: &str) -> Response<Bytes> {
    let Ok(value) = HeaderValue::from_str(location) else {
        let text = "<h1>Cannot go on</h1>\n<p>The address to go on to has characters that no header can carry.</p>\n";
        return respond(
            StatusCode::BAD_REQUEST,
            page("the provider", "Cannot go on", text),
        );
    };
    let mut response = answers::empty(StatusCode::SEE_OTHER);
    response.headers_mut().insert(LOCATION, value);
    guarded(response)
}

fn guarded(mut response: Response<Bytes>) -> Response<Bytes> {
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
