//! Setting up a client.

use std::{fmt, sync::Arc, time::Duration};

use attache_auth::Connector;
use attache_client::{Api, ApiBuilder, Error, Pace, RequestOptions};
use attache_core::{Authorization, Clock, Observer, Transport};
use http::{HeaderName, HeaderValue};

use crate::{
    app::App, client::Client, error_table::PlandayErrors, portal::PortalId, rate_budget::RateBudget,
};

/// Names the app that the access token was issued to, on every API request and only there (Planday,
/// Authorization: Accessing API resources). Written `X-ClientId` on the page; names of headers have no case.
const CLIENT_ID: HeaderName = HeaderName::from_static("x-clientid");

/// How long a call may take unless somebody says otherwise: once round the longest window of Planday's rate limits,
/// which is a minute, and half as long again for the request itself. With less, an answer that says that the window
/// begins anew in 60 seconds would fail every call after it.
const DEADLINE: Duration = Duration::from_secs(90);

/// Builds a [`Client`].
#[must_use]
pub struct ClientBuilder {
    api: ApiBuilder,
    options: RequestOptions,
    client_id: Result<HeaderValue, Error>,
    counted: Counted,
}

/// What the requests are counted by.
struct Counted {
    base: Box<str>,
    client_id: Box<str>,
    portal: Box<str>,
    pace: Pace,
    budget: Option<RateBudget>,
}

impl ClientBuilder {
    pub(crate) fn new(
        app: &App,
        authorization: Arc<dyn Authorization>,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self::of(app.connector(), authorization, transport, clock)
    }

    pub(crate) fn of(
        connector: &Connector,
        authorization: Arc<dyn Authorization>,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let base = connector.endpoints().api().clone();
        let client_id = HeaderValue::from_bytes(connector.client_id().as_bytes())
            .map_err(|_| Error::configuration("Application ID: holds a character that no header can carry"));
        let counted = Counted {
            base: base.as_str().into(),
            client_id: connector.client_id().into(),
            portal: "".into(),
            pace: Pace::new(Arc::clone(&clock)),
            budget: Some(RateBudget::new()),
        };
        Self {
            api: Api::builder(base, transport, authorization, clock).errors(PlandayErrors),
            options: RequestOptions::new(),
            client_id,
            counted,
        }
    }

    /// Counts the requests together with those of other clients that share this [`Pace`]. Unless set, the client
    /// counts alone. Clients of one [`Planday`](crate::Planday) share one.
    pub fn pace(mut self, pace: &Pace) -> Self {
        self.counted.pace = pace.clone();
        self
    }

    /// Sets how many requests may go out; [`RateBudget::new`] unless set. `None` sends them as they come.
    pub fn budget(mut self, budget: impl Into<Option<RateBudget>>) -> Self {
        self.counted.budget = budget.into();
        self
    }

    /// Sets the portal that the requests are counted for. It is known by itself where there is an account; clients that
    /// share a [`Pace`] and do not know their portals count as one.
    pub fn portal(self, portal: PortalId) -> Self {
        self.counted_for(&portal.to_string())
    }

    pub(crate) fn counted_for(mut self, portal: &str) -> Self {
        self.counted.portal = portal.into();
        self
    }

    /// Sets who is told of retries and of 401s.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.api = self.api.observer(observer);
        self
    }

    /// Sets what the options of calls are where they say nothing.
    ///
    /// Where these name no deadline, it is 90 seconds: a call can outlast the minute that Planday counts requests in, and
    /// so wait for its turn where the minute is used up. With a shorter one such a call fails with
    /// [`is_rate_limited`](Error::is_rate_limited), unsent.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets the seed of the jitter between retries, for tests.
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.api = self.api.jitter_seed(seed);
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// `Configuration` if the options hold a header that is not the caller's, such as `X-ClientId`.
    pub fn build(self) -> Result<Client, Error> {
        let Counted {
            base,
            client_id,
            portal,
            pace,
            budget,
        } = self.counted;
        let mut options = self.options;
        options.deadline.get_or_insert(DEADLINE);
        let api = self.api.options(options);
        let api = match budget {
            Some(budget) => api.pace(budget.gate(&pace, &base, &client_id, &portal)),
            None => api,
        };
        api.header(CLIENT_ID, self.client_id?)
            .build()
            .map(Client::from_api)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api", &self.api)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
