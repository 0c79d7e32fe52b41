//! An app and its accounts.

use std::{fmt, sync::Arc, time::Duration};

use attache_auth::{Account, Closed, Connector, Keeper};
use attache_client::{Error, Pace, RequestOptions};
use attache_core::{AccountKey, Authorization, Clock, Deadline, NoObserver, Observer, Transport};

use crate::{
    app::App, client::Client, client_builder::ClientBuilder, profile::PROVIDER, rate_budget::RateBudget,
};

/// An app, the keeper of its accounts, and what calls need: the one value to start from. Cheap to clone.
///
/// [`Planday::open`] puts one together from a folder; [`Planday::new`] takes the parts, for servers with a
/// database, and for tests.
#[derive(Clone)]
pub struct Planday {
    app: App,
    keeper: Keeper,
    transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    observer: Arc<dyn Observer>,
    options: RequestOptions,
    pace: Pace,
    budget: Option<RateBudget>,
}

impl Planday {
    /// From its parts. `transport` and `clock` are for calls; give the same ones that the keeper has. A keeper may
    /// serve any number of apps and providers.
    pub fn new(app: App, keeper: Keeper, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self {
            app,
            keeper,
            transport,
            pace: Pace::new(Arc::clone(&clock)),
            clock,
            observer: Arc::new(NoObserver),
            options: RequestOptions::new(),
            budget: Some(RateBudget::new()),
        }
    }

    /// Sets who is told of retries and of 401s. The keeper has an observer of its own.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    /// Sets what the options of calls are where they say nothing. Where these name no deadline, it is 90 seconds; see
    /// [`ClientBuilder::options`].
    #[must_use]
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options = options;
        self
    }

    /// Counts requests together with another `Planday` value's, for programs that have several with one app. Clones share
    /// theirs anyway.
    #[must_use]
    pub fn pace(mut self, pace: &Pace) -> Self {
        self.pace = pace.clone();
        self
    }

    /// Sets how many requests go out at most; what Planday documents unless set, and no bound for `None`.
    #[must_use]
    pub fn budget(mut self, budget: impl Into<Option<RateBudget>>) -> Self {
        self.budget = budget.into();
        self
    }

    /// The app.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The keeper.
    pub fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    /// A linked account.
    ///
    /// # Errors
    ///
    /// `NeedsRelink` if it was never linked, `Configuration` if the key is of another provider, `Store` if the
    /// store fails or the account was linked through another app. An account that Planday refuses is no error
    /// here; its calls say so.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop.
    pub async fn account(&self, key: &AccountKey) -> Result<Account, Error> {
        if key.provider() != PROVIDER {
            let problem = "account key: its provider must be `planday`";
            return Err(Error::configuration(problem).with_account(key.clone()));
        }
        Ok(self.keeper.account(key, self.app.connector()).await?)
    }

    /// A client for a linked account.
    ///
    /// # Errors
    ///
    /// As [`Planday::account`]; `Configuration` also if the options hold a header that is not the caller's.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop.
    pub async fn client(&self, key: &AccountKey) -> Result<Client, Error> {
        let account = self.account(key).await?;
        let (connector, portal) = (account.connector(), account.identity());
        let portal = portal.as_str().trim_start_matches("portal:").to_owned();
        self.client_of(&connector, Arc::new(account), &portal)
    }

    /// Starts no further renewal and waits until those under way are done and saved, for `within` at most. Call it
    /// before the program ends.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the wait; the keeper stays closed.
    pub async fn close(&self, within: Duration) -> Closed {
        self.keeper.close(Deadline::after(&*self.clock, within)).await
    }

    /// A client whose base and Application ID are those of the app that its access tokens are issued to. `portal` is
    /// whose rate limits its calls count against.
    pub(crate) fn client_of(
        &self,
        connector: &Connector,
        authorization: Arc<dyn Authorization>,
        portal: &str,
    ) -> Result<Client, Error> {
        let (transport, clock) = (Arc::clone(&self.transport), Arc::clone(&self.clock));
        ClientBuilder::of(connector, authorization, transport, clock)
            .observer(Arc::clone(&self.observer))
            .options(self.options.clone())
            .pace(&self.pace)
            .counted_for(portal)
            .budget(self.budget)
            .build()
    }
}

impl fmt::Debug for Planday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Planday")
            .field("app", &self.app)
            .field("keeper", &self.keeper)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
