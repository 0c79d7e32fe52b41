//! Taking a kept grant elsewhere.

use attache_core::{AccountKey, AuthorizationError, AuthorizationErrorKind, RelinkReason, Secret, Timestamp};

use crate::{
    keeper::{builder::Keeper, identity::Identity},
    store::GrantState,
};

/// A grant as it is stored, to be taken elsewhere: nobody is locked in.
///
/// Two programs that both renew it will fight over it where the provider rotates refresh tokens:
/// [forget](Keeper::forget) the account once the other side has it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExportedGrant {
    /// The app that the grant was given to.
    pub client_id: String,
    /// Who the account was linked for.
    pub identity: Identity,
    /// What is spent for the next access token.
    pub refresh_token: Secret,
    /// What authorises calls until `expires_at`; `None` if there never was one.
    pub access_token: Option<Secret>,
    /// When the access token ends, by the wall clock.
    pub expires_at: Timestamp,
    /// Why the account has to be linked again, if so.
    pub needs_relink: Option<RelinkReason>,
}

impl Keeper {
    /// The grant of an account as it is stored, or `None` if the account was never linked.
    ///
    /// # Errors
    ///
    /// If the store cannot be read or the grant not be opened.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop.
    pub async fn export(&self, key: &AccountKey) -> Result<Option<ExportedGrant>, AuthorizationError> {
        let failed = |source| {
            AuthorizationError::new(AuthorizationErrorKind::Store)
                .with_account(key.clone())
                .with_source(source)
        };
        let Some(record) = self.shared().store.load(key).await.map_err(failed)? else {
            return Ok(None);
        };
        let grant = self.shared().open(key, &record.sealed).map_err(failed)?;
        let access_token = grant.tokens.access_token;
        Ok(Some(ExportedGrant {
            client_id: grant.client_id.into(),
            identity: grant.identity,
            refresh_token: grant.tokens.refresh_token,
            access_token: (!access_token.is_empty()).then_some(access_token),
            expires_at: grant.tokens.expires_at,
            needs_relink: match record.state {
                GrantState::Active => None,
                GrantState::NeedsRelink(reason) => Some(reason),
            },
        }))
    }
}
