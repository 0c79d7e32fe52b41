//! The scripted servers: every `expect` step of a case armed at once, on loopback TCP.

mod answer;
mod parts;
mod stub;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use wiremock::{Match, Mock, MockServer, Request, Respond as Responder, ResponseTemplate};

use self::answer::Answer;
use self::parts::Parts;
use self::stub::Stub;
use super::canary::Canaries;
use super::exchange::Exchange;
use super::lock;
use super::matching::{Earlier, Findings};
use crate::data::{Case, Fault, Order, Problem, Server, Suite};

/// What the servers saw.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) failures: Vec<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) counts: Counts,
    pub(crate) unexpected: Vec<String>,
    pub(crate) killed: bool,
    /// The turn that is being played.
    turn: usize,
    /// Values of form fields that came before.
    earlier: Earlier,
    used: Vec<u64>,
    furthest: usize,
}

/// How often what was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) requests: u64,
    pub(crate) token_calls: u64,
    pub(crate) refreshes: u64,
    pub(crate) code_exchanges: u64,
    pub(crate) derivations: u64,
    pub(crate) revocations: u64,
    pub(crate) throttled: u64,
}

impl Counts {
    /// One request more. Token calls are told apart by their grant type (the RFC 8693 name of a derivation counts too).
    pub(crate) fn add(&mut self, path: &str, grant_type: Option<&str>, status: u16) {
        self.requests += 1;
        self.throttled += u64::from(status == 429);
        self.token_calls += u64::from(path == "/connect/token");
        self.revocations += u64::from(path == "/connect/revocation");
        match grant_type {
            Some("refresh_token") => self.refreshes += 1,
            Some("authorization_code") => self.code_exchanges += 1,
            Some("token_exchange" | "urn:ietf:params:oauth:grant-type:token-exchange") => {
                self.derivations += 1;
            }
            _ => {}
        }
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            token_calls: self.token_calls + other.token_calls,
            refreshes: self.refreshes + other.refreshes,
            code_exchanges: self.code_exchanges + other.code_exchanges,
            derivations: self.derivations + other.derivations,
            revocations: self.revocations + other.revocations,
            throttled: self.throttled + other.throttled,
        }
    }
}

/// The stubs of a case and what came of them; shared by all its servers.
pub(crate) struct Script {
    stubs: Vec<Stub>,
    canaries: Arc<Canaries>,
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
        canaries: &Arc<Canaries>,
        kill: Box<dyn Fn() + Send + Sync>,
    ) -> Result<Self, Problem> {
        let mut stubs = Vec::new();
        for spanned in &case.step {
            let step = spanned.as_ref();
            if let (Some(expect), Some(respond)) = (&step.expect, &step.respond) {
                let place = case.at(spanned);
                let answer =
                    answer::answer(suite, respond, canaries).map_err(|text| Problem::new(&place, text))?;
                stubs.push(Stub::new(place.line, step, expect, answer, canaries));
            }
        }
        let seen = Seen {
            used: vec![0; stubs.len()],
            ..Seen::default()
        };
        Ok(Self {
            stubs,
            canaries: Arc::clone(canaries),
            seen: Mutex::new(seen),
            kill,
        })
    }

    /// No stubs.
    pub(crate) fn empty() -> Self {
        Self {
            stubs: Vec::new(),
            canaries: Arc::default(),
            seen: Mutex::default(),
            kill: Box::new(|| {}),
        }
    }

    /// What was asked how often, and sentences about what was not expected.
    pub(crate) fn counts(&self) -> (Counts, Vec<String>) {
        let seen = lock(&self.seen);
        (seen.counts, seen.unexpected.clone())
    }

    /// How much has happened; grows with every request.
    pub(crate) fn activity(&self) -> u64 {
        lock(&self.seen).counts.requests
    }

    /// The next `do` step begins.
    pub(crate) fn turn(&self, turn: usize) {
        lock(&self.seen).turn = turn;
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
        let found = self.stubs.iter().enumerate().find(|(index, stub)| {
            stub.server == server
                && stub.method == parts.method
                && stub.reaches(&parts.path)
                && stub.times.max().is_none_or(|max| seen.used[*index] < max)
                && parts.fits(&stub.when)
        });
        let mut findings = Findings::default();
        let answer = if let Some((index, stub)) = found {
            seen.used[index] += 1;
            if stub.order == Order::Strict {
                if index < seen.furthest {
                    let later = &self.stubs[seen.furthest];
                    findings
                        .failures
                        .push(format!("came after {} {}", later.method, later.path));
                }
                seen.furthest = seen.furthest.max(index);
            }
            stub.judge(&parts, &seen.earlier, &self.canaries, &mut findings);
            let name = |text: &String| format!("{} {} (line {}): {text}", stub.method, stub.path, stub.line);
            seen.failures.extend(findings.failures.iter().map(name));
            seen.warnings.extend(findings.warnings.iter().map(name));
            if stub.answer.fault == Some(Fault::Kill) {
                (self.kill)();
                seen.killed = true;
            }
            stub.answer.clone()
        } else {
            let text = format!("{} {} fits no step", parts.method, parts.path);
            findings.failures.push(text.clone());
            seen.unexpected.push(text);
            Answer::nothing_here()
        };
        seen.counts.add(&parts.path, parts.grant_type(), answer.status);
        self.remember(&parts, &mut seen.earlier);
        let (message, fault) = answer.shown();
        let exchange = Exchange {
            turn: seen.turn,
            expect: found.map(|(_, stub)| stub.line),
            server: server.word(),
            by: "client",
            request: parts.message(),
            answer: message,
            fault,
            findings: findings.failures.into_iter().chain(findings.warnings).collect(),
        };
        seen.exchanges.push(exchange);
        answer
    }

    /// What the client made up is masked in reports, and must not be used twice.
    fn remember(&self, parts: &Parts, earlier: &mut BTreeMap<String, Vec<String>>) {
        for (name, value) in &parts.form {
            if name == "code_verifier" {
                self.canaries.learn("verifier", value);
            }
            earlier.entry(name.clone()).or_default().push(value.clone());
        }
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
