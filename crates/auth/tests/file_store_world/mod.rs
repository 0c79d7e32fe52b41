//! One account in a file store, for the two test programs of the file store: threads of one program and real
//! processes must not meet in one, because a fork keeps a lock alive until it executes something else.
#![allow(
    dead_code,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "test code, of which each program uses its part"
)]

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use attache_auth::store::{
    AttemptId, BeginOutcome, CreateOutcome, Expected, Fence, FileStore, GrantState, NewRecord, Sealed, Store,
    Unsettled, Version,
};
use attache_core::{AccountKey, ManualClock, Timestamp};

pub(crate) const TTL: Duration = Duration::from_secs(60);
pub(crate) const ACTIVE: Expected = Expected {
    version: Version(1),
    dead: false,
};
pub(crate) const START: i64 = 1_800_000_000;

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds).unwrap()
}

pub(crate) fn clock() -> ManualClock {
    ManualClock::starting_at(at(START))
}

pub(crate) fn key() -> AccountKey {
    AccountKey::new("tenant", "planday", "copenhagen").unwrap()
}

pub(crate) fn attempt(number: u8) -> AttemptId {
    AttemptId([number; 16])
}

pub(crate) fn new_record(number: u8) -> NewRecord {
    NewRecord {
        state: GrantState::Active,
        due: Some(at(START + 100)),
        sealed: Sealed(vec![number]),
    }
}

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) clock: ManualClock,
    pub(crate) store: FileStore,
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = clock();
        let store = FileStore::open(folder.path(), Arc::new(clock.clone())).unwrap();
        assert_eq!(
            store.create(&key(), Version::FIRST, new_record(1)).await.unwrap(),
            CreateOutcome::Created
        );
        Self { folder, clock, store }
    }

    pub(crate) fn reopen(&self) -> FileStore {
        FileStore::open(self.folder.path(), Arc::new(self.clock.clone())).unwrap()
    }

    pub(crate) fn files(&self, extension: &str) -> Vec<PathBuf> {
        let mut files: Vec<_> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|found| found == extension))
            .collect();
        files.sort();
        files
    }

    pub(crate) fn record_file(&self) -> PathBuf {
        let [file] = self.files("json").try_into().expect("one account file");
        file
    }

    pub(crate) async fn begin(&self, store: &FileStore, number: u8) -> BeginOutcome {
        store.begin(&key(), ACTIVE, attempt(number), TTL).await.unwrap()
    }
}

pub(crate) fn begun(fence: u64, now: i64, unsettled: Option<(i64, u32)>) -> BeginOutcome {
    let unsettled = unsettled.map(|(first, attempts)| Unsettled {
        first_begun_at: at(first),
        attempts,
    });
    BeginOutcome::Begun {
        fence: Fence(fence),
        now: at(now),
        unsettled,
    }
}
