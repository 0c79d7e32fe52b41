//! How Smartsheet's world answers a request.

use std::time::SystemTime;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Method, Response, StatusCode};

use super::client_faults;
use super::faults::{Faults, Target};
use super::identity::{authorize, revocation, token};
use super::log::{Counters, Endpoint, Exchange, Log};
use super::region::{Region, Service, of_origin, split};
use super::routes::resolve;
use super::state::State;
use super::{api, attachments, developer_tools};
use crate::answers;
use crate::engine::World;
use crate::form::all;

impl World for State {
    type Endpoint = Endpoint;
    type Target = Target;
    type Counters = Counters;

    fn log(&self) -> &Log {
        &self.log
    }

    fn log_mut(&mut self) -> &mut Log {
        &mut self.log
    }

    fn faults_mut(&mut self) -> &mut Faults {
        &mut self.faults
    }

    fn resolve(method: &Method, path: &str) -> Endpoint {
        resolve(method, path)
    }

    fn strikes(target: &Target, endpoint: Endpoint) -> bool {
        target.matches(endpoint)
    }

    fn counts_in_flight(endpoint: Endpoint) -> bool {
        endpoint == Endpoint::Token
    }

    fn inspect(&self, exchange: &mut Exchange) {
        client_faults::note(self, exchange);
    }

    fn answer(&mut self, now: SystemTime, exchange: &Exchange) -> Response<Bytes> {
        let Some(region) = region(self, exchange) else {
            return answers::empty(StatusCode::NOT_FOUND);
        };
        match exchange.endpoint {
            Endpoint::Token => token::respond(self, region, now, exchange),
            Endpoint::Revocation => revocation::respond(self, region, now, exchange),
            Endpoint::Authorize => authorize::respond(self, region, now, exchange),
            Endpoint::DeveloperTools => developer_tools::respond(self, region, now, exchange),
            Endpoint::Download => attachments::download(self, region, now, exchange),
            Endpoint::Api(_) => api::respond(self, region, now, exchange),
            Endpoint::Unknown => answers::empty(StatusCode::NOT_FOUND),
        }
    }

    fn revoke(&mut self, exchange: &Exchange) {
        let Some(region) = region(self, exchange) else {
            return;
        };
        let sent = ["refresh_token", "code"]
            .iter()
            .find_map(|name| all(&exchange.form, name).chain(all(&exchange.query, name)).next());
        let header = exchange
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let bearer = header
            .and_then(|value| value.split_once(' '))
            .map(|(_, token)| token.trim());
        let tokens = &mut self.data(region).tokens;
        if let Some(grant) = sent.or(bearer).and_then(|token| tokens.grant_of(token)) {
            tokens.revoke_grant(grant);
        }
    }
}

/// Where a request goes: the host decides, then the path; `None` when the host does not serve that path.
pub(crate) fn region(state: &State, exchange: &Exchange) -> Option<Region> {
    let (by_host, service) = of_origin(&exchange.origin);
    let (by_path, _) = split(&exchange.path);
    let fits = match service {
        Service::All => true,
        Service::Api => matches!(
            exchange.endpoint,
            Endpoint::Token | Endpoint::Revocation | Endpoint::Api(_)
        ),
        Service::App => matches!(exchange.endpoint, Endpoint::Authorize | Endpoint::DeveloperTools),
    };
    // The real hosts know no region in the path.
    let fits = fits && !(by_host.is_some() && by_path.is_some());
    fits.then(|| by_host.or(by_path).unwrap_or(state.home))
}
