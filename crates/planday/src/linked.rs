//! A linked portal.

use attache_auth::Account;

use crate::portal::PortalInfo;

/// An account that was linked just now. [`Planday::client`](crate::Planday::client) gives the client for it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Linked {
    /// The kept account.
    pub account: Account,
    /// The portal that it is pinned to.
    pub portal: PortalInfo,
}
