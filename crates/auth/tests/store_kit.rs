//! Our stores pass the kit, and the kit catches stores that do not.
#![expect(clippy::unwrap_used, reason = "every function here is test code")]

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use attache_auth::store::{
    AbandonOutcome, AttemptId, BeginOutcome, CommitOutcome, CreateOutcome, DueAccount, Expected, FileStore,
    GrantState, MemoryStore, NewRecord, Record, Settlement, Store, StoreError, Version,
    kit::{self, Call, Fault, FaultyStore, Harness},
};
use attache_core::{AccountKey, BoxFuture, ManualClock, Timestamp};

fn clock() -> ManualClock {
    ManualClock::starting_at(Timestamp::from_unix_seconds(1_800_000_000).unwrap())
}

/// Any store whose two sides are given.
struct World {
    clock: ManualClock,
    store: FaultyStore,
    other: Arc<dyn Store>,
    fault: Fault,
    _folder: Option<tempfile::TempDir>,
}

impl Harness for World {
    fn store(&self) -> Arc<dyn Store> {
        Arc::new(self.store.clone())
    }

    fn reopen(&self) -> Arc<dyn Store> {
        Arc::clone(&self.other)
    }

    fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    fn fail_next(&self, call: Call) -> bool {
        self.store.fail_next(call, self.fault);
        true
    }
}

fn memory(fault: Fault) -> World {
    let clock = clock();
    let store = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    World {
        clock,
        store: FaultyStore::new(store.clone()),
        other: store,
        fault,
        _folder: None,
    }
}

fn file(fault: Fault) -> World {
    let clock = clock();
    let folder = tempfile::tempdir().unwrap();
    let open = || Arc::new(FileStore::open(folder.path(), Arc::new(clock.clone())).unwrap());
    let (store, other) = (FaultyStore::new(open()), open());
    World {
        clock,
        store,
        other,
        fault,
        _folder: Some(folder),
    }
}

