//! Grants that are given back to the provider.

use std::{error::Error, fmt, sync::Arc};

use attache_core::{
    AuthorizationError, AuthorizationErrorKind, FailureClass, Generation, RelinkReason, Secret,
};

use crate::{
    connector::Connector,
    gate::{Join, Landing},
    keeper::{
        asking::send,
        builder::Keeper,
        declined,
        flight::{Failure, Leased},
        kept::Kept,
        linking::Provisional,
        serving::{Landed, Lander},
        shared::Shared,
    },
    wire,
};

/// What became of a grant that nobody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GivenBack {
    /// The provider says that it is gone.
    Revoked,
    /// The provider has no revocation endpoint: it was dropped.
    NotRevocable,
}

/// Why a grant was not given back. The grant is still in it: where the provider could not answer, it still exists
/// (RFC 7009, 2.2.1).
#[derive(Debug)]
pub struct GiveBackError {
    error: AuthorizationError,
    provisional: Provisional,
}

impl GiveBackError {
    /// What kept the provider from saying that it is done.
    pub fn error(&self) -> &AuthorizationError {
        &self.error
    }

    /// The grant, for another try.
    pub fn into_provisional(self) -> Provisional {
        self.provisional
    }
}

impl fmt::Display for GiveBackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the grant could not be given back: try again, or revoke it on the provider's pages")
    }
}

impl Error for GiveBackError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}

impl Keeper {
    /// Gives a grant back that no account wants: it was made for somebody else than its account is linked for.
    ///
    /// Revoking one grant may end all that the same app has of the same identity, so ask first whether
    /// [another account](Self::account_for) lives on one.
    ///
    /// # Errors
    ///
    /// What kept the provider from saying that it is done, with the grant.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the grant, and leaves it open whether it was revoked.
    pub async fn give_back(&self, provisional: Provisional) -> Result<GivenBack, GiveBackError> {
        if provisional.connector.endpoints().revocation().is_none() {
            return Ok(GivenBack::NotRevocable);
        }
        let _counted = self.shared().tasks.count();
        let token = &provisional.tokens.refresh_token;
        match revoke(self.shared(), &provisional.connector, token).await {
            Ok(()) => Ok(GivenBack::Revoked),
            Err((_, error)) => Err(GiveBackError { error, provisional }),
        }
    }
}

/// What one try to give an account's grant back came to.
enum Tried {
    /// It is given back.
    Done,
    /// Something newer is there: look again.
    Moved(Generation),
    /// The provider has not said that it is done.
    Failed(AuthorizationError),
}

impl Kept {
    /// Gives the grant that is there now back to the provider, in a task that outlives its caller.
    pub(crate) async fn revoke(self: &Arc<Self>) -> Result<(), AuthorizationError> {
        let counted = self.shared.tasks.count();
        let kept = Arc::clone(self);
        // What is there now, not when the task gets to run.
        let link = self.snapshot.load().grant.link.clone();
        let task = self.shared.spawner.spawn(async move {
            let outcome = kept.give_up(&link).await;
            drop(counted);
            outcome
        });
        task.await.unwrap_or_else(|_| {
            let error = self.error(AuthorizationErrorKind::Transient);
            Err(error.with_source("the revocation was aborted before it was done"))
        })
    }

