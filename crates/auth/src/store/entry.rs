//! The transitions of one record, without any storage: what the memory store and the file store share.

use std::time::Duration;

use attache_core::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AbandonOutcome, AttemptId, BeginOutcome, CommitOutcome, DueAccount, Expected, Fence, GrantState,
    NewRecord, Record, Sealed, Settlement, Unsettled, Version,
    disk::text::{self, FenceNumber, VersionNumber},
};

/// How many unsettled attempts are kept by name. Of older ones only the number is kept.
const NAMED_ATTEMPTS: usize = 16;

/// All that a store knows of one account.
///
/// Its serialised form is a part of the file store's format: whoever changes it raises the format version.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    #[serde(with = "VersionNumber")]
    version: Version,
    #[serde(with = "text")]
    state: GrantState,
    #[serde(with = "text::optional")]
    due: Option<Timestamp>,
    #[serde(with = "FenceNumber")]
    last_fence: Fence,
    lease: Option<Lease>,
    journal: Journal,
    saved_by: Option<SavedBy>,
    #[serde(with = "text")]
    sealed: Sealed,
}

/// The right to spend the grant.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lease {
    #[serde(with = "text")]
    pub(super) attempt: AttemptId,
    #[serde(with = "FenceNumber")]
    pub(super) fence: Fence,
    #[serde(with = "text")]
    begun_at: Timestamp,
    #[serde(with = "text")]
    pub(super) until: Timestamp,
}

/// Which call wrote the present version, so that its repetition is known for what it is.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedBy {
    #[serde(with = "text")]
    attempt: AttemptId,
    #[serde(with = "VersionNumber")]
    spent: Version,
}

/// Attempts at the present version whose outcome nobody knows, the holder of the lease not among them.
#[derive(Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Journal {
    attempts: Vec<Attempt>,
    older: Option<Older>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attempt {
    #[serde(with = "text")]
    attempt: AttemptId,
    #[serde(with = "text")]
    begun_at: Timestamp,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Older {
    #[serde(with = "text")]
    first_begun_at: Timestamp,
    attempts: u32,
}

impl Entry {
    pub(super) fn first(version: Version, record: NewRecord) -> Self {
        Self {
            version,
            state: record.state,
            due: record.due,
            last_fence: Fence(0),
            lease: None,
            journal: Journal::default(),
            saved_by: None,
            sealed: record.sealed,
        }
    }

    pub(super) fn record(&self) -> Record {
        Record {
            version: self.version,
            state: self.state,
            due: self.due,
            sealed: self.sealed.clone(),
            holder: self.lease.map(|lease| (lease.attempt, lease.fence)),
            unsettled: self.journal.unsettled(),
        }
    }

    /// The lease that was taken last and neither freed nor replaced.
    pub(super) fn lease(&self) -> Option<Lease> {
        self.lease
    }

    /// When the account wants its renewal, if that is before `before` and the account is active.
    pub(super) fn due_before(&self, before: Timestamp) -> Option<Timestamp> {
        self.due
            .filter(|due| *due < before && self.state == GrantState::Active)
    }

    /// The running lease of somebody else that alone keeps `attempt` from beginning.
    pub(super) fn obstacle(&self, expected: Expected, attempt: AttemptId, now: Timestamp) -> Option<Lease> {
        self.lease
            .filter(|lease| lease.attempt != attempt && now < lease.until)
            .filter(|_| expected.matches(self.version, self.state))
    }

    /// Ends the lease of a holder that is known to have stopped. Its attempt is unsettled from now on.
    pub(super) fn bury_holder(&mut self) {
        if let Some(lease) = self.lease.take() {
            self.journal.add(lease);
        }
    }

    pub(super) fn begin(
        &mut self,
        expected: Expected,
        attempt: AttemptId,
        ttl: Duration,
        now: Timestamp,
    ) -> BeginOutcome {
        if !expected.matches(self.version, self.state) {
            return BeginOutcome::Changed(self.record());
        }
        if let Some(Lease { until, .. }) = self.obstacle(expected, attempt, now) {
            return BeginOutcome::Busy { until, now };
        }
        let until = now.saturating_add(ttl);
        let fence = match &mut self.lease {
            // The answer to an earlier call of this attempt was lost on its way.
            Some(lease) if lease.attempt == attempt => {
                lease.until = until;
                lease.fence
            }
            _ => {
                self.bury_holder();
                let fence = Fence(self.last_fence.0 + 1);
                self.last_fence = fence;
                self.lease = Some(Lease {
                    attempt,
                    fence,
                    begun_at: now,
                    until,
                });
                fence
            }
        };
        BeginOutcome::Begun {
            fence,
            now,
            unsettled: self.journal.unsettled(),
        }
    }

    pub(super) fn commit(&mut self, spent: Version, attempt: AttemptId, record: NewRecord) -> CommitOutcome {
        let saved_by = Some(SavedBy { attempt, spent });
        if self.version == spent {
            let last_fence = self.last_fence;
            *self = Self {
                version: spent.next(),
                last_fence,
                saved_by,
                ..Self::first(spent.next(), record)
            };
        } else if self.saved_by != saved_by {
            return CommitOutcome::Superseded(self.record());
        }
        CommitOutcome::Committed(self.version)
    }

    pub(super) fn abandon(
        &mut self,
        version: Version,
        attempt: AttemptId,
        settlement: Settlement,
    ) -> AbandonOutcome {
        if self.version != version {
            return AbandonOutcome::Changed(self.record());
        }
        let held = self.lease.take_if(|lease| lease.attempt == attempt);
        match settlement {
            Settlement::Unspent => self.journal.remove(attempt),
            Settlement::Unknown => {
                if let Some(lease) = held {
                    self.journal.add(lease);
                }
            }
            Settlement::Dead(reason) => {
                self.state = GrantState::NeedsRelink(reason);
                self.journal = Journal::default();
            }
        }
        AbandonOutcome::Abandoned
    }
}

impl Journal {
    fn add(&mut self, lease: Lease) {
        if self.attempts.len() == NAMED_ATTEMPTS {
            let oldest = self.attempts.remove(0);
            let older = self.older.unwrap_or(Older {
                first_begun_at: oldest.begun_at,
                attempts: 0,
            });
            self.older = Some(Older {
                first_begun_at: older.first_begun_at.min(oldest.begun_at),
                attempts: older.attempts.saturating_add(1),
            });
        }
        self.attempts.push(Attempt {
            attempt: lease.attempt,
            begun_at: lease.begun_at,
        });
    }

    fn remove(&mut self, attempt: AttemptId) {
        self.attempts.retain(|open| open.attempt != attempt);
    }

    fn unsettled(&self) -> Option<Unsettled> {
        let named = self.attempts.iter().map(|open| open.begun_at);
        let first_begun_at = named.chain(self.older.map(|older| older.first_begun_at)).min()?;
        let older = self.older.map_or(0, |older| older.attempts);
        let attempts = older.saturating_add(u32::try_from(self.attempts.len()).unwrap_or(u32::MAX));
        Some(Unsettled {
            first_begun_at,
            attempts,
        })
    }
}

/// The first `limit` accounts by urgency; equally urgent ones by their keys.
pub(super) fn most_urgent(mut accounts: Vec<DueAccount>, limit: usize) -> Vec<DueAccount> {
    accounts.sort_unstable_by(|left, right| (left.due, &left.key).cmp(&(right.due, &right.key)));
    accounts.truncate(limit);
    accounts
}
