//! Callbacks: made and signed here, delivered by whoever tests. Nothing leaves the machine.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

use super::events::callback_time;
use super::operations::{Webhook, set_status};
use super::signature::sign;
use crate::lock::lock;
use crate::smartsheet::api::merge;
use crate::smartsheet::emulator::Emulator;
use crate::smartsheet::log::Endpoint;
use crate::smartsheet::options::{Options, Verification};
use crate::smartsheet::region::{Region, of_origin, split};
use crate::smartsheet::routes::{Operation, path_ids};
use crate::smartsheet::state::Data;

/// How often a callback is tried before its webhook is disabled.
const MOST_TRIES: u32 = 14;

/// A callback is challenged anew after this many.
const CHALLENGE_EVERY: u32 = 100;

/// A callback as Smartsheet would send it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Callback {
    /// The webhook.
    pub webhook_id: i64,
    /// Where it goes.
    pub url: String,
    /// Its headers: `Smartsheet-Hmac-SHA256`, `Smartsheet-Hook-Id`, and the custom ones; a challenge has
    /// `Smartsheet-Hook-Challenge` instead of a signature.
    pub headers: Vec<(String, String)>,
    /// Its body, exactly as it was signed.
    pub body: Bytes,
    pub(crate) tries: u32,
}

impl Callback {
    /// The request that Smartsheet would send; `None` when a custom header or the address cannot be sent at all.
    pub fn request(&self) -> Option<Request<Bytes>> {
        let mut request = Request::post(&self.url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(self.body.clone()).ok()
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback")
            .field("webhook_id", &self.webhook_id)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

type Answering = dyn Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync;

/// Who answers challenges.
#[derive(Clone, Default)]
pub(crate) struct Receiver(Arc<Mutex<Option<Arc<Answering>>>>);

/// Queues a callback with these members beside the common ones.
pub(crate) fn callback(
    data: &mut Data,
    webhook: &Webhook,
    members: &Value,
    now: SystemTime,
    options: &Options,
) {
    let made = loop {
        let mut body = json!({
            "nonce": data.reference(),
            "timestamp": callback_time(now, options.offset_without_colon),
            "webhookId": webhook.id,
            "scope": "sheet",
            "scopeObjectId": webhook.sheet,
        });
        merge(&mut body, members.clone());
        let body = body.to_string();
        let signature = sign(&webhook.secret, body.as_bytes());
        // A nonce decides: one in sixteen will do.
        if !options.leading_zero_signatures || signature.starts_with('0') {
            break Callback {
                webhook_id: webhook.id,
                url: webhook.callback_url.clone(),
                headers: headers(webhook, "Smartsheet-Hmac-SHA256", signature),
                body: Bytes::from(body),
                tries: 0,
            };
        }
    };
    data.callbacks.push(made);
}

fn headers(webhook: &Webhook, name: &str, value: String) -> Vec<(String, String)> {
    let custom = webhook.custom_headers.iter();
    [
        (
            "Content-Type".to_owned(),
            "application/json; charset=UTF-8".to_owned(),
        ),
        ("Smartsheet-Hook-Id".to_owned(), webhook.id.to_string()),
        (name.to_owned(), value),
    ]
    .into_iter()
    .chain(custom.map(|(name, value)| (name.clone(), value.clone())))
    .collect()
}

/// The verification request, and the value that must come back.
fn challenge(data: &mut Data, webhook: &Webhook) -> (Callback, String) {
    let value = data.tokens.random_text(36);
    let body = json!({ "challenge": value, "webhookId": webhook.id });
    let callback = Callback {
        webhook_id: webhook.id,
        url: webhook.callback_url.clone(),
        headers: headers(webhook, "Smartsheet-Hook-Challenge", value.clone()),
        body: Bytes::from(body.to_string()),
        tries: 0,
    };
    (callback, value)
}

/// 200, with the value in a header or in the body.
fn answered(response: &Response<Bytes>, value: &str) -> bool {
    let header = response.headers().get("smartsheet-hook-response");
    let body: Option<Value> = serde_json::from_slice(response.body()).ok();
    let in_body = body.is_some_and(|body| body["smartsheetHookResponse"] == value);
    let in_header = header.is_some_and(|header| header.as_bytes() == value.as_bytes());
    response.status() == StatusCode::OK && (in_header || in_body)
}

impl Emulator {
    /// Lets `receiver` answer the challenge of a webhook that is being enabled, in place of
    /// [`Options::verification`](field@Options::verification). It is called before the request that enables is
    /// processed, and may call the emulator itself.
    pub fn answer_challenges<F>(&self, receiver: F)
    where
        F: Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    {
        *lock(&self.receiver.0) = Some(Arc::new(receiver));
    }

    /// The region and webhook of a request that enables one, if somebody answers challenges.
    pub(crate) fn challenged(&self, endpoint: Endpoint, request: &Request<Bytes>) -> Option<(Region, i64)> {
        let enables = endpoint == Endpoint::Api(Some(Operation::UpdateWebhook))
            && lock(&self.receiver.0).is_some()
            && serde_json::from_slice::<Value>(request.body()).is_ok_and(|body| body["enabled"] == true);
        if !enables {
            return None;
        }
        let host = crate::engine::host(request.uri(), request.headers());
        let by_host = of_origin(host.as_ref().map_or("", |host| host.as_str())).0;
        let by_path = split(request.uri().path()).0;
        let region = by_host
            .or(by_path)
            .unwrap_or_else(|| self.read(|state| state.home));
        let ids = path_ids(Operation::UpdateWebhook, request.uri().path());
        Some((region, ids.first()?.parse().ok()?))
    }

    /// Asks the receiver, and keeps what it says for the request. The world is not locked meanwhile.
    pub(crate) fn challenge(&self, region: Region, id: i64) {
        let Some(receiver) = lock(&self.receiver.0).clone() else {
            return;
        };
        let made = self.change(|state| {
            let data = state.data(region);
            let webhook = data.webhooks.get(&id)?.clone();
            Some(challenge(data, &webhook))
        });
        let Some((callback, value)) = made else { return };
        let said = callback.request().map(|request| receiver(request));
        let verdict = said.is_some_and(|response| answered(&response, &value));
        self.change(|state| state.verdicts.insert((region, id), verdict));
    }

    /// Takes the callbacks that wait in a region, oldest first; nothing is retried or disabled then.
    pub fn take_callbacks(&self, region: Region) -> Vec<Callback> {
        self.change(|state| std::mem::take(&mut state.data(region).callbacks))
    }

    /// Delivers what waits in a region to `receiver`, and heeds its answers as Smartsheet does: 200 is heard; 4xx but
    /// 410, and 5xx, are tried again with the next call, up to 14 times in all; anything else disables the webhook. After
    /// every hundred callbacks comes a challenge. How many were heard.
    pub fn deliver_callbacks(
        &self,
        region: Region,
        mut receiver: impl FnMut(Request<Bytes>) -> Response<Bytes>,
    ) -> usize {
        let mut heard = 0;
        for mut callback in self.take_callbacks(region) {
            let id = callback.webhook_id;
            let due = self.change(|state| due_challenge(state.data(region), id));
            if let Some((challenge, value)) = due {
                let said = challenge.request().map(&mut receiver);
                if !said.is_some_and(|response| answered(&response, &value)) {
                    self.disable(region, id, "DISABLED_VERIFICATION_FAILED");
                    continue;
                }
            }
            let status = callback.request().map(|request| receiver(request).status());
            callback.tries += 1;
            match status {
                Some(StatusCode::OK) => {
                    heard += 1;
                    let now = self.clock().now();
                    self.change(|state| {
                        if let Some(webhook) = state.data(region).webhooks.get_mut(&id) {
                            webhook.delivered += 1;
                            webhook.last_success = Some(now);
                        }
                    });
                }
                Some(status)
                    if callback.tries < MOST_TRIES
                        && (status.is_server_error()
                            || status.is_client_error() && status != StatusCode::GONE) =>
                {
                    self.change(|state| state.data(region).callbacks.push(callback));
                }
                _ => self.disable(region, id, "DISABLED_CALLBACK_FAILED"),
            }
        }
        heard
    }

    fn disable(&self, region: Region, id: i64, status: &'static str) {
        let now = self.clock().now();
        self.change(|state| {
            let options = state.options.clone();
            let data = state.data(region);
            // What happens while it is disabled is lost, and so is what waited.
            data.callbacks.retain(|callback| callback.webhook_id != id);
            set_status(data, id, status, now, &options);
        });
    }
}

fn due_challenge(data: &mut Data, id: i64) -> Option<(Callback, String)> {
    let webhook = data.webhooks.get(&id)?.clone();
    let due = webhook.delivered > 0 && webhook.delivered.is_multiple_of(CHALLENGE_EVERY);
    due.then(|| challenge(data, &webhook))
}

/// What enabling comes to.
pub(crate) fn verdict(said: Option<bool>, options: &Options) -> bool {
    said.unwrap_or(options.verification == Verification::Succeeds)
}
