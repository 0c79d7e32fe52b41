//! The way of every call: a deadline around attempts, each of them authorised, sent and sorted.

use std::{pin::pin, sync::PoisonError, time::Duration};

use attache_core::{
    AuthorizationError, AuthorizationErrorKind, AuthorizationNow, Authorized, BodyLimit, BoxFuture, Deadline,
    Monotonic, Need, PaceWait, Retried, Sent, TransportError, Unauthorized,
};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::{ACCEPT, CONTENT_TYPE, Entry},
};

use crate::{
    Answer, Api, Error, ErrorKind, Idempotency, Operation, PaceGate, RawResponse, Verdict,
    error::{as_code, as_request_id, repeats, sent_together},
    retry::{Again, backoff},
    retry_after::retry_after,
};

/// A request with everything but the credential and the API's own headers.
pub(crate) struct Prepared {
    pub(crate) named: Named,
    pub(crate) rate_class: &'static str,
    pub(crate) idempotency: Idempotency,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    /// The caller's, if there are any: most calls have none, and a request in flight should be small.
    pub(crate) headers: Option<Box<HeaderMap>>,
    pub(crate) content_type: Option<HeaderValue>,
    pub(crate) body: Bytes,
    /// Empty for any 2xx.
    pub(crate) success: &'static [u16],
    pub(crate) time: Duration,
    pub(crate) attempts: u32,
    pub(crate) min_validity: Duration,
}

/// What errors and events call a request.
#[derive(Clone, Copy)]
pub(crate) struct Named {
    pub(crate) name: &'static str,
    pub(crate) scopes: &'static [&'static str],
}

/// What is known of the attempts so far. It outlives them, so that a deadline can tell.
struct Progress {
    sent: Sent,
    in_flight: bool,
    attempts: u32,
    last: Option<Error>,
}

/// An attempt that brought no success.
struct Failure {
    error: Error,
    stale: bool,
    again: Again,
    /// What the attempt adds to [`Progress::sent`] if there is another one.
    sent: Sent,
}

impl Named {
    pub(crate) fn of(operation: &'static Operation) -> Self {
        Self {
            name: operation.name(),
            scopes: operation.required_scopes(),
        }
    }
}

