//! Switches for what Planday's documents leave open or what servers do differently.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

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
    /// Add a member that no document names to every JSON answer, so that tolerance is always exercised. On by default.
    pub unknown_member: bool,
    /// Whether live access tokens stop working when the app is revoked. Undocumented; on by default.
    pub revoke_ends_access: bool,
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
            inactive_administrator_refreshes: true,
            edit_refusal: StatusCode::FORBIDDEN,
            created: StatusCode::CREATED,
            over_limit: OverLimit::default(),
        }
    }
}

macro_rules! setters {
    ($($name:ident: $type:ty),* $(,)?) => {
        $(
            #[doc = concat!("Sets [`", stringify!($name), "`](field@Self::", stringify!($name), ").")]
            #[must_use]
            pub fn $name(mut self, $name: $type) -> Self {
                self.$name = $name;
                self
            }
        )*
    };
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
    /// Whether an `id_token` comes along.
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
