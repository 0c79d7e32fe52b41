//! The spill keeps what the store could not take, through a full disk and torn writes.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "every function here is test code"
)]

use std::{
    fs::{self, File},
    io::{Seek as _, SeekFrom, Write as _},
    path::PathBuf,
};

use attache_auth::{
    spill::{MemorySpill, Spill, SpillFolder, Spilled},
    store::{AttemptId, GrantState, NewRecord, Sealed, Version},
};
use attache_core::{AccountKey, RelinkReason, Timestamp};

const SLOT: u64 = 16 * 1024;

fn key(account: &str) -> AccountKey {
    AccountKey::new("tenant", "planday", account).unwrap()
}

fn spilled(number: u8, length: usize) -> Spilled {
    Spilled {
        spent: Version(u64::from(number)),
        attempt: AttemptId([number; 16]),
        record: NewRecord {
            state: GrantState::Active,
            due: Some(Timestamp::from_unix_seconds(1_800_000_000).unwrap()),
            sealed: Sealed(vec![number; length]),
        },
    }
}

struct World {
    folder: tempfile::TempDir,
    spill: SpillFolder,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let spill = SpillFolder::open(folder.path().join("spill")).unwrap();
        Self { folder, spill }
    }

    fn files(&self) -> Vec<PathBuf> {
        fs::read_dir(self.folder.path().join("spill"))
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect()
    }

    fn file(&self) -> PathBuf {
        let [file] = self.files().try_into().expect("one slot");
        file
    }
}

#[tokio::test]
async fn what_is_written_is_read_until_it_is_cleared() {
    let folder = World::new();
    let memory = MemorySpill::new();
    for spill in [&folder.spill as &dyn Spill, &memory] {
        let (a, b) = (key("a"), key("b"));
        assert_eq!(spill.read(&a).await.unwrap(), None);
        spill.clear(&a, spilled(1, 1).attempt).await.unwrap();
        spill.reserve(&a).await.unwrap();
        assert_eq!(spill.read(&a).await.unwrap(), None);
        spill.write(&a, spilled(1, 2000)).await.unwrap();
        spill.write(&b, spilled(2, 10)).await.unwrap();
        assert_eq!(spill.read(&a).await.unwrap(), Some(spilled(1, 2000)));
        let mut shorter = spilled(3, 5);
        shorter.record.state = GrantState::NeedsRelink(RelinkReason::IdentityChanged);
        shorter.record.due = None;
        spill.write(&a, shorter.clone()).await.unwrap();
        spill.reserve(&a).await.unwrap();
        assert_eq!(spill.read(&a).await.unwrap(), Some(shorter.clone()));
        // Nobody clears what somebody else spilled.
        spill.clear(&a, spilled(1, 1).attempt).await.unwrap();
        assert_eq!(spill.read(&a).await.unwrap(), Some(shorter.clone()));
        spill.clear(&a, shorter.attempt).await.unwrap();
        assert_eq!(spill.read(&a).await.unwrap(), None);
        assert_eq!(spill.read(&b).await.unwrap(), Some(spilled(2, 10)));
    }
}

#[tokio::test]
async fn another_opening_reads_what_was_written() {
    let world = World::new();
    world.spill.write(&key("a"), spilled(1, 100)).await.unwrap();
    let again = SpillFolder::open(world.folder.path().join("spill")).unwrap();
    assert_eq!(again.read(&key("a")).await.unwrap(), Some(spilled(1, 100)));
}

#[cfg(unix)]
#[tokio::test]
async fn a_write_needs_no_more_room_than_was_reserved() {
    use std::os::unix::fs::MetadataExt as _;

    let world = World::new();
    world.spill.reserve(&key("a")).await.unwrap();
    let file = world.file();
    let taken = || {
        fs::metadata(&file)
            .map(|metadata| (metadata.len(), metadata.blocks(), metadata.ino()))
            .unwrap()
    };
    let reserved = taken();
    assert_eq!(reserved.0, SLOT);
    assert!(
        reserved.1 * 512 >= SLOT,
        "{} blocks are not the whole slot",
        reserved.1
    );
    world.spill.write(&key("a"), spilled(1, 8000)).await.unwrap();
    assert_eq!(taken(), reserved);
    world.spill.clear(&key("a"), spilled(1, 1).attempt).await.unwrap();
    assert_eq!(taken(), reserved);
    assert_eq!(fs::read(&file).unwrap(), vec![0; 16 * 1024]);
}

