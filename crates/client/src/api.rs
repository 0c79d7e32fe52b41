//! A provider's API, ready to be called.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use attache_core::{Authorization, BodyLimit, Clock, NoObserver, Observer, Transport};
use fastrand::Rng;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::de::DeserializeOwned;
use url::Url;

use crate::{
    Body, Call, Error, ErrorTable, Idempotency, PaceGate, RawResponse, RequestOptions, StandardErrors,
    decode::decode,
    executor::{Named, Prepared},
    operation::DEFAULT_CLASS,
    target::{self, Base},
};

/// A provider's API with the credential of one account. Cheap to clone.
#[derive(Clone)]
pub struct Api(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) base: Base,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) authorization: Arc<dyn Authorization>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) fixed: HeaderMap,
    pub(crate) errors: Box<dyn ErrorTable>,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) pace: Option<PaceGate>,
    pub(crate) options: RequestOptions,
    pub(crate) request_id_header: HeaderName,
    pub(crate) body_limit: BodyLimit,
    pub(crate) random: Mutex<Rng>,
}

/// Builds an [`Api`].
#[must_use]
pub struct ApiBuilder {
    inner: Inner,
    seed: Option<u64>,
}

/// What the raw request door is called in errors and events.
const RAW: Named = Named {
    name: "raw request",
    scopes: &[],
};

impl Api {
    /// A builder. Everything is asked for under `base`, and nothing of the credential goes anywhere else.
    pub fn builder(
        base: Url,
        transport: Arc<dyn Transport>,
        authorization: Arc<dyn Authorization>,
        clock: Arc<dyn Clock>,
    ) -> ApiBuilder {
        ApiBuilder {
            inner: Inner {
                base: Base::new(base),
                transport,
                authorization,
                clock,
                fixed: HeaderMap::new(),
                errors: Box::new(StandardErrors),
                observer: Arc::new(NoObserver),
                pace: None,
                options: RequestOptions::new(),
                request_id_header: HeaderName::from_static("x-request-id"),
                body_limit: BodyLimit::default(),
                random: Mutex::new(Rng::with_seed(0)),
            },
            seed: None,
        }
    }

    /// Sends a call and decodes the answer's JSON.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the request; whether it took effect is then unknown.
    pub async fn json<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        let named = Named::of(call.operation);
        let answer = self.send(call).await?;
        decode(&answer.body).map_err(|failure| {
            let error = failure.into_error(answer.status, answer.body.clone());
            self.about(error, named, Some(&answer.headers))
        })
    }

    /// Sends a call whose answer says nothing but that it worked.
    ///
    /// # Cancel safety
    ///
    /// As [`Api::json`].
    pub async fn unit(&self, call: Call) -> Result<(), Error> {
        self.send(call).await.map(drop)
    }

    /// Sends a call and returns the answer as it came.
    ///
    /// # Cancel safety
    ///
    /// As [`Api::json`].
    pub async fn send(&self, call: Call) -> Result<RawResponse, Error> {
        let named = Named::of(call.operation);
        match self.prepare_call(call) {
            Ok(prepared) => self.execute(prepared).await,
            Err(error) => Err(self.about(error, named, None)),
        }
    }

    /// Sends a request that no operation describes, with the same credential, headers, retry and errors. Any 2xx
    /// is success; the method says whether it can be repeated.
    ///
    /// `path` is relative to the base URL, and may have a query. An absolute URL is taken if it lies under the
    /// base, as links to a next page do.
    ///
    /// # Errors
    ///
    /// `Configuration` for a path that leads to another host or out of the base; else as any call.
    ///
    /// # Cancel safety
    ///
    /// As [`Api::json`].
    pub async fn raw(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Body>,
        options: RequestOptions,
    ) -> Result<RawResponse, Error> {
        let prepared = target::of_path(&self.0.base, path, query)
            .and_then(|uri| self.prepare(RAW, method, uri, body, options));
        match prepared {
            Ok(prepared) => self.execute(prepared).await,
            Err(error) => Err(self.about(error, RAW, None)),
        }
    }

    /// What authorises the calls.
    pub fn authorization(&self) -> &Arc<dyn Authorization> {
        &self.0.authorization
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// The base URL.
    pub fn base(&self) -> &Url {
        self.0.base.url()
    }

    fn prepare_call(&self, call: Call) -> Result<Prepared, Error> {
        let operation = call.operation;
        let uri = target::of_call(&self.0.base, &call)?;
        let body = call.body.transpose()?;
        let method = operation.method().clone();
        let mut prepared = self.prepare(Named::of(operation), method, uri, body, call.options)?;
        prepared.rate_class = operation.rate_class_name();
        prepared.idempotency = operation.retry_as();
        prepared.success = operation.success_codes();
        Ok(prepared)
    }

    fn prepare(
        &self,
        named: Named,
        method: Method,
        uri: http::Uri,
        body: Option<Body>,
        options: RequestOptions,
    ) -> Result<Prepared, Error> {
        options.check_headers(&self.0.fixed)?;
        let options = options.over(&self.0.options);
        let (content_type, body) = body.map(|body| (body.content_type, body.bytes)).unzip();
        Ok(Prepared {
            named,
            rate_class: DEFAULT_CLASS,
            idempotency: Idempotency::of(&method),
            method,
            uri,
            headers: (!options.headers.is_empty()).then(|| Box::new(options.headers)),
            content_type,
            body: body.unwrap_or_default(),
            success: &[],
            time: options.deadline.unwrap_or(std::time::Duration::from_secs(60)),
            attempts: options.attempts.unwrap_or(4),
            min_validity: options.min_validity.unwrap_or_default(),
        })
    }
}

