//! `teams/teams`.

use serde_json::{Value, json};

use crate::factorial::api::call::{Call, Outcome, created, known, member, ok, required, text, write};
use crate::factorial::api::problem::Problem;
use crate::factorial::records;

pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let rows = call
        .company
        .tables
        .teams
        .iter()
        .filter(|(_, team)| call.among("ids", member(team, "id")))
        .map(|(id, team)| (*id, team.clone()))
        .collect();
    call.page(rows)
}

pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let id = call.path_id(&call.company.tables.teams)?;
    Ok(ok(call.company.tables.teams[&id].clone()))
}

fn require_free_name(call: &Call<'_>, name: &str, but: u64) -> Result<(), Problem> {
    let mut teams = call.company.tables.teams.iter();
    if teams.any(|(id, team)| *id != but && member(team, "name") == Some(name)) {
        return Err(Problem::invalid("name", "has already been taken"));
    }
    Ok(())
}

pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    call.require_admin()?;
    let body = call.body()?;
    let name = required(&body, "name")?;
    require_free_name(call, &name, 0)?;
    let id = call.new_id();
    let mut team = records::team(call.company.id, id, &name);
    write(&mut team, &body, &["description"]);
    if let Some(parent) = text(&body, "parent_team_id") {
        let parent = known(&call.company.tables.teams, &parent)
            .map_err(|_| Problem::invalid("parent_team_id", "must exist"))?;
        let above = call.company.tables.teams[&parent]
            .get("depth")
            .and_then(Value::as_i64);
        team.insert("parent_team_id".to_owned(), json!(parent.to_string()));
        team.insert("depth".to_owned(), json!(above.unwrap_or_default() + 1));
    }
    call.company.tables.teams.insert(id, team.clone());
    Ok(created(team))
}

pub(crate) fn update(call: &mut Call<'_>) -> Outcome {
    let id = call.path_id(&call.company.tables.teams)?;
    call.require_admin()?;
    let body = call.body()?;
    if body.contains_key("name") {
        let name = required(&body, "name")?;
        require_free_name(call, &name, id)?;
    }
    let Some(team) = call.company.tables.teams.get_mut(&id) else {
        return Err(Problem::not_found());
    };
    write(team, &body, &["name", "description"]);
    Ok(ok(team.clone()))
}

/// The answer is the team that was.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let id = call.path_id(&call.company.tables.teams)?;
    call.require_admin()?;
    let team = call.company.tables.teams.remove(&id);
    team.map(ok).ok_or_else(Problem::not_found)
}
