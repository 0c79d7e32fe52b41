//! The handle of one kept account.

use std::{fmt, sync::Arc};

use attache_core::{
    AccountKey, Authorization, AuthorizationError, AuthorizationNow, Generation, Need, RelinkReason,
    Timestamp,
};

use crate::{
    connector::Connector,
    keeper::{identity::Identity, kept::Kept, serving::slow},
};

/// One kept account. Cheap to clone; all handles of an account share its state.
///
/// It is an [`Authorization`]: give it to an API client, and every call carries a valid access token. Tokens are
/// renewed ahead of time while they are served, once for all callers and all processes that share the store.
#[derive(Clone)]
pub struct Account(pub(crate) Arc<Kept>);

impl Account {
    /// The account's name.
    pub fn key(&self) -> &AccountKey {
        &self.0.key
    }

    /// Who the account was linked for.
    pub fn identity(&self) -> Identity {
        self.0.snapshot.load().grant.identity.clone()
    }

    /// The app that the account is linked through.
    pub fn connector(&self) -> Connector {
        self.0.snapshot.load().connector.clone()
    }

    /// Why the account has to be linked again, or `None` while it works, as far as this process knows.
    pub fn needs_relink(&self) -> Option<RelinkReason> {
        self.0.snapshot.load().dead
    }

    /// When the present access token ends, by the wall clock.
    pub fn expires_at(&self) -> Timestamp {
        self.0.snapshot.load().grant.tokens.expires_at
    }

    /// The scopes that the provider named when it gave the grant, if it did.
    pub fn scope(&self) -> Option<Vec<String>> {
        self.0.snapshot.load().grant.tokens.scope.clone()
    }

    /// The generation of the present access token.
    pub fn generation(&self) -> Generation {
        self.0.snapshot.load().generation()
    }

    /// Tries the grant of an account that needs a new link once more. What a provider calls a revocation may be
    /// a pause, and then this brings the account back. Does nothing for an account that works.
    ///
    /// # Errors
    ///
    /// `NeedsRelink` if the provider still refuses it; otherwise what kept the answer from coming.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the wait; the attempt goes on.
    pub async fn recheck(&self) -> Result<(), AuthorizationError> {
        self.0.recheck().await
    }

    /// Gives the grant back: tells the provider that nobody will use it any more (RFC 7009; Planday, Authorization
    /// Code Flow: Revoke). From then on the account needs a new link, for [`RelinkReason::Revoked`], and serves
    /// no token in this process, not even one that has not ended; other processes find out at their next renewal. A
    /// grant that the account is linked with meanwhile is left alone. A provider may end other grants that the same app
    /// has of the same identity along with this one. To forget the account as well, see
    /// [`Keeper::forget`](crate::Keeper::forget). Does nothing for an account that was given back before.
    ///
    /// # Errors
    ///
    /// What kept the provider from saying that it is done. The account then goes on as before, but where an answer was
    /// lost it may have been done all the same. Try again after
    /// [`retry_after`](AuthorizationError::retry_after). `ConnectorMisconfigured` where the provider refuses the
    /// app, or has no revocation endpoint.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the wait; the revocation goes on.
    pub async fn revoke(&self) -> Result<(), AuthorizationError> {
        self.0.revoke().await
    }
}

impl Authorization for Account {
    #[inline]
    fn now(&self, need: Need) -> AuthorizationNow<'_> {
        // As `Served::at_once`, in place: an `Option` on the way would be copied.
        {
            let snapshot = self.0.snapshot.load();
            if snapshot.timing.is_plainly_valid(
                self.0.rejected.highest(),
                self.0.clock.monotonic(),
                need.min_validity,
            ) {
                return AuthorizationNow::Ready(snapshot.authorized());
            }
        }
        slow(&self.0, need)
    }

    fn rejected(&self, generation: Generation) {
        self.0.reject(generation);
    }

    fn accepted(&self, generation: Generation) {
        self.0.accept(generation);
    }

    fn account(&self) -> Option<&AccountKey> {
        Some(&self.0.key)
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
