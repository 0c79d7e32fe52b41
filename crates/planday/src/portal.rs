//! The portal itself (Planday, API reference: Portal).

use attache_client::{Error, Operation};
use http::Method;

use crate::{
    client::Client,
    model::{Single, id, operations, record},
};

operations! {
    INFO = Operation::new("portal.info", Method::GET, "/portal/v1.0/info");
}

id! {
    /// The id of a portal.
    PortalId
}

record! {
    /// A portal: one customer's Planday.
    pub struct PortalInfo {
        /// Its id, which accounts are pinned to.
        id: PortalId = "id";
        /// Its name.
        name: Option<String> = "name";
        /// The company behind it.
        company_name: Option<String> = "companyName";
        /// Its country. The format is not documented.
        country: Option<String> = "country";
        /// Its time zone. Whether it is an IANA or a Windows name is not documented.
        time_zone: Option<String> = "timeZone";
        /// How many departments it may have, if that is limited.
        max_departments: Option<i32> = "maxDepartments";
        /// Other names of the portal.
        aliases: Vec<String> = "aliases";
        /// The portals below it, if it is the master of a network.
        portals: Vec<PortalBelow> = "portals";
    }
}

record! {
    /// A portal below another one. A client of the account above does not reach into it;
    /// [`Planday::child`](crate::Planday::child) makes one that does.
    pub struct PortalBelow {
        /// Its id.
        id: PortalId = "id";
        /// Its name.
        name: Option<String> = "name";
        /// Other names of the portal.
        aliases: Vec<String> = "aliases";
    }
}

/// Operations on the portal itself. See [`Client::portal`].
#[derive(Debug, Clone, Copy)]
pub struct Portal<'a> {
    client: &'a Client,
}

impl<'a> Portal<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Who the portal is. No scope is documented for it: every access token may ask.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn info(&self) -> Result<PortalInfo, Error> {
        let Single { data } = self.client.api().json(self.client.call(&INFO)).await?;
        Ok(data)
    }
}
