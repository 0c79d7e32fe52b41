//! A small world and short ways to ask it.

use attache_emulator::Delivery;
use attache_emulator::factorial::{App, Builder, Company, Emulator, Link, Options, Person};
use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use serde_json::{Value, json};

pub(crate) const APP: &str = "app-roster";
pub(crate) const SECRET: &str = "sec+ret%:ä";
pub(crate) const PUBLIC: &str = "app-desk";
pub(crate) const CALLBACK: &str = "http://127.0.0.1:8026/callback";
pub(crate) const COMPANY: u64 = 36_893_488_147_419_107;
pub(crate) const ADMIN: &str = "ana@brisa.example";
pub(crate) const BASIC: &str = "bo@brisa.example";
pub(crate) const ANA: u64 = 36_893_488_147_419_201;
pub(crate) const BO: u64 = 36_893_488_147_419_202;
pub(crate) const CAM: u64 = 36_893_488_147_419_203;
pub(crate) const TEAM: u64 = 36_893_488_147_419_301;
pub(crate) const KEY: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpYXQiOjF9.c2lnbmF0dXJl";
pub(crate) const API: &str = "/api/2026-10-01/resources";

/// A company with an administrator, an employee and somebody who cannot sign in; a confidential and a public application.
/// No unknown members, so that whole bodies compare.
pub(crate) fn world() -> Builder {
    Emulator::builder()
        .options(Options::default().unknown_member(false))
        .company(
            Company::new(COMPANY)
                .name("Brisa")
                .legal_entity(COMPANY + 1, "Brisa SL", "es")
                .employee(
                    ANA,
                    "Ana",
                    "Arnau",
                    json!({ "email": ADMIN, "bank_number": "ES00 1" }),
                )
                .employee(
                    BO,
                    "Bo",
                    "Bosch",
                    json!({ "email": BASIC, "bank_number": "ES00 2", "manager_id": ANA.to_string() }),
                )
                .employee(
                    CAM,
                    "Cam",
                    "Costa",
                    json!({ "active": false, "bank_number": "ES00 3" }),
                )
                .team(TEAM, "Workshop", &[ANA, BO])
                .leave(COMPANY + 11, BO, "2026-12-01", "2026-12-03")
                .leave(COMPANY + 12, CAM, "2026-12-24", "2026-12-24")
                .shift(COMPANY + 21, BO, "2026-11-20T09:00:00")
                .person(Person::new(ADMIN).employee(ANA).admin())
                .person(Person::new(BASIC).employee(BO)),
        )
        .app(App::new(APP, SECRET).name("Roster sync").redirect_uri(CALLBACK))
        .app(App::new(PUBLIC, "unneeded").public().redirect_uri(CALLBACK))
        .api_key(COMPANY, KEY)
        .link(
            Link::user(APP, ADMIN)
                .access_token("at-ana")
                .refresh_token("rt-ana"),
        )
        .link(
            Link::user(APP, BASIC)
                .access_token("at-bo")
                .refresh_token("rt-bo"),
        )
        .link(Link::company(APP, ADMIN).access_token("at-brisa"))
}

/// An answer with its body read as JSON, null when it is none.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) raw: Bytes,
    pub(crate) headers: HeaderMap,
    pub(crate) delivery: Delivery,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn shown(&self) -> (u16, Value) {
        (self.status, self.body.clone())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.raw.to_vec()).unwrap()
    }

    /// A member as text, empty when it is none.
    pub(crate) fn member(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_default().to_owned()
    }

    /// A member of every row of a page.
    pub(crate) fn column(&self, name: &str) -> Vec<Value> {
        let rows = self.body["data"].as_array().unwrap();
        rows.iter().map(|row| row[name].clone()).collect()
    }
}

pub(crate) fn read(response: Response<Bytes>) -> Answer {
    let (parts, raw) = response.into_parts();
    Answer {
        status: parts.status.as_u16(),
        body: serde_json::from_slice(&raw).unwrap_or_default(),
        raw,
        delivery: parts.extensions.get().cloned().unwrap(),
        headers: parts.headers,
    }
}

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields).finish()
}

pub(crate) fn form_request(path: &str, fields: &[(&str, &str)]) -> Request<Bytes> {
    Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(encoded(fields)))
        .unwrap()
}

pub(crate) fn form(emulator: &Emulator, path: &str, fields: &[(&str, &str)]) -> Answer {
    read(emulator.handle(form_request(path, fields)))
}

/// A token call as the confidential application.
pub(crate) fn token(emulator: &Emulator, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("client_id", APP), ("client_secret", SECRET)];
    all.extend(fields);
    form(emulator, "/oauth/token", &all)
}

pub(crate) fn refresh(emulator: &Emulator, refresh_token: &str) -> Answer {
    token(
        emulator,
        &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)],
    )
}

/// The access and refresh token of a refresh that must succeed.
pub(crate) fn pair(emulator: &Emulator, refresh_token: &str) -> (String, String) {
    let answer = refresh(emulator, refresh_token);
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    (answer.member("access_token"), answer.member("refresh_token"))
}

pub(crate) fn authorization_url(more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("client_id", APP),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
    ];
    fields.extend(more);
    format!("http://localhost/oauth/authorize?{}", encoded(&fields))
}

/// The value of a parameter of a callback.
pub(crate) fn parameter(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(url).unwrap();
    let mut pairs = url.query_pairs().into_owned();
    pairs.find(|(given, _)| given == name).map(|(_, value)| value)
}

/// A code that this person agreed to.
pub(crate) fn code(emulator: &Emulator, email: &str, more: &[(&str, &str)]) -> String {
    let callback = emulator.consent(&authorization_url(more), email).unwrap();
    parameter(&callback, "code").unwrap()
}

pub(crate) fn exchange(emulator: &Emulator, code: &str) -> Answer {
    token(
        emulator,
        &[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
        ],
    )
}

pub(crate) fn bearer(method: &str, target: &str, access: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(format!("{API}{target}"))
        .header("authorization", format!("Bearer {access}"))
}

pub(crate) fn get(emulator: &Emulator, target: &str, access: &str) -> Answer {
    read(emulator.handle(bearer("GET", target, access).body(Bytes::new()).unwrap()))
}

pub(crate) fn get_with_key(emulator: &Emulator, target: &str, key: &str) -> Answer {
    let request = Request::get(format!("{API}{target}")).header("x-api-key", key);
    read(emulator.handle(request.body(Bytes::new()).unwrap()))
}

pub(crate) fn send(emulator: &Emulator, method: &str, target: &str, access: &str, body: &Value) -> Answer {
    let request = bearer(method, target, access).header("content-type", "application/json");
    read(emulator.handle(request.body(Bytes::from(body.to_string())).unwrap()))
}

pub(crate) fn basic(client_id: &str, secret: &str) -> String {
    let pair = format!("{client_id}:{secret}");
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

/// The status and OAuth error of an answer.
pub(crate) fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status, answer.member("error"))
}

pub(crate) fn refused(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}
