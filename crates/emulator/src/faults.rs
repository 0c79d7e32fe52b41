//! Failures on demand, whatever the provider.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::{Delivery, Latch};

/// What goes wrong.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Effect {
    /// This status with these headers and no body.
    Status {
        /// The status.
        status: StatusCode,
        /// Headers beside it, such as `Retry-After`.
        headers: Vec<(HeaderName, HeaderValue)>,
    },
    /// An HTML page with this status, as a proxy in between writes it.
    Html(StatusCode),
    /// 200 without a body.
    Empty,
    /// The answer under another content type.
    ContentType(HeaderValue),
    /// 302 to this location.
    Redirect(HeaderValue),
    /// Another answer altogether.
    Body {
        /// Its status.
        status: StatusCode,
        /// Its content type.
        content_type: HeaderValue,
        /// Its body.
        body: Bytes,
    },
    /// 200 with a JSON object of about this many bytes.
    Oversized(usize),
    /// 200 with a JSON text that is not UTF-8.
    NonUtf8,
    /// The connection ends without a reply.
    Drop,
    /// The connection ends after this many bytes of the body.
    Cut {
        /// Bytes of the body that still arrive.
        after: usize,
    },
    /// No reply until the latch opens or the peer leaves.
    Stall(Latch),
    /// The reply takes this long, in real time.
    Delay(Duration),
    /// What the request's token hangs on is revoked: Planday, the app on the portal; elsewhere, the person's grant.
    Revoke,
}

impl Effect {
    /// A bare status. Anything but a number from 100 to 999 becomes 500.
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::Status {
            status,
            headers: Vec::new(),
        }
    }

    /// 429, with this `Retry-After` unless it is no header value.
    pub fn throttled(retry_after: Option<&str>) -> Self {
        let value = retry_after.and_then(|value| HeaderValue::from_str(value).ok());
        let headers = value.into_iter().map(|value| (RETRY_AFTER, value)).collect();
        Self::Status {
            status: StatusCode::TOO_MANY_REQUESTS,
            headers,
        }
    }

    /// A redirect. A location that is no header value becomes `/`.
    pub fn redirect(location: &str) -> Self {
        Self::Redirect(HeaderValue::from_str(location).unwrap_or(HeaderValue::from_static("/")))
    }

    /// Whether the request is left unprocessed when this comes before it.
    pub(crate) fn answers(&self) -> bool {
        !matches!(self, Self::Stall(_) | Self::Delay(_) | Self::Revoke)
    }

    /// The wait that this means before processing.
    pub(crate) fn wait(&self) -> Delivery {
        match self {
            Self::Stall(latch) => Delivery::Stall(latch.clone()),
            Self::Delay(by) => Delivery::Delay(*by),
            _ => Delivery::Normal,
        }
    }

    /// What this makes of an answer.
    pub(crate) fn apply(&self, answer: Response<Bytes>) -> (Response<Bytes>, Delivery) {
        let normal = |response| (response, Delivery::Normal);
        match self {
            Self::Status { status, headers } => {
                let mut response = replaced(&answer, *status, None, Bytes::new());
                for (name, value) in headers {
                    response.headers_mut().append(name, value.clone());
                }
                normal(response)
            }
            Self::Html(status) => {
                let page = Bytes::from_static(b"<!DOCTYPE html><html><body><h1>Gateway</h1></body></html>");
                normal(replaced(
                    &answer,
                    *status,
                    Some(HeaderValue::from_static("text/html")),
                    page,
                ))
            }
            Self::Empty => normal(replaced(&answer, StatusCode::OK, None, Bytes::new())),
            Self::ContentType(value) => {
                let mut answer = answer;
                answer.headers_mut().insert(CONTENT_TYPE, value.clone());
                normal(answer)
            }
            Self::Redirect(location) => {
                let mut response = replaced(&answer, StatusCode::FOUND, None, Bytes::new());
                response.headers_mut().insert(LOCATION, location.clone());
                normal(response)
            }
            Self::Body {
                status,
                content_type,
                body,
            } => normal(replaced(
                &answer,
                *status,
                Some(content_type.clone()),
                body.clone(),
            )),
            Self::Oversized(bytes) => {
                let body = format!("{{\"padding\":\"{}\"}}", "x".repeat(bytes.saturating_sub(14)));
                normal(replaced(&answer, StatusCode::OK, Some(json()), Bytes::from(body)))
            }
            Self::NonUtf8 => {
                let body = Bytes::from_static(b"{\"access_token\":\"\xff\xfe\"}");
                normal(replaced(&answer, StatusCode::OK, Some(json()), body))
            }
            Self::Drop => (answer, Delivery::Drop),
            Self::Cut { after } => (answer, Delivery::Cut { after: *after }),
            Self::Stall(_) | Self::Delay(_) => (answer, self.wait()),
            Self::Revoke => normal(answer),
        }
    }
}

