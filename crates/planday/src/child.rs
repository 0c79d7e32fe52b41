//! Child portals of a portal that is a network's master.

use std::sync::Arc;

use attache_client::{Error, ErrorKind};
use attache_core::AccountKey;

use crate::{client::Client, planday::Planday, portal::PortalId};

impl Planday {
    /// A client for a child portal of a linked account's portal. The children of a portal are in
    /// [`PortalInfo::portals`](crate::portal::PortalInfo::portals).
    ///
    /// The account's access token is exchanged for one of the child portal. That grant, `token_exchange`, is listed in
    /// Planday's discovery document and was seen in use; no page of Planday describes it. The child's token has no
    /// refresh token: it lives in memory, and is exchanged anew when it ends. One call asks the child portal who it is.
    ///
    /// # Errors
    ///
    /// As [`Planday::account`]; `Forbidden` if Planday does not let the account act for that portal, or answers with
    /// a token of another one.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop.
    pub async fn child(&self, key: &AccountKey, portal: PortalId) -> Result<Client, Error> {
        let account = self.account(key).await?;
        let connector = account.connector();
        let derived = account.derive(&portal.to_string())?;
        let client = self.client_of(&connector, Arc::new(derived), &portal.to_string())?;
        let found = client.portal().info().await?;
        if found.id != portal {
            let problem = format!(
                "the token that came for child portal {portal} is of portal {}",
                found.id
            );
            return Err(Error::new(ErrorKind::Forbidden)
                .with_account(key.clone())
                .with_source(problem));
        }
        Ok(client)
    }
}
