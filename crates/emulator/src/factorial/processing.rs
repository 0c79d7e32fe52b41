//! How Factorial's world answers a request.

use std::time::SystemTime;

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use super::faults::{Faults, Target};
use super::log::{Counters, Endpoint, Exchange, Log};
use super::oauth::{authorize, revoke, token};
use super::state::State;
use super::{api, applications, client_faults, resources, routes};
use crate::answers;
use crate::engine::World;

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
        routes::resolve(method, path)
    }

    fn strikes(target: &Target, endpoint: Endpoint) -> bool {
        target.matches(endpoint)
    }

    fn counts_in_flight(endpoint: Endpoint) -> bool {
        endpoint == Endpoint::Token
    }

    fn inspect(&self, exchange: &mut Exchange) {
        exchange.surplus = client_faults::surplus(exchange.endpoint, &exchange.form);
        exchange.client_faults = client_faults::of(self, exchange);
    }

    fn answer(&mut self, now: SystemTime, exchange: &Exchange) -> Response<Bytes> {
        match exchange.endpoint {
            Endpoint::Token => token::respond(self, now, exchange),
            Endpoint::Authorize => authorize::respond(self, now, exchange),
            Endpoint::Revocation => revoke::respond(self, exchange),
            Endpoint::Applications => applications::respond(self, exchange),
            Endpoint::Download => resources::download(self, exchange),
            Endpoint::Api(operation) => api::respond(self, now, exchange, operation),
            Endpoint::Unknown => answers::empty(StatusCode::NOT_FOUND),
        }
    }

    fn revoke(&mut self, exchange: &Exchange) {
        let key = exchange
            .headers
            .get("x-api-key")
            .and_then(|key| key.to_str().ok());
        if let Some(key) = key.and_then(|key| self.keys.get_mut(key)) {
            key.revoked = true;
        } else if let Some(index) = self.record_of(exchange) {
            self.tokens.revoke(index);
        }
    }
}
