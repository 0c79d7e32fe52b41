//! The scripted servers: every `expect` step of a case armed at once, on loopback TCP.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use regex::Regex;
use serde_json::Value;
use wiremock::{Match, Mock, MockServer, Request, Respond as Responder, ResponseTemplate};

use super::canary::{Bindings, Canaries, json_of};
use super::cut::CUT_MARK;
use super::lock;
use super::matching::{Filled, Findings, expression_of};
use crate::data::{Case, Count, Expect, Fault, Order, Problem, Respond, Server, Step, Suite, When};

/// A stalled answer outlives every watchdog.
const FOR_EVER: Duration = Duration::from_secs(3600);

/// One exchange as it went over the wire, for reports.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) request: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) status: Option<u16>,
    pub(crate) answer: String,
}

/// What the servers saw.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) failures: Vec<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) refreshes: u64,
    pub(crate) requests: u64,
    pub(crate) unexpected: Vec<String>,
    pub(crate) killed: bool,
    used: Vec<u64>,
    furthest: usize,
}

struct Stub {
    line: usize,
    server: Server,
    method: String,
    path: String,
    path_match: Option<Regex>,
    times: Count,
    when: When,
    order: Order,
    form: Option<Filled>,
    header: Filled,
    query: Option<Filled>,
    json: Option<Filled>,
    answer: Answer,
}

#[derive(Clone, Debug)]
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
    fault: Option<Fault>,
}

impl Answer {
    fn template(&self) -> ResponseTemplate {
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
        match self.fault {
            Some(Fault::Stall) => template.set_delay(FOR_EVER),
            Some(Fault::Cut) => template.append_header(CUT_MARK, "1"),
            _ => template,
        }
    }
}

/// The stubs of a case and what came of them; shared by all its servers.
pub(crate) struct Script {
    stubs: Vec<Stub>,
    seen: Mutex<Seen>,
    kill: Box<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script")
            .field("stubs", &self.stubs.len())
            .finish_non_exhaustive()
    }
}

impl Script {
    /// Arms all `expect` steps. `kill` ends the driver at once.
    pub(crate) fn new(
        suite: &Suite,
        case: &Case,
        canaries: &Canaries,
        kill: Box<dyn Fn() + Send + Sync>,
    ) -> Result<Self, Problem> {
        let mut stubs = Vec::new();
        for spanned in &case.step {
            let step = spanned.as_ref();
            if let (Some(expect), Some(respond)) = (&step.expect, &step.respond) {
                let place = case.at(spanned);
                let answer = answer(suite, respond, canaries).map_err(|text| Problem::new(&place, text))?;
                stubs.push(stub(place.line, step, expect, answer, canaries));
            }
        }
        let seen = Seen {
            used: vec![0; stubs.len()],
            ..Seen::default()
        };
        Ok(Self {
            stubs,
            seen: Mutex::new(seen),
            kill,
        })
    }

    /// No stubs.
    pub(crate) fn empty() -> Self {
        Self {
            stubs: Vec::new(),
            seen: Mutex::default(),
            kill: Box::new(|| {}),
        }
    }

    /// Refreshes, all requests, and sentences about the unexpected ones.
    pub(crate) fn counts(&self) -> (u64, u64, Vec<String>) {
        let seen = lock(&self.seen);
        (seen.refreshes, seen.requests, seen.unexpected.clone())
    }

    /// How much has happened; grows with every request.
    pub(crate) fn activity(&self) -> u64 {
        lock(&self.seen).requests
    }

    pub(crate) fn killed(&self) -> bool {
        std::mem::take(&mut lock(&self.seen).killed)
    }

    /// Sentences about stubs that were reached too rarely.
    pub(crate) fn unused(&self) -> Vec<String> {
        let seen = lock(&self.seen);
        self.stubs
            .iter()
            .zip(&seen.used)
            .filter(|(stub, used)| **used < stub.times.min())
            .map(|(stub, used)| {
                format!(
                    "{} {} (line {}) was wanted {} times and came {used} times",
                    stub.method, stub.path, stub.line, stub.times
                )
            })
            .collect()
    }

