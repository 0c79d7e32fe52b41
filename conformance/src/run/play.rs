//! Plays one case: servers, driver, steps, verdict, search for secrets.

use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::canary::random;
use super::driver::{Driver, Launch, Pending, Reply};
use super::emulate::Emulated;
use super::lock;
use super::stage::Stage;
use super::verdict::{CaseReport, Word, judge, summary};
use crate::data::{Action, Case, Step, Suite, Then};
use crate::watch::{Stopwatch, blink, tick};

/// A step in which nothing moves for so long is given up.
const WATCHDOG: Duration = Duration::from_secs(15);
/// A step that takes longer is given up, whatever moves.
const LONGEST_STEP: Duration = Duration::from_secs(45);
/// When nothing has moved for so long, only the clock can get the client on.
const QUIET: Duration = Duration::from_millis(300);
/// The same when the earliest wait is far away: that may be a deadline, and a client that is slow on a busy machine must not miss it.
const FAR_QUIET: Duration = Duration::from_millis(1200);
/// What is further away is far.
const FAR: SignedDuration = SignedDuration::from_secs(10);
/// The same when as many waits are announced as answers are outstanding, and that is a crowd: a burst that paces itself.
const CROWD_QUIET: Duration = Duration::from_millis(60);
/// So many outstanding answers are a crowd; fewer could be calls in flight with their deadlines announced.
const CROWD: usize = 8;
/// How long a driver may take to leave after `bye`.
const FAREWELL: Duration = Duration::from_secs(3);

/// Why a case could not be judged.
pub(super) enum Stop {
    Untestable(String),
    Harness(String),
}

