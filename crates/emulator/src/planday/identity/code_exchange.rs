//! The `authorization_code` grant (Planday, Authorization Flow: token request).

use std::time::SystemTime;

use serde_json::{Value, json};

use super::codes::{Consent, Presented};
use super::form_fields::{INVALID_CLIENT, INVALID_GRANT, Refusal, field, optional};
use super::grants::Refresh;
use super::token::{body, id_claims};
use crate::planday::log::Exchange;
use crate::planday::state::State;
use crate::planday::switches::{Pkce, SecondGrant};

/// Tokens for a code. A code that its own app presents is spent whatever comes of it.
pub(crate) fn answer(
    state: &mut State,
    now: SystemTime,
    exchange: &Exchange,
    client_id: &str,
) -> Result<Value, Refusal> {
    let code = field(exchange, "code")?;
    let redirect_uri = field(exchange, "redirect_uri")?;
    let verifier = optional(exchange, "code_verifier")?;
    let consent = match state.codes.present(client_id, code, now) {
        Presented::Good(consent) => *consent,
        Presented::Again(key, family) => {
            if let Some(family) = family.filter(|_| state.options.code_reuse_ends_grant) {
                state.grants.end_by_reuse(&key, family);
            }
            return Err(INVALID_GRANT);
        }
        Presented::Refused => return Err(INVALID_GRANT),
    };
    if consent.redirect_uri != redirect_uri || !is_proven(state.options.pkce, &consent, verifier) {
        return Err(INVALID_GRANT);
    }
    if !state.apps.contains_key(client_id) {
        return Err(INVALID_CLIENT);
    }
    grant(state, now, exchange, code, consent)
}

/// Whether the verifier is the one that the authorization request announced.
fn is_proven(pkce: Pkce, consent: &Consent, verifier: Option<&str>) -> bool {
    match (&consent.challenge, verifier) {
        _ if pkce == Pkce::Ignore => true,
        (Some(challenge), Some(verifier)) => challenge.is_met_by(verifier),
        // A verifier without a challenge is a downgrade (RFC 9700, 2.1.1).
        (Some(_), None) | (None, Some(_)) => false,
        (None, None) => true,
    }
}

fn grant(
    state: &mut State,
    now: SystemTime,
    exchange: &Exchange,
    code: &str,
    consent: Consent,
) -> Result<Value, Refusal> {
    let asked = |name: &str| consent.scopes.iter().any(|scope| scope == name);
    let refresh = if asked("offline_access") {
        Refresh::Random
    } else {
        Refresh::None
    };
    let openid = asked("openid");
    let stands = state.options.second_grant == SecondGrant::Stands;
    let key = consent.key;
    let family = state
        .grants
        .begin(&key, refresh, Some(consent.scopes.clone()), stands)
        .ok_or(INVALID_GRANT)?;
    state.codes.gave(code, family);
    state.connected.insert(key.clone());
    // With the rights they have now, which may have changed since they agreed.
    let now_known = state.portals.get(&key.portal).and_then(|portal| {
        let mut administrators = portal.administrators.iter();
        administrators.find(|known| known.user_name == consent.administrator.user_name)
    });
    let administrator = now_known.cloned().unwrap_or(consent.administrator);
    state.administrators.insert(key.clone(), administrator);
    state.log.counters.codes_exchanged += 1;
    let lifetime = state.options.access_token_lifetime;
    let issued = state.grants.issue_first(&key, family, now, lifetime);
    let claims = openid.then(|| {
        let mut claims = id_claims(&key, &exchange.origin);
        if let Some(nonce) = consent.nonce {
            claims["nonce"] = json!(nonce);
        }
        claims
    });
    Ok(body(state, now, &issued, &consent.scopes, claims))
}
