//! A small world and short ways to ask it.

use attache_emulator::Delivery;
use attache_emulator::planday::{App, Builder, Connection, Department, Employee, Emulator, Options, Portal};
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use serde_json::{Value, json};

pub(crate) const APP: &str = "6c1de0a4-52f1-4a8b-a3c7-0d7a51b2e9f0";
pub(crate) const OTHER_APP: &str = "91b7c3d2-0e4f-4c55-a1d9-7b20cc3f8e14";
pub(crate) const BAKERY: i64 = 4711;
pub(crate) const CAFE: i64 = 4712;

/// Two apps, two portals; the first app is connected to both. No unknown members, so that whole bodies compare.
pub(crate) fn world() -> Builder {
    Emulator::builder()
        .options(Options::default().unknown_member(false))
        .app(App::new(APP))
        .app(App::new(OTHER_APP).scopes(["employee:read"]))
        .portal(
            Portal::new(BAKERY)
                .name("bakery")
                .company_name("Bakery ApS")
                .department(Department::new(1, "Kitchen").number("10"))
                .department(Department::new(2, "Shop"))
                .employee(Employee::new(101, "Ada", "Holm").department(1))
                .employee(
                    Employee::new(102, "Bo", "Lund")
                        .department(2)
                        .modified("2026-06-01T12:00:00Z"),
                )
                .employee(Employee::new(103, "Cy", "Friis").department(2).deactivated()),
        )
        .portal(Portal::new(CAFE).department(Department::new(1, "Terrace")))
        .connect(Connection::new(APP, BAKERY).with_refresh_token("rt-bakery"))
        .connect(Connection::new(APP, CAFE).with_refresh_token("rt-cafe"))
        .connect(Connection::new(OTHER_APP, BAKERY).with_refresh_token("rt-other"))
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

pub(crate) fn form(body: &str) -> Request<Bytes> {
    Request::post("/connect/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(body.to_owned()))
        .unwrap()
}

pub(crate) fn refresh_request(client_id: &str, token: &str) -> Request<Bytes> {
    form(&format!(
        "client_id={client_id}&grant_type=refresh_token&refresh_token={token}"
    ))
}

pub(crate) fn refresh(emulator: &Emulator, token: &str) -> Answer {
    read(emulator.handle(refresh_request(APP, token)))
}

/// The access token and refresh token of an exchange that must succeed.
pub(crate) fn pair(emulator: &Emulator, token: &str) -> (String, String) {
    let answer = refresh(emulator, token);
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    let text = |name: &str| answer.body[name].as_str().unwrap_or_default().to_owned();
    (text("access_token"), text("refresh_token"))
}

pub(crate) fn request(method: &str, target: &str, access: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(target)
        .header("authorization", format!("Bearer {access}"))
        .header("x-clientid", APP)
}

pub(crate) fn get(emulator: &Emulator, target: &str, access: &str) -> Answer {
    read(emulator.handle(request("GET", target, access).body(Bytes::new()).unwrap()))
}

pub(crate) fn send(emulator: &Emulator, method: &str, target: &str, access: &str, body: &Value) -> Answer {
    let request = request(method, target, access).header("content-type", "application/json");
    read(emulator.handle(request.body(Bytes::from(body.to_string())).unwrap()))
}

/// The error of a refused exchange.
pub(crate) fn oauth_error(code: &str) -> (u16, Value) {
    (400, json!({ "error": code }))
}
