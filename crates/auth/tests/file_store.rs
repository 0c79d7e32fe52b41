//! What the file store promises beyond the contract: files, modes, refusals, dead and stopped holders.
#![expect(clippy::unwrap_used, reason = "every function here is test code")]

mod file_store_world;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use attache_auth::store::{
    BeginOutcome, CommitOutcome, CreateOutcome, Fence, FileStore, Settlement, Store, Version,
};
use attache_core::AccountKey;

use file_store_world::{ACTIVE, START, TTL, World, at, attempt, begun, clock, key, new_record};

#[cfg(unix)]
#[tokio::test]
async fn files_and_folders_it_creates_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("state/accounts");
    let store = FileStore::open(&folder, Arc::new(clock())).unwrap();
    store.create(&key(), Version::FIRST, new_record(1)).await.unwrap();
    store.begin(&key(), ACTIVE, attempt(1), TTL).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(files.len(), 3, "{files:?}");
    assert_eq!(
        files.iter().map(|file| mode(file)).collect::<Vec<_>>(),
        [0o600; 3]
    );
}

#[cfg(unix)]
#[tokio::test]
async fn the_mode_of_a_folder_that_is_there_is_left() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o750)).unwrap();
    FileStore::open(folder.path(), Arc::new(clock())).unwrap();
    assert_eq!(
        fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777,
        0o750
    );
}

#[tokio::test]
async fn a_file_is_named_for_its_key_and_cannot_leave_the_folder() {
    let world = World::new().await;
    let name = world
        .record_file()
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    assert!(name.starts_with("tenant-planday-copenhagen-"), "{name}");
    for (tenant, account) in [
        ("..", ".."),
        ("..\\..\\x", "C:\\x"),
        ("~root", "-rf"),
        (&*"\u{1f511}".repeat(128), "ÅØ"),
    ] {
        let key = AccountKey::new(tenant, "planday", account).unwrap();
        world
            .store
            .create(&key, Version::FIRST, new_record(2))
            .await
            .unwrap();
    }
    let names: Vec<_> = world
        .files("json")
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.len(), 5);
    for name in names {
        let (readable, hash) = name.strip_suffix(".json").unwrap().rsplit_once('-').unwrap();
        assert_eq!(hash.len(), 64);
        assert!(!readable.starts_with('-') && readable.len() <= 48, "{name}");
        assert!(
            readable
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"-_".contains(&byte)),
            "{name}"
        );
    }
}

/// What is done to an account's file, and what the error has to say.
async fn refused(damage: impl FnOnce(&World, &Path) -> Vec<u8>, says: &str) {
    let world = World::new().await;
    let file = world.record_file();
    let bytes = damage(&world, &file);
    fs::write(&file, &bytes).unwrap();
    let key = key();
    let store = &world.store;
    let errors = [
        store.load(&key).await.map(|_| ()).unwrap_err(),
        store
            .create(&key, Version::FIRST, new_record(2))
            .await
            .map(|_| ())
            .unwrap_err(),
        store
            .begin(&key, ACTIVE, attempt(1), TTL)
            .await
            .map(|_| ())
            .unwrap_err(),
        store
            .commit(&key, Version(1), attempt(1), new_record(2))
            .await
            .map(|_| ())
            .unwrap_err(),
        store
            .abandon(&key, Version(1), attempt(1), Settlement::Unknown)
            .await
            .map(|_| ())
            .unwrap_err(),
        store.delete(&key).await.map(|_| ()).unwrap_err(),
    ];
    for error in errors {
        let text = error.to_string();
        assert!(text.contains(says), "{text}");
        assert!(text.contains(file.to_str().unwrap()), "{text}");
        assert!(text.contains("it was left as it is: "), "{text}");
    }
    world.reopen();
    assert_eq!(fs::read(&file).unwrap(), bytes);

    // The accounts beside it stay usable.
    let sister = AccountKey::new("tenant", "planday", "sister").unwrap();
    store
        .create(&sister, Version::FIRST, new_record(3))
        .await
        .unwrap();
    let due = store.due(at(START + 1000), 10).await.unwrap();
    assert_eq!(
        due.into_iter().map(|account| account.key).collect::<Vec<_>>(),
        [sister]
    );
}

#[tokio::test]
async fn a_cut_file_is_refused_and_left() {
    refused(
        |_, file| {
            fs::read(file)
                .unwrap()
                .split_last_chunk::<40>()
                .unwrap()
                .0
                .to_vec()
        },
        "is damaged",
    )
    .await;
}

