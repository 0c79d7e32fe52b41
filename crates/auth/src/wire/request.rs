//! Requests to the token and revocation endpoints.

use attache_core::{BodyLimit, Secret};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri, header};
use url::{Url, form_urlencoded::Serializer};
use zeroize::Zeroizing;

use super::{CodeVerifier, TOKEN_ANSWER_LIMIT};
use crate::{connector::Connector, profile::ClientProof};

/// The request that renews an access token (RFC 6749, 6).
///
/// The body is `client_id`, `grant_type` and `refresh_token`, in this order and nothing else (Planday,
/// Authorization: Exchanging the Refresh Token). There is no `scope`: what was granted stays granted. The body's
/// memory is overwritten when its last owner drops it; `Debug` of the request shows it, so do not log that.
///
/// A token endpoint that is no valid request target (longer than 64 KiB) gives a request without a host, which a
/// transport refuses before anything is sent.
pub fn refresh_request(connector: &Connector, refresh_token: &Secret) -> Request<Bytes> {
    form_request(
        connector.endpoints().token(),
        connector.profile().client_proof,
        &[
            ("client_id", connector.client_id()),
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose()),
        ],
    )
}

/// The request that exchanges an authorization code (RFC 6749, 4.1.3).
///
/// The body is `client_id`, `grant_type`, `code` and `redirect_uri`, in this order and nothing else (Planday,
/// Authorization Code Flow), and with a verifier `code_verifier` as a fifth (RFC 7636, 4.5). The redirect URI is the
/// one of the authorization, to the letter. Where a challenge was sent, the verifier has to be given.
pub fn code_request(
    connector: &Connector,
    code: &Secret,
    redirect_uri: &str,
    verifier: Option<&CodeVerifier>,
) -> Request<Bytes> {
    let fields = [
        ("client_id", connector.client_id()),
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("redirect_uri", redirect_uri),
        ("code_verifier", verifier.map_or("", CodeVerifier::expose)),
    ];
    form_request(
        connector.endpoints().token(),
        connector.profile().client_proof,
        if verifier.is_some() { &fields } else { &fields[..4] },
    )
}

/// The request that turns an access token into one for another resource, for example a child portal's, or `None`
/// where the provider's profile has no token exchange.
///
/// The body is `client_id`, `grant_type`, `subject_token_type`, `subject_token` and `resource`, in this order and
/// nothing else. Planday's documents do not describe it; it is what its discovery document names and clients send.
pub fn token_exchange_request(
    connector: &Connector,
    subject_token: &Secret,
    resource: &str,
) -> Option<Request<Bytes>> {
    let exchange = connector.profile().token_exchange?;
    Some(form_request(
        connector.endpoints().token(),
        connector.profile().client_proof,
        &[
            ("client_id", connector.client_id()),
            ("grant_type", exchange.grant_type),
            ("subject_token_type", exchange.subject_token_type),
            ("subject_token", subject_token.expose()),
            ("resource", resource),
        ],
    ))
}

/// The request that gives a token back (RFC 7009, 2.1), or `None` where the provider has no revocation endpoint.
///
/// The body is `client_id` and `token` (Planday, Authorization Flow). Any 2xx means that the
/// token is gone, or was never there (RFC 7009, 2.2).
pub fn revocation_request(connector: &Connector, token: &Secret) -> Option<Request<Bytes>> {
    let url = connector.endpoints().revocation()?;
    let fields = [("client_id", connector.client_id()), ("token", token.expose())];
    Some(form_request(url, connector.profile().client_proof, &fields))
}

fn form_request(url: &Url, proof: ClientProof, fields: &[(&str, &str)]) -> Request<Bytes> {
    // One allocation that never grows, so that no copy of the token stays behind: an encoded byte takes three at most.
    let capacity = fields
        .iter()
        .map(|(name, value)| name.len() + 3 * value.len() + 2)
        .sum();
    let mut body = Zeroizing::new(String::with_capacity(capacity));
    Serializer::new(&mut *body).extend_pairs(fields).finish();

    let mut request = Request::new(Bytes::from_owner(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = Uri::try_from(url.as_str()).unwrap_or_default();
    let headers = request.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    match proof {
        // A public client is named by its id in the body and proves nothing (RFC 6749, 3.2.1).
        ClientProof::None => {}
    }
    request.extensions_mut().insert(BodyLimit(TOKEN_ANSWER_LIMIT));
    request
}
