//! Switches for what Planday's documents leave open or what servers do differently.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use super::switches::{AfterRevoke, CallbackIssuer, DeletedApp, Pkce, SecondGrant};
use crate::setters::setters;

/// How the emulator answers where the documents allow, or are silent about, more than one way.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "switches, each on its own")]
pub struct Options {
    /// How long an access token lives; 3600 s (Planday, Authorization Flow: token response).
    pub access_token_lifetime: Duration,
    /// The members of the token answer.
    pub token_answer: TokenAnswer,
    /// What a missing or wrong `X-ClientId` does.
    pub client_header: ClientHeader,
    /// The body of an API error.
    pub error_shape: ErrorShape,
    /// Leave members that are null out of API answers; they are sent as null otherwise.
    pub omit_nulls: bool,
    /// Add a member that no document names to every JSON answer, and a parameter to every callback, so that tolerance is
    /// always exercised. On by default.
    pub unknown_member: bool,
    /// Whether live access tokens stop working when the app is revoked in the portal. Undocumented; on by default.
    pub revoke_ends_access: bool,
    /// Whether live access tokens stop working when their refresh token is revoked at the revocation endpoint.
    /// Undocumented; on by default (RFC 7009, 2.1, says a server should).
    pub revocation_ends_access: bool,
    /// The revocation endpoint answers 503 and does nothing (RFC 7009, 2.2.1).
    pub revocation_unavailable: bool,
    /// How long an authorization code is good. Undocumented: the five minutes are ours.
    pub code_lifetime: Duration,
    /// Whether a code that is presented twice ends the grant that came of it, as RFC 6749, 4.1.2, says a server should.
    /// Undocumented; off by default.
    pub code_reuse_ends_grant: bool,
    /// What PKCE parameters do.
    pub pkce: Pkce,
    /// Whether a redirect URI at a loopback address may have another port than the registered one (RFC 8252, 7.3, which
    /// has no such rule for `localhost`). Undocumented; off by default: the URI is one of the registered ones.
    pub any_loopback_port: bool,
    /// Whether an authorization request that asks for fewer scopes than `openid`, `offline_access` and those of the app
    /// is refused. Undocumented; off by default: such a grant has the scopes that were asked for.
    pub all_scopes_required: bool,
    /// The callback's `iss` parameter.
    pub callback_issuer: CallbackIssuer,
    /// Further parameters of the callback; [`unknown_member`](field@Self::unknown_member) adds one of its own.
    pub callback_extras: Vec<(String, String)>,
    /// What a second authorization of one app on one portal does to the first.
    pub second_grant: SecondGrant,
    /// What the Token column shows when an app is authorized again after Revoke.
    pub after_revoke: AfterRevoke,
    /// What the token endpoint says to an app that was deleted.
    pub deleted_app: DeletedApp,
    /// `expires_in` of an access token for a child portal; left out by default, since only `access_token` was seen.
    pub child_expires_in: ExpiresIn,
    /// Whether an inactive administrator's refresh token still buys access tokens (which then answer 401).
    /// Undocumented; on by default, because the documents tie the refusal to calls.
    pub inactive_administrator_refreshes: bool,
    /// The status for an edit that the authorizing administrator may not make. Undocumented; 403 by default.
    pub edit_refusal: StatusCode,
    /// The status of a successful creation. Undocumented; 201 by default.
    pub created: StatusCode,
    /// What a `limit` above the maximum does.
    pub over_limit: OverLimit,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            access_token_lifetime: Duration::from_secs(3600),
            token_answer: TokenAnswer::default(),
            client_header: ClientHeader::default(),
            error_shape: ErrorShape::default(),
            omit_nulls: false,
            unknown_member: true,
            revoke_ends_access: true,
            revocation_ends_access: true,
            revocation_unavailable: false,
            code_lifetime: Duration::from_secs(300),
            code_reuse_ends_grant: false,
            pkce: Pkce::default(),
            any_loopback_port: false,
            all_scopes_required: false,
            callback_issuer: CallbackIssuer::default(),
            callback_extras: Vec::new(),
            second_grant: SecondGrant::default(),
            after_revoke: AfterRevoke::default(),
            deleted_app: DeletedApp::default(),
            child_expires_in: ExpiresIn::Omit,
            inactive_administrator_refreshes: true,
            edit_refusal: StatusCode::FORBIDDEN,
            created: StatusCode::CREATED,
            over_limit: OverLimit::default(),
        }
    }
}

