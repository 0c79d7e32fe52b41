//! `DELETE /2.0/token` (Smartsheet, Tokens: revoke).

use std::time::SystemTime;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use crate::answers;
use crate::form::all;
use crate::smartsheet::api::admit;
use crate::smartsheet::errors::JSON;
use crate::smartsheet::log::Exchange;
use crate::smartsheet::region::Region;
use crate::smartsheet::state::State;
use crate::smartsheet::webhooks::app_revoked;

/// Ends the bearer token, or with `deleteAllForApiClient=true` every token that this person gave the same app.
pub(crate) fn respond(
    state: &mut State,
    region: Region,
    now: SystemTime,
    exchange: &Exchange,
) -> Response<Bytes> {
    let caller = match admit(state, region, now, exchange, false) {
        Ok(caller) => caller,
        Err(problem) => return state.render(region, &problem),
    };
    let all_of_client = all(&exchange.query, "deleteAllForApiClient").next() == Some("true");
    let with_refresh = state.options.revocation_ends_refresh;
    let options = state.options.clone();
    let data = state.data(region);
    match &caller.client_id {
        Some(client_id) if all_of_client => {
            data.tokens.revoke_app(client_id, Some(&caller.email));
            app_revoked(data, client_id, Some(&caller.email), now, &options);
        }
        _ => data.tokens.revoke_token(&caller.token, with_refresh),
    }
    let body = state.with_unknown(json!({ "message": "SUCCESS", "resultCode": 0 }));
    answers::json_text(StatusCode::OK, JSON, &body)
}
