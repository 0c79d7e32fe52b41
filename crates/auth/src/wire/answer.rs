//! Answers that bring a token.

use std::time::Duration;

use attache_core::{Secret, Timestamp};
use bytes::Bytes;
use http::Response;
use serde_json::Value;

use super::{
    TokenFailure, TokenFailureKind,
    body::{Json, read_json},
    error_answer::ErrorAnswer,
};
use crate::profile::ProviderProfile;

/// The longest lifetime that is believed, ten years: a broken number must not reach past the calendar.
pub const LONGEST_LIFETIME: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// What a token endpoint granted (RFC 6749, 5.1). `Debug` shows no token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenAnswer {
    /// The access token; it is fit to be a header's value.
    pub access_token: Secret,
    /// The refresh token that replaces the one that was sent, or `None` if that one stays (RFC 6749, 6).
    pub refresh_token: Option<Secret>,
    /// How long the access token lives, counted from the sending of the request. `None` if the answer does not
    /// say so in a readable way: the profile's assumed lifetime holds. Zero or less is zero.
    pub lifetime: Option<Duration>,
    /// What was granted, or `None` if the answer does not say: then it is what was asked for (RFC 6749, 5.1).
    pub scope: Option<Vec<String>>,
}

/// Reads a token endpoint's answer. `now` is the wall clock at its arrival, for a `Retry-After` that is a date.
///
/// A success is any 2xx with a text `access_token`, at the top or inside `token` or `data`. A missing `token_type`
/// is taken for `Bearer`; `expires_in` may be a number or a text, `scope` a text or an array. Unknown members are
/// ignored (RFC 6749, 5.1). The work is linear in the body, which may have [`TOKEN_ANSWER_LIMIT`] bytes at most.
///
/// # Errors
///
/// For everything else; [`TokenFailure`] says what it was and what may be done next.
///
/// [`TOKEN_ANSWER_LIMIT`]: super::TOKEN_ANSWER_LIMIT
pub fn read_token_answer(
    profile: &ProviderProfile,
    response: &Response<Bytes>,
    now: Timestamp,
) -> Result<TokenAnswer, TokenFailure> {
    let (kind, error, rescued) = match read_json(response) {
        Err(kind) => (kind, ErrorAnswer::default(), None),
        Ok(mut json) => {
            let kind = if response.status().is_success() {
                match take_answer(&mut json) {
                    Ok(answer) => return Ok(answer),
                    Err(kind) => kind,
                }
            } else {
                TokenFailureKind::NoAccessToken
            };
            let error = ErrorAnswer::read(&json);
            let rescued = (response.status().is_success() && error.code.is_none())
                .then(|| refresh_token_alone(&mut json))
                .flatten();
            (kind, error, rescued)
        }
    };
    Err(TokenFailure::new(profile.bare_refusals, response, now, kind, error).with_rescued(rescued))
}

/// The refresh token of an answer whose access token cannot be used.
fn refresh_token_alone(json: &mut Json) -> Option<Secret> {
    ["", "/token", "/data"].into_iter().find_map(|place| {
        let token = take_text(json.0.pointer_mut(place)?.get_mut("refresh_token")?)?;
        (!token.expose().contains(char::REPLACEMENT_CHARACTER)).then_some(token)
    })
}

fn take_answer(json: &mut Json) -> Result<TokenAnswer, TokenFailureKind> {
    let members = ["", "/token", "/data"]
        .into_iter()
        .find(|place| {
            json.0
                .pointer(place)
                .is_some_and(|object| is_text(&object["access_token"]))
        })
        .and_then(|place| json.0.pointer_mut(place))
        .ok_or(TokenFailureKind::NoAccessToken)?;

    // A token of a type that is not understood must not be used (RFC 6749, 7.1).
    match &members["token_type"] {
        Value::Null => {}
        Value::String(text)
            if ["", "bearer"]
                .iter()
                .any(|known| text.trim().eq_ignore_ascii_case(known)) => {}
        _ => return Err(TokenFailureKind::UnusableTokenType),
    }
    let access_token = take_text(&mut members["access_token"]).ok_or(TokenFailureKind::NoAccessToken)?;
    // The characters that RFC 6749, A.12 allows; all of them may stand in a header.
    if !access_token
        .expose()
        .bytes()
        .all(|byte| matches!(byte, 0x20..=0x7e))
    {
        return Err(TokenFailureKind::UnusableToken);
    }
    let refresh_token = take_text(&mut members["refresh_token"]);
    // What was not UTF-8 has been replaced, and the replaced text is not the token.
    if refresh_token
        .as_ref()
        .is_some_and(|token| token.expose().contains(char::REPLACEMENT_CHARACTER))
    {
        return Err(TokenFailureKind::NotUtf8);
    }
    Ok(TokenAnswer {
        access_token,
        refresh_token,
        lifetime: lifetime(&members["expires_in"]),
        scope: scope(&members["scope"]),
    })
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

/// Moves a text out, so that no copy is left; a blank one counts as absent.
fn take_text(value: &mut Value) -> Option<Secret> {
    if !is_text(value) {
        return None;
    }
    match value.take() {
        Value::String(text) => Some(Secret::from(text)),
        _ => None,
    }
}

fn lifetime(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::Number(number) => number.as_f64()?,
        // Digits only in the wider sense: `inf` and `nan` are numbers to Rust, not to a provider.
        Value::String(text) if text.trim().bytes().all(|byte| b"0123456789+-.eE".contains(&byte)) => {
            text.trim().parse::<f64>().ok()?
        }
        _ => return None,
    };
    // What cannot be a duration is too long for one: less than nothing has been raised to zero.
    let lifetime = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(LONGEST_LIFETIME);
    Some(lifetime.min(LONGEST_LIFETIME))
}

fn scope(value: &Value) -> Option<Vec<String>> {
    let scope: Vec<String> = match value {
        Value::String(text) => text.split_ascii_whitespace().map(str::to_owned).collect(),
        Value::Array(items) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => return None,
    };
    // A parameter without a value counts as left out (RFC 6749, 3.2).
    (!scope.is_empty()).then_some(scope)
}
