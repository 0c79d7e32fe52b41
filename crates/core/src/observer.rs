//! What happened, for logs and metrics.

use std::{error::Error, time::Duration};

use crate::{AccountKey, FailureClass, Generation, RelinkReason};

/// Is told what happens to accounts and calls. Every method does nothing unless it is overridden.
///
/// Methods are called in the middle of things: they must be quick and must not block. Events can be missed when
/// a process stops; the store's state is the truth.
pub trait Observer: Send + Sync + 'static {
    /// An account has a new access token.
    fn refreshed(&self, event: &Refreshed<'_>) {
        let _ = event;
    }
    /// A renewal failed; it will be tried again unless the account needs a new link.
    fn refresh_failed(&self, event: &RefreshFailed<'_>) {
        let _ = event;
    }
    /// An API called a credential stale.
    fn unauthorized(&self, event: &Unauthorized<'_>) {
        let _ = event;
    }
    /// A call is sent again after a wait.
    fn retried(&self, event: &Retried<'_>) {
        let _ = event;
    }
    /// A request has waited for its turn, so as not to pass the provider's rate limits, and is sent now.
    fn pace_wait(&self, event: &PaceWait<'_>) {
        let _ = event;
    }
    /// A renewed grant could not be saved yet.
    fn unsaved(&self, event: &Unsaved<'_>) {
        let _ = event;
    }
    /// An account has to be linked again. Said once for each time it happens.
    fn needs_relink(&self, event: &NeedsRelink<'_>) {
        let _ = event;
    }
    /// An account that needed a new link works again, or an unsaved grant is saved.
    fn recovered(&self, event: &Recovered<'_>) {
        let _ = event;
    }
}

/// See [`Observer::refreshed`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Refreshed<'a> {
    /// The account.
    pub account: &'a AccountKey,
    /// The generation now in use.
    pub generation: Generation,
    /// Whether another process had renewed it, so that no token request was needed.
    pub adopted: bool,
    /// How many callers were waiting.
    pub waiters: usize,
}

/// See [`Observer::refresh_failed`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RefreshFailed<'a> {
    /// The account.
    pub account: &'a AccountKey,
    /// What kind of failure.
    pub class: FailureClass,
    /// How long until the next try, if there is to be one.
    pub retry_in: Option<Duration>,
    /// What went wrong, without secrets.
    pub error: &'a (dyn Error + 'static),
}

/// See [`Observer::unauthorized`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Unauthorized<'a> {
    /// The account, if the credential belongs to a kept one.
    pub account: Option<&'a AccountKey>,
    /// The generation that was refused.
    pub generation: Generation,
    /// The operation that was refused.
    pub operation: &'static str,
}

/// See [`Observer::retried`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Retried<'a> {
    /// The account, if the credential belongs to a kept one.
    pub account: Option<&'a AccountKey>,
    /// The operation.
    pub operation: &'static str,
    /// The number of the attempt that failed, from 1.
    pub attempt: u32,
    /// The wait before the next one.
    pub delay: Duration,
}

/// See [`Observer::pace_wait`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct PaceWait<'a> {
    /// The account, if the credential belongs to a kept one.
    pub account: Option<&'a AccountKey>,
    /// The operation.
    pub operation: &'static str,
    /// How long the request waited.
    pub waited: Duration,
}

/// See [`Observer::unsaved`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Unsaved<'a> {
    /// The account.
    pub account: &'a AccountKey,
    /// Whether the renewed grant is at least in the spill slot.
    pub spilled: bool,
}

/// See [`Observer::needs_relink`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct NeedsRelink<'a> {
    /// The account.
    pub account: &'a AccountKey,
    /// Why.
    pub reason: RelinkReason,
}

/// See [`Observer::recovered`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Recovered<'a> {
    /// The account.
    pub account: &'a AccountKey,
}

macro_rules! constructors {
    ($($event:ident { $($field:ident: $type:ty),+ })+) => {$(
        impl<'a> $event<'a> {
            /// The event with all of its parts.
            pub fn new($($field: $type),+) -> Self {
                Self { $($field),+ }
            }
        }
    )+};
}

constructors! {
    Refreshed { account: &'a AccountKey, generation: Generation, adopted: bool, waiters: usize }
    RefreshFailed { account: &'a AccountKey, class: FailureClass, retry_in: Option<Duration>, error: &'a (dyn Error + 'static) }
    Unauthorized { account: Option<&'a AccountKey>, generation: Generation, operation: &'static str }
    Retried { account: Option<&'a AccountKey>, operation: &'static str, attempt: u32, delay: Duration }
    PaceWait { account: Option<&'a AccountKey>, operation: &'static str, waited: Duration }
    Unsaved { account: &'a AccountKey, spilled: bool }
    NeedsRelink { account: &'a AccountKey, reason: RelinkReason }
    Recovered { account: &'a AccountKey }
}

/// The observer that is told everything and says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl Observer for NoObserver {}
