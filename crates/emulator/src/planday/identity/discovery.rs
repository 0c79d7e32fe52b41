//! `GET /.well-known/openid-configuration`, with this emulator's own addresses. The keys and values are those of
//! Planday's document; of its endpoints only authorization, token and revocation are served.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::scopes;
use crate::planday::answers;
use crate::planday::log::Exchange;
use crate::planday::state::State;

const CLAIMS: [&str; 24] = [
    "sub",
    "locale",
    "name",
    "email",
    "email_verified",
    "Culture",
    "Email",
    "FullName",
    "Id",
    "IsSuperUser",
    "MaxAccessPriority",
    "PortalId",
    "PortalCountryId",
    "PortalGuid",
    "PortalName",
    "PortalTimeZoneId",
    "Roles",
    "SecurityContextPortalId",
    "SecurityContextPortalGuid",
    "UiCulture",
    "UserName",
    "UserGuid",
    "CurrentUserId",
    "Region",
];

pub(crate) fn respond(state: &State, exchange: &Exchange) -> Response<Bytes> {
    if exchange.method != Method::GET {
        return answers::not_allowed("GET");
    }
    let issuer = &exchange.origin;
    let at = |path: &str| format!("{issuer}/{path}");
    let body = json!({
        "issuer": issuer,
        "jwks_uri": at(".well-known/openid-configuration/jwks"),
        "authorization_endpoint": at("connect/authorize"),
        "token_endpoint": at("connect/token"),
        "userinfo_endpoint": at("connect/userinfo"),
        "end_session_endpoint": at("connect/endsession"),
        "check_session_iframe": at("connect/checksession"),
        "revocation_endpoint": at("connect/revocation"),
        "introspection_endpoint": at("connect/introspect"),
        "device_authorization_endpoint": at("connect/deviceauthorization"),
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "scopes_supported": scopes::all(),
        "claims_supported": CLAIMS,
        "grant_types_supported": [
            "authorization_code", "client_credentials", "refresh_token", "implicit", "password",
            "urn:ietf:params:oauth:grant-type:device_code", "token_exchange",
        ],
        "response_types_supported": [
            "code", "token", "id_token", "id_token token", "code id_token", "code token", "code id_token token",
        ],
        "response_modes_supported": ["form_post", "query", "fragment"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "subject_types_supported": ["public"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "request_parameter_supported": true,
    });
    answers::plain(StatusCode::OK, "application/json", body, &state.options)
}
