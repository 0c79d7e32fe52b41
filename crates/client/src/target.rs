//! Where a request goes: always somewhere under the API's base URL.

use bytes::Bytes;
use http::{
    Uri,
    uri::{self, Authority, PathAndQuery, Scheme},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Position, Url, form_urlencoded};

use crate::{Call, Error};

/// Everything but the unreserved characters of RFC 3986, 2.3.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The base URL of an API.
pub(crate) struct Base {
    url: Url,
    /// Its scheme and host, as a request has them.
    origin: Option<(Scheme, Authority)>,
    /// Its path, without a slash at the end.
    path: Box<str>,
}

impl Base {
    pub(crate) fn new(url: Url) -> Self {
        let origin = url[..Position::BeforePath].parse::<Uri>().map(Uri::into_parts);
        let path = prefix(&url).into();
        Self {
            url,
            origin: origin.ok().and_then(|parts| parts.scheme.zip(parts.authority)),
            path,
        }
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }
}

/// The URL of a call.
pub(crate) fn of_call(base: &Base, call: &Call) -> Result<Uri, Error> {
    let template = call.operation.template();
    let path: usize = call.path.iter().map(|(_, value)| value.len()).sum();
    let query: usize = call
        .query
        .iter()
        .map(|(name, value)| name.len() + value.len() + 2)
        .sum();
    let mut text = String::with_capacity(base.path.len() + template.len() + path + query);
    text.push_str(&base.path);
    fill(&mut text, template, &call.path)?;
    let path = &text[base.path.len()..];
    // Most paths are as `Url` would write them, and need no second reading.
    if !is_plain(path) {
        under(&base.url, path)?.path().clone_into(&mut text);
    }
    if !call.query.is_empty() {
        text.push('?');
        let start = text.len();
        text = form_urlencoded::Serializer::for_suffix(text, start)
            .extend_pairs(&call.query)
            .finish();
    }
    let mut parts = uri::Parts::default();
    (parts.scheme, parts.authority) = base.origin.clone().unzip();
    parts.path_and_query = Some(PathAndQuery::from_maybe_shared(Bytes::from(text)).map_err(|_| uncarried())?);
    Uri::from_parts(parts).map_err(|_| uncarried())
}

/// Whether a path is already in the form that [`Url`] would give it: nothing to encode, and no segment of dots.
fn is_plain(path: &str) -> bool {
    let mut before = 0;
    path.starts_with('/')
        && path.bytes().all(|byte| {
            let plain = match byte {
                // Dots, also encoded ones, have a meaning where a segment begins with them.
                b'.' | b'%' => before != b'/',
                b'-' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';'
                | b'=' | b':' | b'@' | b'/' => true,
                byte => byte.is_ascii_alphanumeric(),
            };
            before = byte;
            plain
        })
}

/// The URL of a raw request. `path` is relative to the base, with or without a query, or an absolute URL under
/// the base (as links to a next page are).
pub(crate) fn of_path(base: &Base, path: &str, query: &[(&str, &str)]) -> Result<Uri, Error> {
    let base = &base.url;
    let mut url = if path.starts_with("//") || path.starts_with('\\') || Url::parse(path).is_ok() {
        let url = base
            .join(path)
            .map_err(|_| Error::configuration("path: not a valid URL"))?;
        if url.origin() != base.origin() || !url.username().is_empty() || url.password().is_some() {
            return Err(Error::configuration(
                "path: leads to another host than the API's, which must not see the credential",
            ));
        }
        contained(base, url)?
    } else {
        let (path, own_query) = path
            .split_once('?')
            .map_or((path, None), |(path, query)| (path, Some(query)));
        let mut url = under(base, path)?;
        url.set_query(own_query);
        url
    };
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    uri(url.into())
}

/// Writes a template with its parameters filled.
fn fill(path: &mut String, template: &str, values: &[(&'static str, String)]) -> Result<(), Error> {
    let mut used = 0;
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(Error::configuration(format!(
                "path template `{template}`: a brace is not closed"
            )));
        };
        let Some((_, value)) = values.iter().find(|(given, _)| *given == name) else {
            return Err(Error::configuration(format!("path parameter `{name}`: missing")));
        };
        // Dot segments are resolved even when percent-encoded, and would lead to another operation.
        if matches!(value.as_str(), "" | "." | "..") {
            return Err(Error::configuration(format!(
                "path parameter `{name}`: must not be empty or dots"
            )));
        }
        path.push_str(before);
        path.extend(utf8_percent_encode(value, SEGMENT));
        used += 1;
        rest = after;
    }
    path.push_str(rest);
    if used == values.len() {
        Ok(())
    } else {
        Err(Error::configuration(format!(
            "path template `{template}`: takes {used} parameters but {} were given",
            values.len()
        )))
    }
}

/// The base with `path` after its own path.
fn under(base: &Url, path: &str) -> Result<Url, Error> {
    let mut url = base.clone();
    let separator = if path.starts_with('/') { "" } else { "/" };
    url.set_path(&format!("{}{separator}{path}", prefix(base)));
    contained(base, url)
}