#[tokio::test]
async fn an_empty_file_is_refused_and_left() {
    refused(|_, _| Vec::new(), "is damaged").await;
}

#[tokio::test]
async fn a_file_that_was_changed_by_hand_is_refused_and_left() {
    let change = |_: &World, file: &Path| {
        let text = fs::read_to_string(file).unwrap();
        let changed = text.replace("\"version\": 1", "\"version\": 2");
        assert_ne!(changed, text);
        changed.into_bytes()
    };
    refused(change, "is damaged").await;
}

#[tokio::test]
async fn a_foreign_file_is_refused_and_left() {
    refused(
        |_, _| br#"{"name": "package", "version": "1.0.0"}"#.to_vec(),
        "is not an account file",
    )
    .await;
    refused(
        |_, _| br#"{"format": "other", "format_version": 1}"#.to_vec(),
        "is not an account file",
    )
    .await;
}

#[tokio::test]
async fn a_file_of_a_newer_format_is_refused_and_left() {
    let newer = |_: &World, file: &Path| {
        let text = fs::read_to_string(file).unwrap();
        text.replace(
            "\"format_version\": 1",
            "\"format_version\": 2, \"cipher\": \"x\"",
        )
        .into_bytes()
    };
    refused(newer, "has format 2, which is newer").await;
}

#[tokio::test]
async fn the_file_of_another_account_is_refused_and_left() {
    let other = |world: &World, file: &Path| {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::open(folder.path(), Arc::new(world.clock.clone())).unwrap();
        let key = AccountKey::new("tenant", "planday", "aarhus").unwrap();
        let created = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async { store.create(&key, Version::FIRST, new_record(2)).await.unwrap() })
        });
        assert_eq!(created.join().unwrap(), CreateOutcome::Created);
        let mut files = fs::read_dir(folder.path())
            .unwrap()
            .map(|file| file.unwrap().path());
        let other = files
            .find(|path| path.extension().is_some_and(|extension| extension == "json"))
            .unwrap();
        assert_ne!(other.file_name(), file.file_name());
        fs::read(other).unwrap()
    };
    refused(
        other,
        "holds tenant/planday/aarhus and not tenant/planday/copenhagen",
    )
    .await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_an_error_that_names_the_file() {
    let world = World::new().await;
    let file = world.record_file();
    // Root may write anywhere, so the name of the temporary file is taken instead: by a folder with a file in it.
    let taken = file.with_extension("tmp");
    fs::create_dir(&taken).unwrap();
    fs::write(taken.join("x"), "").unwrap();
    let error = world
        .store
        .commit(&key(), Version(1), attempt(1), new_record(2))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with(&format!("cannot write account file {}: ", file.display())),
        "{error}"
    );
    assert_eq!(
        world.store.load(&key()).await.unwrap().unwrap().version,
        Version(1)
    );
    fs::remove_dir_all(&taken).unwrap();
    let outcome = world
        .store
        .commit(&key(), Version(1), attempt(1), new_record(2))
        .await
        .unwrap();
    assert_eq!(outcome, CommitOutcome::Committed(Version(2)));
}

#[tokio::test]
async fn what_killed_processes_left_is_ignored_and_removed_at_the_next_opening() {
    let world = World::new().await;
    world.begin(&world.store, 1).await;
    let [held] = world.files("lease").try_into().unwrap();
    let temporary = world.record_file().with_extension("tmp");
    fs::write(&temporary, "{\"format\": \"attache-acc").unwrap();
    let stale = PathBuf::from(held.to_str().unwrap().replace(".1.lease", ".9.lease"));
    assert_ne!(stale, held);
    fs::write(&stale, "").unwrap();
    let strangers = world.folder.path().join("notes.tmp");
    fs::write(&strangers, "mine").unwrap();
    assert_eq!(
        world.store.load(&key()).await.unwrap().unwrap().version,
        Version(1)
    );
    world.reopen();
    assert_eq!(world.files("tmp"), [strangers]);
    assert_eq!(world.files("lease"), [held]);
}

