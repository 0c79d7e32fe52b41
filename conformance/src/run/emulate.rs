//! The emulator as a server of a case (`given.emulator`).

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use attache_emulator::planday::{
    App, Connection, Effect, Emulator, Endpoint, Exchange as Logged, ExpiresIn, Fault, Limits, Operation,
    Options, Portal, Rotation, Target,
};
use attache_emulator::{Clock, Latch, Server, serve};
use http::{HeaderMap, StatusCode};

use super::canary::{Bindings, Canaries};
use super::exchange::{Exchange, Message};
use super::lock;
use super::script::Counts;
use crate::data::{EmulatorFault, EmulatorOptions, EmulatorSetup, PortalSetup};

/// Its portal where a case names none.
const USUAL_PORTAL: i64 = 4711;

/// An emulator on loopback.
pub(crate) struct Emulated {
    emulator: Emulator,
    server: Server,
    client_id: String,
    first_portal: i64,
    /// How many requests had come when each turn began.
    turns: Mutex<Vec<u64>>,
}

impl Emulated {
    /// `redirect_uris` are those of the connector, registered unless the set-up names others.
    pub(crate) fn start(
        setup: &EmulatorSetup,
        client_id: &str,
        redirect_uris: &[String],
        now: SystemTime,
        canaries: &Canaries,
    ) -> Result<Self, String> {
        let registered = setup.redirect_uris.as_deref().unwrap_or(redirect_uris);
        let mut app = App::new(client_id)
            .name("Conformance")
            .redirect_uris(registered.iter().map(String::as_str));
        if let Some(scopes) = &setup.scopes {
            app = app.scopes(scopes.iter().map(String::as_str));
        }
        let mut options = options(&setup.options)?;
        if let Some(seconds) = setup.access_lifetime {
            options = options.access_token_lifetime(Duration::from_secs(seconds));
        }
        let limits = if setup.limits {
            Limits::documented()
        } else {
            Limits::unlimited()
        };
        let usual = [PortalSetup {
            id: USUAL_PORTAL,
            refresh: Some("{{rt1}}".to_owned()),
            parent: None,
        }];
        let portals = setup.portals.as_deref().unwrap_or(&usual);
        let first_portal = portals.first().map_or(USUAL_PORTAL, |portal| portal.id);
        let mut builder = Emulator::builder()
            .seed(7)
            .clock(Clock::at(now))
            .options(options)
            .rotation(rotation(setup)?)
            .limits(limits)
            .app(app.home(first_portal));
        for (portal, seed) in portals.iter().zip(7..) {
            let mut made = Portal::generated(portal.id, seed)
                .departments(setup.departments.unwrap_or(3))
                .employees(setup.employees.unwrap_or(120));
            for child in portals.iter().filter(|child| child.parent == Some(portal.id)) {
                made = made.child(child.id, format!("Portal {}", child.id));
            }
            builder = builder.portal(made);
            if let Some(refresh) = &portal.refresh {
                let refresh = canaries.fill(refresh, &Bindings::new());
                builder = builder.connect(Connection::new(client_id, portal.id).with_refresh_token(refresh));
            }
        }
        let emulator = builder.build().map_err(|error| error.to_string())?;
        for fault in &setup.fault {
            emulator.fault(self::fault(fault)?);
        }
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = serve(emulator.clone(), address).map_err(|error| error.to_string())?;
        Ok(Self {
            emulator,
            server,
            client_id: client_id.to_owned(),
            first_portal,
            turns: Mutex::default(),
        })
    }

    pub(crate) fn base_url(&self) -> String {
        self.server.base_url()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.emulator.clock().advance(by);
    }

    /// The next `do` step begins.
    pub(crate) fn turn(&self) {
        let came = self.emulator.log().last().map_or(0, |last| last.number);
        lock(&self.turns).push(came);
    }

    pub(crate) fn activity(&self) -> u64 {
        let counters = self.emulator.counters();
        counters.token_requests
            + counters.revocation_requests
            + counters.api_requests
            + counters.unknown_requests
    }

