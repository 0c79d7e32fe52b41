//! The partner flow: customers authorise the app in their browser.

use attache_auth::{CompleteLinkError, CompleteLinkErrorKind, LinkAttempt, LinkStartError};
use attache_client::Error;
use attache_core::AccountKey;

use crate::{
    credential::Credential,
    link_error::{LinkError, LinkErrorKind},
    linked::Linked,
    planday::Planday,
    profile::PROVIDER,
};

impl Planday {
    /// Begins to link a portal by the partner flow (Planday, Authorization Code Flow): send the customer's browser to
    /// [`LinkAttempt::authorization_url`]. An administrator picks the portal, signs in and consents; Planday then sends
    /// the browser to `redirect_uri`, and what comes there goes to [`Planday::complete_link`].
    ///
    /// The attempt is for one browser: keep it under that browser's session, or seal it into a cookie of it
    /// ([`LinkAttempt::seal`]). It ends by itself.
    ///
    /// # Errors
    ///
    /// Names every problem: a redirect URI that is not one of the app's, an app without scopes.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use attache_planday::{AccountKey, Linked, LinkAttempt, Planday};
    /// # async fn run(planday: Planday, callback: String) -> Result<Linked, Box<dyn std::error::Error>> {
    /// let attempt = planday.begin_link("https://example.com/planday/callback")?;
    /// println!("open {}", attempt.authorization_url());
    /// // ... the browser comes back to https://example.com/planday/callback?code=...&state=...
    /// let account = AccountKey::new("customer-17", "planday", "copenhagen")?;
    /// Ok(planday.complete_link(&account, &attempt, &callback).await?)
    /// # }
    /// ```
    pub fn begin_link(&self, redirect_uri: &str) -> Result<LinkAttempt, LinkStartError> {
        self.keeper().begin_link(self.app().connector(), redirect_uri)
    }

    /// Completes the partner flow with what came to the redirect URI, as a whole URL or as its query: checks that it
    /// answers this attempt, exchanges the code with a single token request, asks the portal who it is, and keeps the
    /// grant as an account that is pinned to this portal.
    ///
    /// An account that is there already is linked again, for the same portal only, and keeps its handles. A grant of
    /// another portal is refused and revoked ([`LinkError::given_back`]), unless another account works through this
    /// app on that portal ([`LinkError::owner`]): its own grant may have been replaced by this one.
    ///
    /// # Errors
    ///
    /// See [`LinkErrorKind`]. Nothing was written then. A grant that was exchanged comes back in the error
    /// ([`LinkError::into_credential`]) unless it was given back: [`Planday::link`] goes on with it.
    ///
    /// # Cancel safety
    ///
    /// Not safe to drop: the code is good for one exchange, and the grant may be lost with the future.
    pub async fn complete_link(
        &self,
        key: &AccountKey,
        attempt: &LinkAttempt,
        callback: &str,
    ) -> Result<Linked, LinkError> {
        if key.provider() != PROVIDER {
            return Err(LinkError::without_credential(
                LinkErrorKind::AccountKey,
                key,
                None,
            ));
        }
        let grant = self
            .keeper()
            .complete_link(self.app().connector(), attempt, callback)
            .await
            .map_err(|error| not_completed(key, error))?;
        self.link(key, Credential::authorized(grant)).await
    }

    /// Revokes an account's grant at Planday (Planday, Authorization Code Flow: Revoke) and marks the account as in need of
    /// a new link. The account's name, portal and place in the store stay; [`Keeper::forget`](crate::Keeper::forget)
    /// removes them.
    ///
    /// Whether access tokens that were issued before go on working until they end is not documented; the account serves
    /// none from then on in this process, and in others from their next renewal.
    ///
    /// # Errors
    ///
    /// As [`Planday::account`], and what kept Planday from saying that it is done
    /// ([`Account::revoke`](crate::Account::revoke)).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the wait; the revocation goes on.
    pub async fn revoke(&self, key: &AccountKey) -> Result<(), Error> {
        Ok(self.account(key).await?.revoke().await?)
    }
}

fn not_completed(key: &AccountKey, error: CompleteLinkError) -> LinkError {
    let kind = LinkErrorKind::Callback(error.kind());
    let cause = match error.kind() {
        CompleteLinkErrorKind::Exchange(_) => error
            .exchange()
            .map(|exchange| Error::from(exchange.clone().with_account(key.clone()))),
        _ => None,
    };
    LinkError::without_credential(kind, key, cause).with_source(error)
}
