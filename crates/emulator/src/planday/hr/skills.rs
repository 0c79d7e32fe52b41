//! `/hr/v1.0/skills`, which pages nothing and takes ids in the query (Planday, HR: skills).

use http::StatusCode;
use serde_json::{Value, json};

use crate::planday::api::{Call, Reply};
use crate::planday::body::{Body, Invalid};
use crate::planday::errors::Problem;
use crate::planday::filters;
use crate::planday::people::Skill;

/// Every skill: a bare array.
pub(crate) fn list(call: &Call<'_>) -> Reply {
    let skills = call.portal.people.skills.values();
    let rows: Vec<Value> = skills
        .map(|skill| {
            json!({
                "skillId": skill.id,
                "name": skill.name,
                "description": skill.description,
                "isTimeLimited": skill.time_limited,
            })
        })
        .collect();
    Reply::Json(StatusCode::OK, Value::Array(rows))
}

/// Creates a skill; the answer does not say which.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Reply, Problem> {
    call.require_edit()?;
    let last = call.portal.people.skills.keys().next_back();
    let skill = read(call, last.map_or(1, |last| last + 1))?;
    call.portal.people.skills.insert(skill.id, skill);
    Ok(Reply::NoContent)
}

/// Replaces a skill.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let id = existing(call)?;
    call.require_edit()?;
    let skill = read(call, id)?;
    call.portal.people.skills.insert(id, skill);
    Ok(Reply::NoContent)
}

/// Deletes a skill, also from whoever has it.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let id = existing(call)?;
    call.require_edit()?;
    call.portal.people.skills.remove(&id);
    for employee in call.portal.employees.values_mut() {
        employee.skills.retain(|skill| *skill != id);
    }
    Ok(Reply::NoContent)
}

fn existing(call: &Call<'_>) -> Result<i64, Problem> {
    let id = filters::id(call, "skillId")?.ok_or_else(|| Problem::bad("skillId", "skillId is required"))?;
    if !call.portal.people.skills.contains_key(&id) {
        return Err(Problem::no_such("Skill"));
    }
    Ok(id)
}

fn read(call: &Call<'_>, id: i64) -> Result<Skill, Problem> {
    let body = Body::read(call)?;
    let mut invalid = Invalid::default();
    let name = invalid.required_text("name", body.text("name")?);
    let time_limited = invalid.required("isTimeLimited", body.flag("isTimeLimited")?);
    let description = body.text("description")?;
    invalid.check("The skill is not valid")?;
    Ok(Skill {
        id,
        name,
        description,
        time_limited: time_limited.unwrap_or_default(),
    })
}
