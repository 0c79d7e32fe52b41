//! Operations on departments.

use attache_client::{Error, OffsetNames, Operation, Pager, Paging};
use http::Method;

use super::{Department, DepartmentFields, DepartmentId, Membership};
use crate::{
    client::Client,
    model::{Rows, Single, operations},
};

/// Lists of HR give 50 rows at a time, and at most 50 (Planday, Overview: pagination).
pub(super) const FIFTY: Paging = Paging::Offset {
    default: Some(50),
    max: Some(50),
};

operations! {
    LIST = Operation::new("hr.listDepartments", Method::GET, "/hr/v1.0/departments")
        .scopes(&["department:read"])
        .paging(FIFTY);
    GET = Operation::new("hr.getDepartment", Method::GET, "/hr/v1.0/departments/{id}")
        .scopes(&["department:read"]);
    CREATE = Operation::new("hr.createDepartment", Method::POST, "/hr/v1.0/departments")
        .scopes(&["department:create"]);
    UPDATE = Operation::new("hr.updateDepartment", Method::PUT, "/hr/v1.0/departments/{id}")
        .scopes(&["department:update"]);
    DELETE = Operation::new("hr.deleteDepartment", Method::DELETE, "/hr/v1.0/departments/{id}")
        .scopes(&["department:delete"]);
    EMPLOYEES =
        Operation::new("hr.listDepartmentEmployees", Method::GET, "/hr/v1.0/departments/{id}/employees")
            .scopes(&["employee:read"]);
}

/// Operations on departments. See [`Hr::departments`](super::Hr::departments).
///
/// What the administrator who authorised the app may not see or edit, the app may not either (Planday,
/// Authorization: consent screen).
#[derive(Debug, Clone, Copy)]
pub struct Departments<'a> {
    client: &'a Client,
}

impl<'a> Departments<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// The departments, 50 at a time. Their order is not documented. Needs the scope `department:read`.
    pub fn list(&self) -> Pager<Department> {
        self.pages_of(None)
    }

    /// As [`Departments::list`], with 1 to 50 rows at a time. Planday refuses other numbers.
    pub fn list_by(&self, rows: u32) -> Pager<Department> {
        self.pages_of(Some(rows))
    }

    /// One department. Needs the scope `department:read`.
    ///
    /// # Errors
    ///
    /// As any call; `NotFound` also for a department that was deleted.
    pub async fn get(&self, id: DepartmentId) -> Result<Department, Error> {
        let call = self.client.call(&GET).path("id", id);
        Ok(self.client.api().json::<Single<_>>(call).await?.data)
    }

    /// One department, even if it was deleted. Needs the scope `department:read`.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn get_even_deleted(&self, id: DepartmentId) -> Result<Department, Error> {
        let call = self
            .client
            .call(&GET)
            .path("id", id)
            .query("includeDeleted", true);
        Ok(self.client.api().json::<Single<_>>(call).await?.data)
    }

    /// Creates a department. Needs the scope `department:create`.
    ///
    /// # Errors
    ///
    /// As any call; `Validation` where Planday does not accept the fields. After an error whose
    /// [`sent`](Error::sent) is `Maybe`, the department may be there: it is not sent again by itself.
    pub async fn create(&self, fields: &DepartmentFields) -> Result<Department, Error> {
        let call = self.client.call(&CREATE).json(fields);
        Ok(self.client.api().json::<Single<_>>(call).await?.data)
    }

    /// Changes a department's name and number. Needs the scope `department:update`.
    ///
    /// # Errors
    ///
    /// As any call; `Validation` where Planday does not accept the fields.
    pub async fn update(&self, id: DepartmentId, fields: &DepartmentFields) -> Result<(), Error> {
        self.client
            .api()
            .unit(self.client.call(&UPDATE).path("id", id).json(fields))
            .await
    }

    /// Deletes a department. Needs the scope `department:delete`.
    ///
    /// # Errors
    ///
    /// As any call. `NotFound` with more than one [attempt](Error::attempts) may mean that the first one worked.
    pub async fn delete(&self, id: DepartmentId) -> Result<(), Error> {
        self.client
            .api()
            .unit(self.client.call(&DELETE).path("id", id))
            .await
    }

    /// Who belongs to a department, all at once. Needs the scope `employee:read`.
    ///
    /// # Errors
    ///
    /// As any call; `NotFound` if there is no such department.
    pub async fn employees(&self, id: DepartmentId) -> Result<Vec<Membership>, Error> {
        let call = self.client.call(&EMPLOYEES).path("id", id);
        Ok(self.client.api().json::<Single<_>>(call).await?.data)
    }

    fn pages_of(self, rows: Option<u32>) -> Pager<Department> {
        let (api, call) = (self.client.api().clone(), self.client.call(&LIST));
        Pager::offset::<Rows<Department>>(api, call, OffsetNames::default(), rows)
    }
}
