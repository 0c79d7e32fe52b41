//! What a stub answers.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use wiremock::ResponseTemplate;

use super::super::canary::{Bindings, Canaries, json_of};
use super::super::exchange::Message;
use super::super::relay::{CUT_MARK, HOLD_MARK};
use crate::data::{Fault, Respond, Suite};

/// A stalled answer outlives every watchdog.
const FOR_EVER: Duration = Duration::from_secs(3600);

#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
    pub(super) hold: bool,
    pub(super) fault: Option<Fault>,
}

impl Answer {
    /// What a request that fits no step gets.
    pub(super) fn nothing_here() -> Self {
        Self {
            status: 404,
            headers: BTreeMap::new(),
            body: Vec::new(),
            hold: false,
            fault: None,
        }
    }

    pub(super) fn template(&self) -> ResponseTemplate {
        let kind = self
            .headers
            .get("content-type")
            .map_or("text/plain", String::as_str);
        let mut template = ResponseTemplate::new(self.status).set_body_raw(self.body.clone(), kind);
        for (name, value) in self
            .headers
            .iter()
            .filter(|(name, _)| name.as_str() != "content-type")
        {
            template = template.append_header(name.as_str(), value.as_str());
        }
        if self.hold {
            template = template.append_header(HOLD_MARK, "1");
        }
        match self.fault {
            Some(Fault::Stall) => template.set_delay(FOR_EVER),
            Some(Fault::Cut) => template.append_header(CUT_MARK, "1"),
            _ => template,
        }
    }

    /// What of it reaches the client, and what happened to the rest.
    pub(super) fn shown(&self) -> (Option<Message>, Option<&'static str>) {
        let headers = self.headers.clone().into_iter().collect();
        let whole = Message::answer(self.status, headers, &self.body);
        match self.fault {
            None => (Some(whole), None),
            Some(Fault::Cut) => (Some(whole), Some("cut")),
            Some(Fault::Close) => (None, Some("closed")),
            Some(Fault::Stall) => (None, Some("stalled")),
            Some(Fault::Kill) => (None, Some("killed")),
        }
    }
}

/// The answer of a `respond` table, with its templates filled in.
pub(super) fn answer(suite: &Suite, respond: &Respond, canaries: &Canaries) -> Result<Answer, String> {
    let none = Bindings::new();
    let bound: Bindings = respond
        .with
        .iter()
        .map(|(name, value)| (name.clone(), canaries.fill(value, &none)))
        .collect();
    let mut status = 200;
    let mut headers = BTreeMap::new();
    let mut body = Vec::new();
    let mut json: Option<Value> = respond.json.as_ref().map(json_of);
    if let Some(name) = &respond.fixture {
        let fixture = suite
            .fixtures
            .get(name)
            .ok_or_else(|| format!("the fixture {name} does not exist"))?;
        canaries
            .prepare(&fixture.body, &bound)
            .map_err(|error| error.to_string())?;
        status = fixture.head.status;
        for (header, value) in &fixture.head.headers {
            headers.insert(header.to_ascii_lowercase(), canaries.fill(value, &bound));
        }
        if fixture.is_json() {
            json = Some(serde_json::from_str(&fixture.body).map_err(|error| error.to_string())?);
        } else {
            body = canaries.fill(&fixture.body, &bound).into_bytes();
        }
    }
    status = respond.status.unwrap_or(status);
    if let Some(value) = json {
        let mut value = canaries.fill_json(&value, &bound);
        if let (true, 200..=299, Value::Object(map)) = (respond.extra.unwrap_or(true), status, &mut value) {
            map.insert(
                "member_unknown_to_clients".to_owned(),
                serde_json::json!({ "since": "tomorrow" }),
            );
        }
        body = value.to_string().into_bytes();
        headers
            .entry("content-type".to_owned())
            .or_insert_with(|| "application/json".to_owned());
    }
    if let Some(text) = &respond.text {
        body = canaries.fill(text, &bound).into_bytes();
        let kind = if text.trim_start().starts_with('<') {
            "text/html"
        } else {
            "text/plain"
        };
        headers.insert("content-type".to_owned(), kind.to_owned());
    }
    if let Some(bytes) = respond.filler {
        body = vec![b'x'; bytes];
    }
    for (header, value) in &respond.headers {
        headers.insert(header.to_ascii_lowercase(), canaries.fill(value, &bound));
    }
    Ok(Answer {
        status,
        headers,
        body,
        hold: respond.hold,
        fault: respond.fault,
    })
}