async fn run(make: impl Fn() -> World) -> Result<(), kit::Failures> {
    kit::run_all(|| async { Box::new(make()) as Box<dyn Harness> }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_memory_store_passes() -> Result<(), kit::Failures> {
    run(|| memory(Fault::Before)).await?;
    run(|| memory(Fault::After)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_file_store_passes_seen_from_two_openings_of_one_folder() -> Result<(), kit::Failures> {
    run(|| file(Fault::Before)).await?;
    run(|| file(Fault::After)).await
}

#[tokio::test]
async fn the_file_store_passes_on_a_runtime_of_one_thread() -> Result<(), kit::Failures> {
    run(|| file(Fault::Before)).await
}

#[test]
fn names_of_checks_are_unique() {
    let mut names: Vec<_> = kit::checks().iter().map(|check| check.name).collect();
    names.sort_unstable();
    let listed = names.len();
    names.dedup();
    assert_eq!(names.len(), listed);
}

/// A memory store with one thing wrong.
struct Broken {
    sound: MemoryStore,
    wrong: Wrong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    CreateReplaces,
    BeginIgnoresState,
    BeginIgnoresVersion,
    BeginIgnoresLease,
    BeginForgetsUnsettled,
    BeginNeedsAFreshAttempt,
    BeginChecksThenWrites,
    CommitAsksForTheLease,
    CommitIgnoresLineage,
    CommitRepeatedIsSuperseded,
    CommitMakesAnAccount,
    CommitKeepsTheJournal,
    CommitCutsSealedBytes,
    AbandonIgnoresVersion,
    UnspentStaysInTheJournal,
    UnknownLeavesTheJournal,
    UnknownKeepsTheLease,
    DeadRaisesTheVersion,
    DeadIsForGood,
    DeadForgetsTheReason,
    DeleteSaysNothing,
    DeleteDoesNothing,
    KeysIgnoreCase,
    KeysAreJoined,
    DueListsTheDead,
    DueIgnoresTheLimit,
    DueIsUnordered,
    DueIncludesTheInstant,
}

impl Broken {
    fn key(&self, key: &AccountKey) -> AccountKey {
        match self.wrong {
            Wrong::KeysIgnoreCase => {
                let lower = |part: &str| part.to_lowercase();
                AccountKey::new(
                    &lower(key.tenant()),
                    &lower(key.provider()),
                    &lower(key.account()),
                )
                .unwrap()
            }
            Wrong::KeysAreJoined => AccountKey::new("t", "p", &key.to_string().replace(['/', '-'], "-"))
                .unwrap_or_else(|_| key.clone()),
            _ => key.clone(),
        }
    }
}

impl Store for Broken {
    fn load<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<Option<Record>, StoreError>> {
        Box::pin(async move { self.sound.load(&self.key(key)).await })
    }

    fn create<'a>(
        &'a self,
        key: &'a AccountKey,
        first: Version,
        record: NewRecord,
    ) -> BoxFuture<'a, Result<CreateOutcome, StoreError>> {
        Box::pin(async move {
            if self.wrong == Wrong::CreateReplaces {
                self.sound.delete(key).await?;
            }
            self.sound.create(&self.key(key), first, record).await
        })
    }

    fn begin<'a>(
        &'a self,
        key: &'a AccountKey,
        expected: Expected,
        attempt: AttemptId,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<BeginOutcome, StoreError>> {
        Box::pin(async move {
            let key = &self.key(key);
            let record = self.sound.load(key).await?;
            let mut expected = expected;
            if let Some(record) = &record {
                match self.wrong {
                    Wrong::BeginIgnoresState => expected.dead = record.state != GrantState::Active,
                    Wrong::BeginIgnoresVersion => expected.version = record.version,
                    Wrong::BeginIgnoresLease
                    | Wrong::BeginNeedsAFreshAttempt
                    | Wrong::BeginChecksThenWrites => {
                        if let Some((holder, _)) = record.holder {
                            let repeated = holder == attempt;
                            if repeated == (self.wrong == Wrong::BeginNeedsAFreshAttempt) {
                                let settlement = match self.wrong {
                                    Wrong::BeginNeedsAFreshAttempt => Settlement::Unknown,
                                    _ => Settlement::Unspent,
                                };
                                if self.wrong != Wrong::BeginChecksThenWrites {
                                    self.sound
                                        .abandon(key, record.version, holder, settlement)
                                        .await?;
                                }
                            }
                        } else if self.wrong == Wrong::BeginChecksThenWrites {
                            // Time for others between the question and the answer.
                            for _ in 0..100 {
                                tokio::task::yield_now().await;
                            }
                            if let Some((holder, _)) =
                                self.sound.load(key).await?.and_then(|record| record.holder)
                            {
                                self.sound
                                    .abandon(key, record.version, holder, Settlement::Unspent)
                                    .await?;
                            }
                        }
                    }
                    _ => {}
                }
            }
            let outcome = self.sound.begin(key, expected, attempt, ttl).await?;
            Ok(match outcome {
                BeginOutcome::Begun { fence, now, .. } if self.wrong == Wrong::BeginForgetsUnsettled => {
                    BeginOutcome::Begun {
                        fence,
                        now,
                        unsettled: None,
                    }
                }
                outcome => outcome,
            })
        })
    }

    fn commit<'a>(
        &'a self,
        key: &'a AccountKey,
        spent: Version,
        attempt: AttemptId,
        record: NewRecord,
    ) -> BoxFuture<'a, Result<CommitOutcome, StoreError>> {
        Box::pin(async move {
            let key = &self.key(key);
            let (mut spent, mut record) = (spent, record);
            let Some(stored) = self.sound.load(key).await? else {
                if self.wrong == Wrong::CommitMakesAnAccount {
                    self.sound.create(key, Version::FIRST, record).await?;
                    return Ok(CommitOutcome::Committed(Version::FIRST));
                }
                return Ok(CommitOutcome::Gone);
            };
            match self.wrong {
                Wrong::CommitAsksForTheLease if stored.holder.is_none_or(|(holder, _)| holder != attempt) => {
                    return Ok(CommitOutcome::Superseded(stored));
                }
                Wrong::CommitIgnoresLineage => spent = stored.version,
                Wrong::CommitRepeatedIsSuperseded if stored.version != spent => {
                    return Ok(CommitOutcome::Superseded(stored));
                }
                Wrong::CommitCutsSealedBytes => record.sealed.0.truncate(1024),
                Wrong::DeadIsForGood => record.state = stored.state,
                _ => {}
            }
            let outcome = self.sound.commit(key, spent, attempt, record).await?;
            if let (Wrong::CommitKeepsTheJournal, CommitOutcome::Committed(version)) = (self.wrong, &outcome)
                && let Some((holder, _)) = stored.holder
            {
                let expected = Expected {
                    version: *version,
                    dead: false,
                };
                self.sound.begin(key, expected, holder, Duration::ZERO).await?;
            }
            Ok(outcome)
        })
    }

    fn abandon<'a>(
        &'a self,
        key: &'a AccountKey,
        version: Version,
        attempt: AttemptId,
        settlement: Settlement,
    ) -> BoxFuture<'a, Result<AbandonOutcome, StoreError>> {
        Box::pin(async move {
            let key = &self.key(key);
            let Some(stored) = self.sound.load(key).await? else {
                return Ok(AbandonOutcome::Gone);
            };
            let (mut version, mut settlement) = (version, settlement);
            match (self.wrong, settlement) {
                (Wrong::AbandonIgnoresVersion, _) => version = stored.version,
                (Wrong::UnspentStaysInTheJournal, Settlement::Unspent) => settlement = Settlement::Unknown,
                (Wrong::UnknownLeavesTheJournal, Settlement::Unknown) => settlement = Settlement::Unspent,
                (Wrong::UnknownKeepsTheLease, Settlement::Unknown) => return Ok(AbandonOutcome::Abandoned),
                (Wrong::DeadForgetsTheReason, Settlement::Dead(_)) => {
                    settlement = Settlement::Dead(attache_core::RelinkReason::Refused);
                }
                (Wrong::DeadRaisesTheVersion, Settlement::Dead(reason)) if version == stored.version => {
                    let Record { due, sealed, .. } = stored;
                    let dead = NewRecord {
                        state: GrantState::NeedsRelink(reason),
                        due,
                        sealed,
                    };
                    self.sound.commit(key, version, attempt, dead).await?;
                    return Ok(AbandonOutcome::Abandoned);
                }
                _ => {}
            }
            self.sound.abandon(key, version, attempt, settlement).await
        })
    }

    fn delete<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let key = &self.key(key);
            match self.wrong {
                Wrong::DeleteDoesNothing => Ok(self.sound.load(key).await?.is_some()),
                Wrong::DeleteSaysNothing => self.sound.delete(key).await.map(|_| true),
                _ => self.sound.delete(key).await,
            }
        })
    }

    fn due(&self, before: Timestamp, limit: usize) -> BoxFuture<'_, Result<Vec<DueAccount>, StoreError>> {
        Box::pin(async move {
            let second = Duration::from_secs(1);
            match self.wrong {
                Wrong::DueIgnoresTheLimit => self.sound.due(before, usize::MAX).await,
                Wrong::DueIncludesTheInstant => self.sound.due(before.saturating_add(second), limit).await,
                Wrong::DueIsUnordered => {
                    let mut due = self.sound.due(before, limit).await?;
                    due.sort_by_key(|account| account.key.clone());
                    Ok(due)
                }
                Wrong::DueListsTheDead => {
                    let mut due = self.sound.due(before, limit).await?;
                    for reason in ["refused", "expired_idle"] {
                        let key = AccountKey::new("tenant", "kit", reason).unwrap();
                        let record = self.sound.load(&key).await?;
                        due.extend(record.and_then(|record| {
                            Some(DueAccount {
                                key,
                                due: record.due?,
                            })
                        }));
                    }
                    Ok(due)
                }
                _ => self.sound.due(before, limit).await,
            }
        })
    }
}

