//! How Planday's world answers a request.

use std::time::SystemTime;

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use super::faults::{Faults, Target};
use super::identity::{authorize, discovery, form_fields, revocation, token};
use super::log::{Counters, Endpoint, Exchange, Log};
use super::routes::resolve;
use super::state::State;
use super::{access_page, answers, api};
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
        resolve(method, path).endpoint
    }

    fn strikes(target: &Target, endpoint: Endpoint) -> bool {
        target.matches(endpoint)
    }

    fn counts_in_flight(endpoint: Endpoint) -> bool {
        endpoint == Endpoint::Token
    }

    fn inspect(&self, exchange: &mut Exchange) {
        exchange.surplus = form_fields::surplus(exchange.endpoint, &exchange.form);
    }

    fn answer(&mut self, now: SystemTime, exchange: &Exchange) -> Response<Bytes> {
        match exchange.endpoint {
            Endpoint::Token => token::respond(self, now, exchange),
            Endpoint::Authorize => authorize::respond(self, now, exchange),
            Endpoint::Revocation => revocation::respond(self, exchange),
            Endpoint::Discovery => discovery::respond(self, exchange),
            Endpoint::AccessPage => access_page::respond(self, exchange),
            Endpoint::Api(_) => {
                let resolved = resolve(&exchange.method, &exchange.path);
                api::respond(self, now, exchange, &resolved)
            }
            Endpoint::Unknown => answers::empty(StatusCode::NOT_FOUND),
        }
    }

    fn unanswered(&mut self, now: SystemTime, exchange: &Exchange) -> Response<Bytes> {
        let mut blank = answers::empty(StatusCode::SERVICE_UNAVAILABLE);
        if matches!(exchange.endpoint, Endpoint::Api(_)) {
            api::reading(self, now, exchange).write(blank.headers_mut());
        }
        blank
    }

    fn revoke(&mut self, exchange: &Exchange) {
        if let Some(key) = self.grant_of(exchange) {
            self.grants.pause(&key, true);
        }
    }
}
