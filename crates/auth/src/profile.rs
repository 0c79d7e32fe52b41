//! What is known of a provider's authorization server, as data.

use std::time::Duration;

use http::HeaderName;

/// How a provider's authorization server behaves. Tests and documents read the same data as the keeper.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderProfile {
    /// The provider's name, as in account keys: `planday`.
    pub provider: &'static str,
    /// What the provider's own pages call the client id, for error messages: `Application ID`.
    pub client_id_label: &'static str,
    /// How the app proves itself at the token endpoint.
    pub client_proof: ClientProof,
    /// What a refresh does to the refresh token.
    pub rotation: RotationRule,
    /// How long an access token lives when the answer does not say.
    pub assumed_lifetime: Duration,
    /// The header that carries the access token, for example `authorization`.
    pub header: HeaderName,
    /// What stands before the access token in that header, for example `Bearer `.
    pub header_prefix: &'static str,
    /// Statuses of the token endpoint that refuse the grant even where the body names no OAuth error. An HTML
    /// body never does: it comes from something in between.
    pub bare_refusals: &'static [u16],
    /// What stands between two scopes: a space (RFC 6749, 3.3), or what the provider uses in its place.
    pub scope_separator: &'static str,
    /// Whether an authorization without scopes is refused by the server, and so by us before it is asked.
    pub scopes_required: bool,
    /// Scopes that every authorization asks for, behind those of the connector: `offline_access`.
    pub fixed_scopes: &'static [&'static str],
    /// How many redirect URIs the provider lets an app register, if there is a limit.
    pub most_redirect_uris: Option<usize>,
    /// How an access token is turned into one for another resource, if the provider can.
    pub token_exchange: Option<TokenExchange>,
}

impl ProviderProfile {
    /// A profile with the habits of RFC 6749 and 6750: no client authentication beside the client id, an
    /// unknown rotation rule, a lifetime of an hour where none is given, `authorization: Bearer`, scopes that are
    /// optional and separated by spaces, and no token exchange.
    pub const fn new(provider: &'static str, client_id_label: &'static str) -> Self {
        Self {
            provider,
            client_id_label,
            client_proof: ClientProof::None,
            rotation: RotationRule::Unknown,
            assumed_lifetime: Duration::from_secs(3600),
            header: http::header::AUTHORIZATION,
            header_prefix: "Bearer ",
            bare_refusals: &[],
            scope_separator: " ",
            scopes_required: false,
            fixed_scopes: &[],
            most_redirect_uris: None,
            token_exchange: None,
        }
    }
}

/// How an access token is turned into one for another resource: under which names, for they are the provider's own
/// and seldom those of RFC 8693.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TokenExchange {
    /// The value of `grant_type`.
    pub grant_type: &'static str,
    /// The value of `subject_token_type`.
    pub subject_token_type: &'static str,
}

impl TokenExchange {
    /// A token exchange under these two names.
    pub const fn new(grant_type: &'static str, subject_token_type: &'static str) -> Self {
        Self {
            grant_type,
            subject_token_type,
        }
    }
}

/// How an app proves itself at the token endpoint. The client id is always in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClientProof {
    /// It does not: a public client (RFC 6749, 2.1).
    None,
}

/// What a refresh does to the refresh token that was spent, and so what may be done when an answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RotationRule {
    /// The refresh token stays the same.
    Never,
    /// A new one comes; the old one is good until the new access token is first used.
    FirstUseGrace,
    /// A new one comes; the old one is good for this much longer.
    Grace(Duration),
    /// A new one comes; the old one is dead at once.
    Once,
    /// A new one comes; using the old one again kills the whole grant.
    OnceFamily,
    /// Nobody has said. Whatever comes back is kept, and a lost answer is handled as under [`Self::Once`].
    Unknown,
}

/// What to do about an attempt whose outcome is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resend {
    /// Sending the same refresh token again does no harm: go on after the usual wait.
    Harmless,
    /// Sending it again tells whether it is still good, but only when nobody can be holding a good answer to the
    /// first attempt any more: after its lease.
    AfterLease,
}

impl RotationRule {
    /// What may be done `since` after an attempt that got no answer began.
    pub(crate) fn resend(self, since: Duration) -> Resend {
        match self {
            Self::Never | Self::FirstUseGrace => Resend::Harmless,
            Self::Grace(grace) if since <= grace => Resend::Harmless,
            Self::Grace(_) | Self::Once | Self::OnceFamily | Self::Unknown => Resend::AfterLease,
        }
    }

    /// Whether a refusal after an attempt of unknown outcome means that the answer of that attempt, with the
    /// new refresh token, was lost.
    pub(crate) fn refusal_means_loss(self) -> bool {
        matches!(self, Self::Grace(_) | Self::Once | Self::OnceFamily)
    }

    /// Whether a token that could be saved nowhere has to stay unused, because its first use would kill the one
    /// that is saved.
    pub(crate) fn holds_back_unsaved(self) -> bool {
        self == Self::FirstUseGrace
    }
}
