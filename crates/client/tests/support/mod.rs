//! A world for the client: a scripted provider, a fake credential and a clock that skips waiting.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "part of tests, which may stop where they stand"
)]

pub(crate) mod crowd;
pub(crate) mod list_server;

use std::{
    collections::VecDeque,
    fmt::Write as _,
    future::Future,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use attache_client::{Api, ApiBuilder, Error};
use attache_core::{
    AccountKey, Authorization, AuthorizationError, AuthorizationErrorKind, AuthorizationNow, Authorized,
    BoxFuture, Clock as _, Generation, ManualClock, Monotonic, Need, Observer, PaceWait, Retried, Sent,
    Transport, TransportError, TransportErrorKind, Unauthorized,
};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, header::AUTHORIZATION};

/// What the provider does with one request.
pub(crate) enum Reply {
    Answer(Response<Bytes>),
    Break(TransportErrorKind, Sent),
    Hang,
}

pub(crate) fn answer(status: u16, body: &str) -> Reply {
    Reply::Answer(
        Response::builder()
            .status(status)
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap(),
    )
}

pub(crate) fn answer_with(status: u16, name: &str, value: &str) -> Reply {
    Reply::Answer(
        Response::builder()
            .status(status)
            .header(name, value)
            .body(Bytes::new())
            .unwrap(),
    )
}

/// A request as the provider saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Milliseconds since the world began.
    pub(crate) at: u128,
    pub(crate) line: String,
    pub(crate) credential: String,
}

pub(crate) struct Script {
    clock: ManualClock,
    began: Monotonic,
    replies: Mutex<VecDeque<Reply>>,
    requests: Mutex<Vec<(u128, Request<Bytes>)>>,
}

impl Transport for Script {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async move {
            let at = self.clock.monotonic().since(self.began).as_millis();
            self.requests.lock().unwrap().push((at, request));
            let reply = self.replies.lock().unwrap().pop_front();
            match reply.expect("a request that the script does not know of") {
                Reply::Answer(answer) => Ok(answer),
                Reply::Break(kind, sent) => Err(TransportError::new(kind, sent)),
                Reply::Hang => std::future::pending().await,
            }
        })
    }
}

/// A credential that counts its generations from 1 and can be renewed `renewals` times.
pub(crate) struct FakeCredential {
    state: Mutex<State>,
    name: HeaderName,
    account: Option<AccountKey>,
}

#[derive(Default)]
struct State {
    generation: u64,
    renewals: u64,
    /// The error of the ask that comes after this many good ones.
    failure: Option<(usize, AuthorizationError)>,
    hangs: bool,
    gives_up_at_deadline: Option<ManualClock>,
    takes_time: Option<(ManualClock, Duration)>,
    log: Vec<String>,
    needs: Vec<Need>,
}

impl FakeCredential {
    /// One that can be renewed so often and goes into this header.
    pub(crate) fn new(renewals: u64, name: HeaderName) -> Self {
        Self {
            state: Mutex::new(State {
                generation: 1,
                renewals,
                ..State::default()
            }),
            name,
            account: Some(AccountKey::new("tenant", "example", "one").unwrap()),
        }
    }

    /// Every ask from now on waits this long.
    pub(crate) fn take_time(&self, clock: ManualClock, wait: Duration) {
        self.state.lock().unwrap().takes_time = Some((clock, wait));
    }

    /// Every ask from now on is answered at once.
    pub(crate) fn take_no_time(&self) {
        self.state.lock().unwrap().takes_time = None;
    }

    pub(crate) fn log(&self) -> Vec<String> {
        self.state.lock().unwrap().log.clone()
    }

    pub(crate) fn needs(&self) -> Vec<Need> {
        self.state.lock().unwrap().needs.clone()
    }

    pub(crate) fn fail(&self, error: AuthorizationError) {
        self.fail_after(0, error);
    }

    /// The ask that comes after `good` good ones fails.
    pub(crate) fn fail_after(&self, good: usize, error: AuthorizationError) {
        self.state.lock().unwrap().failure = Some((good, error));
    }

    /// Every ask waits for ever.
    pub(crate) fn hang(&self) {
        self.state.lock().unwrap().hangs = true;
    }

    /// Every ask waits until the deadline and then fails as transient.
    pub(crate) fn fail_at_deadline(&self, clock: ManualClock) {
        self.state.lock().unwrap().gives_up_at_deadline = Some(clock);
    }
}

impl Authorization for FakeCredential {
    fn now(&self, need: Need) -> AuthorizationNow<'_> {
        let mut state = self.state.lock().unwrap();
        state.needs.push(need);
        if state.hangs {
            return AuthorizationNow::Wait(Box::pin(std::future::pending()));
        }
        if let Some(clock) = state.gives_up_at_deadline.clone() {
            return AuthorizationNow::Wait(Box::pin(async move {
                clock.sleep_until(need.deadline.point().unwrap()).await;
                Err(AuthorizationError::new(AuthorizationErrorKind::Transient))
            }));
        }
        if let Some((good, error)) = &state.failure
            && *good < state.needs.len()
        {
            let error = error.clone();
            return AuthorizationNow::Wait(Box::pin(async { Err(error) }));
        }
        let authorized = Authorized {
            name: self.name.clone(),
            value: HeaderValue::from_str(&format!("Bearer canary-{}", state.generation)).unwrap(),
            generation: Generation(state.generation),
        };
        match state.takes_time.clone() {
            None => AuthorizationNow::Ready(authorized),
            Some((clock, wait)) => AuthorizationNow::Wait(Box::pin(async move {
                clock.sleep_until(clock.monotonic().plus(wait)).await;
                Ok(authorized)
            })),
        }
    }

    fn rejected(&self, generation: Generation) {
        let mut state = self.state.lock().unwrap();
        state.log.push(format!("rejected {}", generation.0));
        if state.renewals > 0 {
            state.renewals -= 1;
            state.generation += 1;
        }
    }

    fn accepted(&self, generation: Generation) {
        self.state
            .lock()
            .unwrap()
            .log
            .push(format!("accepted {}", generation.0));
    }

    fn account(&self) -> Option<&AccountKey> {
        self.account.as_ref()
    }
}

