//! Switches for what the documents leave open, each with the reading that is taken by default.

use std::time::Duration;

use http::StatusCode;

use crate::setters::setters;

/// Switches of the emulator. The default is what Factorial documents, or what was seen of it where it documents nothing.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Options {
    /// How long a user's access token lives (one hour).
    pub access_token_lifetime: Duration,
    /// How long a refresh token lives, from its issue (one week).
    pub refresh_token_lifetime: Duration,
    /// How long an authorization code lives (ten minutes, Doorkeeper's default).
    pub code_lifetime: Duration,
    /// The life of a company token; `None`, as documented, is without end, and then the answer has no `expires_in`.
    pub company_token_lifetime: Option<Duration>,
    /// Whether a company token comes with a refresh token. No real answer is known.
    pub company_refresh_token: bool,
    /// What access tokens look like.
    pub token_format: TokenFormat,
    /// What the token answer's optional members are.
    pub token_answer: TokenAnswer,
    /// What a refresh does to the token that it spends.
    pub rotation: Rotation,
    /// What PKCE parameters do.
    pub pkce: Pkce,
    /// Whether the applications page shows a secret again after the application was created. Factorial's guide says so;
    /// the connector guide says that it cannot be retrieved.
    pub secret_readable: bool,
    /// The body of an API error.
    pub error_shape: ErrorShape,
    /// What a credential of the other environment gets.
    pub foreign_credential: ForeignCredential,
    /// The status of an operation that a token's scopes do not open.
    pub missing_scope: StatusCode,
    /// Whether answers have a member that no document names.
    pub unknown_member: bool,
    /// Whether null members are left out.
    pub omit_nulls: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            access_token_lifetime: Duration::from_secs(3600),
            refresh_token_lifetime: Duration::from_secs(7 * 24 * 3600),
            code_lifetime: Duration::from_secs(600),
            company_token_lifetime: None,
            company_refresh_token: false,
            token_format: TokenFormat::default(),
            token_answer: TokenAnswer::default(),
            rotation: Rotation::default(),
            pkce: Pkce::default(),
            secret_readable: false,
            error_shape: ErrorShape::default(),
            foreign_credential: ForeignCredential::default(),
            missing_scope: StatusCode::FORBIDDEN,
            unknown_member: true,
            omit_nulls: false,
        }
    }
}

impl Options {
    setters! {
        access_token_lifetime: Duration,
        refresh_token_lifetime: Duration,
        code_lifetime: Duration,
        company_token_lifetime: Option<Duration>,
        company_refresh_token: bool,
        token_format: TokenFormat,
        token_answer: TokenAnswer,
        rotation: Rotation,
        pkce: Pkce,
        secret_readable: bool,
        error_shape: ErrorShape,
        foreign_credential: ForeignCredential,
        missing_scope: StatusCode,
        unknown_member: bool,
        omit_nulls: bool,
    }
}

/// What access tokens look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenFormat {
    /// A JWT in form, as seen today.
    #[default]
    Jwt,
    /// 64 hexadecimal digits, as in the documents' sample.
    Opaque,
}

/// Members of the token answer that real answers have or lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenAnswer {
    /// The `scope` member.
    pub scope: bool,
    /// The `created_at` member.
    pub created_at: bool,
    /// Another `expires_in` than the true lifetime: the documents' sample prints 7200 for a token of one hour.
    pub expires_in: Option<i64>,
}

impl Default for TokenAnswer {
    fn default() -> Self {
        Self {
            scope: true,
            created_at: true,
            expires_in: None,
        }
    }
}

impl TokenAnswer {
    setters! {
        scope: bool,
        created_at: bool,
        expires_in: Option<i64>,
    }
}

/// What a refresh does to the token that it spends. Doorkeeper does one or the other by a column in its table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rotation {
    /// It is good, and gives another pair when it comes again, until the new access token is first used.
    #[default]
    FirstUse,
    /// It is dead at once.
    Once,
}

impl std::str::FromStr for Rotation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "first-use" | "first-use-grace" => Ok(Self::FirstUse),
            "once" => Ok(Self::Once),
            _ => Err("rotation is unknown: use first-use or once".to_owned()),
        }
    }
}

/// What PKCE parameters do. No Factorial page names them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pkce {
    /// Nothing, as in a Doorkeeper without the columns for them.
    #[default]
    Ignore,
    /// A challenge that comes is enforced at the exchange.
    Enforce,
}

/// The body of an API error; all of these were seen or are documented for some version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorShape {
    /// What is known of each version: from 2027-01-01 on [`Objects`](Self::Objects), which it documents; before,
    /// [`Null`](Self::Null) for 401 and [`Strings`](Self::Strings) for the rest.
    #[default]
    ByVersion,
    /// `{"errors": null}`.
    Null,
    /// `{"errors": ["text"]}`.
    Strings,
    /// `{"errors": [{"code", "message", "field"}]}`.
    Objects,
    /// `{"errors": {"field": ["text"]}}`.
    Map,
    /// `{"message": "text"}`.
    Message,
    /// No body, and a `WWW-Authenticate` header on 401 and 403: Doorkeeper's own.
    Empty,
    /// An HTML page.
    Html,
}

/// What a credential of the other environment gets (Factorial, Production and demo).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForeignCredential {
    /// `invalid_client`, or 401: seen.
    #[default]
    Refused,
    /// Empty responses: documented.
    EmptyResponse,
}
