//! Operations on employee groups.

use attache_client::{Error, OffsetNames, Operation, Pager};
use http::Method;

use super::{EmployeeGroup, EmployeeGroupFields, EmployeeGroupId, Membership, departments::FIFTY};
use crate::{
    client::Client,
    model::{Rows, Single, operations, with_body},
};

operations! {
    LIST = Operation::new("hr.listEmployeeGroups", Method::GET, "/hr/v1.0/employeegroups")
        .scopes(&["employeegroup:read"])
        .paging(FIFTY);
    GET = Operation::new("hr.getEmployeeGroup", Method::GET, "/hr/v1.0/employeegroups/{id}")
        .scopes(&["employeegroup:read"]);
    CREATE = Operation::new("hr.createEmployeeGroup", Method::POST, "/hr/v1.0/employeegroups")
        .scopes(&["employeegroup:create"]);
    UPDATE = Operation::new("hr.updateEmployeeGroup", Method::PUT, "/hr/v1.0/employeegroups/{id}")
        .scopes(&["employeegroup:update"]);
    DELETE = Operation::new("hr.deleteEmployeeGroup", Method::DELETE, "/hr/v1.0/employeegroups/{id}")
        .scopes(&["employeegroup:delete"]);
    EMPLOYEES =
        Operation::new("hr.listEmployeeGroupEmployees", Method::GET, "/hr/v1.0/employeegroups/{id}/employees")
            .scopes(&["employee:read"]);
}

/// Operations on employee groups. See [`Hr::employee_groups`](super::Hr::employee_groups).
#[derive(Debug, Clone, Copy)]
pub struct EmployeeGroups<'a> {
    client: &'a Client,
}

impl<'a> EmployeeGroups<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// The employee groups, 50 at a time. Their order is not documented. Needs the scope `employeegroup:read`.
    pub fn list(&self) -> Pager<EmployeeGroup> {
        self.pages_of(None)
    }

    /// As [`EmployeeGroups::list`], with 1 to 50 rows at a time. Planday refuses other numbers.
    pub fn list_by(&self, rows: u32) -> Pager<EmployeeGroup> {
        self.pages_of(Some(rows))
    }

    /// One employee group. Needs the scope `employeegroup:read`.
    ///
    /// # Errors
    ///
    /// As any call; `NotFound` if there is no such group.
    pub async fn get(&self, id: EmployeeGroupId) -> Result<EmployeeGroup, Error> {
        let call = self.client.call(&GET).path("id", id);
        Ok(self.client.api().json::<Single<_>>(call).await?.data)
    }

    /// Creates an employee group. Needs the scope `employeegroup:create`.
    ///
    /// # Errors
    ///
    /// As any call; `Validation` where Planday does not accept the name. After an error whose
    /// [`sent`](Error::sent) is `Maybe`, the group may be there: it is not sent again by itself.
    pub async fn create(&self, fields: &EmployeeGroupFields) -> Result<EmployeeGroup, Error> {
        let call = with_body(self.client.call(&CREATE), fields);
        Ok(self.client.api().json::<Single<_>>(call).await?.data)
    }

    /// Changes an employee group's name. Needs the scope `employeegroup:update`.
    ///
    /// # Errors
    ///
    /// As any call; `Validation` where Planday does not accept the name.
    pub async fn update(&self, id: EmployeeGroupId, fields: &EmployeeGroupFields) -> Result<(), Error> {
        let call = with_body(self.client.call(&UPDATE).path("id", id), fields);
        self.client.api().unit(call).await
    }

    /// Deletes an employee group. Needs the scope `employeegroup:delete`.
    ///
    /// # Errors
    ///
    /// As any call. `NotFound` with more than one [attempt](Error::attempts) may mean that the first one worked.
    pub async fn delete(&self, id: EmployeeGroupId) -> Result<(), Error> {
        self.client
            .api()
            .unit(self.client.call(&DELETE).path("id", id))
            .await
    }

    /// Who belongs to an employee group, all at once. Needs the scope `employee:read`.
    ///
    /// # Errors
    ///
    /// As any call; `NotFound` if there is no such group.
    pub async fn employees(&self, id: EmployeeGroupId) -> Result<Vec<Membership>, Error> {
        let call = self.client.call(&EMPLOYEES).path("id", id);
        Ok(self.client.api().json::<Single<_>>(call).await?.data)
    }

    fn pages_of(self, rows: Option<u32>) -> Pager<EmployeeGroup> {
        let (api, call) = (self.client.api().clone(), self.client.call(&LIST));
        Pager::offset::<Rows<EmployeeGroup>>(api, call, OffsetNames::default(), rows)
    }
}