impl ApiBuilder {
    /// Adds a header that every request carries and that no options can change.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.inner.fixed.insert(name, value);
        self
    }

    /// Sets what the provider's errors mean; [`StandardErrors`] unless set.
    pub fn errors(mut self, table: impl ErrorTable) -> Self {
        self.inner.errors = Box::new(table);
        self
    }

    /// Lets every request wait for its turn at this gate; none waits unless set.
    pub fn pace(mut self, gate: PaceGate) -> Self {
        self.inner.pace = Some(gate);
        self
    }

    /// Sets who is told of retries, waits and stale credentials.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.inner.observer = observer;
        self
    }

    /// Sets what a call's options are where they say nothing.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.inner.options = options;
        self
    }

    /// Sets the header in which the provider gives its id of a request; `x-request-id` unless set.
    pub fn request_id_header(mut self, name: HeaderName) -> Self {
        self.inner.request_id_header = name;
        self
    }

    /// Sets how long a body may be; 64 MiB unless set.
    pub fn body_limit(mut self, limit: BodyLimit) -> Self {
        self.inner.body_limit = limit;
        self
    }

    /// Sets the seed of the jitter between retries. Unless set, it comes from the clock at the time of building,
    /// so that processes do not retry in step.
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Builds the API.
    ///
    /// # Errors
    ///
    /// `Configuration`, if the base is no `http` or `https` URL, or has credentials, a query or a fragment, or
    /// if one of the headers belongs to the credential, the connection or the body.
    pub fn build(mut self) -> Result<Api, Error> {
        let base = self.inner.base.url();
        if !matches!(base.scheme(), "http" | "https") || base.host().is_none() {
            return Err(Error::configuration("base: must be an https URL with a host"));
        }
        if !base.username().is_empty()
            || base.password().is_some()
            || base.query().is_some()
            || base.fragment().is_some()
        {
            return Err(Error::configuration(
                "base: must have no user name, password, query or fragment",
            ));
        }
        self.inner.options.check_headers(&self.inner.fixed)?;
        RequestOptions {
            headers: self.inner.fixed.clone(),
            ..RequestOptions::default()
        }
        .check_headers(&HeaderMap::new())?;
        let seed = self.seed.unwrap_or_else(|| {
            let clock = &self.inner.clock;
            clock.monotonic().as_nanos() ^ clock.now().as_unix_seconds().unsigned_abs().rotate_left(32)
        });
        self.inner.random = Mutex::new(Rng::with_seed(seed));
        Ok(Api(Arc::new(self.inner)))
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("base", &self.0.base.url().as_str())
            .field("account", &self.0.authorization.account())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ApiBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiBuilder").finish_non_exhaustive()
    }
}
