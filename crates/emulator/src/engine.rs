//! What every provider's emulator does with a request: log it, count it, draw its faults, let the world answer.

use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{DATE, HOST};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, request};

use crate::control::{self, Latches};
use crate::faults::{Effect, Faults, Strike};
use crate::form::{is_form, pairs};
use crate::lock::lock;
use crate::log::{Counting, Exchange, Log};
use crate::{Accepted, Clock, Delivery, answers};

/// Everything of a provider that can change while its emulator runs, and how it answers.
pub(crate) trait World: Send + 'static {
    /// What a request is addressed to.
    type Endpoint: Copy + fmt::Debug + PartialEq + Send + 'static;
    /// Which requests a fault waits for.
    type Target: Send + 'static;
    /// What is counted.
    type Counters: Counting<Self::Endpoint>;

    fn log(&self) -> &Log<Self::Endpoint, Self::Counters>;
    fn log_mut(&mut self) -> &mut Log<Self::Endpoint, Self::Counters>;
    fn faults_mut(&mut self) -> &mut Faults<Self::Target>;

    /// What a request is addressed to.
    fn resolve(method: &Method, path: &str) -> Self::Endpoint;

    /// Whether a fault waits for requests to this.
    fn strikes(target: &Self::Target, endpoint: Self::Endpoint) -> bool;

    /// Whether a request to this is counted as in flight until its answer is out.
    fn counts_in_flight(endpoint: Self::Endpoint) -> bool;

    /// Notes what the client does wrong, before the request is logged.
    fn inspect(&self, exchange: &mut Exchange<Self::Endpoint>);

    /// Processes a request.
    fn answer(&mut self, now: SystemTime, exchange: &Exchange<Self::Endpoint>) -> Response<Bytes>;

    /// What a fault that leaves a request unprocessed starts from.
    fn unanswered(&mut self, _now: SystemTime, _exchange: &Exchange<Self::Endpoint>) -> Response<Bytes> {
        answers::empty(StatusCode::SERVICE_UNAVAILABLE)
    }

    /// Revokes what the request's token hangs on ([`Effect::Revoke`]).
    fn revoke(&mut self, exchange: &Exchange<Self::Endpoint>);
}

/// One world and what surrounds it. Clones share it.
pub(crate) struct Engine<W: World>(Arc<Shared<W>>);

struct Shared<W: World> {
    world: Mutex<W>,
    clock: Clock,
    control_plane: bool,
    latches: Latches,
    watchers: Mutex<Vec<Waker>>,
}

impl<W: World> Shared<W> {
    /// Wakes whoever waits for the counters. Called without the world's lock.
    fn changed(&self) {
        let watchers = std::mem::take(&mut *lock(&self.watchers));
        watchers.into_iter().for_each(Waker::wake);
    }
}

/// A request is in flight for as long as this lives: it rides in the response's extensions.
struct InFlight<W: World>(Arc<Shared<W>>);

impl<W: World> Drop for InFlight<W> {
    fn drop(&mut self) {
        lock(&self.0.world).log_mut().counters.left();
        self.0.changed();
    }
}

