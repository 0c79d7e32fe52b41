//! Operations on employees.

use attache_client::{Error, OffsetNames, Operation, Pager};
use http::Method;

use super::{
    CreateEmployee, DeactivateEmployee, Employee, EmployeeId, ListDeactivatedEmployees, ListEmployees,
    ListedEmployee, ReactivateEmployee, Special, Supervisor, UpdateEmployee, departments::FIFTY,
    list_employees::add_special,
};
use crate::{
    client::Client,
    model::{Rows, Single, operations, with_body},
};

operations! {
    LIST = Operation::new("hr.listEmployees", Method::GET, "/hr/v1.0/employees")
        .scopes(&["employee:read"])
        .paging(FIFTY);
    LIST_DEACTIVATED =
        Operation::new("hr.listDeactivatedEmployees", Method::GET, "/hr/v1.0/employees/deactivated")
            .scopes(&["employee:read"])
            .paging(FIFTY);
    LIST_SUPERVISORS = Operation::new("hr.listSupervisors", Method::GET, "/hr/v1.0/employees/supervisors")
        .scopes(&["employee:read"])
        .paging(FIFTY);
    GET = Operation::new("hr.getEmployee", Method::GET, "/hr/v1.0/employees/{employeeId}")
        .scopes(&["employee:read"]);
    CREATE = Operation::new("hr.createEmployee", Method::POST, "/hr/v1.0/employees")
        .scopes(&["employee:create"]);
    UPDATE = Operation::new("hr.updateEmployee", Method::PUT, "/hr/v1.0/employees/{employeeId}")
        .scopes(&["employee:update"]);
    DEACTIVATE =
        Operation::new("hr.deactivateEmployee", Method::PUT, "/hr/v1.0/employees/deactivate/{employeeId}")
            .scopes(&["employee:update"]);
    REACTIVATE =
        Operation::new("hr.reactivateEmployee", Method::PUT, "/hr/v1.0/employees/reactivate/{employeeId}")
            .scopes(&["employee:update"]);
}

/// Operations on employees. See [`Hr::employees`](super::Hr::employees).
///
/// Those that read need the scope `employee:read`, and that of every [`Special`] member that is asked for. A
/// `Forbidden` error names the operation's scope; where special members were asked for or written, it may be one of
/// theirs that is missing.
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

    /// The employees who left, 50 at a time unless the options say otherwise. Their order is not documented.
    /// [`supervisor_id`](ListedEmployee::supervisor_id), [`security_groups`](ListedEmployee::security_groups) and
    /// [`primary_department_id`](ListedEmployee::primary_department_id) are not given here.
    pub fn list_deactivated(&self, options: &ListDeactivatedEmployees) -> Pager<ListedEmployee> {
        let call = options.add_to(self.client.call(&LIST_DEACTIVATED));
        let api = self.client.api().clone();
        Pager::offset::<Rows<ListedEmployee>>(api, call, OffsetNames::default(), options.rows)
    }

    /// The employees whom others can have as their supervisor, 50 at a time. Their order is not documented.
    pub fn supervisors(&self) -> Pager<Supervisor> {
        let (api, call) = (self.client.api().clone(), self.client.call(&LIST_SUPERVISORS));
        Pager::offset::<Rows<Supervisor>>(api, call, OffsetNames::default(), None)
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

    /// Creates an employee. Needs the scope `employee:create`.
    ///
    /// # Errors
    ///
    /// As any call; `Validation` where Planday does not accept the fields, or where the portal requires more of
    /// them. After an error whose [`sent`](Error::sent) is `Maybe`, the employee may be there: it is not sent again
    /// by itself.
    pub async fn create(&self, employee: &CreateEmployee) -> Result<Employee, Error> {
        let call = with_body(self.client.call(&CREATE), employee);
        Ok(self.client.api().json::<Single<_>>(call).await?.data)
    }

    /// Changes the members of an employee that are set. Needs the scope `employee:update`.
    ///
    /// # Errors
    ///
    /// As any call; `Validation` where Planday does not accept the fields.
    pub async fn update(&self, id: EmployeeId, change: &UpdateEmployee) -> Result<(), Error> {
        let call = self
            .client
            .call(&UPDATE)
            .path("employeeId", id)
            .query_some("useValidation", change.use_validation);
        self.client.api().unit(with_body(call, change)).await
    }

    /// Lets an employee leave. Needs the scope `employee:update`; Planday also has a scope `employee:deactivate`, of
    /// which no page says what it is for.
    ///
    /// # Errors
    ///
    /// As any call; `Validation` where Planday does not accept the fields.
    pub async fn deactivate(&self, id: EmployeeId, how: &DeactivateEmployee) -> Result<(), Error> {
        let call = self.client.call(&DEACTIVATE).path("employeeId", id);
        self.client.api().unit(with_body(call, how)).await
    }

    /// Lets an employee who left come back. Needs the scope `employee:update`.
    ///
    /// # Errors
    ///
    /// As any call; `Validation` where Planday does not accept the fields.
    pub async fn reactivate(&self, id: EmployeeId, how: &ReactivateEmployee) -> Result<(), Error> {
        let call = self.client.call(&REACTIVATE).path("employeeId", id);
        self.client.api().unit(with_body(call, how)).await
    }
}