/// Plays the case and judges it; `brief` leaves out what is only read in reports.
pub(crate) async fn play(suite: &Suite, case: &Case, launch: &Launch, brief: bool) -> CaseReport {
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
        looked_at: None,
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
    report.looked_at = stage.looked_at.take();
    if let Err(text) = stage.report(stopped, brief, &mut report) {
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

impl Stage<'_> {
    async fn perform(&mut self) -> Result<(), Stop> {
        self.introduce().await?;
        if let Some(grant) = &self.case.given.grant {
            let with = for_account(self.canaries.fill_table(grant));
            self.must("import_grant", with).await?;
        }
        let last = self
            .case
            .steps()
            .enumerate()
            .filter(|(_, step)| step.action.is_some_and(Action::is_judged))
            .map(|(index, _)| index)
            .last();
        let mut turn = 0;
        for (index, step) in self.case.steps().enumerate() {
            let plain = Then::default();
            let then = match &step.want {
                Some(want) => want,
                None if Some(index) == last => &self.case.then,
                None => &plain,
            };
            if let Some(action) = step.action {
                turn += 1;
                self.script.turn(turn);
                if let Some(emulated) = &self.emulated {
                    emulated.turn();
                }
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
        self.begin().await?;
        let members = self.configuration();
        self.must("configure", members).await.map(drop)
    }

    /// Starts the driver and says hello.
    pub(super) async fn begin(&mut self) -> Result<(), Stop> {
        let driver = Driver::start(self.launch, &self.killer, &self.emitted)
            .map_err(|error| Stop::Harness(format!("the driver cannot be started: {error}")))?;
        self.driver = Some(driver);
        self.must("hello", json!({ "protocol": 1 })).await.map(drop)
    }

    /// What `configure` says.
    pub(super) fn configuration(&self) -> Value {
        let value = |name: &str| {
            self.canaries
                .fill(&format!("{{{{{name}}}}}"), &super::canary::Bindings::new())
        };
        let mut members = json!({
            "provider": self.case.provider(),
            "identity_url": value("identity_url"),
            "api_url": value("api_url"),
            "issuer": value("identity_url"),
            "app": self.app,
            "store": self.folder.path().join("store"),
            "clock": self.now.to_string(),
        });
        if let Some(rotation) = &self.case.given.rotation {
            members["rotation"] = json!(rotation);
        }
        members
    }

    /// Ends the driver at once.
    pub(super) async fn stop(&mut self) {
        self.looked_at = None;
        self.killer.kill();
        self.wait_for_end(FAREWELL).await;
        self.driver = None;
        lock(&self.emitted.waits).clear();
    }

    async fn act(&mut self, action: Action, step: &Step, then: &Then) -> Result<(), Stop> {
        let with = self.canaries.fill_table(&step.with);
        match action {
            Action::Call => {
                let what = format!("call {}", with["operation"].as_str().unwrap_or_default());
                let mut pending = Vec::new();
                for _ in 0..step.parallel.unwrap_or(1) {
                    pending.push(self.ask("call", for_account(with.clone())).await?);
                }
                let replies = self.await_all(pending).await;
                self.judge_all(&what, then, &replies)
            }
            Action::Import => {
                let pending = self.ask("import_grant", for_account(with)).await?;
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
                self.stop().await;
                self.introduce().await
            }
            Action::Configure => self.configure(with, then).await,
            Action::AuthorizeUrl => self.authorize_url(with, step, then).await,
            Action::Browse => self.browse(&with, step, then),
            Action::Callback => self.callback(&with, then).await,
            Action::Revoke | Action::Recheck => {
                let pending = self.ask(action.word(), for_account(with)).await?;
                let replies = self.await_all(vec![pending]).await;
                self.judge_all(action.word(), then, &replies)
            }
            Action::Admin => self.administer(&with),
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

    pub(super) fn judge_all(&mut self, what: &str, then: &Then, replies: &[Reply]) -> Result<(), Stop> {
        let killed = self.script.killed();
        for (index, reply) in replies.iter().enumerate() {
            if *reply == Reply::Gone && !killed {
                return Err(Stop::Untestable(format!(
                    "{what}: the driver died before it answered"
                )));
            }
            if let Reply::Error(error) = reply {
                let text = error.to_string();
                let spilt = self.canaries.guarded().into_iter();
                let spilt = spilt.filter(|(_, value)| text.contains(value));
                self.spilt
                    .extend(spilt.map(|(name, _)| format!("{{{{{name}}}}} (plain) in an error")));
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

    pub(super) async fn ask(&mut self, op: &str, members: Value) -> Result<Pending, Stop> {
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
    pub(super) async fn await_all(&mut self, pending: Vec<Pending>) -> Vec<Reply> {
        let started = Stopwatch::start();
        let mut quiet = (self.activity(), Stopwatch::start());
        let mut replies = Vec::new();
        let all = pending.len();
        for mut one in pending {
            let reply = loop {
                tokio::select! {
                    biased;
                    reply = &mut one => break reply.unwrap_or(Reply::Gone),
                    () = tick() => {}
                }
                if quiet.1.elapsed() > WATCHDOG || started.elapsed() > LONGEST_STEP {
                    break Reply::Silent;
                }
                let activity = self.activity();
                if activity != quiet.0 {
                    quiet = (activity, Stopwatch::start());
                } else if quiet.1.elapsed() > QUIET && self.held.release()
                    || quiet.1.elapsed() > self.patience(all - replies.len())
                        && self.advance_to_next_wait().await
                {
                    quiet = (self.activity(), Stopwatch::start());
                }
            };
            replies.push(reply);
        }
        replies
    }

    /// How long nothing must move before the clock is moved.
    fn patience(&self, outstanding: usize) -> Duration {
        let waits = lock(&self.emitted.waits);
        let ahead = waits.iter().filter(|until| **until > self.now);
        let waiting = ahead.clone().count();
        let far = ahead
            .min()
            .is_some_and(|until| until.duration_since(self.now) > FAR);
        match (far, outstanding >= CROWD && waiting >= outstanding) {
            (true, _) => FAR_QUIET,
            (false, true) => CROWD_QUIET,
            (false, false) => QUIET,
        }
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
        let mut said = None;
        if self.killer.ended().is_none() && self.driver.is_some() {
            if let Ok(pending) = self.ask("bye", json!({})).await {
                said = tokio::select! {
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
        let looked_at = match said {
            Some(Reply::Ok(ok)) => ok["looked_at"].as_array().cloned(),
            _ => None,
        };
        self.looked_at = self.looked_at.take().zip(looked_at).map(|(mut before, now)| {
            before.extend(now.iter().filter_map(Value::as_str).map(str::to_owned));
            before
        });
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
            blink().await;
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
            blink().await;
        }
    }
}

/// The account that is meant where a step names none.
fn for_account(mut with: Value) -> Value {
    if let Some(with) = with.as_object_mut() {
        with.entry("account").or_insert(json!("main"));
    }
    with
}