/// The kit is worth nothing if it lets these through. For each, the check that has to catch it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_broken_store_is_caught_by_the_check_that_is_meant_to() {
    let meant = [
        (Wrong::CreateReplaces, "create_leaves_an_existing_record_alone"),
        (Wrong::BeginIgnoresState, "begin_wants_the_expected_state"),
        (Wrong::BeginIgnoresVersion, "begin_wants_the_expected_version"),
        (Wrong::BeginIgnoresLease, "a_running_lease_keeps_others_out"),
        (
            Wrong::BeginForgetsUnsettled,
            "a_lease_runs_out_by_the_clock_of_the_store",
        ),
        (Wrong::BeginNeedsAFreshAttempt, "the_holder_may_repeat_its_begin"),
        (Wrong::BeginChecksThenWrites, "one_of_many_concurrent_begins_wins"),
        (
            Wrong::CommitAsksForTheLease,
            "commit_after_a_lost_lease_wins_by_lineage",
        ),
        (
            Wrong::CommitIgnoresLineage,
            "commit_on_another_version_is_superseded",
        ),
        (
            Wrong::CommitRepeatedIsSuperseded,
            "a_repeated_commit_is_answered_as_the_first",
        ),
        (Wrong::CommitMakesAnAccount, "commit_on_a_deleted_account_is_gone"),
        (Wrong::CommitKeepsTheJournal, "commit_closes_every_attempt"),
        (Wrong::CommitCutsSealedBytes, "sealed_bytes_come_back_exactly"),
        (
            Wrong::AbandonIgnoresVersion,
            "abandon_on_another_version_does_nothing",
        ),
        (
            Wrong::UnspentStaysInTheJournal,
            "unspent_frees_the_lease_and_leaves_no_trace",
        ),
        (
            Wrong::UnknownLeavesTheJournal,
            "unknown_frees_the_lease_and_keeps_the_attempt",
        ),
        (
            Wrong::UnknownKeepsTheLease,
            "unknown_frees_the_lease_and_keeps_the_attempt",
        ),
        (Wrong::DeadRaisesTheVersion, "dead_says_so_and_keeps_the_version"),
        (Wrong::DeadIsForGood, "a_commit_revives_a_dead_account"),
        (Wrong::DeadForgetsTheReason, "dead_says_so_and_keeps_the_version"),
        (
            Wrong::DeleteSaysNothing,
            "an_unknown_account_is_gone_for_every_call",
        ),
        (Wrong::DeleteDoesNothing, "delete_removes_the_account"),
        (Wrong::KeysIgnoreCase, "keys_never_collide"),
        (Wrong::KeysAreJoined, "keys_never_collide"),
        (Wrong::DueListsTheDead, "due_skips_what_is_not_due"),
        (Wrong::DueIgnoresTheLimit, "due_obeys_its_limit"),
        (Wrong::DueIsUnordered, "due_lists_the_most_urgent_first"),
        (Wrong::DueIncludesTheInstant, "due_skips_what_is_not_due"),
    ];
    let mut caught = BTreeMap::new();
    for (wrong, _) in meant {
        let failures = run(|| {
            let clock = clock();
            let sound = MemoryStore::new(Arc::new(clock.clone()));
            let store = Arc::new(Broken { sound, wrong });
            World {
                clock,
                store: FaultyStore::new(store.clone()),
                other: store,
                fault: Fault::Before,
                _folder: None,
            }
        })
        .await;
        let names: Vec<_> = failures
            .err()
            .iter()
            .flat_map(|failures| failures.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .collect();
        caught.insert(wrong, names);
    }
    let missed: Vec<_> = meant
        .into_iter()
        .filter(|(wrong, check)| !caught[wrong].contains(check))
        .map(|(wrong, check)| format!("{wrong:?} should fail {check}, but failed {:?}", caught[&wrong]))
        .collect();
    assert_eq!(missed, Vec::<String>::new());
}

