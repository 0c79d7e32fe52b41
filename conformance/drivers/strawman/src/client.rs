//! The client: exchanges and calls.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::wire::{Answer, Wire};

/// Names of `--fault`. Those that change a request are in `Wire::spoil`.
pub(crate) const FAULTS: &str = "any-failure-is-final any-token-type bearer-on-token-call believes-any-200 \
    class-from-body drops-new-refresh-token expires-in-forever extra-scope follows-redirects forgets-refresh-token \
    hides-the-wait ids-as-floats ignores-empty-page keeps-nonsense limit-100 never-refreshes-on-401 no-bearer \
    no-client-id nonsense-is-empty offset-by-limit old-paths one-class one-page-more pages-by-number prints-token \
    reads-limit-headers refreshes-always refreshes-on-403 refreshes-twice rejects-null rejects-unknown \
    repeats-what-it-reads resends-writes retires-early retires-refresh-token retries-invalid-grant secret-in-query \
    sends-expired sends-region shares-tokens text-bodies throttle-proves-token token-call-as-json token-call-by-put \
    token-in-query too-many-401s unauthorized-is-death wants-every-member wants-paging wrong-party";
/// The error codes that it reports (RFC 6749, 5.2). Any other text of a server can be anything, a token too.
const CODES: [&str; 6] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];

/// The class, whether the API call was sent, and what happened.
pub(crate) fn failure(class: &str, sent: &str, display: &str) -> Value {
    json!({ "class": class, "sent": sent, "display": display })
}

pub(crate) struct Grant {
    pub(crate) refresh: String,
    pub(crate) access: Option<String>,
    /// Not known for a kept grant without a lifetime.
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) dead: bool,
    generation: u64,
    /// The generation of the last token that the API has accepted, or that came from elsewhere.
    proven: u64,
    since: Timestamp,
}

pub(crate) struct Client {
    identity: String,
    api: String,
    app: String,
    fault: String,
    clock: Mutex<Timestamp>,
    grants: Mutex<HashMap<String, Arc<Mutex<Grant>>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn later(from: Timestamp, seconds: i64) -> Timestamp {
    from.saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(from)
}

impl Client {
    pub(crate) fn new(request: &Value, fault: &str) -> Result<Self, Value> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let clock = text(&request["clock"]).parse();
        Ok(Self {
            identity: text(&request["identity_url"]),
            api: text(&request["api_url"]),
            app: text(&request["app"]["client_id"]),
            fault: fault.to_owned(),
            clock: Mutex::new(clock.map_err(|_| failure("configuration", "no", "clock is no instant"))?),
            grants: Mutex::default(),
        })
    }

    fn broken(&self, fault: &str) -> bool {
        self.fault == fault
    }

    fn answered(&self, class: &str, sent: &str, answer: &Answer) -> Value {
        let mut error = failure(
            class,
            sent,
            &format!("{class}: the server answered {}", answer.status),
        );
        let body = answer.json().unwrap_or_default();
        let given = [&body["error"], &body["error"]["code"]];
        let code = given.into_iter().find_map(Value::as_str);
        let anything = self.broken("repeats-what-it-reads");
        error["status"] = json!(answer.status);
        error["code"] = json!(code.filter(|code| anything || CODES.contains(code)));
        error["request_id"] = json!(answer.request_id.as_ref().filter(|_| anything));
        error["retry_after"] = json!(answer.wait.filter(|_| !self.broken("hides-the-wait")));
        error
    }

    pub(crate) fn now(&self) -> Timestamp {
        *lock(&self.clock)
    }

    pub(crate) fn advance(&self, request: &Value) {
        let by = request["advance_ms"]
            .as_i64()
            .or(request["jump_ms"].as_i64())
            .unwrap_or_default();
        let mut clock = lock(&self.clock);
        *clock = clock
            .saturating_add(SignedDuration::from_millis(by))
            .unwrap_or(*clock);
    }

