//! `POST /connect/revocation` (Planday, Authorization Flow: revoking access; RFC 7009).

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use super::form_fields::{Refusal, field, require_form};
use super::token::{client, json_answer};
use crate::planday::answers;
use crate::planday::log::Exchange;
use crate::planday::state::State;

/// 200 without a body, also for a token that is unknown or another app's (RFC 7009, 2.2).
pub(crate) fn respond(state: &mut State, exchange: &Exchange) -> Response<Bytes> {
    if exchange.method != Method::POST {
        return answers::not_allowed("POST");
    }
    if state.options.revocation_unavailable {
        return answers::empty(StatusCode::SERVICE_UNAVAILABLE);
    }
    match give_back(state, exchange) {
        Ok(()) => answers::empty(StatusCode::OK),
        Err(refusal) => json_answer(state, Err(refusal)),
    }
}

fn give_back(state: &mut State, exchange: &Exchange) -> Result<(), Refusal> {
    require_form(exchange)?;
    let client_id = client(state, exchange)?;
    let token = field(exchange, "token")?;
    state.grants.give_back(&client_id, token);
    Ok(())
}
