//! `/scheduling/v1.0/scheduleDay` (Planday, Scheduling: schedule days).

use serde_json::json;

use crate::planday::api::{Call, Reply};
use crate::planday::body::{Body, Invalid};
use crate::planday::errors::Problem;
use crate::planday::schedule::ScheduleDay;
use crate::planday::{filters, paging};

/// Every day of the span; one that nobody wrote about has no id.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let department = filters::required_id(call, "departmentId")?;
    call.require_department(department, "departmentId")?;
    let (first, last) = filters::required_days(call)?;
    let days = first.series(jiff::Span::new().days(1));
    let days = days.take_while(|day| *day <= last);
    paging::page(call, paging::FIFTY, days, |day| {
        let date = day.to_string();
        let known = call.portal.schedule.days.get(&(department, date.clone()));
        json!({
            "id": known.map(|day| day.id),
            "date": date,
            "title": known.and_then(|day| day.title.as_ref()),
            "description": known.and_then(|day| day.description.as_ref()),
            "isVisible": known.is_none_or(|day| day.visible),
            "holiday": [],
            "lockState": "Unlocked",
            "departmentId": department,
        })
    })
}

/// Writes about a day; members left out are emptied, and the day is visible unless said otherwise (undocumented).
pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Problem> {
    call.require_edit()?;
    let body = Body::read(call)?;
    let mut invalid = Invalid::default();
    let department = invalid.required("departmentId", body.id("departmentId")?);
    let date = invalid.required("date", body.date("date")?);
    let (title, description) = (body.text("title")?, body.text("description")?);
    let visible = body.flag("isVisible")?.unwrap_or(true);
    invalid.check("The day is not valid")?;
    let (Some(department), Some(date)) = (department, date) else {
        return Ok(Reply::NoContent);
    };
    call.require_department(department, "departmentId")?;
    let days = &mut call.portal.schedule.days;
    let next = days.values().map(|day| day.id).max().map_or(1, |last| last + 1);
    let day = days.entry((department, date)).or_insert(ScheduleDay {
        id: next,
        title: None,
        description: None,
        visible,
    });
    (day.title, day.description, day.visible) = (title, description, visible);
    Ok(Reply::NoContent)
}
