//! Grants that are given back to the provider.

use std::sync::Arc;

use attache_core::{
    AuthorizationError, AuthorizationErrorKind, Deadline, FailureClass, Generation, RelinkReason, Secret,
};

use crate::{
    connector::Connector,
    keeper::{
        builder::Keeper,
        declined,
        flight::{Attempt, Failure},
        kept::Kept,
        linking::Provisional,
        shared::Shared,
        snapshot::Snapshot,
    },
    store::{AbandonOutcome, Settlement},
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

impl Keeper {
    /// Gives a grant back that no account wants: it was made for somebody else than its account is linked for.
    ///
    /// Revoking one grant may end all that the same app has of the same identity, so ask first whether
    /// [another account](Self::account_for) lives on one.
    ///
    /// # Errors
    ///
    /// What kept the provider from saying that it is done. The grant is dropped all the same: nobody has it, and it
    /// ends as the provider ends unused ones.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves it open whether the grant was revoked.
    pub async fn give_back(&self, provisional: Provisional) -> Result<GivenBack, AuthorizationError> {
        let Provisional {
            connector, tokens, ..
        } = provisional;
        if connector.endpoints().revocation().is_none() {
            return Ok(GivenBack::NotRevocable);
        }
        revoke(self.shared(), &connector, &tokens.refresh_token)
            .await
            .map(|()| GivenBack::Revoked)
            .map_err(|(_, error)| error)
    }
}

impl Kept {
    /// Gives the grant of an attempt that holds the lease back. Its landing is a failure either way: there is no
    /// token to be had.
    pub(super) async fn give_up(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        attempt: Attempt,
    ) -> Result<Generation, Failure> {
        let refresh_token = &snapshot.grant.tokens.refresh_token;
        if let Err((class, error)) = revoke(&self.shared, &snapshot.connector, refresh_token).await {
            let error = error.with_account(self.key.clone());
            return Err(self.unspent(snapshot, &attempt, class, error, None).await);
        }
        let reason = RelinkReason::Revoked;
        let settled = self
            .shared
            .store
            .abandon(&self.key, snapshot.version, attempt.id, Settlement::Dead(reason))
            .await;
        match settled {
            // A holder that was late renewed it: what it brought is another grant, or as dead as this one.
            Ok(AbandonOutcome::Changed(newer)) => {
                return self.take_over(&newer).map(|adopted| adopted.generation());
            }
            Ok(AbandonOutcome::Gone) => return Err(self.gone()),
            // If it was not written, the next renewal elsewhere finds out.
            Ok(AbandonOutcome::Abandoned) | Err(_) => {}
        }
        let grant = Arc::clone(&snapshot.grant);
        let dead = Snapshot::dead(&snapshot.connector, grant, snapshot.version, reason);
        self.publish(dead.map_err(|error| self.store_failure(error))?);
        Err(self.dead(reason))
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
    let transient = |source: Box<dyn std::error::Error + Send + Sync>| {
        let error = AuthorizationError::new(AuthorizationErrorKind::Transient).with_source(source);
        (FailureClass::Transient, error)
    };
    let limit = Deadline::after(&*shared.clock, shared.policy.exchange_limit);
    let response = limit
        .race(&*shared.clock, shared.transport.send(request))
        .await
        .map_err(|elapsed| transient(elapsed.into()))?
        .map_err(|error| transient(error.into()))?;
    wire::read_revocation_answer(&response, shared.clock.now()).map_err(|failure| {
        // A token that cannot be revoked is no verdict about the grant.
        let class = match failure.class() {
            FailureClass::GrantRefused => FailureClass::ConnectorMisconfigured,
            class => class,
        };
        let error = AuthorizationError::new(declined::kind(class));
        (class, declined::describe(error, failure.without_echo_of(token)))
    })
}
