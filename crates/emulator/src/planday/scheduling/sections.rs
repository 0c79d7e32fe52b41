//! `GET /scheduling/v1.0/sections` (Planday, Scheduling: sections).

use serde_json::json;

use crate::planday::api::{Call, Reply};
use crate::planday::errors::Problem;
use crate::planday::{filters, paging};

/// The sections of visible departments, by id.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let department = filters::id(call, "departmentId")?;
    let sections = call.portal.schedule.sections.values().filter(|section| {
        call.administrator.sees_department(section.department)
            && department.is_none_or(|id| id == section.department)
    });
    paging::page(
        call,
        paging::FIFTY,
        sections,
        |section| json!({ "id": section.id, "name": section.name, "departmentId": section.department }),
    )
}