fn key() -> AccountKey {
    AccountKey::new("tenant", "planday", "copenhagen").unwrap()
}

fn record() -> NewRecord {
    NewRecord {
        state: GrantState::Active,
        due: None,
        sealed: attache_auth::store::Sealed(vec![1]),
    }
}

#[tokio::test]
async fn a_scripted_fault_hits_the_call_it_is_meant_for() {
    let sound = MemoryStore::new(Arc::new(clock()));
    let faulty = FaultyStore::new(Arc::new(sound.clone()));
    let key = key();
    faulty.script(Call::Create, [Some(Fault::Before), None]);
    assert!(faulty.create(&key, Version::FIRST, record()).await.is_err());
    assert_eq!(sound.load(&key).await.unwrap(), None);
    assert_eq!(
        faulty.create(&key, Version::FIRST, record()).await.unwrap(),
        CreateOutcome::Created
    );
    faulty.fail_always(Call::Commit, Fault::After);
    assert!(
        faulty
            .commit(&key, Version(1), AttemptId([1; 16]), record())
            .await
            .is_err()
    );
    assert_eq!(
        sound.load(&key).await.unwrap().map(|record| record.version),
        Some(Version(2))
    );
    faulty.heal();
    let repeated = faulty
        .commit(&key, Version(1), AttemptId([1; 16]), record())
        .await
        .unwrap();
    assert_eq!(repeated, CommitOutcome::Committed(Version(2)));
    assert_eq!(
        faulty.calls(),
        [Call::Create, Call::Create, Call::Commit, Call::Commit]
    );
}

