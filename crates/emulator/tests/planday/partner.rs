//! A partner's app, made in a demo portal, and two customers; short ways through the authorization code flow.

use attache_emulator::planday::{Administrator, App, Builder, Department, Emulator, Options, Portal};
use bytes::Bytes;
use http::Request;
use url::{Url, form_urlencoded};

use crate::support::{Answer, form, read};

pub(crate) const PARTNER: &str = "2f6d1c80-7a35-4e0b-a9b4-3c51d0e7f628";
pub(crate) const DEMO: i64 = 4790;
pub(crate) const NORTH: i64 = 4720;
pub(crate) const SOUTH: i64 = 4730;
pub(crate) const REDIRECT: &str = "https://app.example/callback?tenant=7";
pub(crate) const LOOPBACK: &str = "http://127.0.0.1:8026/callback";
pub(crate) const SCOPE: &str = "openid offline_access employee:read department:read department:create";

pub(crate) fn customers() -> Builder {
    customers_with(|options| options)
}

pub(crate) fn customers_with(change: impl FnOnce(Options) -> Options) -> Builder {
    Emulator::builder()
        .options(change(Options::default().unknown_member(false)))
        .app(
            App::new(PARTNER)
                .name("Shifts & <more>")
                .scopes(["employee:read", "department:read", "department:create"])
                .redirect_uris([REDIRECT, LOOPBACK])
                .home(DEMO),
        )
        .portal(Portal::new(DEMO).name("demo"))
        .portal(
            Portal::new(NORTH)
                .name("north")
                .department(Department::new(1, "Kitchen"))
                .department(Department::new(2, "Bar"))
                .administrators([
                    Administrator::named("ada", "Ada Holm"),
                    Administrator::named("bo", "Bo \"B\" Lund")
                        .sees_only([1])
                        .may_edit(false),
                    Administrator::named("cy", "Cy Friis").active(false),
                ]),
        )
        .portal(
            Portal::new(SOUTH)
                .name("south")
                .department(Department::new(1, "Terrace")),
        )
}

/// An authorization URL: the documented parameters, changed and added to. An empty value leaves a parameter out.
pub(crate) fn url_with(changes: &[(&str, &str)]) -> String {
    let mut parameters = vec![
        ("client_id", PARTNER),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", SCOPE),
        ("state", "s1 & s2"),
    ];
    for (name, value) in changes {
        match parameters.iter_mut().find(|(known, _)| known == name) {
            Some(known) => known.1 = value,
            None => parameters.push((name, value)),
        }
    }
    parameters.retain(|(_, value)| !value.is_empty());
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    format!("https://id.example/connect/authorize?{query}")
}

/// The parameters of a callback, in order.
pub(crate) fn callback(location: &str) -> Vec<(String, String)> {
    Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

/// A parameter of a callback.
pub(crate) fn parameter(location: &str, name: &str) -> Option<String> {
    callback(location)
        .into_iter()
        .find_map(|(known, value)| (known == name).then_some(value))
}

/// The code that a customer's administrator agrees to.
pub(crate) fn code(emulator: &Emulator, url: &str, portal: i64, administrator: &str) -> String {
    let location = emulator.consent(url, portal, administrator).unwrap();
    parameter(&location, "code").unwrap()
}

pub(crate) fn exchange_request(code: &str, changes: &[(&str, &str)]) -> Request<Bytes> {
    let mut fields = vec![
        ("client_id", PARTNER),
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
    ];
    for (name, value) in changes {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some(known) => known.1 = value,
            None => fields.push((name, value)),
        }
    }
    fields.retain(|(_, value)| !value.is_empty());
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    form(&body)
}

pub(crate) fn exchange(emulator: &Emulator, code: &str, changes: &[(&str, &str)]) -> Answer {
    read(emulator.handle(exchange_request(code, changes)))
}

/// Links a portal: its access token and refresh token.
pub(crate) fn link(emulator: &Emulator, portal: i64, administrator: &str) -> (String, String) {
    let code = code(emulator, &url_with(&[]), portal, administrator);
    let answer = exchange(emulator, &code, &[]);
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    let text = |name: &str| answer.body[name].as_str().unwrap_or_default().to_owned();
    (text("access_token"), text("refresh_token"))
}

/// An API request by the partner's app.
pub(crate) fn call(emulator: &Emulator, target: &str, access: &str) -> Answer {
    let request = Request::get(target)
        .header("authorization", format!("Bearer {access}"))
        .header("x-clientid", PARTNER)
        .body(Bytes::new())
        .unwrap();
    read(emulator.handle(request))
}

/// A form sent to any path.
pub(crate) fn post(emulator: &Emulator, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(body))
        .unwrap();
    read(emulator.handle(request))
}

pub(crate) fn open(emulator: &Emulator, target: &str) -> Answer {
    read(emulator.handle(Request::get(target).body(Bytes::new()).unwrap()))
}

pub(crate) fn text(answer: &Answer) -> String {
    String::from_utf8(answer.raw.to_vec()).unwrap()
}