    /// What the client asked how often, whatever came of it.
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for call in self.emulator.log().iter().filter(|call| !is_page(call)) {
            let mut fields = call.form.iter().chain(&call.query);
            let grant_type =
                fields.find(|(name, _)| name == "grant_type" && call.endpoint == Endpoint::Token);
            let status = call.status.map_or(0, |status| status.as_u16());
            counts.add(&call.path, grant_type.map(|(_, value)| value.as_str()), status);
        }
        counts
    }

    /// Requests that the provider knows nothing of.
    pub(crate) fn unexpected(&self) -> Vec<String> {
        let log = self.emulator.log();
        let unknown = log
            .iter()
            .filter(|exchange| matches!(exchange.endpoint, Endpoint::Unknown | Endpoint::Api(None)));
        unknown
            .map(|exchange| format!("{} {} is unknown to the provider", exchange.method, exchange.path))
            .collect()
    }

    /// Fields of token and revocation calls that no document names.
    pub(crate) fn surplus(&self) -> Vec<String> {
        let log = self.emulator.log();
        let fields = log.iter().flat_map(|call| {
            let path = &call.path;
            call.surplus
                .iter()
                .map(move |name| format!("POST {path}: no document names the form field {name}"))
        });
        fields.collect()
    }

    /// Plays the person in front of the browser: signs in, and answers the consent page. The URL that the browser is sent to.
    pub(crate) fn browse(
        &self,
        url: &str,
        portal: Option<i64>,
        administrator: &str,
        allow: bool,
    ) -> Result<String, String> {
        let portal = portal.unwrap_or(self.first_portal);
        let sent = if allow {
            self.emulator.consent(url, portal, administrator)
        } else {
            self.emulator.deny(url, portal, administrator)
        };
        sent.map_err(|error| error.to_string())
    }

    /// Does what somebody does on the provider's pages.
    pub(crate) fn administer(
        &self,
        action: &str,
        portal: Option<i64>,
        with: &serde_json::Value,
    ) -> Result<(), String> {
        let (id, portal) = (self.client_id.as_str(), portal.unwrap_or(self.first_portal));
        let text = |name: &str, usual: &'static str| with[name].as_str().unwrap_or(usual).to_owned();
        let who = text("administrator", "owner");
        let emulator = &self.emulator;
        let done = match action {
            "revoke" => emulator.revoke(id, portal),
            "authorize" => emulator.authorize(id, portal),
            "reauthorize" => emulator.reauthorize(id, portal).map(drop),
            "authorize-as" => emulator.authorize_as(id, portal, &who).map(drop),
            "connect" => emulator.connect_app(id, portal),
            "rename-app" => emulator.rename_app(id, &text("name", "Another name")),
            "delete-app" => emulator.delete_app(id),
            "deactivate-administrator" => emulator.set_administrator_active(id, portal, false),
            "activate-administrator" => emulator.set_administrator_active(id, portal, true),
            "expire-access-tokens" => {
                emulator.expire_access_tokens();
                Ok(())
            }
            other => return Err(format!("the action {other} is not known")),
        };
        done.map_err(|error| format!("{action}: {error}"))
    }

    /// Tokens that the emulator made up become canaries too, also those that nobody presented.
    pub(crate) fn teach(&self, canaries: &Canaries) {
        for exchange in self.emulator.log() {
            let bearer = exchange
                .headers
                .get("authorization")
                .and_then(|value| value.to_str().ok());
            if let Some(token) = bearer
                .and_then(|value| value.split_once(' '))
                .map(|(_, token)| token)
            {
                canaries.learn("access", token);
            }
            for (name, value) in &exchange.form {
                match name.as_str() {
                    "refresh_token" => canaries.learn("refresh", value),
                    "code_verifier" => canaries.learn("verifier", value),
                    "code" => canaries.learn("code", value),
                    "subject_token" | "token" => canaries.learn("token", value),
                    _ => {}
                }
            }
        }
        for token in self.emulator.issued_tokens() {
            canaries.learn("issued", &token);
        }
    }

    /// Everything that went over the wire, and what the browser did.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        let turns = lock(&self.turns).clone();
        let log = self.emulator.log();
        log.iter()
            .map(|call| {
                let turn = turns.iter().filter(|came| call.number > **came).count();
                exchange(call, turn)
            })
            .collect()
    }
}

/// Whether a person's browser asked, not the client.
fn is_page(call: &Logged) -> bool {
    matches!(call.endpoint, Endpoint::Authorize | Endpoint::AccessPage)
}

fn exchange(call: &Logged, turn: usize) -> Exchange {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&call.query)
        .finish();
    let mark = if query.is_empty() { "" } else { "?" };
    let line = format!("{} {}{mark}{query}", call.method, call.path);
    let answer = call.status.map(|status| {
        Message::answer(
            status.as_u16(),
            pairs(&call.response_headers),
            &call.response_body,
        )
    });
    let fault = match (call.lost, &answer) {
        (true, _) => Some("closed"),
        (false, None) => Some("stalled"),
        (false, Some(_)) => None,
    };
    Exchange {
        turn,
        expect: None,
        server: "emulator",
        by: if is_page(call) { "browser" } else { "client" },
        request: Message::new(line, pairs(&call.headers), &call.body),
        answer,
        fault,
        findings: Vec::new(),
    }
}

fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        })
        .collect()
}

