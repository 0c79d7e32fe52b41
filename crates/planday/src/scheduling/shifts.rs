//! Operations on shifts.

use attache_client::{Error, OffsetNames, Operation, Pager, Paging};
use http::Method;
use serde::Serialize;

use super::{
    CreateShift, DeletedShift, ListDeletedShifts, ListShifts, SavedShift, Shift, ShiftId, UpdateShift,
};
use crate::{
    client::Client,
    hr::{DepartmentId, EmployeeId},
    model::{Rows, Single, operations, with_body},
};

operations! {
    LIST = Operation::new("scheduling.listShifts", Method::GET, "/scheduling/v1.0/shifts")
        .scopes(&["shift:read"])
        .paging(Paging::Offset {
            default: Some(50),
            max: Some(5000),
        });
    LIST_DELETED =
        Operation::new("scheduling.listDeletedShifts", Method::GET, "/scheduling/v1.0/shifts/deleted")
            .scopes(&["shift:read"])
            .paging(Paging::Offset {
                default: Some(50),
                max: Some(1000),
            });
    GET = Operation::new("scheduling.getShift", Method::GET, "/scheduling/v1.0/shifts/{shiftId}")
        .scopes(&["shift:read"]);
    CREATE = Operation::new("scheduling.createShift", Method::POST, "/scheduling/v1.0/shifts")
        .scopes(&["shift:create"]);
    UPDATE = Operation::new("scheduling.updateShift", Method::PUT, "/scheduling/v1.0/shifts/{shiftId}")
        .scopes(&["shift:update"]);
    DELETE = Operation::new("scheduling.deleteShift", Method::DELETE, "/scheduling/v1.0/shifts/{shiftId}")
        .scopes(&["shift:delete"]);
    APPROVE =
        Operation::new("scheduling.approveShift", Method::POST, "/scheduling/v1.0/shifts/{shiftId}/approve")
            .scopes(&["shift:update"]);
    ASSIGN =
        Operation::new("scheduling.assignShift", Method::POST, "/scheduling/v1.0/shifts/{shiftId}/employee")
            .scopes(&["shift:update"]);
    PUBLISH =
        Operation::new("scheduling.publishDraftShifts", Method::POST, "/scheduling/v1.0/shifts/drafts/publish")
            .scopes(&["shift:update"]);
}

/// Who gets a shift; null opens it.
#[derive(Serialize)]
struct Assignment {
    #[serde(rename = "employeeId")]
    employee_id: Option<EmployeeId>,
}

/// The drafts to publish; all of the department where none are named.
#[derive(Serialize)]
struct Publication<'a> {
    #[serde(rename = "departmentId")]
    department_id: DepartmentId,
    #[serde(rename = "shiftIds", skip_serializing_if = "Option::is_none")]
    shift_ids: Option<&'a [ShiftId]>,
}

/// Operations on shifts. See [`Scheduling::shifts`](super::Scheduling::shifts).
#[derive(Debug, Clone, Copy)]
pub struct Shifts<'a> {
    client: &'a Client,
}

impl<'a> Shifts<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// The shifts, 5000 at a time unless the options say otherwise. Their order is not documented. Needs the scope
    /// `shift:read`.
    ///
    /// There are no webhooks: to follow changes, ask now and then with
    /// [`modified_from`](field@ListShifts::modified_from).
    pub fn list(&self, options: &ListShifts) -> Pager<Shift> {
        let (api, call) = (self.client.api().clone(), options.add_to(self.client.call(&LIST)));
        Pager::offset::<Rows<Shift>>(api, call, OffsetNames::default(), options.rows)
    }

    /// The deleted shifts, 1000 at a time unless the options say otherwise. Their order is not documented. Needs the
    /// scope `shift:read`.
    pub fn list_deleted(&self, options: &ListDeletedShifts) -> Pager<DeletedShift> {
        let call = options.add_to(self.client.call(&LIST_DELETED));
        let api = self.client.api().clone();
        Pager::offset::<Rows<DeletedShift>>(api, call, OffsetNames::default(), options.rows)
    }

    /// One shift. Needs the scope `shift:read`.
    ///
    /// # Errors
    ///
    /// As any call; `NotFound` if there is no such shift.
    pub async fn get(&self, id: ShiftId) -> Result<Shift, Error> {
        let call = self.client.call(&GET).path("shiftId", id);
        Ok(self.client.api().json::<Single<_>>(call).await?.data)
    }

    /// Creates a shift. Needs the scope `shift:create`.
    ///
    /// # Errors
    ///
    /// As any call; `Validation` where Planday does not accept the shift, for example because it overlaps with
    /// another; `Configuration` for a time with seconds, unsent. After an error whose [`sent`](Error::sent) is `Maybe`, the shift may be there: it is not sent again
    /// by itself.
    pub async fn create(&self, shift: &CreateShift) -> Result<SavedShift, Error> {
        let call = with_body(self.client.call(&CREATE), shift);
        Ok(self.client.api().json::<Single<_>>(call).await?.data)
    }

    /// Changes a shift. Needs the scope `shift:update`.
    ///
    /// # Errors
    ///
    /// As any call; `Validation` where Planday does not accept the shift; `Configuration` for a time with seconds,
    /// unsent.
    pub async fn update(&self, id: ShiftId, shift: &UpdateShift) -> Result<SavedShift, Error> {
        let call = with_body(self.client.call(&UPDATE).path("shiftId", id), shift);
        Ok(self.client.api().json::<Single<_>>(call).await?.data)
    }

    /// Deletes a shift. Needs the scope `shift:delete`.
    ///
    /// # Errors
    ///
    /// As any call. `NotFound` with more than one [attempt](Error::attempts) may mean that the first one worked.
    pub async fn delete(&self, id: ShiftId) -> Result<(), Error> {
        let call = self.client.call(&DELETE).path("shiftId", id);
        self.client.api().unit(call).await
    }

    /// Approves a shift for payroll. Needs the scope `shift:update`.
    ///
    /// # Errors
    ///
    /// As any call; `Validation` where Planday does not accept it.
    pub async fn approve(&self, id: ShiftId) -> Result<(), Error> {
        let call = self.client.call(&APPROVE).path("shiftId", id);
        self.client.api().unit(call).await
    }

    /// Gives a shift to an employee, or to nobody, which opens it. Needs the scope `shift:update`.
    ///
    /// An employee outside of the shift's department or group is taken as well, and gets no wage for it.
    ///
    /// # Errors
    ///
    /// As any call; `Validation` where Planday does not accept it.
    pub async fn assign(&self, id: ShiftId, employee_id: Option<EmployeeId>) -> Result<(), Error> {
        let call = self
            .client
            .call(&ASSIGN)
            .path("shiftId", id)
            .json(&Assignment { employee_id });
        self.client.api().unit(call).await
    }

    /// Publishes drafts of a department: those that are named, or all of them for `None`. Needs the scope
    /// `shift:update`.
    ///
    /// # Errors
    ///
    /// As any call; `Validation` where Planday does not accept it. `Configuration` for a list without an id in it,
    /// which Planday may read as all drafts: nothing is sent.
    pub async fn publish_drafts(
        &self,
        department_id: DepartmentId,
        shift_ids: Option<&[ShiftId]>,
    ) -> Result<(), Error> {
        let call = self.client.call(&PUBLISH);
        let call = match shift_ids {
            Some([]) => call.refuse(
                "shift_ids: is empty, which may be read as all drafts: name at least one, or give `None` for all",
            ),
            _ => call.json(&Publication {
                department_id,
                shift_ids,
            }),
        };
        self.client.api().unit(call).await
    }
}
