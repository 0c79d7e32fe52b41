//! Plays one case: servers, driver, steps, verdict, search for secrets.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wiremock::MockServer;

use super::canary::{Canaries, guid, random};
use super::cut;
use super::driver::{Driver, Emitted, Killer, Launch, Pending, Reply};
use super::emulate::Emulated;
use super::lock;
use super::script::Script;
use super::verdict::{CaseReport, Word, judge, summary};
use crate::data::{Action, Case, Fault, Server, Step, Suite, Then};
use crate::watch::{Stopwatch, tick};

/// A step that takes longer is given up.
const WATCHDOG: Duration = Duration::from_secs(15);
/// When nothing has moved for so long, only the clock can get the client on.
const QUIET: Duration = Duration::from_millis(300);
/// How long a driver may take to leave after `bye`.
const FAREWELL: Duration = Duration::from_secs(3);

/// Why a case could not be judged.
pub(super) enum Stop {
    Untestable(String),
    Harness(String),
}

/// Plays the case and judges it.
pub(crate) async fn play(suite: &Suite, case: &Case, launch: &Launch) -> CaseReport {
    let started = Stopwatch::start();
    let mut report = CaseReport {
        id: case.id.clone(),
        title: case.title.clone(),
        level: case.level,
        covers: case.covers.clone(),
        word: Word::Pass,
        reasons: Vec::new(),
        warnings: Vec::new(),
        secrets: Vec::new(),
        exchanges: Vec::new(),
        dialogue: Vec::new(),
        stderr: String::new(),
        took: Duration::ZERO,
        canaries: Vec::new(),
    };
    let mut stage = match Stage::set(suite, case, launch).await {
        Ok(stage) => stage,
        Err(text) => {
            report.word = Word::Harness;
            report.reasons.push(text);
            return report;
        }
    };
    let stopped = stage.perform().await.err();
    stage.leave().await;
    if let Err(text) = stage.report(stopped, &mut report) {
        report.word = Word::Harness;
        report.reasons.push(text);
    }
    report.took = started.elapsed();
    // A mock server looks at its requests with a blocking executor when it is dropped. Inside a task that has used up its
    // budget that would spin for ever, so it happens on a thread without one.
    let servers = std::mem::take(&mut stage.servers);
    if tokio::task::spawn_blocking(move || drop(servers)).await.is_err() {
        report.warnings.push("a mock server did not end".to_owned());
    }
    report
}

