//! A small world and short ways to ask it.

use attache_emulator::Delivery;
use attache_emulator::smartsheet::{
    AccessLevel, App, Builder, Column, Emulator, Grant, Options, Region, Sheet, User, World,
};
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use serde_json::{Value, json};

pub(crate) const APP: &str = "app-one";
pub(crate) const SECRET: &str = "s3cret-of-app-one";
pub(crate) const REDIRECT: &str = "https://app.example/callback";
pub(crate) const OWNER: &str = "owner@plan.example";
pub(crate) const ADMIN: &str = "admin@plan.example";
pub(crate) const VIEWER: &str = "viewer+only@plan.example";
pub(crate) const ACCESS: &str = "access-owner";
pub(crate) const REFRESH: &str = "refresh-owner";
/// Personal tokens.
pub(crate) const MINE: &str = "personal-owner";
pub(crate) const OF_ADMIN: &str = "personal-admin";
pub(crate) const OF_VIEWER: &str = "personal-viewer";
pub(crate) const SHEET: i64 = 4_509_093_797_881_733;

/// One region with an app, three people and a sheet of three rows. No unknown members, so that whole bodies compare.
pub(crate) fn world() -> Builder {
    Emulator::builder()
        .options(Options::default().unknown_member(false))
        .world(us())
        .world(
            World::new(Region::Eu)
                .user(User::new(OWNER, "Olga", "Owner"))
                .personal_token(OWNER, Some("personal-eu")),
        )
}

pub(crate) fn us() -> World {
    World::new(Region::Us)
        .user(User::new(OWNER, "Olga", "Owner").developer())
        .user(User::new(ADMIN, "Anton", "Admin").system_admin())
        .user(User::new(VIEWER, "Vera", "Viewer"))
        .app(App::new(APP, SECRET, REDIRECT).name("Sheet sync"))
        .grant(Grant::new(APP, OWNER).tokens(ACCESS, REFRESH))
        .personal_token(OWNER, Some(MINE))
        .personal_token(ADMIN, Some(OF_ADMIN))
        .personal_token(VIEWER, Some(OF_VIEWER))
        .sheet(
            Sheet::new("Tasks")
                .id(SHEET)
                .share(VIEWER, AccessLevel::Viewer)
                .column(Column::new("Title", "TEXT_NUMBER").primary())
                .column(Column::new("Done", "CHECKBOX"))
                .column(Column::new("Due", "DATE"))
                .row([("Title", json!("Bread")), ("Done", json!(true))])
                .row([("Title", json!("Cake")), ("Due", json!("2026-12-24"))])
                .row([("Title", json!("Buns"))]),
        )
}

pub(crate) fn emulator() -> Emulator {
    world().build().unwrap()
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

    /// Status and error code.
    pub(crate) fn refused(&self) -> (u16, u64) {
        (self.status, self.body["errorCode"].as_u64().unwrap_or_default())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.raw.to_vec()).unwrap()
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

pub(crate) fn form(emulator: &Emulator, path: &str, body: &str) -> Answer {
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    read(emulator.handle(request.body(Bytes::from(body.to_owned())).unwrap()))
}

pub(crate) fn token(emulator: &Emulator, body: &str) -> Answer {
    form(emulator, "/2.0/token", body)
}

pub(crate) fn refresh(emulator: &Emulator, refresh_token: &str) -> Answer {
    token(
        emulator,
        &format!(
            "grant_type=refresh_token&client_id={APP}&client_secret={SECRET}&refresh_token={refresh_token}"
        ),
    )
}

pub(crate) fn request(method: &str, target: &str, access: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(target)
        .header("authorization", format!("Bearer {access}"))
}

pub(crate) fn call(emulator: &Emulator, method: &str, target: &str, access: &str) -> Answer {
    read(emulator.handle(request(method, target, access).body(Bytes::new()).unwrap()))
}

pub(crate) fn get(emulator: &Emulator, target: &str) -> Answer {
    call(emulator, "GET", target, ACCESS)
}

pub(crate) fn send(emulator: &Emulator, method: &str, target: &str, body: &Value) -> Answer {
    send_as(emulator, method, target, ACCESS, body)
}

pub(crate) fn send_as(emulator: &Emulator, method: &str, target: &str, access: &str, body: &Value) -> Answer {
    let request = request(method, target, access).header("content-type", "application/json");
    read(emulator.handle(request.body(Bytes::from(body.to_string())).unwrap()))
}

pub(crate) fn sheet_path(rest: &str) -> String {
    format!("/2.0/sheets/{SHEET}{rest}")
}

/// Column ids by position and row ids by position.
pub(crate) fn ids(emulator: &Emulator) -> (Vec<i64>, Vec<i64>) {
    let sheet = call(emulator, "GET", &sheet_path(""), MINE).body;
    let ids = |name: &str| -> Vec<i64> {
        let list = sheet[name].as_array().unwrap();
        list.iter().map(|item| item["id"].as_i64().unwrap()).collect()
    };
    (ids("columns"), ids("rows"))
}

/// The titles of the rows, in order.
pub(crate) fn titles(emulator: &Emulator) -> Vec<String> {
    let sheet = call(emulator, "GET", &sheet_path(""), MINE).body;
    let rows = sheet["rows"].as_array().unwrap();
    rows.iter()
        .map(|row| row["cells"][0]["value"].as_str().unwrap_or_default().to_owned())
        .collect()
}
