//! What is there before a case is played.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use wiremock::MockServer;

use super::canary::{Canaries, guid};
use super::driver::{Driver, Emitted, Killer, Launch};
use super::emulate::Emulated;
use super::linking::Attempts;
use super::relay::{Held, relay};
use super::script::Script;
use crate::data::{Case, Fault, Server, Suite};

/// One case with its servers and its driver.
pub(super) struct Stage<'a> {
    pub(super) case: &'a Case,
    pub(super) launch: &'a Launch,
    pub(super) canaries: Arc<Canaries>,
    pub(super) folder: tempfile::TempDir,
    pub(super) script: Arc<Script>,
    pub(super) servers: Vec<MockServer>,
    pub(super) relays: tokio::task::JoinSet<()>,
    pub(super) held: Arc<Held>,
    pub(super) emulated: Option<Emulated>,
    pub(super) killer: Killer,
    pub(super) emitted: Arc<Emitted>,
    pub(super) driver: Option<Driver>,
    /// The connector's set-up, as `configure` sends it.
    pub(super) app: Value,
    pub(super) attempts: Attempts,
    pub(super) now: Timestamp,
    pub(super) waited: SignedDuration,
    pub(super) wrong: Vec<String>,
    pub(super) warnings: Vec<String>,
    /// What the client printed although it is for the browser only.
    pub(super) spilt: Vec<String>,
    /// The fault switches that the driver looked at, as far as every process of it has said so.
    pub(super) looked_at: Option<BTreeSet<String>>,
}

impl<'a> Stage<'a> {
    /// Servers, canaries and a folder for one case.
    pub(super) async fn set(suite: &'a Suite, case: &'a Case, launch: &'a Launch) -> Result<Self, String> {
        let canaries = Canaries::for_case(&case.text).map_err(|error| error.to_string())?;
        let app = app(case, &canaries)?;
        let canaries = Arc::new(canaries);
        let redirect_uris: Vec<String> = app["redirect_uris"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|uri| uri.as_str().map(str::to_owned))
            .collect();
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
                app["client_id"].as_str().unwrap_or_default(),
                &redirect_uris,
                SystemTime::from(now),
                &canaries,
            )?),
        };
        let mut stage = Self {
            case,
            launch,
            canaries,
            folder,
            script: Arc::new(Script::empty()),
            servers: Vec::new(),
            relays: tokio::task::JoinSet::new(),
            held: Arc::default(),
            emulated,
            killer,
            emitted,
            driver: None,
            app,
            attempts: Attempts::default(),
            now,
            waited: SignedDuration::ZERO,
            wrong: Vec::new(),
            warnings: Vec::new(),
            spilt: Vec::new(),
            looked_at: Some(BTreeSet::new()),
        };
        stage.open(suite).await?;
        Ok(stage)
    }

    /// Starts the scripted servers, and then the script, whose answers may name them.
    async fn open(&mut self, suite: &Suite) -> Result<(), String> {
        let case = self.case;
        let later = Arc::new(std::sync::OnceLock::<Arc<Script>>::new());
        let relayed = case.steps().any(|step| {
            step.respond
                .as_ref()
                .is_some_and(|respond| respond.hold || respond.fault == Some(Fault::Cut))
        });
        let elsewhere = case.text.contains("elsewhere");
        for server in [Server::Identity, Server::Api, Server::Elsewhere] {
            let scripted = case
                .steps()
                .any(|step| step.expect.as_ref().is_some_and(|e| e.server() == server));
            let base = match &self.emulated {
                Some(emulated) if !scripted && server != Server::Elsewhere => emulated.base_url(),
                _ if server == Server::Elsewhere && !elsewhere => continue,
                _ => {
                    let mock = Script::serve(&later, server).await;
                    let base = if relayed {
                        self.relay(&mock).await?
                    } else {
                        mock.uri()
                    };
                    self.servers.push(mock);
                    base
                }
            };
            self.canaries.fix(server.template(), base);
        }
        let kill = {
            let killer = self.killer.clone();
            Box::new(move || killer.kill())
        };
        let script = Script::new(suite, case, &self.canaries, kill).map_err(|problem| problem.to_string())?;
        self.script = Arc::new(script);
        // Nothing is asked before this point, so no server answers without its script.
        let _ = later.set(Arc::clone(&self.script));
        Ok(())
    }

    /// Puts a relay that can cut answers and hold them back in front of a server.
    async fn relay(&mut self, server: &MockServer) -> Result<String, String> {
        let (base, task) = relay(*server.address(), Arc::clone(&self.held))
            .await
            .map_err(|error| error.to_string())?;
        self.relays.spawn(task);
        Ok(base)
    }
}

/// The connector's set-up, with a client id of its own.
fn app(case: &Case, canaries: &Canaries) -> Result<Value, String> {
    let given = case.given.app.as_ref();
    let client_id = match given.and_then(|app| app.get("client_id")?.as_str()) {
        Some(given) if !given.contains("{{") => given.to_owned(),
        _ => guid().map_err(|error| error.to_string())?,
    };
    canaries.fix("client_id", &client_id);
    let mut app = given.map_or_else(|| json!({}), |app| canaries.fill_table(app));
    app["client_id"] = json!(client_id);
    Ok(app)
}
