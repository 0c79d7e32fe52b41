//! Everything that can change while the emulator runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use bytes::Bytes;
use fastrand::Rng;
use http::Response;
use serde_json::{Value, json};

use super::attachments::Attachment;
use super::errors::Problem;
use super::faults::Faults;
use super::identity::tokens::Tokens;
use super::limits::{Limits, Meter};
use super::log::Log;
use super::options::Options;
use super::region::{Region, Service, of_origin};
use super::sheets::Sheet;
use super::webhooks::{Callback, Webhook};
use super::world::{App, User};

pub(crate) struct State {
    pub(crate) regions: BTreeMap<Region, Data>,
    /// The region of an address that names none.
    pub(crate) home: Region,
    pub(crate) options: Options,
    pub(crate) limits: Limits,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    /// Writes to sheets that are not answered yet: token and sheet.
    pub(crate) writes: Writes,
    /// What a receiver said to a challenge, until the request that caused it is processed.
    pub(crate) verdicts: BTreeMap<(Region, i64), bool>,
}

/// Token and sheet of each write that is not answered yet.
pub(crate) type Writes = Arc<Mutex<Vec<(String, String)>>>;

/// What one region holds.
pub(crate) struct Data {
    pub(crate) region: Region,
    pub(crate) rng: Rng,
    pub(crate) apps: BTreeMap<String, App>,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) tokens: Tokens,
    pub(crate) sheets: BTreeMap<i64, Sheet>,
    pub(crate) workspaces: Vec<Workspace>,
    pub(crate) webhooks: BTreeMap<i64, Webhook>,
    pub(crate) callbacks: Vec<Callback>,
    pub(crate) attachments: BTreeMap<i64, Attachment>,
    pub(crate) meter: Meter,
}

/// A workspace; sheets may lie in one.
#[derive(Clone)]
pub(crate) struct Workspace {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) owner: String,
}

impl Data {
    pub(crate) fn new(region: Region, seed: u64) -> Self {
        let own = seed ^ (region as u64 + 1).rotate_left(40);
        Self {
            region,
            rng: Rng::with_seed(own ^ 0x0517_ee75),
            apps: BTreeMap::new(),
            users: BTreeMap::new(),
            tokens: Tokens::new(own ^ 0x70ce_4e55),
            sheets: BTreeMap::new(),
            workspaces: Vec::new(),
            webhooks: BTreeMap::new(),
            callbacks: Vec::new(),
            attachments: BTreeMap::new(),
            meter: Meter::default(),
        }
    }

    /// A new id: a 64-bit number, and odd above 2^53, so that a client that reads it as a double gets it wrong.
    pub(crate) fn id(&mut self) -> i64 {
        self.rng.i64((1 << 53) + 1..1 << 61) | 1
    }

    /// What support asks for.
    pub(crate) fn reference(&mut self) -> String {
        (0..12)
            .map(|_| self.rng.alphanumeric().to_ascii_lowercase())
            .collect()
    }

    pub(crate) fn mini_user(&self, email: &str) -> Value {
        let name = self.users.get(email).map(User::name).unwrap_or_default();
        json!({ "email": email, "name": name })
    }
}

impl State {
    pub(crate) fn data(&mut self, region: Region) -> &mut Data {
        self.regions.entry(region).or_insert_with(|| Data::new(region, 0))
    }

    /// An error as the API writes it.
    pub(crate) fn render(&mut self, region: Region, problem: &Problem) -> Response<Bytes> {
        let reference = self.data(region).reference();
        problem.render(&reference)
    }

    /// Adds the member that no document names, where that is switched on.
    pub(crate) fn with_unknown(&self, mut value: Value) -> Value {
        if self.options.unknown_member {
            add_unknown(&mut value, 2);
        }
        value
    }
}

/// A member that no document names. A client that breaks on it would break on Smartsheet's next release.
const UNKNOWN_MEMBER: &str = "notInAnyDocument";

/// To the object, to what it wraps, and to the entries of its lists.
fn add_unknown(value: &mut Value, depth: u8) {
    match value {
        Value::Object(members) => {
            if depth > 0 {
                for name in ["result", "token", "data", "results", "columns", "rows"] {
                    if let Some(inner) = members.get_mut(name) {
                        add_unknown(inner, depth - 1);
                    }
                }
            }
            members.insert(UNKNOWN_MEMBER.to_owned(), json!({ "since": 2027 }));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| add_unknown(item, depth)),
        _ => {}
    }
}

/// A page's path as a browser at this origin must send it: with the region, unless the host says it.
pub(crate) fn page_path(origin: &str, region: Region, path: &str) -> String {
    match of_origin(origin).1 {
        Service::All => format!("/{region}{path}"),
        Service::Api | Service::App => path.to_owned(),
    }
}

/// `time` in whole seconds, `YYYY-MM-DDTHH:MM:SSZ`.
pub(crate) fn stamp(time: SystemTime) -> Value {
    json!(crate::clock::utc_text(time))
}
