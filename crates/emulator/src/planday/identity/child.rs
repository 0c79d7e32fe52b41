//! The `token_exchange` grant: an access token for a portal below the one that another token opens. It is in no
//! document; one public client was seen to use it, and discovery lists the grant.

use std::time::SystemTime;

use serde_json::{Map, Value, json};

use super::form_fields::{INVALID_GRANT, INVALID_REQUEST, INVALID_TARGET, Refusal, field};
use super::grants::Key;
use super::token::expires_in;
use crate::planday::log::Exchange;
use crate::planday::state::State;

/// The only kind of token that can be exchanged.
const SUBJECT_TOKEN_TYPE: &str = "openapi:access_token";

/// An access token and nothing to renew it with: the parent's is exchanged again.
pub(crate) fn answer(
    state: &mut State,
    now: SystemTime,
    exchange: &Exchange,
    client_id: &str,
) -> Result<Value, Refusal> {
    if field(exchange, "subject_token_type")? != SUBJECT_TOKEN_TYPE {
        return Err(INVALID_REQUEST);
    }
    let subject = field(exchange, "subject_token")?;
    let resource = field(exchange, "resource")?;
    let parent = state
        .grants
        .owner_of_access_token(subject)
        .filter(|key| key.client_id == client_id)
        .filter(|_| state.is_live_access_token(subject, now) && state.is_administrator_active(subject))
        .cloned()
        .ok_or(INVALID_GRANT)?;
    let portal = child(state, parent.portal, resource).ok_or(INVALID_TARGET)?;
    let key = Key {
        client_id: client_id.to_owned(),
        portal,
    };
    if !state.administrators.contains_key(&key)
        && let Some(mut administrator) = state.administrators.get(&parent).cloned()
    {
        // Whoever authorized above has their rights below, too, unless somebody authorized the app there itself.
        // Department ids are a portal's own: what limits them above says nothing here.
        administrator.sees = None;
        state.administrators.insert(key, administrator);
    }
    let lifetime = state.options.access_token_lifetime;
    let issued = state
        .grants
        .issue_below(subject, portal, now, lifetime)
        .ok_or(INVALID_GRANT)?;
    state.grants.used(subject);
    state.log.counters.child_exchanges += 1;
    let mut members = Map::new();
    members.insert("access_token".to_owned(), json!(issued.access_token));
    if let Some(value) = expires_in(state.options.child_expires_in.clone(), &issued, now) {
        members.insert("expires_in".to_owned(), value);
    }
    Ok(Value::Object(members))
}

/// The portal meant, if it is below `parent` and in this world.
fn child(state: &State, parent: i64, resource: &str) -> Option<i64> {
    let id: i64 = resource.parse().ok()?;
    let below = state.portals.get(&parent)?.children.iter();
    let is_child = below.map(|(child, _)| *child).any(|child| child == id);
    (is_child && state.portals.contains_key(&id)).then_some(id)
}
