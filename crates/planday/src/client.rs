//! The client of one portal.

use std::{fmt, sync::Arc};

use attache_auth::Account;
use attache_client::{Api, Body, Call, Error, Operation, RawResponse, RequestOptions};
use attache_core::{AccountKey, Authorization, Clock, Transport};
use http::Method;

use crate::{
    app::App, client_builder::ClientBuilder, hr::Hr, portal::Portal, profile::PROVIDER,
    scheduling::Scheduling,
};

/// Planday's API as one portal. Cheap to clone; clones share everything.
///
/// Every request carries `Authorization: Bearer` with the account's access token, and `X-ClientId` with the
/// Application ID that the token was issued to (Planday, Authorization: Accessing API resources).
#[derive(Clone)]
pub struct Client {
    api: Api,
    options: RequestOptions,
}

impl Client {
    /// A client for a linked account, with default options.
    ///
    /// # Errors
    ///
    /// `Configuration` if the account is of another provider.
    pub fn new(
        account: Account,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let connector = account.connector();
        if connector.profile().provider != PROVIDER {
            let problem = "account: was linked through an app of another provider than Planday";
            return Err(Error::configuration(problem).with_account(account.key().clone()));
        }
        let portal = account.identity();
        ClientBuilder::of(&connector, Arc::new(account), transport, clock)
            .counted_for(portal.as_str().trim_start_matches("portal:"))
            .build()
    }

    /// A builder, for any authorization whose access tokens were issued to `app`.
    pub fn builder(
        app: &App,
        authorization: Arc<dyn Authorization>,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> ClientBuilder {
        ClientBuilder::new(app, authorization, transport, clock)
    }

    pub(crate) fn from_api(api: Api) -> Self {
        Self {
            api,
            options: RequestOptions::new(),
        }
    }

    /// The same client with other options for its calls. What `options` leave open is as the client was built.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use attache_planday::{Client, Error, RequestOptions};
    /// # async fn run(client: Client) -> Result<(), Error> {
    /// let hurried = client.with_options(RequestOptions::new().deadline(Duration::from_secs(5)).attempts(1));
    /// let portal = hurried.portal().info().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_options(&self, options: RequestOptions) -> Self {
        Self {
            api: self.api.clone(),
            options,
        }
    }

    /// The portal itself.
    pub fn portal(&self) -> Portal<'_> {
        Portal::new(self)
    }

    /// Departments, employee groups and employees.
    pub fn hr(&self) -> Hr<'_> {
        Hr::new(self)
    }

    /// Shifts, and what they are made of.
    pub fn scheduling(&self) -> Scheduling<'_> {
        Scheduling::new(self)
    }

    /// Sends a request that has no method here, with the same credential, headers, retries and errors. `path` is
    /// relative to the base of the API, for example `/hr/v1.0/terminationtypes`.
    ///
    /// [`RateLimits::read`](crate::RateLimits::read) reads what the answer's headers say about the limits.
    ///
    /// # Errors
    ///
    /// As any call; `Configuration` also for a path that leads out of the API.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the request; whether it took effect is then unknown.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use attache_planday::{Client, Error, RequestOptions};
    /// # async fn run(client: Client) -> Result<(), Error> {
    /// let answer = client
    ///     .raw(http::Method::GET, "/hr/v1.0/terminationtypes", &[], None, RequestOptions::new())
    ///     .await?;
    /// let types: serde_json::Value = answer.json()?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn raw(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Body>,
        options: RequestOptions,
    ) -> Result<RawResponse, Error> {
        self.api.raw(method, path, query, body, options).await
    }

    /// The account, if the credential belongs to a kept one.
    pub fn account(&self) -> Option<&AccountKey> {
        self.api.authorization().account()
    }

    /// What calls are made with, for operations of your own.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// A call with the client's options.
    pub(crate) fn call(&self, operation: &'static Operation) -> Call {
        Call::new(operation).options(self.options.clone())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("api", &self.api)
            .field("options", &self.options)
            .finish()
    }
}
