//! What all accounts of one keeper share.

use std::{
    cmp::Ordering,
    sync::{Arc, Mutex, PoisonError},
};

use attache_core::{AccountKey, Clock, Deadline, Elapsed, Observer, Transport};
use tokio::{runtime::Handle, sync::watch};

use crate::{
    connector::Connector,
    keeper::{
        authorizing::UsedLinks,
        grant::{Grant, SEALED_FIELD},
        snapshot::Snapshot,
    },
    policy::RefreshPolicy,
    seal::{SealContext, Sealer},
    spill::{Spill, Spilled},
    store::{CommitOutcome, GrantState, NewRecord, Record, Sealed, Store, StoreError, Version},
};

pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) spill: Option<Arc<dyn Spill>>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sealer: Sealer,
    pub(crate) policy: RefreshPolicy,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) spawner: Handle,
    pub(crate) jitter: Mutex<fastrand::Rng>,
    pub(crate) tasks: Tasks,
    pub(crate) links: UsedLinks,
}

impl Shared {
    /// A number in 0 to 1.
    pub(crate) fn draw(&self) -> f64 {
        self.jitter.lock().unwrap_or_else(PoisonError::into_inner).f64()
    }

    /// The record that saves a grant.
    pub(crate) fn record(&self, key: &AccountKey, grant: &Grant) -> Result<NewRecord, StoreError> {
        let bytes = grant.to_bytes()?;
        let sealed = self
            .sealer
            .seal(&SealContext::new(key, SEALED_FIELD), &bytes)
            .map_err(|error| StoreError::new("the grant could not be sealed").with_source(error))?;
        Ok(NewRecord {
            state: GrantState::Active,
            due: Some(grant.tokens.expires_at),
            sealed,
        })
    }

    /// The grant in a record.
    pub(crate) fn open(&self, key: &AccountKey, sealed: &Sealed) -> Result<Grant, StoreError> {
        let bytes = self
            .sealer
            .open(&SealContext::new(key, SEALED_FIELD), sealed)
            .map_err(|error| {
                StoreError::new("the kept grant cannot be opened: check the key ring").with_source(error)
            })?;
        Grant::from_bytes(&bytes)
    }

    /// The snapshot of a stored record, for the app that it was linked through.
    pub(crate) fn snapshot(
        &self,
        key: &AccountKey,
        connector: &Connector,
        record: &Record,
    ) -> Result<Snapshot, Unreadable> {
        let grant = self.open(key, &record.sealed)?;
        check_connector(key, &grant, connector)?;
        match record.state {
            GrantState::Active => Ok(self.live(connector, Arc::new(grant), record.version)?),
            GrantState::NeedsRelink(reason) => Ok(Snapshot::dead(
                connector,
                Arc::new(grant),
                record.version,
                reason,
            )?),
        }
    }

    /// Saves what an earlier holder could only spill, if it was derived from `version`. Tells the record that is
    /// there then; `None` if there was nothing to save.
    pub(crate) async fn save_spilled(
        &self,
        key: &AccountKey,
        version: Version,
    ) -> Result<Option<Record>, StoreError> {
        let Some(spill) = &self.spill else { return Ok(None) };
        let Some(Spilled {
            spent,
            attempt,
            record,
        }) = spill.read(key).await?
        else {
            return Ok(None);
        };
        let saved = match spent.cmp(&version) {
            // What was read of the store is older than the spill: another process is at work.
            Ordering::Greater => return Ok(None),
            Ordering::Less => None,
            Ordering::Equal => match self.store.commit(key, spent, attempt, record).await? {
                CommitOutcome::Gone => None,
                CommitOutcome::Superseded(newer) => Some(newer),
                CommitOutcome::Committed(_) => self.store.load(key).await?,
            },
        };
        // A slot that cannot be cleared is recognised by its version the next time.
        let _ = spill.clear(key, attempt).await;
        Ok(saved)
    }

    pub(crate) fn live(
        &self,
        connector: &Connector,
        grant: Arc<Grant>,
        version: Version,
    ) -> Result<Snapshot, StoreError> {
        Snapshot::live(connector, grant, version, &*self.clock, &self.policy, self.draw())
    }
}

/// Why a stored record cannot be taken up.
pub(crate) enum Unreadable {
    /// It belongs to another app, or to another environment of the provider.
    Connector(String),
    Store(StoreError),
}

impl From<StoreError> for Unreadable {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Unreadable> for StoreError {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Connector(problem) => Self::new(problem),
            Unreadable::Store(error) => error,
        }
    }
}

/// A grant goes with the app and the token endpoint that it was linked with, and with no other.
fn check_connector(key: &AccountKey, grant: &Grant, connector: &Connector) -> Result<(), Unreadable> {
    let (app, endpoint) = (connector.client_id(), connector.endpoints().token().as_str());
    if *grant.client_id != *app {
        return Err(Unreadable::Connector(format!(
            "account {key} was linked through app {}, not {app}: use that app's connector, or link the account again",
            grant.client_id,
        )));
    }
    if *grant.token_endpoint != *endpoint {
        return Err(Unreadable::Connector(format!(
            "account {key} was linked at {}, not at {endpoint}: use that environment, or link the account again",
            grant.token_endpoint,
        )));
    }
    Ok(())
}

/// The tasks that outlive their callers, counted so that closing can wait for them.
pub(crate) struct Tasks {
    running: watch::Sender<usize>,
    closing: watch::Sender<bool>,
}

impl Tasks {
    pub(crate) fn new() -> Self {
        Self {
            running: watch::Sender::new(0),
            closing: watch::Sender::new(false),
        }
    }

    /// Counts a task as running until what this gives is dropped. Whoever counts first and then asks whether the
    /// keeper is closing cannot be overlooked by it.
    pub(crate) fn count(&self) -> Counted {
        self.running.send_modify(|running| *running += 1);
        Counted(self.running.clone())
    }

    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    pub(crate) fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Waits until the keeper is closing.
    pub(crate) fn closing(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut closing = self.closing.subscribe();
        async move {
            let _ = closing.wait_for(|closing| *closing).await;
        }
    }

    /// Waits until no task runs. Tells how many still do at the deadline.
    pub(crate) async fn drained(&self, clock: &dyn Clock, deadline: Deadline) -> Result<(), usize> {
        let mut running = self.running.subscribe();
        let none_left = async move {
            let _ = running.wait_for(|running| *running == 0).await;
        };
        deadline
            .race(clock, none_left)
            .await
            .map_err(|Elapsed| *self.running.borrow())
    }
}

/// A task that counts as running.
pub(crate) struct Counted(watch::Sender<usize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running -= 1);
    }
}
