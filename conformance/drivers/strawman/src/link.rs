//! The partner flow: authorize URL, callback, exchange of the code, and whose grant it is.

use std::io::{self, Write};
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use serde_json::{Value, json};
use url::form_urlencoded::{Serializer, parse};

use crate::client::{Client, lock};
use crate::clock::later;
use crate::grant::Grant;
use crate::output::failure;
use crate::random;
use crate::wire::{Kind, Wire};

/// How long the customer may take.
const PATIENCE_SECONDS: i64 = 3600;
/// Parameters of a callback that must not repeat themselves (RFC 6749, 3.1).
const KNOWN: [&str; 6] = ["code", "state", "error", "error_description", "error_uri", "iss"];

pub(crate) struct Attempt {
    state: String,
    verifier: Option<String>,
    redirect_uri: String,
    ends: Timestamp,
    used: bool,
}

fn invalid(text: &str) -> Value {
    failure("callback_invalid", "no", text)
}

impl Client {
    /// Planday, Authorization flow: the authorize URL.
    pub(crate) fn authorize_url(&self, request: &Value) -> Result<Value, Value> {
        let wrong = |text| Err(failure("configuration", "no", text));
        let redirect_uri = request["redirect_uri"].as_str().unwrap_or_default();
        let registered = self.redirect_uris.iter().any(|known| known == redirect_uri);
        if !(registered || self.broken("any-redirect-uri")) {
            return wrong("the redirect URI is not registered");
        }
        if self.scopes.is_empty() && !self.broken("authorizes-without-scopes") {
            return wrong("the scopes are not set");
        }
        let attempt = Attempt {
            state: if self.broken("constant-state") {
                "c3RhdGUtYXMtYWx3YXlzLXRoZS1zYW1l".to_owned()
            } else {
                random::text()?
            },
            verifier: match self.pkce || self.broken("pkce-always") {
                true if self.broken("constant-verifier") => {
                    Some("dmVyaWZpZXItYXMtYWx3YXlzLXRoZS1zYW1lLW9uZS10b28".to_owned())
                }
                true if self.broken("short-verifier") => Some(random::text()?[..20].to_owned()),
                true => Some(random::text()?),
                false => None,
            },
            redirect_uri: redirect_uri.to_owned(),
            ends: later(self.now(), PATIENCE_SECONDS),
            used: false,
        };
        let mut url = Serializer::new(format!("{}{}?", self.identity, self.authorize_path()));
        let kind = if self.broken("asks-for-token") {
            "token"
        } else {
            "code"
        };
        url.append_pair("client_id", &self.app)
            .append_pair("response_type", kind)
            .append_pair("redirect_uri", redirect_uri);
        if !self.broken("omits-scope") {
            url.append_pair("scope", &self.requested());
        }
        if !self.broken("no-state") {
            url.append_pair("state", &attempt.state);
        }
        if self.broken("repeats-parameter") {
            url.append_pair("state", &attempt.state);
        }
        if let Some(verifier) = &attempt.verifier {
            let refused = self.broken("retries-with-plain") && self.was_refused.load(Ordering::SeqCst);
            let (challenge, method) = if self.broken("plain-challenge") || refused {
                (verifier.clone(), "plain")
            } else if self.broken("padded-challenge") {
                (random::s256(verifier) + "=", "S256")
            } else {
                (random::s256(verifier), "S256")
            };
            url.append_pair("code_challenge", &challenge)
                .append_pair("code_challenge_method", method);
        }
        if self.broken("prints-state") {
            let _ = writeln!(io::stderr(), "state: {}", attempt.state);
        }
        let name = request["attempt"].as_str().unwrap_or("main").to_owned();
        lock(&self.attempts).insert(name, attempt);
        Ok(json!({ "url": url.finish() }))
    }