fn options(given: &EmulatorOptions) -> Result<Options, String> {
    let mut options = Options::default();
    if let Some(word) = &given.pkce {
        options = options.pkce(word.parse()?);
    }
    if let Some(seconds) = given.code_lifetime {
        options = options.code_lifetime(Duration::from_secs(seconds));
    }
    if let Some(flag) = given.code_reuse_ends_grant {
        options = options.code_reuse_ends_grant(flag);
    }
    if let Some(flag) = given.any_loopback_port {
        options = options.any_loopback_port(flag);
    }
    if let Some(flag) = given.all_scopes_required {
        options = options.all_scopes_required(flag);
    }
    if let Some(issuer) = &given.callback_issuer {
        options = options.callback_issuer(issuer.parse()?);
    }
    if let Some(extras) = &given.callback_extras {
        options = options.callback_extras(extras.clone());
    }
    if let Some(word) = &given.second_grant {
        options = options.second_grant(word.parse()?);
    }
    if let Some(flag) = given.revocation_ends_access {
        options = options.revocation_ends_access(flag);
    }
    if let Some(flag) = given.revocation_unavailable {
        options = options.revocation_unavailable(flag);
    }
    if let Some(word) = &given.after_revoke {
        options = options.after_revoke(word.parse()?);
    }
    if let Some(word) = &given.deleted_app {
        options = options.deleted_app(word.parse()?);
    }
    if let Some(flag) = given.inactive_administrator_refreshes {
        options = options.inactive_administrator_refreshes(flag);
    }
    if given.child_expires_in == Some(true) {
        options = options.child_expires_in(ExpiresIn::Number);
    }
    Ok(options)
}

fn rotation(setup: &EmulatorSetup) -> Result<Rotation, String> {
    Ok(match setup.rotation.as_deref() {
        None | Some("never") => Rotation::Never,
        Some("first_use_grace") => Rotation::FirstUseGrace,
        Some("grace") => Rotation::Grace(Duration::from_secs(setup.grace.unwrap_or_default())),
        Some("once") => Rotation::Once,
        Some("once_family") => Rotation::OnceFamily,
        Some(other) => return Err(format!("the rotation {other} is not known")),
    })
}

fn fault(fault: &EmulatorFault) -> Result<Fault, String> {
    let target = match fault.on.as_str() {
        "token" => Target::Token,
        "revocation" => Target::Revocation,
        "authorize" => Target::Authorize,
        "api" => Target::Api,
        "/portal/v1.0/info" => Target::Operation(Operation::PortalInfo),
        "/hr/v1.0/departments" => Target::Operation(Operation::ListDepartments),
        "/hr/v1.0/employees" => Target::Operation(Operation::ListEmployees),
        other => Target::Operation(
            other
                .parse()
                .map_err(|_| format!("faults on {other} are not known"))?,
        ),
    };
    let status = |code: u16| StatusCode::from_u16(code).map_err(|error| error.to_string());
    let (effect, after) = match fault.effect.as_str() {
        "drop-reply" => (Effect::Drop, true),
        "cut" => (Effect::Cut { after: 8 }, true),
        "stall" => (Effect::Stall(Latch::new()), false),
        "status" => (
            answered(status(fault.status.unwrap_or(503))?, fault.retry_after),
            false,
        ),
        "html" => (Effect::Html(StatusCode::OK), false),
        "redirect" => (Effect::redirect("http://127.0.0.1:9/elsewhere"), false),
        "revoke" => (Effect::Revoke, true),
        other => return Err(format!("the fault {other} is not known")),
    };
    let made = Fault::new(target, effect)
        .skip(fault.after)
        .times(fault.times.unwrap_or(1));
    Ok(if after { made.after() } else { made })
}

fn answered(status: StatusCode, retry_after: Option<u64>) -> Effect {
    let headers = retry_after
        .map(|seconds| (http::header::RETRY_AFTER, http::HeaderValue::from(seconds)))
        .into_iter()
        .collect();
    Effect::Status { status, headers }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emulated(canaries: &Canaries) -> Emulated {
        let setup: EmulatorSetup = toml::from_str("rotation = 'once'").expect("a setup");
        Emulated::start(&setup, "app", &[], SystemTime::UNIX_EPOCH, canaries).expect("an emulator")
    }

    fn ask(emulated: &Emulated, request: http::request::Builder, body: &str) -> String {
        let request = request.body(body.to_owned().into()).expect("a request");
        let body = emulated.emulator.handle(request).into_body();
        String::from_utf8_lossy(&body).into_owned()
    }

    #[test]
    fn tokens_that_nobody_presented_are_canaries_too() {
        let canaries = Canaries::for_case("{{rt1}}").expect("random bytes");
        let emulated = emulated(&canaries);
        let refresh = canaries.fill("{{rt1}}", &Bindings::new());
        let answer = ask(
            &emulated,
            http::Request::post("/connect/token").header("content-type", "application/x-www-form-urlencoded"),
            &format!("client_id=app&grant_type=refresh_token&refresh_token={refresh}"),
        );
        let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
        emulated.teach(&canaries);
        let secrets = canaries.secrets();
        for name in ["access_token", "refresh_token"] {
            let token = answer[name].as_str().expect("a token");
            assert!(secrets.iter().any(|(_, value)| value == token), "{name}");
        }
    }

    #[test]
    fn what_the_provider_does_not_serve_is_unexpected_inside_the_api_and_outside() {
        let emulated = emulated(&Canaries::for_case("{{rt1}}").expect("random bytes"));
        for path in ["/hr/v1.0/departments", "/hr/v1.0/nothing", "/elsewhere"] {
            ask(&emulated, http::Request::get(path), "");
        }
        assert_eq!(
            emulated.unexpected(),
            [
                "GET /hr/v1.0/nothing is unknown to the provider",
                "GET /elsewhere is unknown to the provider"
            ]
        );
    }
}