#[tokio::test]
async fn a_record_larger_than_the_slot_is_refused_and_the_slot_left() {
    let world = World::new();
    world.spill.write(&key("a"), spilled(1, 100)).await.unwrap();
    let error = world
        .spill
        .write(&key("a"), spilled(2, 20_000))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("the record of tenant/planday/a takes 26"),
        "{error}"
    );
    assert!(
        error.ends_with("its spill slot has room for 16336: open the folder with a larger slot size"),
        "{error}"
    );
    assert_eq!(world.spill.read(&key("a")).await.unwrap(), Some(spilled(1, 100)));
    let larger = world.spill.clone().with_slot_size(64 * 1024);
    larger.reserve(&key("a")).await.unwrap();
    assert_eq!(larger.read(&key("a")).await.unwrap(), Some(spilled(1, 100)));
    larger.write(&key("a"), spilled(2, 20_000)).await.unwrap();
    assert_eq!(
        world.spill.read(&key("a")).await.unwrap(),
        Some(spilled(2, 20_000))
    );
}

#[tokio::test]
async fn a_torn_write_counts_for_nothing_and_the_file_is_left() {
    let world = World::new();
    world.spill.write(&key("a"), spilled(1, 3000)).await.unwrap();
    let file = world.file();
    let first = fs::read(&file).unwrap();
    world.spill.write(&key("a"), spilled(2, 3000)).await.unwrap();
    let second = fs::read(&file).unwrap();
    // The first bytes of the one and the last of the other, as a loss of power leaves them.
    for cut in [1, 8, 15, 16, 48, 100, 512, 4000] {
        let torn = [&second[..cut], &first[cut..]].concat();
        fs::write(&file, &torn).unwrap();
        let read = world.spill.read(&key("a")).await.unwrap();
        let expected = if torn == first {
            Some(spilled(1, 3000))
        } else {
            None
        };
        assert_eq!(read, expected, "torn at {cut}");
        assert_eq!(fs::read(&file).unwrap(), torn);
    }
    // Reserving leaves it too, and a later write replaces it.
    world.spill.reserve(&key("a")).await.unwrap();
    assert_eq!(world.spill.read(&key("a")).await.unwrap(), None);
    world.spill.write(&key("a"), spilled(3, 3)).await.unwrap();
    assert_eq!(world.spill.read(&key("a")).await.unwrap(), Some(spilled(3, 3)));
}

#[tokio::test]
async fn a_reservation_that_was_cut_off_is_completed() {
    let world = World::new();
    world.spill.reserve(&key("a")).await.unwrap();
    File::options()
        .write(true)
        .open(world.file())
        .unwrap()
        .set_len(100)
        .unwrap();
    assert_eq!(world.spill.read(&key("a")).await.unwrap(), None);
    world.spill.reserve(&key("a")).await.unwrap();
    assert_eq!(fs::read(world.file()).unwrap(), vec![0; 16 * 1024]);
}

#[tokio::test]
async fn any_flipped_bit_is_noticed() {
    let world = World::new();
    world.spill.write(&key("a"), spilled(1, 10)).await.unwrap();
    let file = world.file();
    let whole = fs::read(&file).unwrap();
    for (position, sound) in whole.into_iter().enumerate() {
        let mut out = File::options().write(true).open(&file).unwrap();
        for byte in [sound ^ 1, sound] {
            out.seek(SeekFrom::Start(position as u64)).unwrap();
            out.write_all(&[byte]).unwrap();
            assert_eq!(
                world.spill.read(&key("a")).await.unwrap().is_some(),
                byte == sound,
                "{position}"
            );
        }
    }
}

#[tokio::test]
async fn the_slot_of_another_account_is_refused() {
    let world = World::new();
    world.spill.write(&key("a"), spilled(1, 10)).await.unwrap();
    let a = world.file();
    world.spill.write(&key("b"), spilled(2, 10)).await.unwrap();
    let b = world.files().into_iter().find(|file| *file != a).unwrap();
    fs::copy(&a, &b).unwrap();
    let error = world.spill.read(&key("b")).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "the spill slot of tenant/planday/b holds another account; it was left as it is: move it away"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn slots_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let world = World::new();
    world.spill.reserve(&key("a")).await.unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(world.folder.path().join("spill")), mode(world.file())),
        (0o700, 0o600)
    );
}

#[tokio::test]
async fn a_memory_spill_fails_while_it_is_told_to() {
    let spill = MemorySpill::new();
    spill.reserve(&key("a")).await.unwrap();
    spill.fail(true);
    assert!(spill.write(&key("a"), spilled(1, 1)).await.is_err());
    assert!(spill.reserve(&key("b")).await.is_err());
    spill.fail(false);
    assert_eq!(spill.kept(&key("a")), None);
    assert_eq!(spill.reserved().into_iter().collect::<Vec<_>>(), [key("a")]);
    spill.write(&key("a"), spilled(1, 1)).await.unwrap();
    assert_eq!(spill.kept(&key("a")), Some(spilled(1, 1)));
}
