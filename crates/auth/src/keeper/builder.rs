//! The keeper itself: how it is built, opened and closed.

use std::{
    collections::HashMap,
    error::Error,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use attache_core::{
    AccountKey, AuthorizationError, AuthorizationErrorKind, Clock, Deadline, NoObserver, Observer, Timestamp,
    Transport,
};
use tokio::runtime::Handle;

use crate::{
    connector::Connector,
    keeper::{
        account::Account,
        authorizing::UsedLinks,
        identity::Identity,
        kept::Kept,
        shared::{Shared, Tasks, Unreadable},
        snapshot::Snapshot,
    },
    policy::RefreshPolicy,
    seal::Sealer,
    spill::Spill,
    store::{GrantState, Store},
};

/// Keeps accounts. Cheap to clone; clones share everything. One keeper for a process is enough.
#[derive(Clone)]
pub struct Keeper(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    accounts: Mutex<HashMap<AccountKey, Arc<Kept>>>,
}

/// Each time this many accounts have come together, those without a handle that the store knows all about are let go,
/// and read again when they are asked for. Not more often: looking through all of them for each new one would make
/// opening many accounts slow.
const AT_HAND: usize = 10_000;

/// Builds a [`Keeper`].
#[must_use]
pub struct KeeperBuilder {
    store: Arc<dyn Store>,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    sealer: Sealer,
    spill: Option<Arc<dyn Spill>>,
    policy: RefreshPolicy,
    observer: Arc<dyn Observer>,
    seed: Option<u64>,
}

/// Why a keeper could not be built: every problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeeperError {
    problems: Vec<&'static str>,
}

/// What [`Keeper::close`] left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Closed {
    /// Renewals and saves that were still under way at the deadline. They go on for as long as the runtime lives;
    /// what a stop in their midst leaves behind, the next start takes up.
    pub unfinished: usize,
}

impl Keeper {
    /// Starts to build a keeper from its four necessities: where grants are kept, how the network is reached, what
    /// time it is, and the keys that grants are sealed with.
    pub fn builder(
        store: Arc<dyn Store>,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        sealer: Sealer,
    ) -> KeeperBuilder {
        KeeperBuilder {
            store,
            transport,
            clock,
            sealer,
            spill: None,
            policy: RefreshPolicy::default(),
            observer: Arc::new(NoObserver),
            seed: None,
        }
    }

    /// The handle of a linked account. `connector` is the app that it was linked through. A grant that an earlier
    /// process could save only in the spill is put into the store first.
    ///
    /// # Errors
    ///
    /// `UnknownAccount` if the account was never linked, `WrongConnector` if it was linked through another app or
    /// in another environment, `Store` if the store fails, `ShuttingDown` after [`Keeper::close`]. An account that needs a new link is no error
    /// here; its calls say so.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop.
    pub async fn account(
        &self,
        key: &AccountKey,
        connector: &Connector,
    ) -> Result<Account, AuthorizationError> {
        let error = |kind| AuthorizationError::new(kind).with_account(key.clone());
        if self.shared().tasks.is_closing() {
            return Err(error(AuthorizationErrorKind::ShuttingDown));
        }
        if let Some(kept) = self.present(key)
            && kept.snapshot.load().connector.is(connector)
        {
            return Ok(Account(kept));
        }
        let looked = self.first_look(key, connector).await;
        match looked {
            Ok(Some(snapshot)) => Ok(self.install(key, snapshot)),
            Ok(None) => Err(error(AuthorizationErrorKind::UnknownAccount)),
            Err(Unreadable::Connector(problem)) => {
                Err(error(AuthorizationErrorKind::WrongConnector).with_source(problem))
            }
            Err(Unreadable::Store(source)) => Err(error(AuthorizationErrorKind::Store).with_source(source)),
        }
    }

    /// Forgets an account: removes it from the store. Handles that are still around fail from their next renewal
    /// on. Tells whether there was one. The grant itself is not revoked at the provider.
    ///
    /// # Errors
    ///
    /// If the store fails; the account is then still there.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop.
    pub async fn forget(&self, key: &AccountKey) -> Result<bool, AuthorizationError> {
        let failed = |source| {
            AuthorizationError::new(AuthorizationErrorKind::Store)
                .with_account(key.clone())
                .with_source(source)
        };
        let existed = self.shared().store.delete(key).await.map_err(failed)?;
        if let Some(kept) = self.accounts().remove(key) {
            kept.orphan();
        }
        if let Some(spill) = &self.shared().spill
            && let Ok(Some(left)) = spill.read(key).await
        {
            // If it stays, its version tells that it belongs to nobody.
            let _ = spill.clear(key, left.attempt).await;
        }
        Ok(existed)
    }

    /// Starts no further renewal and waits until those under way are done and everything is saved, or until the
    /// deadline. What could not be saved so far is tried again at once. Access tokens that are still valid are served
    /// on.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the wait; the keeper stays closed.
    pub async fn close(&self, deadline: Deadline) -> Closed {
        let shared = self.shared();
        shared.tasks.close();
        let unfinished = shared
            .tasks
            .drained(&*shared.clock, deadline)
            .await
            .err()
            .unwrap_or(0);
        Closed { unfinished }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0.shared
    }

