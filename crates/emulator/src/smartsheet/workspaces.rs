//! The list of workspaces, the one that is paged by token.

use serde_json::json;

use super::api::{Call, Outcome, Reply};
use super::paging;
use super::world::AccessLevel;

/// `GET /workspaces`: those of the caller.
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let rows: Vec<_> = call
        .data
        .workspaces
        .iter()
        .filter(|workspace| workspace.owner == call.caller.email)
        .map(|workspace| {
            json!({
                "id": workspace.id,
                "name": workspace.name,
                "accessLevel": AccessLevel::Owner.word(false),
                "permalink": format!("https://{}/b/home?workspace={}", call.data.region.app_host(), workspace.id),
            })
        })
        .collect();
    Ok(Reply::Bare(paging::keyed(call, &rows)?))
}