impl Options {
    setters! {
        access_token_lifetime: Duration,
        token_answer: TokenAnswer,
        client_header: ClientHeader,
        error_shape: ErrorShape,
        omit_nulls: bool,
        unknown_member: bool,
        revoke_ends_access: bool,
        revocation_ends_access: bool,
        revocation_unavailable: bool,
        code_lifetime: Duration,
        code_reuse_ends_grant: bool,
        pkce: Pkce,
        any_loopback_port: bool,
        all_scopes_required: bool,
        callback_issuer: CallbackIssuer,
        callback_extras: Vec<(String, String)>,
        second_grant: SecondGrant,
        after_revoke: AfterRevoke,
        deleted_app: DeletedApp,
        child_expires_in: ExpiresIn,
        inactive_administrator_refreshes: bool,
        edit_refusal: StatusCode,
        created: StatusCode,
        over_limit: OverLimit,
    }
}

/// The members of the token answer. The default is the documented one; the other values occur at real servers.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TokenAnswer {
    /// The `expires_in` member.
    pub expires_in: ExpiresIn,
    /// The `token_type` member.
    pub token_type: TokenType,
    /// The `scope` member.
    pub scope: ScopeShape,
    /// Whether an `id_token` comes along at a refresh too. For a code it comes whenever `openid` was asked for.
    pub id_token: bool,
    /// Whether the whole answer sits inside `{"token": ...}`.
    pub wrapped: bool,
}

impl TokenAnswer {
    setters! {
        expires_in: ExpiresIn,
        token_type: TokenType,
        scope: ScopeShape,
        id_token: bool,
        wrapped: bool,
    }
}

/// How `expires_in` is written. The true lifetime stays [`Options::access_token_lifetime`].
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum ExpiresIn {
    /// Whole seconds, as documented.
    #[default]
    Number,
    /// The same as text.
    Text,
    /// The same with a fraction.
    Float,
    /// Left out.
    Omit,
    /// This value, true or not: zero, negative, absurd.
    Raw(Value),
}

/// How `token_type` is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenType {
    /// `Bearer`, as documented.
    #[default]
    Bearer,
    /// `bearer`.
    Lowercase,
    /// `BEARER`.
    Uppercase,
    /// Left out.
    Omit,
}

/// How `scope` is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopeShape {
    /// Space-separated, as documented.
    #[default]
    Text,
    /// An array of texts.
    Array,
    /// Left out.
    Omit,
}

/// What a missing or wrong `X-ClientId` does. Undocumented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientHeader {
    /// 401.
    #[default]
    Strict,
    /// Nothing, as some clients that omit it report.
    Lenient,
}

/// The body of an API error; real answers come in all of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorShape {
    /// `type`, `title`, `status`, `detail`, `instance`.
    #[default]
    ProblemDetails,
    /// The same with `errors: { field: [text] }`.
    ValidationProblemDetails,
    /// `{"error": {"code", "message"}}`.
    ErrorObject,
    /// `{"message", "modelState": { "model.field": [text] }}`.
    ModelState,
    /// `{"errors": [{"key", "message"}]}`.
    ErrorsList,
    /// An HTML page.
    Html,
    /// No body.
    Empty,
}

/// What a `limit` above the maximum does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OverLimit {
    /// 400.
    #[default]
    Refuse,
    /// The maximum is used and echoed.
    Lower,
}