    /// Gives a snapshot to the present handle of its account, or makes the first one.
    pub(crate) fn install(&self, key: &AccountKey, snapshot: Snapshot) -> Account {
        let mut accounts = self.accounts();
        let present = accounts.get(key).filter(|kept| !kept.is_orphaned()).cloned();
        let same = |kept: &Kept| kept.snapshot.load().grant.identity == snapshot.grant.identity;
        // Handles of an account never serve another one that took its name.
        if let Some(other) = present.as_ref().filter(|kept| !same(kept)) {
            other.orphan();
        }
        if let Some(kept) = present.filter(|kept| !kept.is_orphaned()) {
            drop(accounts);
            let generation = snapshot.generation();
            kept.publish(snapshot);
            kept.gate.moved_to(generation);
            return Account(kept);
        }
        if accounts.len().is_multiple_of(AT_HAND) {
            accounts.retain(|_, kept| Arc::strong_count(kept) > 1 || kept.remembers_something());
        }
        let kept = Kept::new(Arc::clone(self.shared()), key.clone(), snapshot);
        accounts.insert(key.clone(), Arc::clone(&kept));
        Account(kept)
    }

    /// The account that works through the same app for the same identity, if there is one: of those that this process
    /// has open, and else of all that the store has. That reads all of them, so ask only where it matters.
    ///
    /// # Errors
    ///
    /// If the store cannot be read. A record that cannot be opened is passed over.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop.
    pub async fn account_for(
        &self,
        connector: &Connector,
        identity: &Identity,
    ) -> Result<Option<AccountKey>, AuthorizationError> {
        let shared = self.shared();
        let open = self.accounts().iter().find_map(|(key, kept)| {
            let snapshot = kept.snapshot.load();
            let fits = !kept.is_orphaned()
                && snapshot.dead.is_none()
                && snapshot.connector.is(connector)
                && snapshot.grant.identity == *identity;
            fits.then(|| key.clone())
        });
        if open.is_some() {
            return Ok(open);
        }
        let failed = |error| AuthorizationError::new(AuthorizationErrorKind::Store).with_source(error);
        let end = Timestamp::UNIX_EPOCH.saturating_add(Duration::MAX);
        for due in shared.store.due(end, usize::MAX).await.map_err(failed)? {
            let Some(record) = shared.store.load(&due.key).await.map_err(failed)? else {
                continue;
            };
            let works = record.state == GrantState::Active;
            if let Ok(snapshot) = shared.snapshot(&due.key, connector, &record)
                && works
                && snapshot.grant.identity == *identity
            {
                return Ok(Some(due.key));
            }
        }
        Ok(None)
    }

    fn present(&self, key: &AccountKey) -> Option<Arc<Kept>> {
        self.accounts()
            .get(key)
            .filter(|kept| !kept.is_orphaned())
            .cloned()
    }

    fn accounts(&self) -> MutexGuard<'_, HashMap<AccountKey, Arc<Kept>>> {
        self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeeperBuilder {
    /// Where a renewed grant is put when the store does not take it. Without a spill, a process that stops while
    /// its store is down can lose a rotated token.
    pub fn spill(mut self, spill: Arc<dyn Spill>) -> Self {
        self.spill = Some(spill);
        self
    }

    /// The numbers that decide when tokens are renewed.
    pub fn policy(mut self, policy: RefreshPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Who is told what happens.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    /// Makes jitter repeatable, for tests.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Builds the keeper. Renewals run as tasks of the tokio runtime that this is called in, whoever asks for them.
    ///
    /// # Errors
    ///
    /// Names every problem: no runtime to run renewals on, a policy whose numbers do not fit together, no
    /// randomness for jitter.
    pub fn build(self) -> Result<Keeper, KeeperError> {
        let mut problems = Vec::new();
        let spawner = Handle::try_current().ok();
        if spawner.is_none() {
            problems.push("no tokio runtime: build the keeper inside one, renewals are its tasks");
        }
        let policy = self.policy;
        if policy.exchange_limit.is_zero() {
            problems.push("policy: `exchange_limit` must be more than zero");
        }
        if policy.lease_margin.is_zero() {
            problems.push(
                "policy: `lease_margin` must be more than zero, so that the lease outlives the request",
            );
        }
        if policy.backoff_first.is_zero() || policy.backoff_cap < policy.backoff_first {
            problems.push("policy: `backoff_first` must be more than zero and at most `backoff_cap`");
        }
        if policy.busy_poll.is_zero() {
            problems.push("policy: `busy_poll` must be more than zero");
        }
        if !(0.0..=1.0).contains(&policy.advisory_share) || !(0.0..=1.0).contains(&policy.jitter_share) {
            problems.push("policy: `advisory_share` and `jitter_share` must be between 0 and 1");
        }
        let seed = self.seed.or_else(|| getrandom::u64().ok());
        if seed.is_none() {
            problems.push("the operating system has no randomness: pass `seed`");
        }
        let (Some(spawner), Some(seed), true) = (spawner, seed, problems.is_empty()) else {
            return Err(KeeperError { problems });
        };
        let shared = Shared {
            store: self.store,
            spill: self.spill,
            transport: self.transport,
            clock: self.clock,
            sealer: self.sealer,
            policy,
            observer: self.observer,
            spawner,
            jitter: Mutex::new(fastrand::Rng::with_seed(seed)),
            tasks: Tasks::new(),
            links: UsedLinks::default(),
        };
        Ok(Keeper(Arc::new(Inner {
            shared: Arc::new(shared),
            accounts: Mutex::new(HashMap::new()),
        })))
    }
}

impl KeeperError {
    /// Every problem.
    pub fn problems(&self) -> &[&'static str] {
        &self.problems
    }
}

impl fmt::Display for KeeperError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the keeper cannot be built: {}", self.problems.join("; "))
    }
}

impl Error for KeeperError {}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper")
            .field("accounts", &self.accounts().len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for KeeperBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeeperBuilder")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
