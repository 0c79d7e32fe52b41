//! A request between its arrival and its answer.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::DATE;
use http::{HeaderValue, Request, Response, StatusCode};

use super::emulator::{Emulator, InFlight};
use super::faults::{Effect, Strike};
use super::identity::{authorize, discovery, revocation, token};
use super::log::{Endpoint, Exchange};
use super::routes::Resolved;
use super::state::State;
use super::{access_page, answers, api, control};
use crate::Delivery;

/// A request that arrived and is not processed yet.
///
/// Dropped without [`finish`](Self::finish), it was never processed.
#[must_use = "finish it to get the answer"]
pub struct Accepted {
    pub(super) emulator: Emulator,
    pub(super) work: Work,
}

pub(super) enum Work {
    Control(Box<Request<Bytes>>),
    Exchange(Box<Pending>),
}

pub(super) struct Pending {
    pub(super) exchange: Exchange,
    pub(super) resolved: Resolved,
    pub(super) strike: Strike,
    pub(super) before: Delivery,
    pub(super) in_flight: Option<Arc<InFlight>>,
}

impl Accepted {
    /// What the request waits for before it may be processed: [`Delivery::Stall`], [`Delivery::Delay`], or nothing.
    pub fn before(&self) -> &Delivery {
        match &self.work {
            Work::Control(_) => &Delivery::Normal,
            Work::Exchange(pending) => &pending.before,
        }
    }

    /// Processes the request.
    pub fn finish(self) -> Response<Bytes> {
        let Self { emulator, work } = self;
        let pending = match work {
            Work::Control(request) => {
                let mut response = control::respond(&emulator, &request);
                response.extensions_mut().insert(Delivery::Normal);
                return response;
            }
            Work::Exchange(pending) => *pending,
        };
        let now = emulator.shared.clock.now();
        let (mut response, delivery) = emulator.change(|state| pending.process(state, now));
        response.extensions_mut().insert(delivery);
        if let Some(in_flight) = pending.in_flight {
            response.extensions_mut().insert(in_flight);
        }
        response
    }
}

impl Pending {
    fn process(&self, state: &mut State, now: SystemTime) -> (Response<Bytes>, Delivery) {
        let before = self.strike.before.as_ref().map(|(_, effect)| effect);
        let (mut response, delivery, processed) = match before {
            Some(effect) if effect.answers() => {
                let mut blank = answers::empty(StatusCode::SERVICE_UNAVAILABLE);
                if matches!(self.exchange.endpoint, Endpoint::Api(_)) {
                    api::reading(state, now, &self.exchange).write(blank.headers_mut());
                }
                let (response, delivery) = effect.apply(blank);
                (response, delivery, false)
            }
            other => {
                if matches!(other, Some(Effect::Revoke)) {
                    self.revoke(state);
                }
                let (response, delivery) = self.answer(state, now);
                (response, delivery, true)
            }
        };
        if let Some(date) = date(now) {
            response.headers_mut().insert(DATE, date);
        }
        if let Some(entry) = state.log.entry(self.exchange.number) {
            entry.lost = matches!(delivery, Delivery::Drop | Delivery::Cut { .. });
            let unsaid = matches!(delivery, Delivery::Drop) && !processed;
            if !unsaid {
                entry.status = Some(response.status());
                entry.response_headers.clone_from(response.headers());
                entry.response_body.clone_from(response.body());
            }
        }
        (response, delivery)
    }

    fn answer(&self, state: &mut State, now: SystemTime) -> (Response<Bytes>, Delivery) {
        let response = match self.resolved.endpoint {
            Endpoint::Token => token::respond(state, now, &self.exchange),
            Endpoint::Authorize => authorize::respond(state, now, &self.exchange),
            Endpoint::Revocation => revocation::respond(state, &self.exchange),
            Endpoint::Discovery => discovery::respond(state, &self.exchange),
            Endpoint::AccessPage => access_page::respond(state, &self.exchange),
            Endpoint::Api(_) => api::respond(state, now, &self.exchange, &self.resolved),
            Endpoint::Unknown => answers::empty(StatusCode::NOT_FOUND),
        };
        let Some((_, effect)) = &self.strike.after else {
            return (response, Delivery::Normal);
        };
        if matches!(effect, Effect::Revoke) {
            self.revoke(state);
        }
        effect.apply(response)
    }

    fn revoke(&self, state: &mut State) {
        if let Some(key) = state.grant_of(&self.exchange) {
            state.grants.pause(&key, true);
        }
    }
}

/// The `Date` header, by the emulator's clock.
fn date(now: SystemTime) -> Option<HeaderValue> {
    let timestamp = jiff::Timestamp::try_from(now).ok()?;
    let text = jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&timestamp)
        .ok()?;
    HeaderValue::from_str(&text).ok()
}