impl<W: World> Engine<W> {
    pub(crate) fn new(world: W, clock: Clock, control_plane: bool) -> Self {
        Self(Arc::new(Shared {
            world: Mutex::new(world),
            clock,
            control_plane,
            latches: Latches::default(),
            watchers: Mutex::default(),
        }))
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn latches(&self) -> &Latches {
        &self.0.latches
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&W) -> T) -> T {
        look(&lock(&self.0.world))
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut W) -> T) -> T {
        let result = change(&mut lock(&self.0.world));
        self.0.changed();
        result
    }

    /// Completes when the counters satisfy `reached`, which is asked whenever they change.
    pub(crate) fn until<F>(&self, reached: F) -> impl Future<Output = ()> + Send + use<F, W>
    where
        F: Fn(&W::Counters) -> bool + Send + 'static,
    {
        let engine = self.clone();
        poll_fn(move |context| {
            // First register, then look: a change in between wakes us.
            lock(&engine.0.watchers).push(context.waker().clone());
            if reached(&engine.read(|world| world.log().counters)) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
    }

    /// Takes a request in. One to the control plane goes to `control`, unlogged, where that is switched on.
    pub(crate) fn accept(
        &self,
        request: Request<Bytes>,
        control: impl FnOnce(&Request<Bytes>) -> Response<Bytes> + Send + 'static,
    ) -> Accepted {
        if self.0.control_plane && request.uri().path().starts_with(control::PREFIX) {
            return Accepted::new(Delivery::Normal, move || {
                let mut response = control(&request);
                response.extensions_mut().insert(Delivery::Normal);
                response
            });
        }
        let mut exchange = self.arrived(request);
        let endpoint = exchange.endpoint;
        let strike = self.change(|world| {
            let strike = world.faults_mut().strike(|target| W::strikes(target, endpoint));
            let first = strike.before.as_ref().or(strike.after.as_ref());
            exchange.fault = first.map(|(id, _)| *id);
            world.inspect(&mut exchange);
            exchange.number = world.log_mut().push(exchange.clone());
            strike
        });
        let in_flight = W::counts_in_flight(endpoint).then(|| Arc::new(InFlight(Arc::clone(&self.0))));
        let before = strike
            .before
            .as_ref()
            .map_or(Delivery::Normal, |(_, effect)| effect.wait());
        let engine = self.clone();
        Accepted::new(before, move || {
            let now = engine.clock().now();
            let (mut response, delivery) = engine.change(|world| process(world, now, &exchange, &strike));
            response.extensions_mut().insert(delivery);
            if let Some(in_flight) = in_flight {
                response.extensions_mut().insert(in_flight);
            }
            response
        })
    }

    fn arrived(&self, request: Request<Bytes>) -> Exchange<W::Endpoint> {
        let (parts, body) = request.into_parts();
        let form = if is_form(&parts.headers) {
            pairs(&body)
        } else {
            Vec::new()
        };
        Exchange {
            number: 0,
            at: self.clock().now(),
            endpoint: W::resolve(&parts.method, parts.uri.path()),
            origin: origin(&parts),
            path: parts.uri.path().to_owned(),
            query: parts
                .uri
                .query()
                .map(|query| pairs(query.as_bytes()))
                .unwrap_or_default(),
            method: parts.method,
            headers: parts.headers,
            body,
            form,
            surplus: Vec::new(),
            client_faults: Vec::new(),
            status: None,
            response_headers: HeaderMap::new(),
            response_body: Bytes::new(),
            fault: None,
            lost: false,
        }
    }
}

impl<W: World> Clone for Engine<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

fn process<W: World>(
    world: &mut W,
    now: SystemTime,
    exchange: &Exchange<W::Endpoint>,
    strike: &Strike,
) -> (Response<Bytes>, Delivery) {
    let before = strike.before.as_ref().map(|(_, effect)| effect);
    let (mut response, delivery, processed) = match before {
        Some(effect) if effect.answers() => {
            let blank = world.unanswered(now, exchange);
            let (response, delivery) = effect.apply(blank);
            (response, delivery, false)
        }
        other => {
            if matches!(other, Some(Effect::Revoke)) {
                world.revoke(exchange);
            }
            let (response, delivery) = answer(world, now, exchange, strike);
            (response, delivery, true)
        }
    };
    if let Some(date) = date(now) {
        response.headers_mut().insert(DATE, date);
    }
    if let Some(entry) = world.log_mut().entry(exchange.number) {
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

fn answer<W: World>(
    world: &mut W,
    now: SystemTime,
    exchange: &Exchange<W::Endpoint>,
    strike: &Strike,
) -> (Response<Bytes>, Delivery) {
    let response = world.answer(now, exchange);
    let Some((_, effect)) = &strike.after else {
        return (response, Delivery::Normal);
    };
    if matches!(effect, Effect::Revoke) {
        world.revoke(exchange);
    }
    effect.apply(response)
}

/// The `Date` header, by the emulator's clock.
fn date(now: SystemTime) -> Option<HeaderValue> {
    let timestamp = jiff::Timestamp::try_from(now).ok()?;
    let text = jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&timestamp)
        .ok()?;
    HeaderValue::from_str(&text).ok()
}

/// The scheme and host of a request.
fn origin(parts: &request::Parts) -> String {
    let scheme = parts.uri.scheme_str().unwrap_or("http");
    let host = host(&parts.uri, &parts.headers);
    format!(
        "{scheme}://{}",
        host.as_ref().map_or("localhost", Authority::as_str)
    )
}

/// The host of a request: from its target if that is absolute, else from `Host` (RFC 9112, 3.3).
pub(crate) fn host(target: &Uri, headers: &HeaderMap) -> Option<Authority> {
    let said = || Authority::try_from(headers.get(HOST)?.as_bytes()).ok();
    target.authority().cloned().or_else(said)
}
