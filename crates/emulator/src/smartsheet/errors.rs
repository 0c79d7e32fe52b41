//! The API's errors (Smartsheet, Error codes): a number, a text for people, and a reference for support.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use crate::{Effect, answers};

/// An API error.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    pub(crate) code: u16,
    pub(crate) message: String,
    pub(crate) detail: Option<Value>,
}

impl Problem {
    pub(crate) fn new(code: u16, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            detail: None,
        }
    }

    pub(crate) fn detail(mut self, detail: Value) -> Self {
        self.detail = Some(detail);
        self
    }

    /// 1006: not there, or not to be seen.
    pub(crate) fn not_found() -> Self {
        Self::new(1006, "Not Found")
    }

    /// 1004: no right, or no scope.
    pub(crate) fn not_authorized() -> Self {
        Self::new(1004, "You are not authorized to perform this action.")
    }

    /// 1012: a member is missing.
    pub(crate) fn required(name: &str) -> Self {
        Self::new(
            1012,
            format!("Required object attribute(s) are missing from your request: {name}."),
        )
    }

    /// 1008: the body says nothing that can be used.
    pub(crate) fn unparsable(why: &str) -> Self {
        Self::new(
            1008,
            format!("Unable to parse request. The following error occurred: {why}"),
        )
    }

    /// The body. The documented one of 4003 has no `refId`.
    pub(crate) fn body(&self, reference: &str) -> Value {
        let mut body = json!({ "errorCode": self.code, "message": self.message });
        if self.code != 4003 {
            body["refId"] = json!(reference);
        }
        if let Some(detail) = &self.detail {
            body["detail"] = detail.clone();
        }
        body
    }

    pub(crate) fn render(&self, reference: &str) -> Response<Bytes> {
        answers::json_text(status(self.code), JSON, &self.body(reference))
    }
}

pub(crate) const JSON: &str = "application/json;charset=UTF-8";

/// The status that the table gives an error code; most are 400.
pub fn status(code: u16) -> StatusCode {
    match code {
        1001..=1003 | 1005 | 1030 | 1067 => StatusCode::UNAUTHORIZED,
        1004
        | 1013..=1017
        | 1021
        | 1022
        | 1026
        | 1039
        | 1045
        | 1047..=1050
        | 1076
        | 1081
        | 1092
        | 1096
        | 1097
        | 1102
        | 1104
        | 1138..=1141
        | 1153
        | 1154
        | 1173..=1175
        | 1180
        | 1181
        | 1186..=1188
        | 1192
        | 1212
        | 1232
        | 1269..=1271
        | 1275
        | 1287
        | 1288
        | 1301
        | 1359 => StatusCode::FORBIDDEN,
        1006 | 1007 | 1020 | 1027 | 1033 | 1043 | 1106 | 1114 | 1151 | 1204 => StatusCode::NOT_FOUND,
        1010 | 1122 => StatusCode::METHOD_NOT_ALLOWED,
        1052 => StatusCode::NOT_ACCEPTABLE,
        1124 => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        1119 | 1170..=1172 | 1278 | 1285 | 4000 | 4002 | 4004 | 5151 | 5502 => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        4001 => StatusCode::SERVICE_UNAVAILABLE,
        4003 => StatusCode::TOO_MANY_REQUESTS,
        4005 => StatusCode::GONE,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// A fault's effect: this error code with its documented status, such as 4004 with 500 and 4003 with 429, and no
/// header that says when to come back.
pub fn error_effect(code: u16) -> Effect {
    error_effect_with(status(code), code)
}

/// As [`error_effect`], with another status: 4005 was seen with 502 too.
pub fn error_effect_with(status: StatusCode, code: u16) -> Effect {
    let message = match code {
        4001 => {
            "Smartsheet.com is currently offline for system maintenance. Please check back again shortly."
        }
        4002 => "Server timeout exceeded. Request has failed.",
        4003 => "Rate limit exceeded.",
        4004 => "An unexpected error has occurred. Please retry your request.",
        _ => "Asked for by a fault.",
    };
    Effect::Body {
        status,
        content_type: HeaderValue::from_static(JSON),
        body: Bytes::from(Problem::new(code, message).body("fault").to_string()),
    }
}