    fn account<'a>(&self, request: &'a Value) -> &'a str {
        let account = request["account"].as_str().unwrap_or("main");
        if self.broken("shares-tokens") {
            "main"
        } else {
            account
        }
    }

    pub(crate) fn import(&self, request: &Value) -> Result<Value, Value> {
        let refresh = request["refresh"].as_str().unwrap_or_default().trim().to_owned();
        if refresh.is_empty() {
            return Err(failure("configuration", "no", "the refresh token is empty"));
        }
        let access = request["access"].as_str().map(str::to_owned);
        let since = self.now();
        let expires_at = request["expires_in"]
            .as_i64()
            .map(|seconds| later(since, seconds));
        let grant = Grant {
            refresh,
            access,
            expires_at,
            dead: false,
            generation: 0,
            proven: 0,
            since,
        };
        lock(&self.grants).insert(self.account(request).to_owned(), Arc::new(Mutex::new(grant)));
        Ok(json!({}))
    }

    pub(crate) fn grant(&self, request: &Value) -> Result<Arc<Mutex<Grant>>, Value> {
        let grant = lock(&self.grants).get(self.account(request)).cloned();
        grant.ok_or_else(|| failure("configuration", "no", "there is no such account"))
    }

    /// Whether the account has no usable access token right now.
    pub(crate) fn is_stale(&self, request: &Value) -> bool {
        self.grant(request)
            .is_ok_and(|grant| grant.try_lock().map_or(true, |grant| !self.usable(&grant)))
    }

    /// An access token is not used in its last ten seconds.
    fn usable(&self, grant: &Grant) -> bool {
        let early = if self.broken("retires-early") { 60 } else { 10 };
        let good =
            grant.expires_at.is_none_or(|end| later(self.now(), early) < end) || self.broken("sends-expired");
        grant.access.is_some() && good && !self.broken("refreshes-always")
    }

    /// A token and its generation. One exchange at a time; a caller that comes late finds its result.
    fn token(&self, grant: &Mutex<Grant>, rejected: Option<u64>, anew: bool) -> Result<(String, u64), Value> {
        let mut grant = lock(grant);
        let month = Duration::from_secs(30 * 86_400);
        grant.dead |= self.broken("retires-refresh-token") && self.now() > grant.since + month;
        if grant.dead && !self.broken("retries-invalid-grant") {
            return Err(failure("needs_relink", "no", "the grant is dead"));
        }
        let alone = self.broken("refreshes-twice") && (anew || rejected.is_some());
        if !self.usable(&grant) || rejected == Some(grant.generation) || alone {
            self.exchange(&mut grant)?;
            if self.broken("prints-token") {
                let _ = writeln!(
                    io::stderr(),
                    "refreshed: {}",
                    grant.access.as_deref().unwrap_or_default()
                );
            }
        }
        Ok((grant.access.clone().unwrap_or_default(), grant.generation))
    }

    /// Planday, Authorization: Exchanging the Refresh Token for an Access Token.
    fn exchange(&self, grant: &mut Grant) -> Result<(), Value> {
        let fields = [
            ("client_id", &self.app),
            ("grant_type", &"refresh_token".to_owned()),
            ("refresh_token", &grant.refresh),
        ];
        let mut wire = Wire {
            method: "POST",
            url: format!("{}/connect/token", self.identity),
            headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
            body: Some(Serializer::new(String::new()).extend_pairs(fields).finish()),
        };
        wire.spoil(&self.fault, true);
        let sent_at = self.now();
        let result = wire
            .send(self.broken("follows-redirects"))
            .and_then(|answer| self.granted(&answer));
        let granted = result.map_err(|mut error| {
            grant.dead |= error["class"] == "needs_relink" || self.broken("any-failure-is-final");
            // Whatever happens to the exchange, no byte of the API call has left.
            error["sent"] = json!("no");
            error
        })?;
        let lifetime = match &granted["expires_in"] {
            Value::String(text) => text.parse().ok(),
            other => other.as_f64(),
        };
        // An hour is what the documents give; odd numbers are not believed.
        let lifetime = lifetime
            .filter(|seconds| (1.0..1e9).contains(seconds))
            .unwrap_or(3600.0);
        let forever = granted["expires_in"].is_null() && self.broken("expires-in-forever");
        let end = sent_at
            .saturating_add(Duration::from_secs_f64(lifetime))
            .unwrap_or(sent_at);
        grant.expires_at = Some(end).filter(|_| !forever);
        grant.access = granted["access_token"].as_str().map(str::to_owned);
        let renewed = granted["refresh_token"].as_str().unwrap_or_default();
        if self.broken("forgets-refresh-token")
            || !(renewed.is_empty() || self.broken("drops-new-refresh-token"))
        {
            renewed.clone_into(&mut grant.refresh);
        }
        grant.generation += 1;
        Ok(())
    }

    /// What a token answer grants.
    fn granted(&self, answer: &Answer) -> Result<Value, Value> {
        let body = answer.json().unwrap_or_default();
        let class = match (answer.status, body["error"].as_str()) {
            (200..=299, None) => "",
            (200..=299, _) if self.broken("believes-any-200") => "",
            (_, Some("invalid_client" | "unauthorized_client")) if !self.broken("wrong-party") => {
                "connector_misconfigured"
            }
            (_, Some(code)) if code == "invalid_grant" || self.broken("wrong-party") => "needs_relink",
            (429, _) => "rate_limited",
            (500..=599, _) => "unavailable",
            (200..=399, _) => "decode",
            _ => "unauthorized",
        };
        let granted = if body["token"].is_object() {
            &body["token"]
        } else {
            &body
        };
        let text = |name: &str| granted[name].as_str().filter(|text| !text.is_empty());
        let bearer = text("token_type").is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
        let complete = !self.broken("wants-every-member") || text("scope").is_some();
        let known = !self.broken("rejects-unknown") || granted.get("member_unknown_to_clients").is_none();
        let whole = text("access_token").is_some() || self.broken("keeps-nonsense");
        match class {
            "" if whole && complete && known && (bearer || self.broken("any-token-type")) => {
                Ok(granted.clone())
            }
            "" => Err(self.answered("decode", "no", answer)),
            class => Err(self.answered(class, "no", answer)),
        }
    }

    /// One API call of the protocol. `stale`: the token was not usable when the request came in.
    pub(crate) fn call(&self, request: &Value, mut stale: bool) -> Result<Value, Value> {
        let grant = self.grant(request)?;
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let params = request["params"].as_object().cloned().unwrap_or_default();
        let (inside, mut query): (Vec<_>, Vec<_>) = params
            .iter()
            .map(|(name, value)| (name.clone(), text(value)))
            .partition(|(name, _)| ["id", "employeeId"].contains(&name.as_str()));
        let operation = request["operation"].as_str().unwrap_or_default();
        let (what, verb) = operation.split_once('.').unwrap_or_default();
        let (method, path) = match (what, verb) {
            ("portal", "info") => ("GET", "/portal/v1.0/info".to_owned()),
            (_, "list") => ("GET", format!("/hr/v1.0/{what}")),
            ("departments", "create") => ("POST", "/hr/v1.0/departments".to_owned()),
            _ => {
                let method = match verb {
                    "get" => "GET",
                    "update" => "PUT",
                    "delete" => "DELETE",
                    _ => return Err(failure("unsupported", "no", "this operation is not known")),
                };
                let id = inside.first().map_or("", |(_, id)| id);
                (method, format!("/hr/v1.0/{what}/{id}"))
            }
        };
        let body = Some(&request["body"])
            .filter(|body| !body.is_null())
            .map(Value::to_string);
        let listing = verb == "list";
        let mut items: Vec<Value> = Vec::new();
        let mut empty_pages = 0;
        loop {
            let tail = Serializer::new(String::new()).extend_pairs(&query).finish();
            let mark = if tail.is_empty() { "" } else { "?" };
            let url = format!("{}{path}{mark}{tail}", self.api);
            let answer = self.authorized(&grant, method, &url, body.as_ref(), stale)?;
            stale = false;
            let nothing = answer.body.is_empty() && !listing || self.broken("nonsense-is-empty");
            let page = answer.json().or(nothing.then_some(Value::Null));
            let page = page.ok_or_else(|| self.answered("decode", "yes", &answer))?;
            let total = page["paging"]["total"].as_u64().unwrap_or_default();
            if listing && self.broken("wants-paging") && page["paging"].is_null() {
                return Err(self.answered("decode", "yes", &answer));
            }
            let rows = match &page["data"] {
                Value::Array(rows) => rows.clone(),
                Value::Null if listing && !self.broken("nonsense-is-empty") => {
                    return Err(self.answered("decode", "yes", &answer));
                }
                Value::Null => Vec::new(),
                one => vec![one.clone()],
            };
            let spoilt = |row: &Value| {
                self.broken("rejects-null")
                    && row
                        .as_object()
                        .is_some_and(|row| row.values().any(Value::is_null))
                    || self.broken("rejects-unknown") && page.get("member_unknown_to_clients").is_some()
            };
            if rows.iter().any(spoilt) {
                return Err(self.answered("decode", "yes", &answer));
            }
            empty_pages += usize::from(rows.is_empty());
            items.extend(rows);
            let seen = items.len() as u64;
            let more = seen < total || self.broken("one-page-more") && seen == total && total > 0;
            let ends = empty_pages > usize::from(self.broken("ignores-empty-page"));
            if !listing || request["options"]["all_pages"] != true || ends || !more {
                break;
            }
            let offset = if self.broken("offset-by-limit") {
                seen.next_multiple_of(50)
            } else {
                seen
            };
            query.retain(|(name, _)| name != "offset");
            query.push(("offset".to_owned(), offset.to_string()));
        }
        let float = |id: &Value| {
            if self.broken("ids-as-floats") {
                json!(id.as_f64())
            } else {
                id.clone()
            }
        };
        let ids: Vec<Value> = items
            .iter()
            .filter_map(|item| item.get("id").map(float))
            .collect();
        Ok(json!({ "count": items.len(), "ids": ids, "item": items.first() }))
    }

    /// Sends with a good token, and once more with a new one if the first was refused.
    fn authorized(
        &self,
        grant: &Mutex<Grant>,
        method: &'static str,
        url: &str,
        body: Option<&String>,
        stale: bool,
    ) -> Result<Answer, Value> {
        let (mut rejected, mut refusals) = (None, 0);
        loop {
            let (token, generation) = self.token(grant, rejected, stale && refusals == 0)?;
            let mut headers = vec![
                ("authorization", format!("Bearer {token}")),
                ("x-clientid", self.app.clone()),
            ];
            headers.extend(body.map(|_| ("content-type", "application/json".to_owned())));
            let mut wire = Wire {
                method,
                url: url.to_owned(),
                headers,
                body: body.cloned(),
            };
            wire.spoil(&self.fault, false);
            let mut sent = wire.send(self.broken("follows-redirects"));
            if self.broken("resends-writes") && sent.as_ref().map_or(true, |answer| answer.status >= 500) {
                sent = wire.send(false);
            }
            let answer = sent?;
            let proven = {
                let mut grant = lock(grant);
                // A throttle or a fault has not looked at the token.
                let seen = matches!(answer.status, 200..=400 | 402..=428)
                    || answer.status == 429 && self.broken("throttle-proves-token");
                if seen && grant.generation == generation {
                    grant.proven = generation;
                }
                grant.proven >= generation
            };
            let again = match answer.status {
                401 if self.broken("too-many-401s") => refusals < 3,
                401 => refusals == 0 && proven && !self.broken("never-refreshes-on-401"),
                403 => refusals == 0 && self.broken("refreshes-on-403"),
                _ => false,
            };
            if again {
                refusals += 1;
                rejected = Some(generation);
                continue;
            }
            lock(grant).dead |= answer.status == 401 && self.broken("unauthorized-is-death");
            let odd = self.broken("reads-limit-headers")
                && answer.limit.split(',').any(|part| !part.contains(";w="));
            let class = match answer.status {
                200..=299 if !odd => return Ok(answer),
                400.. if self.broken("class-from-body") && answer.json().is_none() => "decode",
                400.. if self.broken("one-class") => "configuration",
                401 => "unauthorized",
                403 => "forbidden",
                404 => "not_found",
                400 | 409 | 422 => "validation",
                429 => "rate_limited",
                500.. => "unavailable",
                _ => "decode",
            };
            return Err(self.answered(class, "yes", &answer));
        }
    }
}
