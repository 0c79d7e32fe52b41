//! A store whose calls fail when they are told to.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use attache_core::{AccountKey, BoxFuture, Timestamp};

use crate::store::{
    AbandonOutcome, AttemptId, BeginOutcome, CommitOutcome, CreateOutcome, DueAccount, Expected, NewRecord,
    Record, Settlement, Store, StoreError, Version,
};

/// The calls of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// [`Store::load`].
    Load,
    /// [`Store::create`].
    Create,
    /// [`Store::begin`].
    Begin,
    /// [`Store::commit`].
    Commit,
    /// [`Store::abandon`].
    Abandon,
    /// [`Store::delete`].
    Delete,
    /// [`Store::due`].
    Due,
}

/// How a call fails. Either way the caller gets an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Nothing was done.
    Before,
    /// It was done, and the answer lost.
    After,
}

/// Is told of each call of a [`FaultyStore`], and may hold it up.
pub trait CallHook: Send + Sync + 'static {
    /// Before anything is done. `key` is `None` for [`Call::Due`].
    fn before<'a>(&'a self, _call: Call, _key: Option<&'a AccountKey>) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }

    /// After everything is done, before the caller gets the answer. Also after a failure.
    fn after<'a>(&'a self, _call: Call, _key: Option<&'a AccountKey>) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
}

/// Wraps a store and makes its calls fail: as scripted, from now on, or at random from a seed. Clones share it
/// all.
#[derive(Clone)]
pub struct FaultyStore {
    inner: Arc<dyn Store>,
    plan: Arc<Mutex<Plan>>,
}

#[derive(Default)]
struct Plan {
    script: HashMap<Call, VecDeque<Option<Fault>>>,
    lasting: HashMap<Call, Fault>,
    random: Option<Random>,
    hook: Option<Arc<dyn CallHook>>,
    made: Vec<Call>,
}

struct Random {
    generator: fastrand::Rng,
    per_mille: u32,
}

impl FaultyStore {
    /// A store that passes every call on to `inner`, so far.
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            plan: Arc::default(),
        }
    }

    /// Makes the next call of this kind fail, after those that were scripted before.
    pub fn fail_next(&self, call: Call, fault: Fault) {
        self.script(call, [Some(fault)]);
    }

    /// Says of the next calls of this kind, one after the other, whether and how each fails.
    pub fn script(&self, call: Call, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.plan().script.entry(call).or_default().extend(faults);
    }

    /// Makes every call of this kind fail from now on, once the script for it has ended.
    pub fn fail_always(&self, call: Call, fault: Fault) {
        self.plan().lasting.insert(call, fault);
    }

    /// Makes calls of every kind fail at random, `per_mille` of a thousand, half of them after their effect.
    /// The same seed and order of calls give the same failures.
    pub fn fail_at_random(&self, seed: u64, per_mille: u32) {
        self.plan().random = Some(Random {
            generator: fastrand::Rng::with_seed(seed),
            per_mille,
        });
    }

    /// From now on nothing fails.
    pub fn heal(&self) {
        let mut plan = self.plan();
        plan.script.clear();
        plan.lasting.clear();
        plan.random = None;
    }

    /// Sets who is told of each call.
    pub fn set_hook(&self, hook: Arc<dyn CallHook>) {
        self.plan().hook = Some(hook);
    }

    /// The calls that were made so far, with those that failed, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.plan().made.clone()
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn pass<'a, T>(
        &'a self,
        call: Call,
        key: Option<&'a AccountKey>,
        make: impl FnOnce(&'a dyn Store) -> BoxFuture<'a, Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let (fault, hook) = {
            let mut plan = self.plan();
            plan.made.push(call);
            (plan.next(call), plan.hook.clone())
        };
        if let Some(hook) = &hook {
            hook.before(call, key).await;
        }
        let outcome = match fault {
            Some(Fault::Before) => Err(StoreError::new("the store was told to fail before the call")),
            Some(Fault::After) => make(&*self.inner)
                .await
                .and(Err(StoreError::new("the store was told to fail after the call"))),
            None => make(&*self.inner).await,
        };
        if let Some(hook) = &hook {
            hook.after(call, key).await;
        }
        outcome
    }
}

impl Plan {
    fn next(&mut self, call: Call) -> Option<Fault> {
        if let Some(scripted) = self.script.get_mut(&call).and_then(VecDeque::pop_front) {
            return scripted;
        }
        if let Some(fault) = self.lasting.get(&call) {
            return Some(*fault);
        }
        let random = self.random.as_mut()?;
        (random.generator.u32(..1000) < random.per_mille).then(|| {
            if random.generator.bool() {
                Fault::Before
            } else {
                Fault::After
            }
        })
    }
}

impl fmt::Debug for FaultyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyStore")
            .field("calls", &self.plan().made.len())
            .finish_non_exhaustive()
    }
}

impl Store for FaultyStore {
    fn load<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<Option<Record>, StoreError>> {
        Box::pin(self.pass(Call::Load, Some(key), move |inner| inner.load(key)))
    }

    fn create<'a>(
        &'a self,
        key: &'a AccountKey,
        first: Version,
        record: NewRecord,
    ) -> BoxFuture<'a, Result<CreateOutcome, StoreError>> {
        Box::pin(self.pass(Call::Create, Some(key), move |inner| {
            inner.create(key, first, record)
        }))
    }

    fn begin<'a>(
        &'a self,
        key: &'a AccountKey,
        expected: Expected,
        attempt: AttemptId,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<BeginOutcome, StoreError>> {
        Box::pin(self.pass(Call::Begin, Some(key), move |inner| {
            inner.begin(key, expected, attempt, ttl)
        }))
    }

    fn commit<'a>(
        &'a self,
        key: &'a AccountKey,
        spent: Version,
        attempt: AttemptId,
        record: NewRecord,
    ) -> BoxFuture<'a, Result<CommitOutcome, StoreError>> {
        Box::pin(self.pass(Call::Commit, Some(key), move |inner| {
            inner.commit(key, spent, attempt, record)
        }))
    }

    fn abandon<'a>(
        &'a self,
        key: &'a AccountKey,
        version: Version,
        attempt: AttemptId,
        settlement: Settlement,
    ) -> BoxFuture<'a, Result<AbandonOutcome, StoreError>> {
        Box::pin(self.pass(Call::Abandon, Some(key), move |inner| {
            inner.abandon(key, version, attempt, settlement)
        }))
    }

    fn delete<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(self.pass(Call::Delete, Some(key), move |inner| inner.delete(key)))
    }

    fn due(&self, before: Timestamp, limit: usize) -> BoxFuture<'_, Result<Vec<DueAccount>, StoreError>> {
        Box::pin(self.pass(Call::Due, None, move |inner| inner.due(before, limit)))
    }
}
