//! `GET /hr/v1.0/employees/{employeeId}/history` (Planday, HR: employee history).

use serde_json::{Value, json};

use super::employee_record::detail;
use super::employees::find;
use crate::planday::api::{Call, Reply, USER};
use crate::planday::errors::Problem;
use crate::planday::people::{Employee, EmployeeChange};
use crate::planday::{filters, paging};

/// Nobody's: the documents show a GUID beside the user id.
const USER_GUID: &str = "5b0d6c1e-8f0a-4f0e-9a51-3c7e2d94b6aa";

/// What was changed about an employee, oldest first. The bounds are days.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let employee = find(call, call.path_id("Employee")?)?;
    let days = filters::days(call, "startDateTime", "endDateTime")?;
    let changes = employee
        .history
        .iter()
        .filter(|change| change.at.get(..10).is_some_and(|day| days.holds(day)));
    paging::page(call, paging::FIFTY, changes, |change| {
        json!({
            "op": change.op,
            "path": change.path,
            "value": change.value,
            "modificationDateTime": change.at,
            "modifiedBy": USER,
            "modifiedByUserGuid": USER_GUID,
        })
    })
}

/// Puts a changed employee back, and on record what is different. The members that need a scope of their own stay out.
pub(crate) fn save(call: &mut Call<'_>, mut employee: Employee) {
    employee.modified.clone_from(&call.now);
    if let Some(before) = call.portal.employees.get(&employee.id) {
        let show = |employee| detail(employee, &call.portal.people, call.today(), &[]);
        let (before, after) = (show(before), show(&employee));
        let names = after.as_object().into_iter().flatten().map(|(name, _)| name);
        let gone = before.as_object().into_iter().flatten().map(|(name, _)| name);
        let gone = gone.filter(|name| after.get(name.as_str()).is_none());
        for name in names.chain(gone).filter(|name| *name != "dateTimeModified") {
            let (old, new) = (&before[name.as_str()], &after[name.as_str()]);
            if old == new {
                continue;
            }
            let op = match (old, new) {
                (Value::Null, _) => "add",
                (_, Value::Null) => "remove",
                _ => "replace",
            };
            let value = match new {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            };
            employee.history.push(EmployeeChange {
                at: call.now.clone(),
                op,
                path: format!("/{name}"),
                value,
            });
        }
    }
    call.portal.employees.insert(employee.id, employee);
}