fn json() -> HeaderValue {
    HeaderValue::from_static("application/json")
}

/// Another answer that keeps the rate headers, which are sent on every API response.
fn replaced(
    answer: &Response<Bytes>,
    status: StatusCode,
    content_type: Option<HeaderValue>,
    body: Bytes,
) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    for (name, value) in answer
        .headers()
        .iter()
        .filter(|(name, _)| name.as_str().contains("ratelimit-"))
    {
        response.headers_mut().append(name, value.clone());
    }
    if let Some(content_type) = content_type {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    response
}

/// One failure: which requests, what, when, how often. `T` is the provider's way to say which.
#[derive(Clone, Debug)]
#[must_use = "give it to Emulator::fault"]
pub struct Fault<T> {
    target: T,
    effect: Effect,
    after: bool,
    skip: u32,
    times: Option<u32>,
}

impl<T> Fault<T> {
    /// Strikes the next matching request, before it is processed.
    ///
    /// Effects that answer leave the request unprocessed. [`Effect::Cut`] and [`Effect::ContentType`] then fall on a
    /// 503; [`Effect::Stall`], [`Effect::Delay`] and [`Effect::Revoke`] let it be processed afterwards.
    pub fn new(target: T, effect: Effect) -> Self {
        Self {
            target,
            effect,
            after: false,
            skip: 0,
            times: Some(1),
        }
    }

    /// Strikes after processing: the token is rotated, the department created, and only the reply suffers.
    pub fn after(mut self) -> Self {
        self.after = true;
        self
    }

    /// Lets this many matching requests pass first.
    pub fn skip(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Strikes this many requests.
    pub fn times(mut self, requests: u32) -> Self {
        self.times = Some(requests);
        self
    }

    /// Strikes without end.
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }
}

/// Names a fault that was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FaultId(pub(crate) u64);

impl FaultId {
    /// The number that the control plane shows.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// The faults that were set, spent or not.
pub(crate) struct Faults<T> {
    armed: Vec<Armed<T>>,
    next: u64,
}

impl<T> Default for Faults<T> {
    fn default() -> Self {
        Self {
            armed: Vec::new(),
            next: 0,
        }
    }
}

struct Armed<T> {
    id: FaultId,
    fault: Fault<T>,
    hits: u32,
}

/// What strikes one request: at most one effect before it and one after it.
#[derive(Default)]
pub(crate) struct Strike {
    pub(crate) before: Option<(FaultId, Effect)>,
    pub(crate) after: Option<(FaultId, Effect)>,
}

impl<T> Faults<T> {
    pub(crate) fn arm(&mut self, fault: Fault<T>) -> FaultId {
        self.next += 1;
        let id = FaultId(self.next);
        self.armed.push(Armed { id, fault, hits: 0 });
        id
    }

    pub(crate) fn clear(&mut self) {
        self.armed.clear();
    }

    pub(crate) fn hits(&self, id: FaultId) -> u32 {
        self.armed
            .iter()
            .find(|armed| armed.id == id)
            .map_or(0, |armed| armed.hits)
    }

    pub(crate) fn pending(&self) -> usize {
        self.armed.iter().filter(|armed| !armed.is_spent()).count()
    }

    /// In the order they were set, the first live fault strikes; one that did not get its turn is not used up.
    pub(crate) fn strike(&mut self, matches: impl Fn(&T) -> bool) -> Strike {
        let mut strike = Strike::default();
        // Every skip counts the requests seen since the fault was set, whoever strikes.
        let mut ready = Vec::new();
        for (index, armed) in self.armed.iter_mut().enumerate() {
            if armed.is_spent() || !matches(&armed.fault.target) {
                continue;
            }
            if armed.fault.skip > 0 {
                armed.fault.skip -= 1;
            } else {
                ready.push(index);
            }
        }
        strike.before = self.take(&ready, false);
        if !strike.before.as_ref().is_some_and(|(_, effect)| effect.answers()) {
            strike.after = self.take(&ready, true);
        }
        strike
    }

    fn take(&mut self, ready: &[usize], after: bool) -> Option<(FaultId, Effect)> {
        let index = *ready
            .iter()
            .find(|index| self.armed[**index].fault.after == after)?;
        let armed = &mut self.armed[index];
        armed.hits += 1;
        Some((armed.id, armed.fault.effect.clone()))
    }
}

impl<T> Armed<T> {
    fn is_spent(&self) -> bool {
        self.fault.times.is_some_and(|times| self.hits >= times)
    }
}
