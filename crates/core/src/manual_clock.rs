//! The clock of tests.

use std::{
    collections::BTreeMap,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use crate::{BoxFuture, Clock, Monotonic, Timestamp};

/// A clock that moves only when it is told to. Clones share the same time.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use attache_core::{Clock, ManualClock, Timestamp};
///
/// let clock = ManualClock::starting_at(Timestamp::from_unix_seconds(1_800_000_000)?);
/// let before = clock.monotonic();
/// clock.advance(Duration::from_secs(3600));
/// assert_eq!(clock.monotonic().since(before), Duration::from_secs(3600));
/// # Ok::<(), attache_core::InvalidTimestamp>(())
/// ```
#[derive(Clone)]
pub struct ManualClock(Arc<Mutex<Time>>);

struct Time {
    wall: Timestamp,
    monotonic: Monotonic,
    next_sleeper: u64,
    sleepers: BTreeMap<(Monotonic, u64), Waker>,
}

impl ManualClock {
    /// A clock whose wall shows `wall` and whose monotonic side stands an hour after its origin.
    pub fn starting_at(wall: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Time {
            wall,
            monotonic: Monotonic::ORIGIN.plus(Duration::from_secs(3600)),
            next_sleeper: 0,
            sleepers: BTreeMap::new(),
        })))
    }

    /// Moves both sides forward and wakes every sleeper whose time has come.
    pub fn advance(&self, by: Duration) {
        let due = {
            let mut time = self.lock();
            time.monotonic = time.monotonic.plus(by);
            time.wall = time.wall.saturating_add(by);
            let now = time.monotonic;
            let later = time.sleepers.split_off(&(now, u64::MAX));
            std::mem::replace(&mut time.sleepers, later)
        };
        due.into_values().for_each(Waker::wake);
    }

    /// Sets the wall clock alone, as an administrator or a time server may do.
    pub fn set_wall(&self, wall: Timestamp) {
        self.lock().wall = wall;
    }

    /// The earliest point that somebody sleeps for.
    pub fn next_sleeper(&self) -> Option<Monotonic> {
        self.lock().sleepers.keys().next().map(|(at, _)| *at)
    }

    fn lock(&self) -> MutexGuard<'_, Time> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.lock().wall
    }

    fn monotonic(&self) -> Monotonic {
        self.lock().monotonic
    }

    fn sleep_until(&self, at: Monotonic) -> BoxFuture<'static, ()> {
        Box::pin(Sleep {
            clock: self.clone(),
            at,
            registered: None,
        })
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.lock();
        f.debug_struct("ManualClock")
            .field("wall", &time.wall)
            .field("monotonic", &time.monotonic)
            .field("sleepers", &time.sleepers.len())
            .finish()
    }
}

struct Sleep {
    clock: ManualClock,
    at: Monotonic,
    registered: Option<(Monotonic, u64)>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut time = this.clock.lock();
        if time.monotonic >= this.at {
            return Poll::Ready(());
        }
        let key = *this.registered.get_or_insert_with(|| {
            time.next_sleeper += 1;
            (this.at, time.next_sleeper)
        });
        time.sleepers.insert(key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(key) = self.registered {
            self.clock.lock().sleepers.remove(&key);
        }
    }
}
