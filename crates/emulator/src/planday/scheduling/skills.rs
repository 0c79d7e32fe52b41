//! `GET /scheduling/v1.0/skills`: the skills of HR under other names (Planday, Scheduling: skills).

use serde_json::json;

use crate::planday::api::{Call, Reply};
use crate::planday::errors::Problem;
use crate::planday::{filters, paging};

/// The skills of a department. Every skill here is for every department and employee group.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let department = filters::required_id(call, "departmentId")?;
    call.require_department(department, "departmentId")?;
    filters::id(call, "employeeGroupId")?;
    let skills = call.portal.people.skills.values();
    paging::page(call, paging::FIFTY, skills, |skill| {
        json!({
            "id": skill.id,
            "name": skill.name,
            "isRemoved": false,
            "isDeleted": false,
            "description": skill.description,
            "employeeGroupIds": [],
            "allEmployeeGroups": true,
        })
    })
}
