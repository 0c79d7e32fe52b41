//! How Planday's identity server behaves, as data.

use std::time::Duration;

use attache_auth::{ClientProof, ProviderProfile, RotationRule, TokenExchange};
use http::header::AUTHORIZATION;

/// The provider's name in account keys.
pub(crate) const PROVIDER: &str = "planday";

/// What is known of Planday's identity server.
///
/// | what | value | from |
/// | --- | --- | --- |
/// | client proof | none: the body is `client_id`, `grant_type`, `refresh_token` and nothing else | Planday, Authorization: Exchanging the Refresh Token |
/// | rotation | unknown: no document says what a refresh does to the refresh token | |
/// | lifetime of an access token | 3600 s where the answer gives none | Planday, Authorization Code Flow: token response |
/// | header | `Authorization: Bearer`, beside `X-ClientId` | Planday, Authorization: Accessing API resources |
/// | scopes | required on every authorization, separated by spaces; `openid` and `offline_access` beside the app's | Planday, Authorization Code Flow: scope |
/// | redirect URIs | three at most | Planday, Authorization Code Flow: redirect URLs |
/// | child portals | `token_exchange`, the short name | OpenID discovery document; seen in use |
/// | bare refusals | 400 | no document has the error answers of the token endpoint |
pub fn profile() -> ProviderProfile {
    let mut profile = ProviderProfile::new(PROVIDER, "Application ID");
    profile.client_proof = ClientProof::None;
    profile.rotation = RotationRule::Unknown;
    profile.assumed_lifetime = Duration::from_secs(3600);
    profile.header = AUTHORIZATION;
    profile.header_prefix = "Bearer ";
    // The error bodies of the token endpoint are undocumented, so a 400 may name no error; the request is always
    // well formed, which leaves the grant. A 401 or 403 without a code can as well come from a gateway.
    profile.bare_refusals = &[400];
    profile.scopes_required = true;
    profile.fixed_scopes = &["openid", "offline_access"];
    profile.most_redirect_uris = Some(3);
    profile.token_exchange = Some(TokenExchange::new("token_exchange", "openapi:access_token"));
    profile
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_says_what_the_documents_say() {
        let profile = profile();
        assert_eq!(
            (profile.provider, profile.client_id_label),
            ("planday", "Application ID")
        );
        assert_eq!(
            (profile.client_proof, profile.rotation),
            (ClientProof::None, RotationRule::Unknown)
        );
        assert_eq!(profile.assumed_lifetime, Duration::from_secs(3600));
        assert_eq!(
            (profile.header, profile.header_prefix),
            (AUTHORIZATION, "Bearer ")
        );
        assert_eq!(profile.bare_refusals, [400]);
        assert!(profile.scopes_required);
        assert_eq!(profile.fixed_scopes, ["openid", "offline_access"]);
        assert_eq!(profile.most_redirect_uris, Some(3));
        let exchange = TokenExchange::new("token_exchange", "openapi:access_token");
        assert_eq!(profile.token_exchange, Some(exchange));
    }
}
