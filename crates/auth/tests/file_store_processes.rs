//! The file store between real processes: racing, killed and stopped ones.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "every function here is test code"
)]

mod file_store_world;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use attache_auth::store::{
    AbandonOutcome, AttemptId, BeginOutcome, CommitOutcome, Expected, FileStore, GrantState, NewRecord,
    Record, Sealed, Settlement, Store, Version,
};

use file_store_world::{ACTIVE, START, TTL, World, at, attempt, begun, clock, key, new_record};

/// Another process on the same folder, played by this test program: see [`process`].
struct Process {
    child: Child,
    says: BufReader<ChildStdout>,
}

impl Process {
    fn start(folder: &Path, role: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "process", "--ignored", "--nocapture"])
            .env("FILE_STORE_FOLDER", folder)
            .env("FILE_STORE_ROLE", role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let says = BufReader::new(child.stdout.take().unwrap());
        Self { child, says }
    }

    /// The rest of the next line that starts with `word`.
    fn hears(&mut self, word: &str) -> String {
        let mut line = String::new();
        while self.says.read_line(&mut line).unwrap() > 0 {
            if let Some((_, rest)) = line.split_once(&format!("[{word}] ")) {
                return rest.trim_end().to_owned();
            }
            line.clear();
        }
        panic!("the process ended without saying {word}");
    }

    fn tell(&mut self) {
        writeln!(self.child.stdin.as_mut().unwrap(), "go on").unwrap();
    }

    fn signal(&self, signal: &str) {
        let done = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(done.success());
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the other process does.
#[tokio::test]
#[ignore = "run by the other tests, as a process of its own"]
async fn process() {
    let (Ok(folder), Ok(role)) = (
        std::env::var("FILE_STORE_FOLDER"),
        std::env::var("FILE_STORE_ROLE"),
    ) else {
        return;
    };
    let store = FileStore::open(folder, Arc::new(clock())).unwrap();
    let key = key();
    match role.as_str() {
        "hold" => {
            let outcome = store.begin(&key, ACTIVE, attempt(1), TTL).await.unwrap();
            println!("[begun] {outcome:?}");
            std::io::stdin().read_line(&mut String::new()).unwrap();
            let outcome = store
                .commit(&key, Version(1), attempt(1), new_record(9))
                .await
                .unwrap();
            println!("[committed] {outcome:?}");
        }
        "write" => {
            for version in 1.. {
                let attempt = AttemptId::random().unwrap();
                let expected = Expected {
                    version: Version(version),
                    dead: false,
                };
                store.begin(&key, expected, attempt, TTL).await.unwrap();
                let new = NewRecord {
                    sealed: Sealed(vec![7; 100_000]),
                    ..new_record(1)
                };
                store.commit(&key, Version(version), attempt, new).await.unwrap();
                println!("[wrote] {}", version + 1);
            }
        }
        "race" => {
            std::io::stdin().read_line(&mut String::new()).unwrap();
            let attempt = AttemptId::random().unwrap();
            let outcome = store.begin(&key, ACTIVE, attempt, TTL).await.unwrap();
            println!("[raced] {}", matches!(outcome, BeginOutcome::Begun { .. }));
            std::io::stdin().read_line(&mut String::new()).unwrap();
        }
        role => panic!("unknown role {role}"),
    }
}

#[tokio::test]
async fn a_killed_holder_is_followed_at_once() {
    let world = World::new().await;
    let mut holder = Process::start(world.folder.path(), "hold");
    assert_eq!(holder.hears("begun"), format!("{:?}", begun(1, START, None)));
    let busy = BeginOutcome::Busy {
        until: at(START + 60),
        now: at(START),
    };
    assert_eq!(world.begin(&world.store, 2).await, busy);
    holder.kill();
    assert_eq!(
        world.begin(&world.store, 2).await,
        begun(2, START, Some((START, 1)))
    );
}

#[tokio::test]
async fn a_stopped_holder_keeps_its_lease_until_it_runs_out_and_then_saves_by_lineage() {
    let world = World::new().await;
    let mut holder = Process::start(world.folder.path(), "hold");
    holder.hears("begun");
    holder.signal("-STOP");
    world.clock.advance(Duration::from_secs(59));
    let busy = BeginOutcome::Busy {
        until: at(START + 60),
        now: at(START + 59),
    };
    assert_eq!(world.begin(&world.store, 2).await, busy);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(
        world.begin(&world.store, 2).await,
        begun(2, START + 60, Some((START, 1)))
    );
    // It wakes, and nobody has saved anything yet: what it got is the newest.
    holder.signal("-CONT");
    holder.tell();
    assert_eq!(
        holder.hears("committed"),
        format!("{:?}", CommitOutcome::Committed(Version(2)))
    );
    let saved = Record {
        version: Version(2),
        state: GrantState::Active,
        due: Some(at(START + 100)),
        sealed: Sealed(vec![9]),
        holder: None,
        unsettled: None,
    };
    let late = world
        .store
        .commit(&key(), Version(1), attempt(2), new_record(2))
        .await
        .unwrap();
    assert_eq!(late, CommitOutcome::Superseded(saved));
}

#[tokio::test]
async fn a_stopped_holder_that_was_overtaken_is_superseded() {
    let world = World::new().await;
    let mut holder = Process::start(world.folder.path(), "hold");
    holder.hears("begun");
    holder.signal("-STOP");
    world.clock.advance(TTL);
    world.begin(&world.store, 2).await;
    world
        .store
        .commit(&key(), Version(1), attempt(2), new_record(2))
        .await
        .unwrap();
    // Its old lock is no obstacle for later leases.
    let expected = Expected {
        version: Version(2),
        dead: false,
    };
    world
        .store
        .begin(&key(), expected, attempt(3), TTL)
        .await
        .unwrap();
    let record = world.store.load(&key()).await.unwrap().unwrap();
    holder.signal("-CONT");
    holder.tell();
    assert_eq!(
        holder.hears("committed"),
        format!("{:?}", CommitOutcome::Superseded(record.clone()))
    );
    assert_eq!(world.store.load(&key()).await.unwrap(), Some(record));
}

#[tokio::test]
async fn a_stopped_holder_of_a_deleted_account_is_no_obstacle_for_a_new_one() {
    let world = World::new().await;
    let mut holder = Process::start(world.folder.path(), "hold");
    holder.hears("begun");
    holder.signal("-STOP");
    world.store.delete(&key()).await.unwrap();
    world
        .store
        .create(&key(), Version::FIRST, new_record(4))
        .await
        .unwrap();
    assert_eq!(world.begin(&world.store, 2).await, begun(1, START, None));
    let busy = BeginOutcome::Busy {
        until: at(START + 60),
        now: at(START),
    };
    assert_eq!(world.begin(&world.reopen(), 3).await, busy);
}

#[tokio::test]
async fn a_process_killed_while_it_writes_leaves_a_whole_record() {
    let world = World::new().await;
    for _ in 0..8 {
        world.store.delete(&key()).await.unwrap();
        world
            .store
            .create(&key(), Version::FIRST, new_record(1))
            .await
            .unwrap();
        let mut writer = Process::start(world.folder.path(), "write");
        let mut told = 0;
        while told < 10 {
            told = writer.hears("wrote").parse().unwrap();
        }
        writer.kill();
        let store = world.reopen();
        let record = store.load(&key()).await.unwrap().unwrap();
        assert!(
            record.version >= Version(told),
            "{:?} was lost, {told} was reported",
            record.version
        );
        assert_eq!(record.sealed, Sealed(vec![7; 100_000]));
        assert_eq!(world.files("tmp"), Vec::<PathBuf>::new());
        let expected = Expected {
            version: record.version,
            dead: false,
        };
        let next = store.begin(&key(), expected, attempt(1), TTL).await.unwrap();
        assert!(matches!(next, BeginOutcome::Begun { .. }), "{next:?}");
        let ended = store
            .abandon(&key(), record.version, attempt(1), Settlement::Unspent)
            .await
            .unwrap();
        assert_eq!(ended, AbandonOutcome::Abandoned);
    }
}

#[tokio::test]
async fn of_racing_processes_one_gets_the_lease() {
    let world = World::new().await;
    let mut racers: Vec<_> = (0..6)
        .map(|_| Process::start(world.folder.path(), "race"))
        .collect();
    racers.iter_mut().for_each(Process::tell);
    let winners = racers
        .iter_mut()
        .filter_map(|racer| (racer.hears("raced") == "true").then_some(()))
        .count();
    assert_eq!(winners, 1);
}