    fn authorize_path(&self) -> &'static str {
        if self.broken("other-authorize-path") {
            "/connect/authorize/"
        } else {
            "/connect/authorize"
        }
    }

    /// The connector's scopes, and the two that every app needs.
    fn requested(&self) -> String {
        let mut scopes: Vec<&str> = if self.broken("no-offline-access") {
            Vec::new()
        } else {
            vec!["openid", "offline_access"]
        };
        for scope in &self.scopes {
            if !scopes.contains(&scope.as_str()) {
                scopes.push(scope);
            }
        }
        scopes.join(if self.broken("scopes-by-comma") { "," } else { " " })
    }

    /// The browser is back: checks the callback, exchanges the code, and links the account.
    pub(crate) fn callback(&self, request: &Value) -> Result<Value, Value> {
        let url = request["url"].as_str().unwrap_or_default();
        let query = url.split_once('?').map_or("", |(_, rest)| rest);
        let query = query.split('#').next().unwrap_or_default();
        let pairs: Vec<(String, String)> = parse(query.as_bytes()).into_owned().collect();
        let value = |name: &str| {
            let found = pairs.iter().find(|(given, _)| given == name);
            found.map(|(_, value)| value.as_str())
        };
        let repeated = |name: &str| pairs.iter().filter(|(given, _)| given == name).count() > 1;
        if !self.broken("first-of-repeated") && KNOWN.into_iter().any(repeated) {
            return Err(invalid("a parameter is there twice"));
        }
        let unknown = pairs.iter().any(|(name, _)| !KNOWN.contains(&name.as_str()));
        if unknown && self.broken("callback-rejects-unknown") {
            return Err(invalid("a parameter is not known"));
        }
        let name = request["attempt"].as_str().unwrap_or("main");
        let (redirect_uri, verifier) = self.match_attempt(name, value("state"))?;
        if let (Some(given), Some(own)) = (value("iss"), &self.issuer)
            && given != own
            && !self.broken("ignores-iss")
        {
            return Err(invalid("another server has answered"));
        }
        let code = value("code").filter(|code| !code.is_empty());
        match value("error") {
            Some(_) if code.is_some() && !self.broken("exchanges-on-error") => {
                return Err(invalid("there is both a code and an error"));
            }
            Some(error) if !self.broken("exchanges-on-error") => {
                self.use_up(name);
                self.was_refused.store(true, Ordering::SeqCst);
                let mut refusal = failure(
                    "authorization_refused",
                    "no",
                    "the customer or the provider said no",
                );
                refusal["code"] = json!(self.code(Some(error)));
                return Err(refusal);
            }
            _ => {}
        }
        let code = code
            .or(self.broken("exchanges-on-error").then_some("none"))
            .ok_or_else(|| invalid("there is no code"))?;
        self.use_up(name);
        self.exchange(self.account(request), code, &redirect_uri, verifier.as_deref())
    }

    fn use_up(&self, name: &str) {
        if let Some(attempt) = lock(&self.attempts).get_mut(name) {
            attempt.used = !self.broken("code-twice");
        }
    }

    /// The redirect URI and the verifier of the attempt that this state belongs to.
    fn match_attempt(&self, name: &str, state: Option<&str>) -> Result<(String, Option<String>), Value> {
        let attempts = lock(&self.attempts);
        let attempt = attempts
            .get(name)
            .ok_or_else(|| invalid("no such attempt was begun"))?;
        if attempt.used {
            return Err(invalid("this attempt has ended"));
        }
        if self.now() >= attempt.ends {
            return Err(invalid("this attempt has expired"));
        }
        match state {
            _ if self.broken("ignores-state") => {}
            None if self.broken("state-may-be-missing") => {}
            Some(state) if state == attempt.state => {}
            _ => return Err(invalid("the state is not that of the attempt")),
        }
        Ok((attempt.redirect_uri.clone(), attempt.verifier.clone()))
    }

    fn exchange(
        &self,
        account: &str,
        code: &str,
        redirect_uri: &str,
        verifier: Option<&str>,
    ) -> Result<Value, Value> {
        let other = format!("{redirect_uri}/");
        let redirect_uri = if self.broken("other-redirect-in-exchange") {
            &other
        } else {
            redirect_uri
        };
        let mut fields = vec![
            ("client_id", self.app.as_str()),
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
        ];
        fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        let sent_at = self.now();
        let mut exchanged = self.token_call(&fields);
        if exchanged.is_err() && self.broken("retries-code") {
            exchanged = self.token_call(&fields);
        }
        let granted = exchanged.map_err(|mut error| {
            if error["class"] == "needs_relink" {
                error["class"] = json!("authorization_refused");
            }
            error
        })?;
        let refresh = granted["refresh_token"].as_str().unwrap_or_default();
        if refresh.is_empty() {
            return Err(failure("decode", "no", "the answer has no refresh token"));
        }
        let mut grant = Grant::new(refresh.to_owned(), None, sent_at);
        self.take(&mut grant, &granted, sent_at);
        if self.broken("drops-first-refresh-token") {
            "none".clone_into(&mut grant.refresh);
        }
        self.confirm(account, &mut grant).map_err(|error| {
            if error["class"] == "identity_mismatch" && !self.broken("leaves-stray-grant") {
                // What nobody wants is given back; the mismatch is the news, whatever comes of that.
                let _ = self.give_back(&grant);
            }
            error
        })?;
        let given = granted["scope"].as_str();
        let scopes = given
            .filter(|_| !self.broken("requested-scope-wins"))
            .map_or_else(|| self.requested(), str::to_owned);
        let portal: Option<i64> = grant.portal.as_ref().and_then(|portal| portal.parse().ok());
        let scopes: Vec<&str> = scopes.split(' ').filter(|scope| !scope.is_empty()).collect();
        let linked = json!({ "account": account, "portal": portal, "scopes": scopes });
        let again = lock(&self.grants).contains_key(account);
        if !(again && self.broken("keeps-first-grant")) {
            self.keep(account, grant);
        }
        Ok(linked)
    }

    /// Asks whose grant it is, and pins it; an account stays with its portal.
    pub(crate) fn confirm(&self, account: &str, grant: &mut Grant) -> Result<(), Value> {
        let mut wire = Wire {
            method: "GET",
            url: format!("{}/portal/v1.0/info", self.api),
            headers: vec![
                (
                    "authorization",
                    format!("Bearer {}", grant.access.as_deref().unwrap_or_default()),
                ),
                ("x-clientid", self.app.clone()),
            ],
            body: None,
        };
        wire.spoil(&self.fault, Kind::Api);
        self.pace.admit(account, &self.clock, &self.fault);
        let answer = wire.send(self.broken("follows-redirects"))?;
        let class = match answer.status {
            401 => "unauthorized",
            403 => "forbidden",
            429 => "rate_limited",
            500.. => "unavailable",
            _ => "decode",
        };
        let body = answer.json().unwrap_or_default();
        let portal = body["data"]["id"].as_i64().filter(|_| answer.status < 300);
        let portal = portal
            .ok_or_else(|| self.answered(class, "yes", &answer))?
            .to_string();
        let pinned = lock(&self.grants)
            .get(account)
            .and_then(|known| lock(known).portal.clone());
        if pinned.is_some_and(|pinned| pinned != portal) && !self.broken("relinks-any-portal") {
            return Err(failure(
                "identity_mismatch",
                "yes",
                "the grant is for another portal",
            ));
        }
        grant.portal = Some(portal);
        grant.proven = grant.generation;
        Ok(())
    }
}