#[tokio::test]
async fn random_faults_come_again_with_the_same_seed() {
    let run = async |seed| {
        let faulty = FaultyStore::new(Arc::new(MemoryStore::new(Arc::new(clock()))));
        faulty.fail_at_random(seed, 300);
        let mut failed = Vec::new();
        for _ in 0..200 {
            failed.push(faulty.load(&key()).await.is_err());
        }
        failed
    };
    let first = run(7).await;
    assert_eq!(run(7).await, first);
    assert_ne!(run(8).await, first);
    let count = first.iter().filter(|failed| **failed).count();
    assert!((30..90).contains(&count), "{count} of 200 failed");
}

#[tokio::test]
async fn a_hook_sees_each_call_before_and_after_its_effect() {
    use std::sync::Mutex;

    use attache_auth::store::kit::CallHook;

    struct Watch {
        store: MemoryStore,
        seen: Arc<Mutex<Vec<(Call, bool)>>>,
    }

    impl Watch {
        async fn look(&self, call: Call, key: Option<&AccountKey>) {
            let there = match key {
                Some(key) => self.store.load(key).await.unwrap().is_some(),
                None => false,
            };
            self.seen.lock().unwrap().push((call, there));
        }
    }

    impl CallHook for Watch {
        fn before<'a>(&'a self, call: Call, key: Option<&'a AccountKey>) -> BoxFuture<'a, ()> {
            Box::pin(self.look(call, key))
        }

        fn after<'a>(&'a self, call: Call, key: Option<&'a AccountKey>) -> BoxFuture<'a, ()> {
            Box::pin(self.look(call, key))
        }
    }

    let store = MemoryStore::new(Arc::new(clock()));
    let faulty = FaultyStore::new(Arc::new(store.clone()));
    let seen = Arc::default();
    faulty.set_hook(Arc::new(Watch {
        store,
        seen: Arc::clone(&seen),
    }));
    faulty.create(&key(), Version::FIRST, record()).await.unwrap();
    faulty.delete(&key()).await.unwrap();
    let expected = [
        (Call::Create, false),
        (Call::Create, true),
        (Call::Delete, true),
        (Call::Delete, false),
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
}
