//! Operations on employees.

use attache_client::{Error, OffsetNames, Operation, Pager};
use http::Method;

use super::{
    Employee, EmployeeId, ListEmployees, ListedEmployee, Special, departments::FIFTY,
    list_employees::add_special,
};
use crate::{
    client::Client,
    model::{Rows, Single},
};

static LIST: Operation = Operation::new("hr.listEmployees", Method::GET, "/hr/v1.0/employees")
    .scopes(&["employee:read"])
    .paging(FIFTY);
static GET: Operation = Operation::new("hr.getEmployee", Method::GET, "/hr/v1.0/employees/{employeeId}")
    .scopes(&["employee:read"]);

/// Operations on employees. See [`Hr::employees`](super::Hr::employees).
///
/// Both need the scope `employee:read`, and that of every [`Special`] member that is asked for. A `Forbidden` error
/// names the former; where special members were asked for, it may be one of theirs that is missing.
#[derive(Debug, Clone, Copy)]
pub struct Employees<'a> {
    client: &'a Client,
}

impl<'a> Employees<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// The active employees, 50 at a time unless the options say otherwise. Their order is not documented.
    ///
    /// There are no webhooks: to follow changes, ask now and then with
    /// [`modified_from`](field@ListEmployees::modified_from).
    pub fn list(&self, options: &ListEmployees) -> Pager<ListedEmployee> {
        let (api, call) = (self.client.api().clone(), options.add_to(self.client.call(&LIST)));
        Pager::offset::<Rows<ListedEmployee>>(api, call, OffsetNames::default(), options.rows)
    }

    /// One employee, with the special members that are named.
    ///
    /// # Errors
    ///
    /// As any call; `NotFound` if there is no such employee, `Validation` if the id is invalid or the employee is
    /// no longer active (Planday, Guides: Errors).
    pub async fn get(&self, id: EmployeeId, special: &[Special]) -> Result<Employee, Error> {
        let call = add_special(self.client.call(&GET).path("employeeId", id), special);
        Ok(self.client.api().json::<Single<_>>(call).await?.data)
    }
}
