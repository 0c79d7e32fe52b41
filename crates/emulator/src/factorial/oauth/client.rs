//! Parameters and client authentication, as Rails and Doorkeeper read them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;

use super::refusal::Refusal;
use crate::factorial::log::Exchange;
use crate::factorial::state::State;
use crate::factorial::world::App;
use crate::form::all;

/// A parameter of a call: from the body, else from the query, since Rails reads both; the last value counts. An empty one
/// is none.
pub(crate) fn parameter<'a>(exchange: &'a Exchange, name: &str) -> Option<&'a str> {
    let value = all(&exchange.form, name)
        .last()
        .or_else(|| all(&exchange.query, name).last());
    value.filter(|value| !value.is_empty())
}

/// A parameter that must be there.
pub(crate) fn required<'a>(exchange: &'a Exchange, name: &str) -> Result<&'a str, Refusal> {
    parameter(exchange, name).ok_or_else(|| Refusal::missing(name))
}

/// Client id and secret: of the Basic header, else of the parameters.
pub(crate) fn credentials(exchange: &Exchange) -> Option<(String, String)> {
    basic(exchange).or_else(|| {
        let client_id = parameter(exchange, "client_id")?;
        let secret = parameter(exchange, "client_secret").unwrap_or_default();
        Some((client_id.to_owned(), secret.to_owned()))
    })
}

/// The pair of a Basic header, split at the first colon and **not** form-decoded: measured. An id or secret with special
/// characters that a client encodes, as RFC 6749, 2.3.1 asks, does not match.
pub(crate) fn basic(exchange: &Exchange) -> Option<(String, String)> {
    let value = exchange.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let encoded = value.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':').unwrap_or((text.as_str(), ""));
    (!id.is_empty()).then(|| (id.to_owned(), secret.to_owned()))
}

/// The application that is calling. A public one may leave its secret out, and may not send a wrong one.
pub(crate) fn authenticate<'a>(state: &'a State, exchange: &Exchange) -> Result<&'a App, Refusal> {
    let (client_id, secret) = credentials(exchange).ok_or_else(Refusal::invalid_client)?;
    let app = state.apps.get(&client_id).ok_or_else(Refusal::invalid_client)?;
    let proven = app.secret == secret || secret.is_empty() && !app.confidential;
    proven.then_some(app).ok_or_else(Refusal::invalid_client)
}
