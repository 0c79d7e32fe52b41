//! `/scheduling/v1.0/shifttypes` (Planday, Scheduling: shift types).

use serde_json::{Value, json};

use crate::planday::api::{Call, Reply};
use crate::planday::body::{Body, Invalid};
use crate::planday::errors::Problem;
use crate::planday::schedule::{ShiftPay, ShiftType};
use crate::planday::{filters, paging};

/// The shift types, by id.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let active = filters::flag(call, "isActive")?;
    let types = call.portal.schedule.shift_types.values();
    let types = types.filter(|kind| active.is_none_or(|active| active == kind.active));
    paging::page(call, paging::FIFTY, types, row)
}

/// Creates a shift type; the answer is its id, not wrapped in `data`.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Reply, Problem> {
    call.require_edit()?;
    let last = call.portal.schedule.shift_types.keys().next_back();
    let kind = read(call, ShiftType::new(last.map_or(1, |last| last + 1), ""))?;
    let body = json!({ "id": kind.id });
    call.portal.schedule.shift_types.insert(kind.id, kind);
    Ok(Reply::Json(call.options.created, body))
}

/// Replaces what a creation sets.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let id = call.path_id("Shift type")?;
    let kind = call.portal.schedule.shift_types.get(&id);
    let kind = kind.cloned().ok_or_else(|| Problem::no_such("Shift type"))?;
    call.require_edit()?;
    let kind = read(call, kind)?;
    call.portal.schedule.shift_types.insert(id, kind);
    Ok(Reply::NoContent)
}

fn read(call: &Call<'_>, before: ShiftType) -> Result<ShiftType, Problem> {
    let body = Body::read(call)?;
    let mut invalid = Invalid::default();
    let name = invalid.required_text("name", body.text("name")?);
    let color = invalid.required("color", body.text("color")?);
    let salary_code = invalid.required("salaryCode", body.text("salaryCode")?);
    let allows_breaks = body.flag("allowsBreaks")?.unwrap_or(before.allows_breaks);
    body.flag("includeSupplementSalary")?;
    invalid.check("The shift type is not valid")?;
    Ok(ShiftType {
        name,
        color,
        salary_code,
        allows_breaks,
        ..before
    })
}

fn row(kind: &ShiftType) -> Value {
    let (percentage, monetary, payment) = match &kind.pay {
        ShiftPay::Percentage(share) => (Some(share), None, "Percentage"),
        ShiftPay::Monetary(amount) => (None, Some(amount), "Monetary"),
    };
    json!({
        "id": kind.id,
        "name": kind.name,
        "color": kind.color,
        "salaryCode": kind.salary_code,
        "isActive": kind.active,
        "payPercentage": percentage,
        "payMonetary": monetary,
        "allowsBreaks": kind.allows_breaks,
        "allowBooking": false,
        "paymentType": payment,
        "includeInSchedulePrint": true,
    })
}
