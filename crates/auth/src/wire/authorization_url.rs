//! Where a user's browser is sent for consent.

use attache_core::Secret;
use url::{
    Url,
    form_urlencoded::{self, Serializer},
};

use super::CodeChallenge;
use crate::connector::Connector;

/// The parameters that are ours to set (RFC 6749, 4.1.1; RFC 7636, 4.3), in the order in which they are sent.
const OURS: [&str; 7] = [
    "client_id",
    "response_type",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

/// The address at which a user authorises the app (RFC 6749, 4.1.1), or `None` where the provider has no
/// authorization endpoint.
///
/// Its query is what the endpoint's own query says of other things, and then `client_id`, `response_type=code`,
/// `redirect_uri` to the letter, `scope` unless there is none, `state`, and with a challenge `code_challenge` and
/// `code_challenge_method=S256` (Planday, Authorization Code Flow). No parameter is there twice: where the endpoint's
/// own query has one of these, it is dropped.
///
/// The address holds the state, which is a secret until the callback: give it to the user's browser and keep it out
/// of logs.
pub fn authorization_url(
    connector: &Connector,
    redirect_uri: &str,
    state: &Secret,
    challenge: Option<&CodeChallenge>,
) -> Option<Url> {
    let mut url = connector.endpoints().authorization()?.clone();
    // Kept as it is written: an encoding that means the same to us may not to the server.
    let mut query = String::new();
    for part in url.query().unwrap_or_default().split('&') {
        let name = form_urlencoded::parse(part.as_bytes())
            .next()
            .map(|(name, _)| name);
        if name.is_some_and(|name| !OURS.contains(&&*name)) {
            query.push_str(if query.is_empty() { "" } else { "&" });
            query.push_str(part);
        }
    }
    let scope = connector
        .requested_scopes()
        .join(connector.profile().scope_separator);
    let values = [
        Some(connector.client_id()),
        Some("code"),
        Some(redirect_uri),
        // An empty value counts as left out (RFC 6749, 3.1).
        Some(scope.as_str()).filter(|scope| !scope.is_empty()),
        Some(state.expose()),
        challenge.map(CodeChallenge::as_str),
        challenge.map(|_| "S256"),
    ];
    let mut serializer = Serializer::new(query);
    for (name, value) in OURS.into_iter().zip(values) {
        if let Some(value) = value {
            serializer.append_pair(name, value);
        }
    }
    url.set_query(Some(&serializer.finish()));
    Some(url)
}
