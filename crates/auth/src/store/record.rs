//! What a store keeps for one account.

use std::fmt;

use attache_core::{Generation, RelinkReason, Timestamp};

use super::StoreError;

/// Counts the saved grants of one account, by one each time. It is the generation of the access token in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u64);

impl Version {
    /// The lowest version there is.
    pub const FIRST: Self = Self(1);

    /// The first version of an account that is created now: milliseconds since 1970. Renewals count on from it by
    /// one, so an account that is created under the name of a deleted one starts above anything that one reached.
    pub fn first_at(now: Timestamp) -> Self {
        Self(u64::try_from(now.as_unix_millis()).map_or(1, |millis| millis.max(1)))
    }

    /// The version after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The generation of the access token that was saved with this version.
    pub const fn generation(self) -> Generation {
        Generation(self.0)
    }
}

/// Counts the leases of one account. A later lease has a higher fence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence(pub u64);

/// Names one attempt to spend a grant. Never used twice.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttemptId(pub [u8; 16]);

impl AttemptId {
    /// A name that nobody else has.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness to give.
    pub fn random() -> Result<Self, StoreError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)
            .map_err(|error| StoreError::new("the operating system has no randomness").with_source(error))?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for AttemptId {
    /// Thirty-two hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttemptId({self})")
    }
}

/// Bytes that only the holder of the key can read.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// Whether the grant of an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GrantState {
    /// It can, as far as anybody knows.
    Active,
    /// It cannot, until the account is linked again or a recheck succeeds.
    NeedsRelink(RelinkReason),
}

/// Attempts at the present version whose outcome nobody knows: their holders stopped, or no answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsettled {
    /// When the first of them began, by the store's clock.
    pub first_begun_at: Timestamp,
    /// How many there are.
    pub attempts: u32,
}

/// What is written at [`create`](super::Store::create) and [`commit`](super::Store::commit).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// Whether the grant can be used.
    pub state: GrantState,
    /// When the grant wants its next renewal, if it ever does.
    pub due: Option<Timestamp>,
    /// The grant.
    pub sealed: Sealed,
}

/// What a store holds for one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Counts the saved grants.
    pub version: Version,
    /// Whether the grant can be used.
    pub state: GrantState,
    /// When the grant wants its next renewal, if it ever does.
    pub due: Option<Timestamp>,
    /// The grant.
    pub sealed: Sealed,
    /// The attempt whose lease was taken last and has been neither freed nor replaced, whether or not it has
    /// run out.
    pub holder: Option<(AttemptId, Fence)>,
    /// Attempts at this version whose outcome is unknown, the present holder's not counted.
    pub unsettled: Option<Unsettled>,
}

/// What the caller of [`begin`](super::Store::begin) believes the record to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// The version that is to be spent.
    pub version: Version,
    /// Whether the caller knows the grant to be dead and means to try it again.
    pub dead: bool,
}

impl Expected {
    /// Whether a record is what the caller believes it to be.
    pub fn matches(self, version: Version, state: GrantState) -> bool {
        self.version == version && self.dead == (state != GrantState::Active)
    }
}