    pub(crate) fn take_seen(&self) -> Seen {
        std::mem::take(&mut lock(&self.seen))
    }

    /// Starts a server on a free port that answers by the script, which may come later than the server.
    pub(crate) async fn serve(script: &Arc<OnceLock<Arc<Self>>>, server: Server) -> MockServer {
        let mock_server = MockServer::start().await;
        let decided = Arc::new(Mutex::new(None));
        // One request at a time is matched: the first mock decides, and takes what is to be cut off; the second answers.
        let judge = Judge {
            script: Arc::clone(script),
            server,
            decided: Arc::clone(&decided),
        };
        Mock::given(judge)
            .respond_with_err(|_: &Request| std::io::Error::from(std::io::ErrorKind::ConnectionReset))
            .mount(&mock_server)
            .await;
        Mock::given(wiremock::matchers::any())
            .respond_with(Decided(decided))
            .mount(&mock_server)
            .await;
        mock_server
    }

    fn decide(&self, server: Server, request: &Request) -> Answer {
        let parts = Parts::of(request);
        let mut seen = lock(&self.seen);
        seen.requests += 1;
        if parts.is_refresh() {
            seen.refreshes += 1;
        }
        let found = self.stubs.iter().enumerate().find(|(index, stub)| {
            stub.server == server
                && stub.method == parts.method
                && stub.reaches(&parts.path)
                && stub.times.max().is_none_or(|max| seen.used[*index] < max)
                && parts.fits(&stub.when)
        });
        let answer = if let Some((index, stub)) = found {
            seen.used[index] += 1;
            let mut findings = Findings::default();
            if stub.order == Order::Strict {
                if index < seen.furthest {
                    let later = &self.stubs[seen.furthest];
                    findings
                        .failures
                        .push(format!("came after {} {}", later.method, later.path));
                }
                seen.furthest = seen.furthest.max(index);
            }
            stub.judge(&parts, &mut findings);
            let name = |text: String| format!("{} {} (line {}): {text}", stub.method, stub.path, stub.line);
            seen.failures.extend(findings.failures.into_iter().map(name));
            seen.warnings.extend(findings.warnings.into_iter().map(name));
            if stub.answer.fault == Some(Fault::Kill) {
                (self.kill)();
                seen.killed = true;
            }
            stub.answer.clone()
        } else {
            seen.unexpected
                .push(format!("{} {} fits no step", parts.method, parts.path));
            Answer {
                status: 404,
                headers: BTreeMap::new(),
                body: Vec::new(),
                fault: None,
            }
        };
        seen.exchanges.push(parts.exchange(&answer));
        answer
    }
}

struct Judge {
    script: Arc<OnceLock<Arc<Script>>>,
    server: Server,
    decided: Arc<Mutex<Option<Answer>>>,
}

impl Match for Judge {
    fn matches(&self, request: &Request) -> bool {
        let answer = self
            .script
            .get()
            .map(|script| script.decide(self.server, request));
        let close = answer
            .as_ref()
            .is_some_and(|answer| answer.fault == Some(Fault::Close));
        *lock(&self.decided) = answer;
        close
    }
}

struct Decided(Arc<Mutex<Option<Answer>>>);

impl Responder for Decided {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        lock(&self.0)
            .take()
            .map_or_else(|| ResponseTemplate::new(500), |answer| answer.template())
    }
}

