//! The client: its set-up, its accounts, its errors.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clock::{Clock, later};
use crate::fault::Fault;
use crate::grant::Grant;
use crate::link::Attempt;
use crate::output::failure;
use crate::pace::Pace;
use crate::set_up;
use crate::wire::Answer;

/// The error codes that it reports (RFC 6749, 4.1.2.1 and 5.2). Any other text of a server can be anything, a token too.
const CODES: [&str; 10] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "invalid_scope",
    "access_denied",
    "server_error",
    "temporarily_unavailable",
];

pub(crate) struct Client {
    pub(crate) identity: String,
    pub(crate) api: String,
    pub(crate) issuer: Option<String>,
    pub(crate) app: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) pkce: bool,
    pub(crate) fault: Fault,
    pub(crate) clock: Clock,
    pub(crate) pace: Pace,
    pub(crate) grants: Mutex<HashMap<String, Arc<Mutex<Grant>>>>,
    pub(crate) attempts: Mutex<HashMap<String, Attempt>>,
    /// Whether some account of the app was refused something (a fault takes it for all of them).
    pub(crate) refused: AtomicBool,
    /// Whether an authorization was refused (a fault then tries without a hash).
    pub(crate) was_refused: AtomicBool,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Client {
    pub(crate) fn new(request: &Value, fault: &Fault) -> Result<Self, Value> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let texts = |value: &Value| -> Vec<String> {
            let list = value.as_array().into_iter().flatten();
            list.map(text).collect()
        };
        let app = &request["app"];
        let clock = text(&request["clock"]).parse();
        let (scopes, redirect_uris) = (texts(&app["scopes"]), texts(&app["redirect_uris"]));
        set_up::check(&scopes, &redirect_uris, fault)?;
        Ok(Self {
            identity: text(&request["identity_url"]),
            api: text(&request["api_url"]),
            issuer: request["issuer"].as_str().map(str::to_owned),
            app: text(&app["client_id"]),
            scopes,
            redirect_uris,
            pkce: app["pkce"] == true,
            fault: fault.clone(),
            clock: Clock::at(clock.map_err(|_| failure("configuration", "no", "clock is no instant"))?),
            pace: Pace::default(),
            grants: Mutex::default(),
            attempts: Mutex::default(),
            refused: AtomicBool::new(false),
            was_refused: AtomicBool::new(false),
        })
    }

    pub(crate) fn broken(&self, fault: &'static str) -> bool {
        self.fault.is(fault)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A code that may be shown.
    pub(crate) fn code<'a>(&self, code: Option<&'a str>) -> Option<&'a str> {
        code.filter(|code| self.broken("repeats-what-it-reads") || CODES.contains(code))
    }

    pub(crate) fn answered(&self, class: &str, sent: &str, answer: &Answer) -> Value {
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
        error["code"] = json!(self.code(code));
        error["request_id"] = json!(answer.request_id.as_ref().filter(|_| anything));
        error["retry_after"] = json!(answer.wait.filter(|_| !self.broken("hides-the-wait")));
        error
    }

    pub(crate) fn account<'a>(&self, request: &'a Value) -> &'a str {
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
        let mut grant = Grant {
            expires_at,
            ..Grant::new(refresh, access, since)
        };
        if request["verify"] == true {
            self.refresh(&mut grant)?;
            self.confirm(self.account(request), &mut grant)?;
        }
        self.keep(self.account(request), grant);
        Ok(json!({}))
    }

    /// Keeps a grant; what was derived from an older one is gone.
    pub(crate) fn keep(&self, account: &str, grant: Grant) {
        let mut grants = lock(&self.grants);
        grants.retain(|name, _| !name.starts_with(&format!("{account}/")));
        grants.insert(account.to_owned(), Arc::new(Mutex::new(grant)));
    }

    /// The grant of an account, or of a child portal of it.
    pub(crate) fn grant(&self, request: &Value) -> Result<Arc<Mutex<Grant>>, Value> {
        let account = self.account(request);
        let mut grants = lock(&self.grants);
        let own = grants.get(account).cloned();
        let own = own.ok_or_else(|| failure("configuration", "no", "there is no such account"))?;
        let Some(portal) = request["portal"].as_i64() else {
            return Ok(own);
        };
        let child = grants
            .entry(format!("{account}/{portal}"))
            .or_insert_with(|| Arc::new(Mutex::new(Grant::child(own, portal.to_string(), self.now()))));
        Ok(Arc::clone(child))
    }
}
