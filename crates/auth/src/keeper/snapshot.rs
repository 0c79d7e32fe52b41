//! What callers of one account see: an immutable picture, replaced as a whole.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use attache_core::{Authorized, Clock, Generation, Monotonic, RelinkReason};
use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use zeroize::Zeroizing;

use crate::{
    connector::Connector,
    keeper::grant::{Grant, Tokens},
    policy::RefreshPolicy,
    state::{State, Timing},
    store::{StoreError, Version},
};

/// One version of an account's grant, ready to serve.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) timing: Timing,
    pub(crate) version: Version,
    pub(crate) connector: Connector,
    pub(crate) grant: Arc<Grant>,
    /// Why nothing can be served, if so.
    pub(crate) dead: Option<RelinkReason>,
    name: HeaderName,
    value: HeaderValue,
    /// Whether it was minted because the one before was refused, and has not been taken by the API since. If it
    /// is refused too, a renewal is not the cure.
    probation: AtomicBool,
}

impl Snapshot {
    /// A picture of a grant that can be served until it ends.
    pub(crate) fn live(
        connector: &Connector,
        grant: Arc<Grant>,
        version: Version,
        clock: &dyn Clock,
        policy: &RefreshPolicy,
        jitter: f64,
    ) -> Result<Self, StoreError> {
        let left = grant
            .tokens
            .expires_at
            .since(clock.now())
            .min(grant.tokens.lifetime);
        let expires_at = clock.monotonic().plus(left);
        let timing = Timing::new(
            version.generation(),
            expires_at,
            grant.tokens.lifetime,
            policy,
            jitter,
        );
        Self::new(connector, grant, version, timing, None)
    }

    /// A picture of a grant that cannot be served.
    pub(crate) fn dead(
        connector: &Connector,
        grant: Arc<Grant>,
        version: Version,
        reason: RelinkReason,
    ) -> Result<Self, StoreError> {
        Self::new(
            connector,
            grant,
            version,
            Timing::dead(version.generation()),
            Some(reason),
        )
    }

    fn new(
        connector: &Connector,
        grant: Arc<Grant>,
        version: Version,
        timing: Timing,
        dead: Option<RelinkReason>,
    ) -> Result<Self, StoreError> {
        let Authorized { name, value, .. } = Self::header(connector, &grant.tokens)?;
        Ok(Self {
            timing,
            version,
            name,
            value,
            connector: connector.clone(),
            grant,
            dead,
            probation: AtomicBool::new(false),
        })
    }

    /// The header of a grant that belongs to no account yet.
    pub(crate) fn header(connector: &Connector, tokens: &Tokens) -> Result<Authorized, StoreError> {
        let profile = connector.profile();
        Ok(Authorized {
            name: profile.header.clone(),
            value: header_value(profile.header_prefix, tokens.access_token.expose())?,
            generation: Generation::default(),
        })
    }

    /// Marks a snapshot that was minted because the one before was refused.
    pub(crate) fn on_probation(self, probation: bool) -> Self {
        self.probation.store(probation, Ordering::Relaxed);
        self
    }

    pub(crate) fn is_on_probation(&self) -> bool {
        self.probation.load(Ordering::Relaxed)
    }

    pub(crate) fn end_probation(&self) {
        self.probation.store(false, Ordering::Relaxed);
    }

    pub(crate) fn generation(&self) -> Generation {
        self.timing.generation
    }

    #[inline]
    pub(crate) fn authorized(&self) -> Authorized {
        Authorized {
            name: self.name.clone(),
            value: self.value.clone(),
            generation: self.timing.generation,
        }
    }

    /// What to do with a caller. Nobody is promised more than three quarters of a token's life: a caller that asks
    /// for more would have every token renewed as soon as it comes.
    pub(crate) fn state(&self, rejected: Generation, now: Monotonic, min_validity: Duration) -> State {
        self.timing.state(
            rejected,
            now,
            min_validity.min(self.grant.tokens.lifetime * 3 / 4),
        )
    }

    /// Whether there is a token at all that was not refused, however old.
    pub(crate) fn has_token(&self, rejected: Generation) -> bool {
        self.dead.is_none() && rejected < self.generation() && !self.grant.tokens.access_token.is_empty()
    }

    /// How long the token can still be served.
    pub(crate) fn usable_for(&self, clock: &dyn Clock, rejected: Generation) -> Option<Duration> {
        let now = clock.monotonic();
        (self.dead.is_none() && rejected < self.generation() && now < self.timing.expires_at)
            .then(|| self.timing.expires_at.since(now))
    }
}

/// A sensitive header value whose bytes are overwritten at the end, and whose clones share them from the first
/// one on: `Bytes` made from a vector would allocate at its first clone.
fn header_value(prefix: &str, token: &str) -> Result<HeaderValue, StoreError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(prefix.len() + token.len()));
    bytes.extend_from_slice(prefix.as_bytes());
    bytes.extend_from_slice(token.as_bytes());
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(bytes))
        .map_err(|_| StoreError::new("a kept access token holds characters that no header can carry"))?;
    value.set_sensitive(true);
    Ok(value)
}