impl Api {
    /// Sends a request until it succeeds, fails for good, or the time is over. The future is boxed once here, so
    /// that those of callers stay small.
    pub(crate) fn execute(&self, prepared: Prepared) -> BoxFuture<'_, Result<RawResponse, Error>> {
        Box::pin(async move {
            let clock = &*self.0.clock;
            let now = clock.monotonic();
            let deadline = Deadline::at(now.plus(prepared.time));
            let mut progress = Progress {
                sent: Sent::No,
                in_flight: false,
                attempts: 0,
                last: None,
            };
            let outcome = if deadline.has_passed(now) {
                None
            } else {
                // Pinned here, since what is passed by value is held twice.
                let attempts = pin!(self.attempts(&prepared, deadline, &mut progress));
                deadline.race(clock, attempts).await.ok()
            };
            outcome
                .unwrap_or_else(|| Err(progress.elapsed()))
                .map_err(|error| {
                    let error = error.change(|inner| {
                        inner.sent = sent_together(progress.sent, inner.sent);
                        inner.attempts = progress.attempts;
                    });
                    self.about(error, prepared.named, None)
                })
        })
    }

    async fn attempts(
        &self,
        prepared: &Prepared,
        deadline: Deadline,
        progress: &mut Progress,
    ) -> Result<RawResponse, Error> {
        let inner = &*self.0;
        let need = Need {
            deadline,
            min_validity: prepared.min_validity,
        };
        let mut authorized = self.authorize(need).await?;
        let mut counted = 0;
        let mut renewed = false;
        loop {
            let turn = match &inner.pace {
                Some(gate) => Some(self.turn(gate, prepared, need, &mut authorized, progress).await?),
                None => None,
            };
            let request = self.request(prepared, &authorized)?;
            progress.in_flight = true;
            progress.attempts += 1;
            let outcome = inner.transport.send(request).await;
            progress.in_flight = false;
            let failure = match self.settle(prepared, outcome, &authorized, turn) {
                Ok(answer) => return Ok(answer),
                Err(failure) => *failure,
            };
            if failure.stale {
                if renewed {
                    return Err(failure.error);
                }
                let newer = self.authorize(need).await?;
                if newer.generation == authorized.generation {
                    return Err(failure.error);
                }
                renewed = true;
                authorized = newer;
                progress.remember(failure);
                continue;
            }
            counted += 1;
            if counted >= prepared.attempts || !failure.again.allows(prepared.idempotency) {
                return Err(failure.error);
            }
            let delay = self.delay(&failure.error, counted);
            let now = inner.clock.monotonic();
            if deadline.remaining(now).is_some_and(|left| delay >= left) {
                return Err(failure.error.change(|inner| inner.retry_after = Some(delay)));
            }
            let account = inner.authorization.account();
            inner.observer.retried(&Retried::new(
                account,
                prepared.named.name,
                progress.attempts,
                delay,
            ));
            progress.remember(failure);
            inner.clock.sleep_until(now.plus(delay)).await;
            authorized = self.authorize(need).await?;
        }
    }

    /// Waits for the request's turn; it is to be sent at once. Gives the time of the turn.
    async fn turn(
        &self,
        gate: &PaceGate,
        prepared: &Prepared,
        need: Need,
        authorized: &mut Authorized,
        progress: &mut Progress,
    ) -> Result<Monotonic, Error> {
        let inner = &*self.0;
        let mut waited = Duration::ZERO;
        let mut ticket = None;
        let at = loop {
            let turn = gate.turn(prepared.rate_class, ticket, need.deadline, &*inner.clock);
            let turn = turn.await.map_err(|wait| progress.out_of_turn(wait))?;
            if turn.waited.is_zero() {
                break turn.at;
            }
            waited += turn.waited;
            // The wait may have outlived the credential.
            match inner.authorization.now(need) {
                AuthorizationNow::Ready(newer) => {
                    *authorized = newer;
                    break turn.at;
                }
                AuthorizationNow::Wait(renewal) => {
                    // The turn is of now, and the request of later.
                    gate.give_back(prepared.rate_class, &turn);
                    *authorized = renewal.await.map_err(|error| self.unauthorized(error, need))?;
                    ticket = turn.ticket;
                }
            }
        };
        if !waited.is_zero() {
            let account = inner.authorization.account();
            inner
                .observer
                .pace_wait(&PaceWait::new(account, prepared.named.name, waited));
        }
        Ok(at)
    }

    async fn authorize(&self, need: Need) -> Result<Authorized, Error> {
        let outcome = match self.0.authorization.now(need) {
            AuthorizationNow::Ready(authorized) => return Ok(authorized),
            AuthorizationNow::Wait(renewal) => renewal.await,
        };
        outcome.map_err(|error| self.unauthorized(error, need))
    }

    fn unauthorized(&self, error: AuthorizationError, need: Need) -> Error {
        let late = error.kind() == AuthorizationErrorKind::Transient
            && need.deadline.has_passed(self.0.clock.monotonic());
        let error = Error::from(error);
        if late {
            error.change(|inner| inner.kind = ErrorKind::Deadline)
        } else {
            error
        }
    }

    /// The request of one attempt.
    fn request(&self, prepared: &Prepared, authorized: &Authorized) -> Result<Request<Bytes>, Error> {
        let inner = &*self.0;
        // Made to measure: content type, accept and the credential come on top.
        let own = prepared.headers.as_deref();
        let own_len = own.map_or(0, HeaderMap::len);
        let mut headers = HeaderMap::with_capacity(own_len + inner.fixed.len() + 3);
        for (name, value) in own.into_iter().flatten().chain(&inner.fixed) {
            headers.append(name, value.clone());
        }
        if let Entry::Vacant(accept) = headers.entry(ACCEPT) {
            accept.insert(HeaderValue::from_static("application/json"));
        }
        if let Some(content_type) = &prepared.content_type {
            headers.insert(CONTENT_TYPE, content_type.clone());
        }
        let credential = headers.insert(authorized.name.clone(), authorized.value.clone());
        if credential.is_some() {
            return Err(Error::configuration(format!(
                "header `{}` belongs to the credential and cannot be set otherwise",
                authorized.name
            )));
        }
        let mut request = Request::new(prepared.body.clone());
        *request.method_mut() = prepared.method.clone();
        *request.uri_mut() = prepared.uri.clone();
        *request.headers_mut() = headers;
        // Where nothing is said, the default holds.
        if inner.body_limit != BodyLimit::default() {
            request.extensions_mut().insert(inner.body_limit);
        }
        Ok(request)
    }

    /// Sorts the outcome of one attempt and tells the authorization what it means.
    fn settle(
        &self,
        prepared: &Prepared,
        outcome: Result<Response<Bytes>, TransportError>,
        authorized: &Authorized,
        turn: Option<Monotonic>,
    ) -> Result<RawResponse, Box<Failure>> {
        let (mut parts, body) = match outcome {
            Ok(answer) => answer.into_parts(),
            Err(error) => {
                return Err(Box::new(Failure {
                    stale: false,
                    again: Again::after_transport(&error),
                    sent: error.sent(),
                    error: error.into(),
                }));
            }
        };
        let status = parts.status;
        let id = parts.headers.get(&self.0.request_id_header);
        if id.is_some_and(|id| id.to_str().is_ok_and(|id| repeats(&authorized.value, id))) {
            parts.headers.remove(&self.0.request_id_header);
        }
        // A 401 is no word of acceptance even where it does not call the credential stale, and what comes from an
        // overloaded or broken server, or from something in front of it, may never have looked at it.
        let busy = [
            StatusCode::UNAUTHORIZED,
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::TOO_MANY_REQUESTS,
        ];
        if !status.is_server_error() && !busy.contains(&status) {
            self.0.authorization.accepted(authorized.generation);
        }
        let gate = turn.zip(self.0.pace.as_ref());
        let hint = gate.and_then(|_| self.0.errors.pace_hint(status, &parts.headers));
        if let (Some((at, gate)), Some(hint)) = (gate, hint) {
            gate.learn(hint, at);
        }
        if prepared.is_success(status.as_u16()) {
            return Ok(RawResponse {
                status,
                headers: parts.headers,
                body,
            });
        }
        let answer = Answer::new(status, &parts.headers, &body, self.0.clock.now());
        let classified = self.0.errors.classify(&answer);
        let verdict = classified.verdict;
        // Where two headers say how long to wait, the longer wait keeps both.
        let wait = retry_after(&parts.headers, answer.now).max(classified.retry_after);
        if verdict == Verdict::RateLimited
            && let Some((_, gate)) = gate
        {
            gate.block(prepared.rate_class, wait, hint);
        }
        // Whatever a table says, only a 401 renews a credential.
        let stale = verdict == Verdict::Stale && status == StatusCode::UNAUTHORIZED;
        if stale {
            let account = self.0.authorization.account();
            self.0.observer.unauthorized(&Unauthorized::new(
                account,
                authorized.generation,
                prepared.named.name,
            ));
            self.0.authorization.rejected(authorized.generation);
        }
        let error = Error::new(verdict.kind()).change(|inner| {
            inner.sent = Sent::Yes;
            inner.status = Some(status.as_u16());
            inner.code = classified
                .code
                .as_deref()
                .filter(|code| !repeats(&authorized.value, code))
                .and_then(as_code);
            inner.retry_after = wait;
            inner.provider_message = classified.message.map(Into::into);
            inner.validation = classified.fields;
            inner.body = Some(body);
        });
        Err(Box::new(Failure {
            error: self.about(error, prepared.named, Some(&parts.headers)),
            stale,
            again: Again::after_verdict(verdict),
            sent: match verdict {
                Verdict::Stale | Verdict::RateLimited => Sent::No,
                _ => Sent::Yes,
            },
        }))
    }

    fn delay(&self, error: &Error, attempt: u32) -> Duration {
        match error.retry_after() {
            // "Now" is taken as no word at all: it would make every caller come back at once.
            Some(wait) if !wait.is_zero() => wait,
            _ => {
                let mut random = self.0.random.lock().unwrap_or_else(PoisonError::into_inner);
                backoff(&mut random, attempt, error.is_rate_limited())
            }
        }
    }

    /// Adds to an error what it is about.
    pub(crate) fn about(&self, error: Error, named: Named, headers: Option<&HeaderMap>) -> Error {
        error.change(|inner| {
            inner.operation = Some(named.name);
            if headers.is_some() {
                // Only the API's own word is about the operation; a token endpoint knows of none.
                inner.scopes = named.scopes;
            }
            if inner.account.is_none() {
                inner.account = self.0.authorization.account().cloned();
            }
            if let Some(id) = headers.and_then(|headers| headers.get(&self.0.request_id_header)) {
                inner.request_id = id.to_str().ok().and_then(as_request_id);
            }
        })
    }
}

impl Prepared {
    fn is_success(&self, status: u16) -> bool {
        if self.success.is_empty() {
            (200..300).contains(&status)
        } else {
            self.success.contains(&status)
        }
    }
}

impl Progress {
    /// Keeps a failure that is followed by another attempt.
    fn remember(&mut self, failure: Failure) {
        self.sent = sent_together(self.sent, failure.sent);
        self.last = Some(failure.error);
    }

    /// The error of a request whose turn cannot come in time.
    fn out_of_turn(&mut self, wait: Duration) -> Error {
        let last = self.last.take();
        Error::new(ErrorKind::RateLimited).change(|inner| {
            inner.detail = Some("the request's turn would come after the deadline".into());
            inner.retry_after = Some(wait);
            inner.source = last.map(Into::into);
        })
    }

    /// The error of a deadline that passed in the middle of things.
    fn elapsed(&mut self) -> Error {
        let last = self.last.take();
        Error::new(ErrorKind::Deadline).change(|inner| {
            inner.sent = if self.in_flight { Sent::Maybe } else { Sent::No };
            inner.source = last.map(Into::into);
        })
    }
}