pub(super) struct Stage<'a> {
    pub(super) case: &'a Case,
    pub(super) launch: &'a Launch,
    pub(super) canaries: Canaries,
    pub(super) folder: tempfile::TempDir,
    pub(super) script: Arc<Script>,
    pub(super) servers: Vec<MockServer>,
    pub(super) relays: tokio::task::JoinSet<()>,
    pub(super) emulated: Option<Emulated>,
    pub(super) killer: Killer,
    pub(super) emitted: Arc<Emitted>,
    pub(super) driver: Option<Driver>,
    pub(super) now: Timestamp,
    pub(super) waited: SignedDuration,
    pub(super) wrong: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl<'a> Stage<'a> {
    async fn set(suite: &'a Suite, case: &'a Case, launch: &'a Launch) -> Result<Self, String> {
        let canaries = Canaries::for_case(&case.text).map_err(|error| error.to_string())?;
        let client_id = match case
            .given
            .app
            .as_ref()
            .and_then(|app| app.get("client_id")?.as_str())
        {
            Some(given) if !given.contains("{{") => given.to_owned(),
            _ => guid().map_err(|error| error.to_string())?,
        };
        canaries.fix("client_id", &client_id);
        let now = match &case.given.clock {
            None => "2026-11-21T12:00:00Z".parse(),
            Some(clock) => clock.to_string().parse::<Timestamp>(),
        };
        let now = now.map_err(|error| format!("given.clock: {error}"))?;
        let folder = tempfile::Builder::new()
            .prefix("conformance-")
            .tempdir()
            .map_err(|e| e.to_string())?;
        std::fs::create_dir(folder.path().join("store")).map_err(|error| error.to_string())?;
        let killer = Killer::default();
        let emitted = Arc::new(Emitted::default());
        // Answers may name base URLs, so all servers are there before the script is written.
        let emulated = match &case.given.emulator {
            None => None,
            Some(setup) => Some(Emulated::start(
                setup,
                &client_id,
                SystemTime::from(now),
                &canaries,
            )?),
        };
        let later = Arc::new(std::sync::OnceLock::<Arc<Script>>::new());
        let mut stage = Self {
            case,
            launch,
            canaries,
            folder,
            script: Arc::new(Script::empty()),
            servers: Vec::new(),
            relays: tokio::task::JoinSet::new(),
            emulated,
            killer,
            emitted,
            driver: None,
            now,
            waited: SignedDuration::ZERO,
            wrong: Vec::new(),
            warnings: Vec::new(),
        };
        let cuts = case
            .steps()
            .any(|step| step.respond.as_ref().is_some_and(|r| r.fault == Some(Fault::Cut)));
        let elsewhere = case.text.contains("elsewhere");
        for server in [Server::Identity, Server::Api, Server::Elsewhere] {
            let scripted = case
                .steps()
                .any(|step| step.expect.as_ref().is_some_and(|e| e.server() == server));
            let base = match &stage.emulated {
                Some(emulated) if !scripted && server != Server::Elsewhere => emulated.base_url(),
                _ if server == Server::Elsewhere && !elsewhere => continue,
                _ => {
                    let mock = Script::serve(&later, server).await;
                    let base = if cuts {
                        stage.relay(&mock).await?
                    } else {
                        mock.uri()
                    };
                    stage.servers.push(mock);
                    base
                }
            };
            stage.canaries.fix(server.template(), base);
        }
        let kill = {
            let killer = stage.killer.clone();
            Box::new(move || killer.kill())
        };
        let script =
            Script::new(suite, case, &stage.canaries, kill).map_err(|problem| problem.to_string())?;
        stage.script = Arc::new(script);
        // Nothing is asked before this point, so no server answers without its script.
        let _ = later.set(Arc::clone(&stage.script));
        Ok(stage)
    }

    /// Puts a relay that can cut answers in front of a server.
    async fn relay(&mut self, server: &MockServer) -> Result<String, String> {
        let (base, task) = cut::relay(*server.address())
            .await
            .map_err(|error| error.to_string())?;
        self.relays.spawn(task);
        Ok(base)
    }

    async fn perform(&mut self) -> Result<(), Stop> {
        self.introduce().await?;
        if let Some(grant) = &self.case.given.grant {
            let with = self.canaries.fill_table(grant);
            self.must("import_grant", with).await?;
        }
        let last = self
            .case
            .steps()
            .enumerate()
            .filter(|(_, step)| matches!(step.action, Some(Action::Call | Action::Import)))
            .map(|(index, _)| index)
            .last();
        for (index, step) in self.case.steps().enumerate() {
            let plain = Then::default();
            let then = match &step.want {
                Some(want) => want,
                None if Some(index) == last => &self.case.then,
                None => &plain,
            };
            if let Some(action) = step.action {
                self.act(action, step, then).await?;
            }
        }
        if let Some(grant) = &self.case.then.grant {
            self.look(grant).await?;
        }
        Ok(())
    }

    /// Starts the driver, says hello and configures it.
    async fn introduce(&mut self) -> Result<(), Stop> {
        let driver = Driver::start(self.launch, &self.killer, &self.emitted)
            .map_err(|error| Stop::Harness(format!("the driver cannot be started: {error}")))?;
        self.driver = Some(driver);
        self.must("hello", json!({ "protocol": 1 })).await?;
        let value = |name: &str| {
            self.canaries
                .fill(&format!("{{{{{name}}}}}"), &super::canary::Bindings::new())
        };
        let mut members = json!({
            "provider": self.case.provider(),
            "identity_url": value("identity_url"),
            "api_url": value("api_url"),
            "app": { "client_id": value("client_id") },
            "store": self.folder.path().join("store"),
            "clock": self.now.to_string(),
        });
        if let Some(rotation) = &self.case.given.rotation {
            members["rotation"] = json!(rotation);
        }
        self.must("configure", members).await?;
        Ok(())
    }

    async fn act(&mut self, action: Action, step: &Step, then: &Then) -> Result<(), Stop> {
        let with = self.canaries.fill_table(&step.with);
        match action {
            Action::Call => {
                let what = format!("call {}", with["operation"].as_str().unwrap_or_default());
                let mut pending = Vec::new();
                for _ in 0..step.parallel.unwrap_or(1) {
                    let mut with = with.clone();
                    with.as_object_mut()
                        .map(|with| with.entry("account").or_insert(json!("main")));
                    pending.push(self.ask("call", with).await?);
                }
                let replies = self.await_all(pending).await;
                self.judge_all(&what, then, &replies)
            }
            Action::Import => {
                let pending = self.ask("import_grant", with).await?;
                let replies = self.await_all(vec![pending]).await;
                self.judge_all("import", then, &replies)
            }
            Action::Clock => {
                if let Some(seconds) = with.get("advance").and_then(Value::as_i64) {
                    self.advance(SignedDuration::from_secs(seconds)).await
                } else {
                    let seconds = with.get("jump").and_then(Value::as_i64).unwrap_or_default();
                    self.now = self
                        .now
                        .saturating_add(SignedDuration::from_secs(seconds))
                        .unwrap_or(self.now);
                    self.must("clock", json!({ "jump_ms": seconds * 1000 }))
                        .await
                        .map(|_| ())
                }
            }
            Action::Restart => {
                self.killer.kill();
                self.wait_for_end(FAREWELL).await;
                self.driver = None;
                lock(&self.emitted.waits).clear();
                self.introduce().await
            }
            Action::TokenView => {
                if let Some(mut grant) = step.want.as_ref().and_then(|want| want.grant.clone()) {
                    if let Some(account) = step.with.get("account") {
                        grant.insert("account".to_owned(), account.clone());
                    }
                    return self.look(&grant).await;
                }
                let account = with.get("account").cloned().unwrap_or(json!("main"));
                let pending = self
                    .ask("token_view", json!({ "account": account, "salt": "s" }))
                    .await?;
                let replies = self.await_all(vec![pending]).await;
                self.judge_all("token_view", then, &replies)
            }
        }
    }

    fn judge_all(&mut self, what: &str, then: &Then, replies: &[Reply]) -> Result<(), Stop> {
        let killed = self.script.killed();
        for (index, reply) in replies.iter().enumerate() {
            if *reply == Reply::Gone && !killed {
                return Err(Stop::Untestable(format!(
                    "{what}: the driver died before it answered"
                )));
            }
            if let Reply::Error(error) = reply
                && error.get("class").and_then(Value::as_str) == Some("unsupported")
            {
                return Err(Stop::Untestable(format!(
                    "{what}: the driver declares the capability and refuses ({})",
                    summary(error)
                )));
            }
            let what = if replies.len() > 1 {
                format!("{what} #{}", index + 1)
            } else {
                what.to_owned()
            };
            self.wrong.extend(judge(then, &what, reply, &self.canaries));
        }
        if replies.contains(&Reply::Silent) {
            // The next steps would only wait in vain as well.
            return Err(Stop::Untestable("the rest of the case was given up".to_owned()));
        }
        Ok(())
    }

    /// Compares the stored grant, by salted digests.
    async fn look(&mut self, wanted: &toml::Table) -> Result<(), Stop> {
        let wanted = self.canaries.fill_table(wanted);
        let account = wanted
            .get("account")
            .and_then(Value::as_str)
            .unwrap_or("main")
            .to_owned();
        let salt = random().map_err(|error| Stop::Harness(error.to_string()))?;
        let view = self
            .must("token_view", json!({ "account": account, "salt": salt }))
            .await?;
        for (key, wanted) in wanted.as_object().into_iter().flatten() {
            let given = view.get(key);
            let fits = match (key.as_str(), wanted.as_str()) {
                ("account", _) => true,
                ("access" | "refresh", Some(token)) => {
                    let digest = hex::encode(Sha256::digest(format!("{salt}{token}")));
                    given.and_then(Value::as_str) == Some(digest.as_str())
                }
                _ => given == Some(wanted),
            };
            if !fits {
                self.wrong.push(match key.as_str() {
                    "access" | "refresh" => format!("the stored {key} token is not {wanted}"),
                    _ => format!(
                        "the stored grant's {key} is {}, not {wanted}",
                        given.unwrap_or(&Value::Null)
                    ),
                });
            }
        }
        Ok(())
    }

    async fn ask(&mut self, op: &str, members: Value) -> Result<Pending, Stop> {
        match &mut self.driver {
            Some(driver) => Ok(driver.ask(op, members).await),
            None => Err(Stop::Harness("no driver is running".to_owned())),
        }
    }

    /// Asks for something that must not fail.
    async fn must(&mut self, op: &str, members: Value) -> Result<Value, Stop> {
        let pending = self.ask(op, members).await?;
        match self.await_all(vec![pending]).await.pop() {
            Some(Reply::Ok(ok)) => Ok(ok),
            Some(Reply::Error(error)) => {
                Err(Stop::Untestable(format!("{op} is refused: {}", summary(&error))))
            }
            Some(Reply::Silent) => Err(Stop::Untestable(format!("{op} is not answered"))),
            _ => Err(Stop::Untestable(format!(
                "the driver died before it answered {op}"
            ))),
        }
    }

    /// Waits for answers; moves the clock when the client waits for nothing else.
    async fn await_all(&mut self, pending: Vec<Pending>) -> Vec<Reply> {
        let started = Stopwatch::start();
        let mut quiet = (self.activity(), Stopwatch::start());
        let mut replies = Vec::new();
        for mut one in pending {
            let reply = loop {
                tokio::select! {
                    biased;
                    reply = &mut one => break reply.unwrap_or(Reply::Gone),
                    () = tick() => {}
                }
                if started.elapsed() > WATCHDOG {
                    break Reply::Silent;
                }
                let activity = self.activity();
                if activity != quiet.0 {
                    quiet = (activity, Stopwatch::start());
                } else if quiet.1.elapsed() > QUIET && self.advance_to_next_wait().await {
                    quiet = (self.activity(), Stopwatch::start());
                }
            };
            replies.push(reply);
        }
        replies
    }

    fn activity(&self) -> u64 {
        self.emitted.lines.load(Ordering::SeqCst)
            + self.script.activity()
            + self.emulated.as_ref().map_or(0, Emulated::activity)
    }

    async fn advance_to_next_wait(&mut self) -> bool {
        let next = {
            let mut waits = lock(&self.emitted.waits);
            waits.retain(|until| *until > self.now);
            waits.iter().min().copied()
        };
        let Some(next) = next else { return false };
        // Whole milliseconds, upwards: the protocol has no finer clock.
        let by = next.duration_since(self.now);
        let by = SignedDuration::from_millis(
            i64::try_from(by.as_millis())
                .unwrap_or(i64::MAX)
                .saturating_add(1),
        );
        self.waited += by;
        // A clock request is answered by a driver that lives; one that does not is found out by the watchdog.
        self.move_clock(by).await;
        true
    }

    async fn move_clock(&mut self, by: SignedDuration) -> Option<Pending> {
        self.now = self.now.saturating_add(by).unwrap_or(self.now);
        if let Some(emulated) = &self.emulated {
            emulated.advance(by.unsigned_abs());
        }
        let milliseconds = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ask("clock", json!({ "advance_ms": milliseconds }))
            .await
            .ok()
    }

    async fn advance(&mut self, by: SignedDuration) -> Result<(), Stop> {
        if let Some(pending) = self.move_clock(by).await {
            match self.await_all(vec![pending]).await.pop() {
                Some(Reply::Ok(_)) => {}
                other => {
                    return Err(Stop::Untestable(format!(
                        "clock is not answered with ok: {other:?}"
                    )));
                }
            }
        }
        Ok(())
    }

    async fn leave(&mut self) {
        if self.killer.ended().is_none() && self.driver.is_some() {
            if let Ok(pending) = self.ask("bye", json!({})).await {
                let _ = tokio::select! {
                    reply = pending => reply.ok(),
                    () = async { for _ in 0..100 { tick().await } } => None,
                };
            }
            self.driver = None;
            match self.wait_for_end(FAREWELL).await {
                Some(true) => {}
                Some(false) => self
                    .warnings
                    .push("the driver left with a status other than 0".to_owned()),
                None => self
                    .warnings
                    .push("the driver did not leave after bye".to_owned()),
            }
        }
        self.killer.kill();
        self.wait_for_end(FAREWELL).await;
        self.hear_out().await;
    }

    /// Waits until the pipes have ended: what a process wrote last can arrive after its end.
    async fn hear_out(&mut self) {
        let readers = std::mem::take(&mut *lock(&self.emitted.readers));
        let started = Stopwatch::start();
        while readers.iter().any(|reader| !reader.is_finished()) {
            if started.elapsed() > FAREWELL {
                self.warnings
                    .push("the driver's output did not end with the driver".to_owned());
                return;
            }
            tick().await;
        }
    }

    async fn wait_for_end(&self, limit: Duration) -> Option<bool> {
        let started = Stopwatch::start();
        loop {
            if let Some(success) = self.killer.ended() {
                return Some(success);
            }
            if started.elapsed() > limit {
                return None;
            }
            tick().await;
        }
    }
}
