//! Switches for what Smartsheet's documents leave open, or say in two ways.

use std::time::Duration;

use crate::setters::setters;

/// How the emulator answers where the documents are silent or were contradicted.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "switches, each on its own")]
pub struct Options {
    /// How long an access token lives; 604 799 s (Smartsheet, Tokens: `expires_in`).
    pub access_token_lifetime: Duration,
    /// How long a code lives, said in milliseconds in the callback; 599 s.
    pub code_lifetime: Duration,
    /// The token answer as `{"token": {...}}`, as the prose of 2021 shows it; flat by default.
    pub wrapped_token: bool,
    /// What a refresh does to the refresh token.
    pub rotation: Rotation,
    /// The body of a refusal by the token endpoint.
    pub token_error: TokenError,
    /// A token that a refresh replaced answers 1003 (expired) instead of 1002 (unknown). Undocumented; off.
    pub replaced_is_expired: bool,
    /// A call without `Authorization` answers 403/1004, as the live API did, instead of the documented 401/1001.
    pub missing_token_forbidden: bool,
    /// Whether `DELETE /token` ends the refresh token beside the access token. Undocumented; on: they are one record.
    pub revocation_ends_refresh: bool,
    /// `totalPages` and `totalCount` are -1 in every list; those of webhooks always are.
    pub unknown_totals: bool,
    /// A page past the end of a list without totals repeats the last page. Off: it is empty.
    pub repeat_last_page: bool,
    /// How many entries a page of a token-paged list lacks of `maxItems` although more follow: only `lastKey` decides.
    pub token_page_shortfall: usize,
    /// A write to a sheet answers 4004 while another one of the same token is not answered yet. In a single thread a
    /// write lasts until its response is dropped; over TCP, until its last byte is written.
    pub busy_sheets: bool,
    /// What enabling a webhook comes to, where no receiver answers the challenge.
    pub verification: Verification,
    /// Callback times end in `+0000`, which RFC 3339 does not know, instead of `+00:00`.
    pub offset_without_colon: bool,
    /// Every callback's signature starts with a zero, which the vendor's own sample drops.
    pub leading_zero_signatures: bool,
    /// The host of attachment URLs, such as `http://localhost:8025`. By default another name for the emulator's own
    /// address on loopback, and `https://attachments.example` elsewhere.
    pub attachment_origin: Option<String>,
    /// Add a member that no document names to every JSON object and its entries, so that tolerance is always exercised.
    pub unknown_member: bool,
    /// `permalink` of a row, as the prose has it, instead of `permaLink`.
    pub lower_case_permalink: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            access_token_lifetime: Duration::from_secs(604_799),
            code_lifetime: Duration::from_secs(599),
            wrapped_token: false,
            rotation: Rotation::default(),
            token_error: TokenError::default(),
            replaced_is_expired: false,
            missing_token_forbidden: false,
            revocation_ends_refresh: true,
            unknown_totals: false,
            repeat_last_page: false,
            token_page_shortfall: 0,
            busy_sheets: false,
            verification: Verification::default(),
            offset_without_colon: false,
            leading_zero_signatures: false,
            attachment_origin: None,
            unknown_member: true,
            lower_case_permalink: false,
        }
    }
}

impl Options {
    setters! {
        access_token_lifetime: Duration,
        code_lifetime: Duration,
        wrapped_token: bool,
        rotation: Rotation,
        token_error: TokenError,
        replaced_is_expired: bool,
        missing_token_forbidden: bool,
        revocation_ends_refresh: bool,
        unknown_totals: bool,
        repeat_last_page: bool,
        token_page_shortfall: usize,
        busy_sheets: bool,
        verification: Verification,
        offset_without_colon: bool,
        leading_zero_signatures: bool,
        attachment_origin: Option<String>,
        unknown_member: bool,
        lower_case_permalink: bool,
    }
}

/// What a refresh does to the old pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rotation {
    /// Both tokens are new, and both old ones are dead at once (Smartsheet, Refresh an Access Token).
    #[default]
    Once,
    /// A new access token, no `refresh_token` in the answer, and the old refresh token goes on: what one integrator
    /// reports.
    OmitRefreshToken,
}

/// The body of a refusal by the token endpoint; all three occur.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenError {
    /// `errorCode`, `error`, `error_description`.
    #[default]
    Description,
    /// `errorCode`, `error`, `message`.
    Message,
    /// An ordinary API error: `errorCode`, `message`, `refId`.
    Api,
}

/// What enabling a webhook comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verification {
    /// The callback is taken to have answered: `ENABLED`.
    #[default]
    Succeeds,
    /// `DISABLED_VERIFICATION_FAILED`.
    Fails,
}