#[tokio::test]
async fn a_leftover_temporary_file_does_not_stop_a_write() {
    let world = World::new().await;
    let temporary = world.record_file().with_extension("tmp");
    fs::write(&temporary, "{").unwrap();
    world
        .store
        .commit(&key(), Version(1), attempt(1), new_record(2))
        .await
        .unwrap();
    assert_eq!(world.files("tmp"), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn lease_files_do_not_pile_up() {
    let world = World::new().await;
    for number in 0..20 {
        world.begin(&world.store, number).await;
        match number % 4 {
            1 => drop(
                world
                    .store
                    .abandon(&key(), Version(1), attempt(number), Settlement::Unknown)
                    .await
                    .unwrap(),
            ),
            2 => drop(
                world
                    .store
                    .abandon(&key(), Version(1), attempt(number), Settlement::Unspent)
                    .await
                    .unwrap(),
            ),
            _ => world.clock.advance(TTL),
        }
        assert!(world.files("lease").len() <= 1);
    }
    world.store.delete(&key()).await.unwrap();
    assert_eq!(world.files("lease"), Vec::<PathBuf>::new());
    assert_eq!(world.files("json"), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn two_openings_of_a_folder_exclude_each_other_and_a_dropped_one_frees_its_lease() {
    let world = World::new().await;
    let (first, second) = (world.reopen(), world.reopen());
    assert_eq!(world.begin(&first, 1).await, begun(1, START, None));
    world.clock.advance(Duration::from_secs(7));
    let busy = BeginOutcome::Busy {
        until: at(START + 60),
        now: at(START + 7),
    };
    assert_eq!(world.begin(&second, 2).await, busy);
    assert_eq!(world.begin(&first, 2).await, busy);
    let clone = first.clone();
    drop(first);
    assert_eq!(world.begin(&second, 2).await, busy, "a clone is still there");
    drop(clone);
    assert_eq!(
        world.begin(&second, 2).await,
        begun(2, START + 7, Some((START, 1)))
    );
}

#[tokio::test]
async fn the_lease_of_a_dropped_begin_is_free_at_once() {
    let world = World::new().await;
    let key = key();
    {
        let mut call = world.store.begin(&key, ACTIVE, attempt(1), TTL);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
    }
    // The call goes on without its future. Whenever it is done, nobody holds its lease.
    let taken = loop {
        match world.begin(&world.store, 2).await {
            BeginOutcome::Busy { .. } => tokio::task::yield_now().await,
            taken => break taken,
        }
    };
    match taken {
        BeginOutcome::Begun {
            fence: Fence(1),
            unsettled: None,
            ..
        } => {}
        taken => assert_eq!(taken, begun(2, START, Some((START, 1)))),
    }
}

#[tokio::test]
async fn a_begin_that_was_dropped_can_be_repeated_by_its_attempt() {
    let world = World::new().await;
    let key = key();
    {
        let mut call = world.store.begin(&key, ACTIVE, attempt(1), TTL);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
    }
    while world.store.load(&key).await.unwrap().unwrap().holder.is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.begin(&world.store, 1).await, begun(1, START, None));
    let busy = BeginOutcome::Busy {
        until: at(START + 60),
        now: at(START),
    };
    assert_eq!(world.begin(&world.reopen(), 2).await, busy);
}

#[tokio::test]
async fn a_failed_begin_holds_no_lease() {
    let world = World::new().await;
    let taken = world.record_file().with_extension("tmp");
    fs::create_dir(&taken).unwrap();
    fs::write(taken.join("x"), "").unwrap();
    world
        .store
        .begin(&key(), ACTIVE, attempt(1), TTL)
        .await
        .unwrap_err();
    fs::remove_dir_all(&taken).unwrap();
    assert_eq!(world.begin(&world.reopen(), 2).await, begun(1, START, None));
}

#[tokio::test]
async fn a_missing_lease_file_proves_nothing() {
    let world = World::new().await;
    world.begin(&world.store, 1).await;
    let [lease] = world.files("lease").try_into().unwrap();
    fs::remove_file(lease).unwrap();
    let busy = BeginOutcome::Busy {
        until: at(START + 60),
        now: at(START),
    };
    assert_eq!(world.begin(&world.reopen(), 2).await, busy);
}

#[tokio::test]
async fn outside_a_runtime_a_call_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::open(folder.path(), Arc::new(clock())).unwrap();
    let error = std::thread::spawn(move || {
        futures_util::FutureExt::now_or_never(store.load(&key()))
            .unwrap()
            .unwrap_err()
            .to_string()
    });
    assert_eq!(
        error.join().unwrap(),
        "file work needs a running tokio runtime: call it inside one"
    );
}
