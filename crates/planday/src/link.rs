//! From a credential to a kept account.

use std::sync::Arc;

use attache_auth::{AdoptError, AdoptErrorKind, Identity, Provisional};
use attache_client::{Error, ErrorKind};
use attache_core::{
    AccountKey, Authorization, AuthorizationError, AuthorizationNow, Authorized, Generation, Need,
};

use crate::{
    credential::{Credential, Held},
    link_error::{LinkError, LinkErrorKind},
    linked::Linked,
    planday::Planday,
    portal::PortalInfo,
    profile::PROVIDER,
    token_secret::TokenSecret,
};

/// The header of a grant that belongs to no account yet, for the one call that finds out whose it is.
struct Probe {
    authorized: Authorized,
    key: AccountKey,
}

impl Authorization for Probe {
    fn now(&self, _: Need) -> AuthorizationNow<'_> {
        AuthorizationNow::Ready(self.authorized.clone())
    }

    fn rejected(&self, _: Generation) {}

    fn account(&self) -> Option<&AccountKey> {
        Some(&self.key)
    }
}

impl Planday {
    /// Links a portal: exchanges the Token Secret, asks the portal who it is, and keeps the grant as an account
    /// that is pinned to this portal. An account that is there already is linked again, for the same portal only;
    /// its handles go on with the new grant.
    ///
    /// The Token Secret is exchanged with a single token request, which is never repeated by itself. Asking the portal
    /// is repeated as any call that only reads.
    ///
    /// A pasted Token is never revoked at Planday, whatever comes of it: the API Access page shows one Token to
    /// everybody who looks, and other programs may live on it.
    ///
    /// # Errors
    ///
    /// See [`LinkErrorKind`]. Nothing was written then, and the credential comes back for another try:
    ///
    /// ```no_run
    /// # use attache_planday::{AccountKey, LinkError, Linked, Planday, TokenSecret};
    /// # async fn run(planday: Planday, key: AccountKey, token: TokenSecret) -> Result<Linked, LinkError> {
    /// match planday.link(&key, token).await {
    ///     Err(error) if error.is_transient() => match error.into_credential() {
    ///         Ok(credential) => planday.link(&key, credential).await,
    ///         Err(error) => Err(error),
    ///     },
    ///     done => done,
    /// }
    /// # }
    /// ```
    ///
    /// # Cancel safety
    ///
    /// Not safe to drop: whether the account was written is then open, and if Planday rotates refresh tokens, the
    /// answer may be lost with the future.
    pub async fn link(
        &self,
        key: &AccountKey,
        credential: impl Into<Credential>,
    ) -> Result<Linked, LinkError> {
        let credential = credential.into();
        if key.provider() != PROVIDER {
            return Err(LinkError::new(LinkErrorKind::AccountKey, key, credential, None));
        }
        let (grant, authorized) = match credential.0 {
            Held::TokenSecret(token_secret) => (self.exchange(key, token_secret).await?, false),
            Held::Grant { grant, authorized } => (*grant, authorized),
        };
        let failed = |kind, grant, cause| LinkError::new(kind, key, Credential::of(grant, authorized), cause);
        if !self.app().is_app_of(grant.connector()) {
            return Err(failed(LinkErrorKind::OtherApp, grant, None));
        }
        let (portal, identity) = match self.probe(key, &grant).await {
            Ok(found) => found,
            Err(error) => return Err(failed(LinkErrorKind::Portal, grant, Some(error))),
        };
        match self.keeper().adopt(key, grant, identity).await {
            Ok(account) => Ok(Linked { account, portal }),
            Err(error) => Err(self.not_adopted(error, authorized).await),
        }
    }

    /// What came of a grant that was not adopted. One that was made for this link alone is given back if it is of
    /// another portal, unless another account lives on that portal: Planday may have replaced that account's grant by
    /// this one, and may end both if one is revoked. A pasted one may be in use elsewhere.
    async fn not_adopted(&self, error: AdoptError, authorized: bool) -> LinkError {
        let key = error.account().clone();
        let AdoptErrorKind::IdentityMismatch { pinned, offered } = error.kind() else {
            // The grant is taken out of the error, so its text stands for it.
            let source =
                std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            let cause = Error::new(ErrorKind::Store)
                .with_account(key.clone())
                .with_source(source);
            let credential = Credential::of(error.into_provisional(), authorized);
            return LinkError::new(LinkErrorKind::Save, &key, credential, Some(cause));
        };
        let (linked, offered) = (pinned.clone(), offered.clone());
        let grant = error.into_provisional();
        let kind = LinkErrorKind::OtherPortal {
            linked,
            offered: offered.clone(),
        };
        if !authorized {
            return LinkError::new(kind, &key, grant, None);
        }
        let owner = self.keeper().account_for(grant.connector(), &offered).await;
        let owner = match owner {
            Ok(None) => match self.keeper().give_back(grant).await {
                Ok(given_back) => {
                    return LinkError::without_credential(kind, &key, None).with_given_back(Ok(given_back));
                }
                Err(failed) => {
                    let error = failed.error().clone();
                    let credential = Credential::authorized(failed.into_provisional());
                    return LinkError::new(kind, &key, credential, None).with_given_back(Err(error));
                }
            },
            // Nobody knows whether an account lives on it: nothing is revoked.
            Err(_) => None,
            Ok(owner) => owner,
        };
        LinkError::new(kind, &key, Credential::authorized(grant), None).with_owner(owner)
    }

    async fn exchange(&self, key: &AccountKey, token_secret: TokenSecret) -> Result<Provisional, LinkError> {
        if let Err(problem) = token_secret.check(self.app()) {
            return Err(LinkError::new(
                LinkErrorKind::TokenSecret(problem),
                key,
                token_secret,
                None,
            ));
        }
        let exchanged = self
            .keeper()
            .provisional(self.app().connector(), token_secret.refresh_token())
            .await;
        exchanged.map_err(|error| {
            let cause = Error::from(error.with_account(key.clone()));
            LinkError::new(LinkErrorKind::Exchange, key, token_secret, Some(cause))
        })
    }

    async fn probe(&self, key: &AccountKey, grant: &Provisional) -> Result<(PortalInfo, Identity), Error> {
        let authorized = header(grant).await?;
        let probe = Probe {
            authorized,
            key: key.clone(),
        };
        // Which portal it counts against is not known yet.
        let client = self.client_of(grant.connector(), Arc::new(probe), "")?;
        let portal = client.portal().info().await?;
        let no_portal = || Error::new(ErrorKind::Decode).with_account(key.clone());
        // A number that no portal has comes from something else than Planday; pinned, it would fit any portal.
        if portal.id.0 <= 0 {
            return Err(no_portal().with_source("the answer names no portal: its id is not positive"));
        }
        let identity = Identity::new(&format!("portal:{}", portal.id));
        let identity = identity.map_err(|error| no_portal().with_source(error))?;
        Ok((portal, identity))
    }
}

async fn header(grant: &Provisional) -> Result<Authorized, AuthorizationError> {
    match grant.now(Need::default()) {
        AuthorizationNow::Ready(authorized) => Ok(authorized),
        AuthorizationNow::Wait(wait) => wait.await,
    }
}