#[derive(Default)]
pub(crate) struct Events(Mutex<Vec<String>>);

impl Events {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Observer for Events {
    fn unauthorized(&self, event: &Unauthorized<'_>) {
        let text = format!("unauthorized {} {}", event.operation, event.generation.0);
        self.0.lock().unwrap().push(text);
    }

    fn pace_wait(&self, event: &PaceWait<'_>) {
        let text = format!("waited {} {:?}", event.operation, event.waited);
        self.0.lock().unwrap().push(text);
    }

    fn retried(&self, event: &Retried<'_>) {
        let text = format!("retried {} {} {:?}", event.operation, event.attempt, event.delay);
        self.0.lock().unwrap().push(text);
    }
}

pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) credential: Arc<FakeCredential>,
    pub(crate) events: Arc<Events>,
    pub(crate) script: Arc<Script>,
    pub(crate) api: Api,
}

/// A world in which the provider gives these replies.
pub(crate) fn world(replies: impl IntoIterator<Item = Reply>) -> World {
    world_with(replies, 1, AUTHORIZATION, |builder| builder)
}

pub(crate) fn world_with(
    replies: impl IntoIterator<Item = Reply>,
    renewals: u64,
    header: HeaderName,
    set_up: impl FnOnce(ApiBuilder) -> ApiBuilder,
) -> World {
    world_at(&clock(), replies, renewals, header, set_up)
}

pub(crate) fn clock() -> ManualClock {
    ManualClock::starting_at("2026-11-21T12:00:00Z".parse().unwrap())
}

/// As [`world_with`], on a clock that is there already.
pub(crate) fn world_at(
    clock: &ManualClock,
    replies: impl IntoIterator<Item = Reply>,
    renewals: u64,
    header: HeaderName,
    set_up: impl FnOnce(ApiBuilder) -> ApiBuilder,
) -> World {
    let script = Arc::new(Script {
        began: clock.monotonic(),
        clock: clock.clone(),
        replies: Mutex::new(replies.into_iter().collect()),
        requests: Mutex::default(),
    });
    let credential = Arc::new(FakeCredential::new(renewals, header));
    let events = Arc::new(Events::default());
    let builder = Api::builder(
        "https://api.example.com/base".parse().unwrap(),
        script.clone(),
        credential.clone(),
        Arc::new(clock.clone()),
    )
    .header(
        HeaderName::from_static("x-clientid"),
        HeaderValue::from_static("app-1"),
    )
    .observer(events.clone())
    .jitter_seed(7);
    World {
        api: set_up(builder).build().unwrap(),
        clock: clock.clone(),
        credential,
        events,
        script,
    }
}

impl World {
    /// Runs a future to its end, moving the clock to the next sleeper whenever it waits.
    pub(crate) fn run<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
            let next = self.clock.next_sleeper().expect("waits for nothing");
            self.clock.advance(next.since(self.clock.monotonic()));
        }
    }

    /// Polls a future once and drops it.
    pub(crate) fn poll_and_drop<F: Future>(future: F) {
        let polled = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending());
    }

    pub(crate) fn reply(&self, reply: Reply) {
        self.script.replies.lock().unwrap().push_back(reply);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        let requests = self.script.requests.lock().unwrap();
        requests
            .iter()
            .map(|(at, request)| Seen {
                at: *at,
                line: format!("{} {}", request.method(), request.uri()),
                credential: request.headers()[&self.credential.name]
                    .to_str()
                    .unwrap()
                    .to_owned(),
            })
            .collect()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }

    /// When requests were sent, in milliseconds since the world began.
    pub(crate) fn times(&self) -> Vec<u128> {
        self.seen().into_iter().map(|seen| seen.at).collect()
    }

    /// The last number in the query of each request, and when it was sent.
    pub(crate) fn numbers(&self) -> Vec<(usize, u128)> {
        let seen = self.seen().into_iter();
        seen.map(|seen| (seen.line.rsplit_once('=').unwrap().1.parse().unwrap(), seen.at))
            .collect()
    }

    pub(crate) fn last_request(&self) -> Request<Bytes> {
        self.script.requests.lock().unwrap().last().unwrap().1.clone()
    }

    /// Milliseconds since the world began.
    pub(crate) fn elapsed(&self) -> u128 {
        self.clock.monotonic().since(self.script.began).as_millis()
    }
}

/// Everything that an error and its sources show.
pub(crate) fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let _ = write!(text, " {inner} {inner:?}");
        source = inner.source();
    }
    text
}

pub(crate) const SECOND: Duration = Duration::from_secs(1);
