//! `POST /oauth/revoke` (Factorial, Revoking an access token).

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::client::{authenticate, parameter};
use super::refusal::{Refusal, json_answer};
use crate::answers;
use crate::factorial::log::Exchange;
use crate::factorial::state::State;

/// 200 `{}`, also for a token that is unknown; 403 for bad client credentials or another application's token. Either of the
/// two tokens of a record ends both.
pub(crate) fn respond(state: &mut State, exchange: &Exchange) -> Response<Bytes> {
    if exchange.method != Method::POST {
        return answers::not_allowed("POST");
    }
    let Ok(app) = authenticate(state, exchange) else {
        return Refusal::unauthorized_client().respond();
    };
    let client_id = app.client_id.clone();
    let token = parameter(exchange, "token").unwrap_or_default();
    let index = state
        .tokens
        .by_access(token)
        .or_else(|| state.tokens.by_refresh(token));
    if let Some(index) = index {
        if state.tokens.get(index).client_id != client_id {
            return Refusal::unauthorized_client().respond();
        }
        state.tokens.revoke(index);
    }
    json_answer(StatusCode::OK, &json!({}))
}