/// Refuses what has climbed out of the base's path.
fn contained(base: &Url, mut url: Url) -> Result<Url, Error> {
    url.set_fragment(None);
    match url.path().strip_prefix(prefix(base)) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => Ok(url),
        _ => Err(Error::configuration("path: leads out of the API's base URL")),
    }
}

fn prefix(base: &Url) -> &str {
    base.path().trim_end_matches('/')
}

fn uri(text: String) -> Result<Uri, Error> {
    Uri::from_maybe_shared(Bytes::from(text)).map_err(|_| uncarried())
}

fn uncarried() -> Error {
    Error::configuration("path or query: holds a character that no request can carry")
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::Operation;

    static ITEM: Operation = Operation::new("item", Method::GET, "/v1/items/{item}/parts/{part}");

    fn base() -> Base {
        Base::new("https://api.example.com/portal/".parse().unwrap())
    }

    fn call(item: &str) -> Result<String, String> {
        of_call(
            &base(),
            &Call::new(&ITEM)
                .path("item", item)
                .path("part", 7)
                .query("q", "a b&c"),
        )
        .map(|uri| uri.to_string())
        .map_err(|error| error.to_string())
    }

    fn raw(path: &str) -> Result<String, String> {
        of_path(&base(), path, &[("limit", "1")])
            .map(|uri| uri.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_parameter_is_one_segment_whatever_it_holds() {
        let url = |item| format!("https://api.example.com/portal/v1/items/{item}/parts/7?q=a+b%26c");
        assert_eq!(call("17"), Ok(url("17")));
        assert_eq!(call("a/../b?x#y é"), Ok(url("a%2F..%2Fb%3Fx%23y%20%C3%A9")));
        assert_eq!(call("%2e%2e"), Ok(url("%252e%252e")));
    }

    #[test]
    fn a_plain_path_is_written_as_the_url_crate_would() {
        let paths = [
            "/v1.0/x",
            "//x",
            "/x/",
            "/",
            "/a/b..c/x%2F%zz/!$&'()*+,;=:@",
            "/é",
            "/a b",
            "/a?b#c",
            "/\\x",
            "/.well-known/x",
            "/a/../b",
            "/a/%2E%2e/b",
            "x",
            "",
        ];
        for base in [
            "https://api.example.com/portal/",
            "http://127.0.0.1:8080",
            "https://b\u{fc}cher.example/a b/",
        ] {
            let base = Base::new(base.parse().unwrap());
            for path in paths {
                let Ok(url) = under(&base.url, path) else {
                    assert!(!is_plain(path), "{path}");
                    continue;
                };
                if is_plain(path) {
                    assert_eq!(format!("{}{path}", base.path), url.path());
                }
            }
        }
        assert_eq!(paths.iter().filter(|path| is_plain(path)).count(), 5);
    }

    #[test]
    fn empty_and_dot_parameters_are_refused() {
        for item in ["", ".", ".."] {
            assert_eq!(
                call(item),
                Err("configuration: path parameter `item`: must not be empty or dots".to_owned())
            );
        }
    }

    #[test]
    fn missing_and_surplus_parameters_are_refused() {
        let message = |call: Call| of_call(&base(), &call).unwrap_err().to_string();
        assert_eq!(
            message(Call::new(&ITEM).path("item", 1)),
            "configuration: path parameter `part`: missing"
        );
        assert_eq!(
            message(Call::new(&ITEM).path("item", 1).path("part", 2).path("parts", 3)),
            "configuration: path template `/v1/items/{item}/parts/{part}`: takes 2 parameters but 3 were given"
        );
    }

    #[test]
    fn raw_paths_stay_under_the_base() {
        for (path, url) in [
            ("/v1/x", "https://api.example.com/portal/v1/x?limit=1"),
            ("v1/x?a=1", "https://api.example.com/portal/v1/x?a=1&limit=1"),
            (
                "https://api.example.com/portal/v1/x?offset=2",
                "https://api.example.com/portal/v1/x?offset=2&limit=1",
            ),
        ] {
            assert_eq!(raw(path), Ok(url.to_owned()));
        }
        for path in [
            "../admin",
            "/v1/%2e%2e/../../admin",
            "https://api.example.com/admin",
        ] {
            assert_eq!(
                raw(path),
                Err("configuration: path: leads out of the API's base URL".to_owned()),
                "{path}"
            );
        }
        for path in [
            "https://evil.example.com/portal/x",
            "http://api.example.com/portal/x",
            "https://api.example.com:8443/portal/x",
            "https://me@api.example.com/portal/x",
            "//evil.example.com/portal/x",
            "\\\\evil.example.com/portal/x",
        ] {
            assert_eq!(
                raw(path),
                Err(
                    "configuration: path: leads to another host than the API's, which must not see the credential"
                        .to_owned()
                ),
                "{path}"
            );
        }
    }
}
