//! Answers that name an error.

use attache_core::{FailureClass, Secret};
use serde_json::Value;

use super::body::Json;

/// An error code longer than this is not shown; the longest registered ones have 29 characters.
const LONGEST_CODE: usize = 40;

/// A provider's message is cut at this many characters.
pub(super) const LONGEST_MESSAGE: usize = 1000;

/// The members of an answer that speak of an error, as far as there are any.
#[derive(Default)]
pub(super) struct ErrorAnswer {
    /// Whether the answer says that there is an error.
    pub(super) present: bool,
    /// The code, if it is one and not free text.
    pub(super) code: Option<Box<str>>,
    /// What the provider says about it. It can quote the token that it refuses, hence a secret.
    pub(super) message: Option<Secret>,
}

impl ErrorAnswer {
    /// Reads the shape of RFC 6749, 5.2 and what is used in its place: `error` as an object, Smartsheet's
    /// `errorCode` and `message`, the `title` and `detail` of problem details (RFC 9457).
    pub(super) fn read(json: &Json) -> Self {
        let root = &json.0;
        let error = ["error", "errorCode", "error_code"]
            .into_iter()
            .map(|name| &root[name])
            .find(|value| says_something(value));
        let inner = error.unwrap_or(&Value::Null);
        let free_text = if read_code(inner).is_none() {
            inner
        } else {
            &Value::Null
        };
        let message = ["error_description", "message", "detail", "title"]
            .map(|name| &root[name])
            .into_iter()
            .chain([&inner["message"], free_text])
            .find_map(|value| value.as_str().filter(|text| !text.trim().is_empty()));
        Self {
            present: error.is_some(),
            code: [inner, &inner["code"], &inner["type"]]
                .into_iter()
                .find_map(read_code),
            message: message.map(|text| Secret::new(text.chars().take(LONGEST_MESSAGE).collect::<String>())),
        }
    }
}

/// Some servers send every member every time, `error` as well.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Bool(true) | Value::Array(_) | Value::Object(_) => true,
    }
}

fn read_code(value: &Value) -> Option<Box<str>> {
    match value {
        Value::Number(number) => presentable_code(&number.to_string()),
        Value::String(text) => presentable_code(text),
        _ => None,
    }
}

/// Codes are shown in messages, so only what looks like one is kept. A code that is known is known in any case.
pub(super) fn presentable_code(text: &str) -> Option<Box<str>> {
    let code = known_code(text.trim()).map_or(text.trim(), |known| known.text);
    let looks_like_one = (1..=LONGEST_CODE).contains(&code.len())
        && code
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-'));
    looks_like_one.then(|| code.into())
}

/// What an error code means.
pub(super) struct KnownCode {
    text: &'static str,
    /// What may be done next.
    pub(super) class: FailureClass,
    /// Whether it says that the request was declined before the grant was touched.
    pub(super) declined: bool,
}

/// The codes of RFC 6749, 5.2, two of its 4.1.2.1 that token endpoints send as well, and one of RFC 8628, 3.5.
const KNOWN_CODES: [KnownCode; 9] = [
    KnownCode {
        text: "invalid_grant",
        class: FailureClass::GrantRefused,
        declined: true,
    },
    KnownCode {
        text: "invalid_client",
        class: FailureClass::ConnectorMisconfigured,
        declined: true,
    },
    KnownCode {
        text: "unauthorized_client",
        class: FailureClass::ConnectorMisconfigured,
        declined: true,
    },
    KnownCode {
        text: "unsupported_grant_type",
        class: FailureClass::ConnectorMisconfigured,
        declined: true,
    },
    KnownCode {
        text: "invalid_scope",
        class: FailureClass::ConnectorMisconfigured,
        declined: true,
    },
    // Some server may say so of a malformed refresh token. But every account's request is built alike, so a request
    // that is wrong is wrong for all of them, and blaming the grants would kill them all; blaming the app kills none.
    KnownCode {
        text: "invalid_request",
        class: FailureClass::ConnectorMisconfigured,
        declined: true,
    },
    KnownCode {
        text: "slow_down",
        class: FailureClass::Throttled,
        declined: true,
    },
    KnownCode {
        text: "temporarily_unavailable",
        class: FailureClass::Transient,
        declined: true,
    },
    // "An unexpected condition" can come up after the refresh token was spent.
    KnownCode {
        text: "server_error",
        class: FailureClass::Transient,
        declined: false,
    },
];

/// Looks a code up, without regard to case.
pub(super) fn known_code(code: &str) -> Option<&'static KnownCode> {
    KNOWN_CODES
        .iter()
        .find(|known| known.text.eq_ignore_ascii_case(code))
}
