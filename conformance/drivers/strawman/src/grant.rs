//! Grants and their tokens: the refresh exchange, and the exchange for a child portal.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::client::{Client, lock};
use crate::clock::later;
use crate::output::failure;
use crate::wire::{Answer, Kind, Wire};

/// The token endpoint's name for an exchange into a child portal.
const CHILD_GRANT: &str = "token_exchange";
const CHILD_GRANT_OF_THE_RFC: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

pub(crate) struct Grant {
    pub(crate) refresh: String,
    pub(crate) access: Option<String>,
    /// Not known for a kept grant without a lifetime.
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) dead: bool,
    /// The portal that this grant was linked to.
    pub(crate) portal: Option<String>,
    /// A child portal's credential is traded for the parent's access token.
    pub(crate) parent: Option<Arc<Mutex<Self>>>,
    pub(crate) generation: u64,
    /// The generation of the last token that the API has accepted, or that came from elsewhere.
    pub(crate) proven: u64,
    pub(crate) since: Timestamp,
}

impl Grant {
    pub(crate) fn new(refresh: String, access: Option<String>, since: Timestamp) -> Self {
        Self {
            refresh,
            access,
            expires_at: None,
            dead: false,
            portal: None,
            parent: None,
            generation: 0,
            proven: 0,
            since,
        }
    }

    /// Nothing but a way to a credential.
    pub(crate) fn child(parent: Arc<Mutex<Self>>, portal: String, since: Timestamp) -> Self {
        Self {
            portal: Some(portal),
            parent: Some(parent),
            ..Self::new(String::new(), None, since)
        }
    }
}

impl Client {
    /// Whether the account has no usable access token right now.
    pub(crate) fn is_stale(&self, request: &Value) -> bool {
        self.grant(request)
            .is_ok_and(|grant| grant.try_lock().map_or(true, |grant| !self.usable(&grant)))
    }

    /// An access token is not used in its last ten seconds.
    fn usable(&self, grant: &Grant) -> bool {
        let early = if self.broken("retires-early") { 60 } else { 10 };
        let for_ever =
            self.broken("sends-expired") || self.broken("child-for-ever") && grant.parent.is_some();
        let good = for_ever || grant.expires_at.is_none_or(|end| later(self.now(), early) < end);
        grant.access.is_some() && good && !self.broken("refreshes-always")
    }

    /// A token and its generation. One exchange at a time; a caller that comes late finds its result.
    pub(crate) fn token(
        &self,
        grant: &Mutex<Grant>,
        rejected: Option<u64>,
        anew: bool,
    ) -> Result<(String, u64), Value> {
        let mut grant = lock(grant);
        let month = Duration::from_secs(30 * 86_400);
        grant.dead |= self.broken("retires-refresh-token") && self.now() > grant.since + month;
        let orphan = grant.parent.as_ref().is_some_and(|parent| lock(parent).dead);
        if (grant.dead || orphan) && !self.broken("retries-invalid-grant") {
            return Err(failure("needs_relink", "no", "the grant is dead"));
        }
        if let (Some(parent), true) = (&grant.parent, self.broken("child-with-parents-token")) {
            return self.token(&Arc::clone(parent), None, false);
        }
        let alone = self.broken("refreshes-twice") && (anew || rejected.is_some());
        if !self.usable(&grant) || rejected == Some(grant.generation) || alone {
            match grant.parent.clone() {
                Some(parent) => self.derive(&mut grant, &parent)?,
                None => self.refresh(&mut grant)?,
            }
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
    pub(crate) fn refresh(&self, grant: &mut Grant) -> Result<(), Value> {
        let fields = [
            ("client_id", self.app.as_str()),
            ("grant_type", "refresh_token"),
            ("refresh_token", &grant.refresh),
        ];
        let sent_at = self.now();
        let granted = self.token_call(&fields).map_err(|error| {
            grant.dead |= error["class"] == "needs_relink" || self.broken("any-failure-is-final");
            error
        })?;
        self.take(grant, &granted, sent_at);
        Ok(())
    }

    /// A parent's access token for a child's: observed in a client, in no document.
    fn derive(&self, grant: &mut Grant, parent: &Mutex<Grant>) -> Result<(), Value> {
        let (subject, _) = self.token(parent, None, false)?;
        let own_refresh = lock(parent).refresh.clone();
        let grant_type = if self.broken("child-by-urn") {
            CHILD_GRANT_OF_THE_RFC
        } else {
            CHILD_GRANT
        };
        let subject = if self.broken("child-by-refresh-token") {
            &own_refresh
        } else {
            &subject
        };
        let portal = grant.portal.clone().unwrap_or_default();
        let mut fields = vec![
            ("client_id", self.app.as_str()),
            ("grant_type", grant_type),
            ("subject_token_type", "openapi:access_token"),
            ("subject_token", subject),
            ("resource", &portal),
        ];
        if self.broken("child-with-requested-scope") {
            fields.push(("scope", "department:read"));
        }
        if self.broken("refreshes-derived") && grant.access.is_some() {
            fields = vec![
                ("client_id", self.app.as_str()),
                ("grant_type", "refresh_token"),
                ("refresh_token", &own_refresh),
            ];
        }
        let sent_at = self.now();
        let granted = self.token_call(&fields).map_err(|mut error| {
            lock(parent).dead |= self.broken("child-refusal-kills-parent");
            // That this portal is out of reach says nothing about the parent's grant.
            if error["class"] == "needs_relink" {
                error["class"] = json!("unauthorized");
            }
            error
        })?;
        self.take(grant, &granted, sent_at);
        grant.refresh.clear();
        if self.broken("child-replaces-parent") {
            lock(parent).access.clone_from(&grant.access);
        }
        Ok(())
    }

    /// One POST to the token endpoint, and what it grants.
    pub(crate) fn token_call(&self, fields: &[(&str, &str)]) -> Result<Value, Value> {
        let mut wire = Wire {
            method: "POST",
            url: format!("{}/connect/token", self.identity),
            headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
            body: Some(Serializer::new(String::new()).extend_pairs(fields).finish()),
        };
        wire.spoil(&self.fault, Kind::Token);
        let result = wire
            .send(self.broken("follows-redirects"))
            .and_then(|answer| self.granted(&answer));
        result.map_err(|mut error| {
            // Whatever happens to the exchange, no byte of the API call has left.
            error["sent"] = json!("no");
            error
        })
    }

    /// Puts what was granted into the grant.
    pub(crate) fn take(&self, grant: &mut Grant, granted: &Value, sent_at: Timestamp) {
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
}