struct Parts {
    method: String,
    path: String,
    query_text: Option<String>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    form: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Parts {
    fn of(request: &Request) -> Self {
        let headers: Vec<(String, String)> = request
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        let is_form = headers.iter().any(|(name, value)| {
            name == "content-type"
                && value
                    .to_ascii_lowercase()
                    .starts_with("application/x-www-form-urlencoded")
        });
        let form = if is_form {
            pairs_of(&request.body)
        } else {
            Vec::new()
        };
        Self {
            method: request.method.to_string(),
            path: request.url.path().to_owned(),
            query_text: request.url.query().map(str::to_owned),
            query: request
                .url
                .query_pairs()
                .map(|(k, v)| (k.into_owned(), v.into_owned()))
                .collect(),
            headers,
            form,
            body: request.body.clone(),
        }
    }

    fn is_refresh(&self) -> bool {
        let refresh = |pairs: &[(String, String)]| {
            pairs
                .iter()
                .any(|(name, value)| name == "grant_type" && value == "refresh_token")
        };
        self.method == "POST" && (refresh(&self.form) || refresh(&self.query))
    }

    fn fits(&self, when: &When) -> bool {
        let has = |pairs: &[(String, String)], name: &str, value: &str| {
            pairs
                .iter()
                .any(|(given, text)| given.eq_ignore_ascii_case(name) && text == value)
        };
        when.header
            .iter()
            .all(|(name, value)| has(&self.headers, name, value))
            && when
                .query
                .iter()
                .all(|(name, value)| has(&self.query, name, value))
            && when.form.iter().all(|(name, value)| has(&self.form, name, value))
    }

    fn exchange(&self, answer: &Answer) -> Exchange {
        let query = self
            .query_text
            .as_ref()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        Exchange {
            request: format!("{} {}{query}", self.method, self.path),
            headers: self.headers.clone(),
            body: String::from_utf8_lossy(&self.body).into_owned(),
            status: answer.fault.is_none().then_some(answer.status),
            answer: match answer.fault {
                Some(Fault::Close) => "(connection closed)".to_owned(),
                Some(Fault::Cut) => "(cut in the middle)".to_owned(),
                Some(Fault::Stall) => "(never answered)".to_owned(),
                Some(Fault::Kill) => "(driver killed)".to_owned(),
                None if answer.body.len() > 4096 => format!("({} bytes)", answer.body.len()),
                None => String::from_utf8_lossy(&answer.body).into_owned(),
            },
        }
    }
}

impl Stub {
    fn reaches(&self, path: &str) -> bool {
        self.path_match
            .as_ref()
            .map_or(self.path == path, |expression| expression.is_match(path))
    }

    fn judge(&self, parts: &Parts, findings: &mut Findings) {
        if let Some(form) = &self.form {
            form.pairs("form", &parts.form, findings);
        }
        if let Some(query) = &self.query {
            query.pairs("query", &parts.query, findings);
        }
        if let Some(json) = &self.json {
            json.json(&parts.body, findings);
        }
        self.header
            .headers(&parts.headers, self.server == Server::Api, findings);
    }
}

pub(crate) fn pairs_of(body: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body)
        .map(|(k, v)| (k.into_owned(), v.into_owned()))
        .collect()
}

fn stub(line: usize, step: &Step, expect: &Expect, answer: Answer, canaries: &Canaries) -> Stub {
    let none = Bindings::new();
    let fill = |pairs: &BTreeMap<String, String>| {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), canaries.fill(value, &none)))
            .collect()
    };
    let words = |words: &Option<crate::data::Words>| words.as_ref().map(|words| Filled::new(words, canaries));
    Stub {
        line,
        server: expect.server(),
        method: expect.method.clone(),
        path: match &expect.path_match {
            Some(expression) => expression.clone(),
            None => canaries.fill(&expect.path, &none),
        },
        path_match: expect
            .path_match
            .as_ref()
            .and_then(|expression| expression_of(expression, canaries)),
        times: expect.times.unwrap_or(Count::Exactly(1)),
        when: When {
            header: fill(&expect.when.header),
            query: fill(&expect.when.query),
            form: fill(&expect.when.form),
        },
        order: expect.order,
        form: words(&step.form),
        header: words(&step.header).unwrap_or_default(),
        query: words(&step.query),
        json: words(&step.json),
        answer,
    }
}

fn answer(suite: &Suite, respond: &Respond, canaries: &Canaries) -> Result<Answer, String> {
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
        fault: respond.fault,
    })
}
