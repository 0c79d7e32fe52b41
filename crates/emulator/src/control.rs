//! What every provider's control plane has: JSON levers under `/_emulator/`, for programs in any language.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::clock::utc_text;
use crate::lock::lock;
use crate::{Clock, Effect, Exchange, Fault, FaultId, Latch};

/// Where the control plane lives. Requests to it are neither logged nor counted.
pub(crate) const PREFIX: &str = "/_emulator/";

/// Latches by name: a stall that a later request releases.
#[derive(Default)]
pub(crate) struct Latches(Mutex<HashMap<String, Latch>>);

impl Latches {
    pub(crate) fn named(&self, name: &str) -> Latch {
        lock(&self.0).entry(name.to_owned()).or_default().clone()
    }

    pub(crate) fn release(&self, name: &str) -> bool {
        let latch = lock(&self.0).remove(name);
        latch.inspect(Latch::release).is_some()
    }
}

/// A status and what to say.
pub(crate) type Refused = (StatusCode, String);

/// `GET log`: one row a request; `?values=true` shows the values of headers, query, fields and bodies, which hold tokens.
pub(crate) fn log<E: Copy>(
    request: &Request<Bytes>,
    exchanges: &[Exchange<E>],
    name: impl Fn(E) -> &'static str,
) -> Value {
    let query = request.uri().query().unwrap_or_default();
    let values =
        form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name == "values" && value == "true");
    let rows: Vec<Value> = exchanges
        .iter()
        .map(|exchange| log_row(exchange, name(exchange.endpoint), values))
        .collect();
    json!({ "exchanges": rows })
}

/// One request; values of headers, query and fields only when asked for, since they hold tokens.
fn log_row<E>(exchange: &Exchange<E>, endpoint: &'static str, values: bool) -> Value {
    let shown = |pairs: Vec<(String, String)>| -> Value {
        if values {
            json!(pairs)
        } else {
            json!(pairs.into_iter().map(|(name, _)| name).collect::<Vec<_>>())
        }
    };
    let mut row = json!({
        "number": exchange.number,
        "at": utc_text(exchange.at),
        "endpoint": endpoint,
        "method": exchange.method.as_str(),
        "path": exchange.path,
        "query": shown(exchange.query.clone()),
        "headers": shown(header_pairs(&exchange.headers)),
        "form": shown(exchange.form.clone()),
        "surplus": exchange.surplus,
        "body_bytes": exchange.body.len(),
        "status": exchange.status.map(|status| status.as_u16()),
        "fault": exchange.fault.map(FaultId::number),
        "lost": exchange.lost,
    });
    if !exchange.client_faults.is_empty() {
        row["client_faults"] = json!(exchange.client_faults);
    }
    if values {
        row["body"] = json!(String::from_utf8_lossy(&exchange.body));
        row["response_headers"] = json!(header_pairs(&exchange.response_headers));
        row["response_body"] = json!(String::from_utf8_lossy(&exchange.response_body));
    }
    row
}

fn header_pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), text(value)))
        .collect()
}

/// `POST clock {"advance_seconds": n}`.
pub(crate) fn clock(request: &Request<Bytes>, clock: &Clock) -> Result<Value, Refused> {
    #[derive(Deserialize)]
    struct ClockBody {
        advance_seconds: f64,
    }
    let body: ClockBody = read(request)?;
    let seconds = Duration::try_from_secs_f64(body.advance_seconds)
        .map_err(|_| bad("advance_seconds is out of range: use a number from 0"))?;
    clock.advance(seconds);
    Ok(json!({ "now": utc_text(clock.now()) }))
}

/// `POST release {"latch": name}`.
pub(crate) fn release(request: &Request<Bytes>, latches: &Latches) -> Result<Value, Refused> {
    #[derive(Deserialize)]
    struct LatchBody {
        latch: String,
    }
    let body: LatchBody = read(request)?;
    Ok(json!({ "released": latches.release(&body.latch) }))
}

/// The body of `POST faults`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultBody {
    target: String,
    effect: EffectBody,
    #[serde(default = "before")]
    when: String,
    #[serde(default)]
    skip: u32,
    /// Null is without end.
    #[serde(default = "once")]
    times: Option<u32>,
}

impl FaultBody {
    /// The fault, with the target as the provider names it.
    pub(crate) fn into_fault<T>(
        self,
        latches: &Latches,
        target: impl FnOnce(&str) -> Result<T, Refused>,
    ) -> Result<Fault<T>, Refused> {
        let target = target(&self.target)?;
        let mut fault = Fault::new(target, self.effect.into_effect(latches)?).skip(self.skip);
        fault = match self.when.as_str() {
            "before" => fault,
            "after" => fault.after(),
            _ => return Err(bad("when is unknown: use before or after")),
        };
        Ok(match self.times {
            Some(times) => fault.times(times),
            None => fault.always(),
        })
    }
}

fn before() -> String {
    "before".to_owned()
}

#[expect(clippy::unnecessary_wraps, reason = "serde's default has the field's type")]
fn once() -> Option<u32> {
    Some(1)
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum EffectBody {
    Status {
        status: u16,
        retry_after: Option<String>,
    },
    Html {
        status: u16,
    },
    Empty,
    ContentType {
        content_type: String,
    },
    Redirect {
        location: String,
    },
    Body {
        status: u16,
        content_type: String,
        body: String,
    },
    Oversized {
        bytes: usize,
    },
    NonUtf8,
    Drop,
    Cut {
        after: usize,
    },
    Stall {
        latch: String,
    },
    Delay {
        milliseconds: u64,
    },
    Revoke,
}

impl EffectBody {
    fn into_effect(self, latches: &Latches) -> Result<Effect, Refused> {
        Ok(match self {
            Self::Status { status, retry_after } => {
                let headers = match retry_after {
                    Some(value) => vec![(http::header::RETRY_AFTER, header(&value)?)],
                    None => Vec::new(),
                };
                Effect::Status {
                    status: code(status)?,
                    headers,
                }
            }
            Self::Html { status } => Effect::Html(code(status)?),
            Self::Empty => Effect::Empty,
            Self::ContentType { content_type } => Effect::ContentType(header(&content_type)?),
            Self::Redirect { location } => Effect::Redirect(header(&location)?),
            Self::Body {
                status,
                content_type,
                body,
            } => Effect::Body {
                status: code(status)?,
                content_type: header(&content_type)?,
                body: Bytes::from(body),
            },
            Self::Oversized { bytes } => Effect::Oversized(bytes),
            Self::NonUtf8 => Effect::NonUtf8,
            Self::Drop => Effect::Drop,
            Self::Cut { after } => Effect::Cut { after },
            Self::Stall { latch } => Effect::Stall(latches.named(&latch)),
            Self::Delay { milliseconds } => Effect::Delay(Duration::from_millis(milliseconds)),
            Self::Revoke => Effect::Revoke,
        })
    }
}

pub(crate) fn read<T: DeserializeOwned>(request: &Request<Bytes>) -> Result<T, Refused> {
    serde_json::from_slice(request.body()).map_err(|error| bad(format!("the body does not fit: {error}")))
}

fn code(status: u16) -> Result<StatusCode, Refused> {
    StatusCode::from_u16(status).map_err(|_| bad("status is out of range: use 100 to 999"))
}

fn header(value: &str) -> Result<HeaderValue, Refused> {
    HeaderValue::from_str(value).map_err(|_| bad("a header value has characters that headers cannot carry"))
}

pub(crate) fn bad(message: impl Into<String>) -> Refused {
    (StatusCode::BAD_REQUEST, message.into())
}