    async fn give_up(self: &Arc<Self>, link: &str) -> Result<(), AuthorizationError> {
        loop {
            let snapshot = self.snapshot.load_full();
            // A grant that was linked since is nobody's to give back here.
            if *snapshot.grant.link != *link || snapshot.dead == Some(RelinkReason::Revoked) {
                return Ok(());
            }
            if self.shared.tasks.is_closing() {
                return Err(self.error(AuthorizationErrorKind::ShuttingDown));
            }
            let flight = match self.gate.join(snapshot.generation(), self.monotonic(), true) {
                Join::Moved | Join::NotYet { .. } => continue,
                Join::Joined(flight) => {
                    let _ = Landed::new(&self.gate, flight, snapshot.generation()).await;
                    continue;
                }
                Join::Lead(flight) => flight,
            };
            let lander = Lander {
                served: Arc::clone(self),
                flight,
            };
            let tried = self.try_to_give_up(link).await;
            match &tried {
                Tried::Done => {
                    let gone = AuthorizationErrorKind::NeedsRelink(RelinkReason::Revoked);
                    let not_before = self.monotonic().plus(self.shared.policy.dead_reload);
                    let outcome = Err(self.error(gone));
                    self.gate.land(flight, Landing { outcome, not_before });
                }
                Tried::Moved(generation) => self.gate.land(flight, self.landed(*generation)),
                // It says nothing about renewals: whoever waits for a token may lead one now.
                Tried::Failed(_) => self.gate.withdraw(flight),
            }
            drop(lander);
            match tried {
                Tried::Done => return Ok(()),
                Tried::Moved(_) => {}
                Tried::Failed(error) => {
                    // Another process may have found the grant dead; it is given back all the same.
                    let now = self.snapshot.load();
                    if now.version == snapshot.version && now.dead == snapshot.dead {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Gives back what `link` has brought, under the lease.
    async fn try_to_give_up(self: &Arc<Self>, link: &str) -> Tried {
        match self.under_the_lease(link).await {
            Ok(tried) => tried,
            Err(failure) => Tried::Failed(failure.error),
        }
    }

    async fn under_the_lease(self: &Arc<Self>, link: &str) -> Result<Tried, Failure> {
        let (snapshot, attempt) = match self.lease(false, false).await? {
            Leased::Moved(generation) => return Ok(Tried::Moved(generation)),
            Leased::Held(held) => *held,
        };
        // The holder before us may have renewed it after all.
        if (attempt.unsettled.is_some() || snapshot.dead.is_some())
            && let Some(saved) = self.save_spilled(snapshot.version).await?
        {
            let adopted = self.take_over(&saved)?;
            return Ok(Tried::Moved(adopted.generation()));
        }
        if *snapshot.grant.link != *link {
            let error = self.error(AuthorizationErrorKind::Transient);
            self.unspent(&snapshot, &attempt, FailureClass::Transient, error, None)
                .await;
            return Ok(Tried::Moved(snapshot.generation()));
        }
        let refresh_token = &snapshot.grant.tokens.refresh_token;
        if let Err((class, error)) = revoke(&self.shared, &snapshot.connector, refresh_token).await {
            let error = error.with_account(self.key.clone());
            return Err(self.unspent(&snapshot, &attempt, class, error, None).await);
        }
        // A holder that was late may have renewed it: what that brought is another grant, or as dead as this one.
        Ok(
            match self.bury(&snapshot, &attempt, RelinkReason::Revoked).await? {
                Some(newer) => Tried::Moved(newer),
                None => Tried::Done,
            },
        )
    }
}

/// One revocation request. Revoking twice does no harm, so the caller may try again after any failure.
pub(super) async fn revoke(
    shared: &Shared,
    connector: &Connector,
    token: &Secret,
) -> Result<(), (FailureClass, AuthorizationError)> {
    let Some(request) = wire::revocation_request(connector, token) else {
        let error = AuthorizationError::new(AuthorizationErrorKind::ConnectorMisconfigured)
            .with_source("the connector names no revocation endpoint");
        return Err((FailureClass::ConnectorMisconfigured, error));
    };
    let response = send(shared, request).await.map_err(|source| {
        let error = AuthorizationError::new(AuthorizationErrorKind::Transient).with_source(source);
        (FailureClass::Transient, error)
    })?;
    let answer = wire::read_revocation_answer(&response, shared.clock.now());
    answer.or_else(|failure| {
        // What the server does not know is as good as revoked.
        if failure.code() == Some("invalid_token") {
            return Ok(());
        }
        // A token that cannot be revoked is no verdict about the grant.
        let class = match failure.class() {
            FailureClass::GrantRefused => FailureClass::ConnectorMisconfigured,
            class => class,
        };
        let error = AuthorizationError::new(declined::kind(class));
        Err((class, declined::describe(error, failure.without_echo_of(token))))
    })
}
