//! The emulator as a server of a case (`given.emulator`).

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime};

use attache_emulator::planday::{
    App, Connection, Effect, Emulator, Endpoint, Fault, Limits, Operation, Options, Portal, Rotation, Target,
};
use attache_emulator::{Clock, Latch, Server, serve};
use http::StatusCode;

use super::canary::{Bindings, Canaries};
use super::script::Exchange;
use crate::data::{EmulatorFault, EmulatorSetup, PortalSetup};

/// An emulator on loopback.
pub(crate) struct Emulated {
    emulator: Emulator,
    server: Server,
}

impl Emulated {
    pub(crate) fn start(
        setup: &EmulatorSetup,
        client_id: &str,
        now: SystemTime,
        canaries: &Canaries,
    ) -> Result<Self, String> {
        let mut app = App::new(client_id).name("Conformance");
        if let Some(scopes) = &setup.scopes {
            app = app.scopes(scopes.iter().map(String::as_str));
        }
        let mut options = Options::default();
        if let Some(seconds) = setup.access_lifetime {
            options = options.access_token_lifetime(Duration::from_secs(seconds));
        }
        let limits = if setup.limits {
            Limits::documented()
        } else {
            Limits::unlimited()
        };
        let mut builder = Emulator::builder()
            .seed(7)
            .clock(Clock::at(now))
            .options(options)
            .rotation(rotation(setup)?)
            .limits(limits)
            .app(app);
        let usual = [PortalSetup {
            id: 4711,
            refresh: "{{rt1}}".to_owned(),
        }];
        let portals = setup.portals.as_deref().unwrap_or(&usual);
        for (portal, seed) in portals.iter().zip(7..) {
            let refresh = canaries.fill(&portal.refresh, &Bindings::new());
            builder = builder
                .portal(
                    Portal::generated(portal.id, seed)
                        .departments(setup.departments.unwrap_or(3))
                        .employees(setup.employees.unwrap_or(120)),
                )
                .connect(Connection::new(client_id, portal.id).with_refresh_token(refresh));
        }
        let emulator = builder.build().map_err(|error| error.to_string())?;
        for fault in &setup.fault {
            emulator.fault(self::fault(fault)?);
        }
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = serve(emulator.clone(), address).map_err(|error| error.to_string())?;
        Ok(Self { emulator, server })
    }

    pub(crate) fn base_url(&self) -> String {
        self.server.base_url()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.emulator.clock().advance(by);
    }

    pub(crate) fn activity(&self) -> u64 {
        let counters = self.emulator.counters();
        counters.token_requests + counters.api_requests + counters.unknown_requests
    }

    /// Token calls with `grant_type=refresh_token`, whatever came of them.
    pub(crate) fn refreshes(&self) -> u64 {
        let refresh = |pairs: &[(String, String)]| {
            pairs
                .iter()
                .any(|(name, value)| name == "grant_type" && value == "refresh_token")
        };
        let log = self.emulator.log();
        let calls = log.iter().filter(|exchange| {
            exchange.endpoint == Endpoint::Token && (refresh(&exchange.form) || refresh(&exchange.query))
        });
        calls.count() as u64
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
                if name == "refresh_token" {
                    canaries.learn("refresh", value);
                }
            }
        }
        for token in self.emulator.issued_tokens() {
            canaries.learn("issued", &token);
        }
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.emulator
            .log()
            .into_iter()
            .map(|exchange| {
                let query: String = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(&exchange.query)
                    .finish();
                let mark = if query.is_empty() { "" } else { "?" };
                Exchange {
                    request: format!("{} {}{mark}{query}", exchange.method, exchange.path),
                    headers: exchange
                        .headers
                        .iter()
                        .map(|(name, value)| {
                            (
                                name.to_string(),
                                String::from_utf8_lossy(value.as_bytes()).into_owned(),
                            )
                        })
                        .collect(),
                    body: String::from_utf8_lossy(&exchange.body).into_owned(),
                    status: exchange.status.map(|status| status.as_u16()),
                    answer: "(by the emulator)".to_owned(),
                }
            })
            .collect()
    }
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
        "api" => Target::Api,
        "/portal/v1.0/info" => Target::Operation(Operation::PortalInfo),
        "/hr/v1.0/departments" => Target::Operation(Operation::ListDepartments),
        "/hr/v1.0/employees" => Target::Operation(Operation::ListEmployees),
        other => return Err(format!("faults on {other} are not known")),
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
        Emulated::start(&setup, "app", SystemTime::UNIX_EPOCH, canaries).expect("an emulator")
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
