//! Requests and answers, and what faults do to requests on their way out.

use std::io::{self, Read};

use serde_json::{Value, json};
use ureq::http::Request;
use url::form_urlencoded::{Serializer, parse};

use crate::fault::Fault;
use crate::output::failure;
use crate::random::basic;

/// What a request is for: faults differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Token,
    Revocation,
    Api,
}

pub(crate) struct Wire {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<String>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) wait: Option<u64>,
    pub(crate) remaining: Option<u64>,
    pub(crate) reset: Option<u64>,
    pub(crate) limit: String,
    pub(crate) request_id: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl Wire {
    fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.retain(|(given, _)| *given != name);
        self.headers.push((name, value.into()));
    }

    fn query(&mut self, text: &str) {
        let mark = if self.url.contains('?') { '&' } else { '?' };
        self.url = format!("{}{mark}{text}", self.url);
    }

    pub(crate) fn spoil(&mut self, fault: &Fault, kind: Kind) {
        match kind {
            Kind::Token => self.spoil_token_call(fault),
            Kind::Revocation => self.spoil_revocation(fault),
            Kind::Api => self.spoil_api_call(fault),
        }
    }

    fn field(&mut self, text: &str) {
        self.body.iter_mut().for_each(|body| body.push_str(text));
    }

    fn fields(&self) -> Vec<(String, String)> {
        parse(self.body.as_deref().unwrap_or_default().as_bytes())
            .into_owned()
            .collect()
    }

    /// Leaves a field out of the body.
    fn without(&mut self, name: &str) {
        let kept = self.fields().into_iter().filter(|(given, _)| given != name);
        self.body = Some(Serializer::new(String::new()).extend_pairs(kept).finish());
    }

    fn spoil_token_call(&mut self, fault: &Fault) {
        let exchange = self
            .body
            .as_ref()
            .is_some_and(|body| body.contains("grant_type=authorization_code"));
        if fault.is("bearer-on-token-call") {
            self.set("authorization", "Bearer none");
        } else if fault.is("extra-scope") {
            self.field("&scope=all");
        } else if fault.is("repeats-parameter") {
            let fields = self.fields();
            let id = fields.iter().find(|(name, _)| name == "client_id");
            self.field(&format!("&client_id={}", id.map_or("", |(_, id)| id)));
        } else if fault.is("secret-in-query") {
            self.query(&self.body.clone().unwrap_or_default());
        } else if fault.is("token-call-by-put") {
            self.method = "PUT";
        } else if fault.is("token-call-as-json") {
            let fields = self
                .fields()
                .into_iter()
                .map(|(name, value)| (name, json!(value)));
            self.body = Some(fields.collect::<Value>().to_string());
            self.set("content-type", "application/json");
        } else if exchange && fault.is("scope-in-exchange") {
            self.field("&scope=openid");
        } else if exchange && fault.is("sends-client-secret") {
            self.field("&client_secret=none");
        } else if exchange && fault.is("no-redirect-in-exchange") {
            self.without("redirect_uri");
        } else if exchange && fault.is("no-verifier") {
            self.without("code_verifier");
        }
    }

    fn spoil_revocation(&mut self, fault: &Fault) {
        if fault.is("revokes-with-hint") {
            self.field("&token_type_hint=refresh_token");
        } else if fault.is("revokes-in-query") {
            self.query(&self.body.clone().unwrap_or_default());
            self.body = Some(String::new());
        } else if fault.is("revokes-with-bearer") {
            self.set("authorization", "Bearer none");
        } else if fault.is("revokes-with-basic") {
            self.set("authorization", basic("app"));
        } else if fault.is("revokes-without-client-id") {
            self.without("client_id");
        }
    }

    fn spoil_api_call(&mut self, fault: &Fault) {
        if fault.is("no-client-id") {
            self.headers.retain(|(name, _)| *name != "x-clientid");
        } else if fault.is("sends-region") {
            self.set("x-openapi-region", "EU");
        } else if fault.is("no-bearer") {
            self.headers.retain(|(name, _)| *name != "authorization");
        } else if fault.is("token-in-query") {
            self.query(&format!("access_token={}", self.headers[0].1.replace(' ', "+")));
        } else if fault.is("text-bodies") {
            self.set("content-type", "text/plain");
        } else if fault.is("old-paths") {
            self.url = self.url.replace("/v1.0/", "/v0.9/");
        } else if self.method == "GET" && fault.is("limit-100") {
            let limit = if self.url.contains("/shifts") { 5001 } else { 100 };
            self.query(&format!("limit={limit}"));
        } else if self.url.contains("offset=") && fault.is("pages-by-number") {
            self.url = self.url.replace("offset=", "page=");
        }
    }

    pub(crate) fn send(&self, follow: bool) -> Result<Answer, Value> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .into();
        let mut request = Request::builder().method(self.method).uri(&self.url);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let unbuildable = |_| failure("configuration", "no", "the request cannot be built");
        let sent = match self.body.clone() {
            Some(body) => agent.run(request.body(body).map_err(unbuildable)?),
            None => agent.run(request.body(()).map_err(unbuildable)?),
        };
        let mut response = sent.map_err(|error| match error {
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                failure("transport", "no", "connection refused")
            }
            _ => failure("transport", "maybe", "no answer"),
        })?;
        let header = |name| Some(response.headers().get(name)?.to_str().ok()?.trim().to_owned());
        let status = response.status().as_u16();
        if let (true, 300..=399, Some(url)) = (follow, status, header("location")) {
            return Self {
                url,
                headers: self.headers.clone(),
                body: self.body.clone(),
                ..*self
            }
            .send(false);
        }
        let wait = header("retry-after")
            .or(header("x-ratelimit-reset"))
            .and_then(|text| text.parse().ok());
        let number = |name| header(name).and_then(|text| text.parse().ok());
        let (remaining, reset) = (number("x-ratelimit-remaining"), number("x-ratelimit-reset"));
        let limit = header("x-ratelimit-limit").unwrap_or_default();
        let request_id = header("x-request-id");
        let mut body = Vec::new();
        // No honest answer is longer than this.
        match response
            .body_mut()
            .as_reader()
            .take(1 << 20)
            .read_to_end(&mut body)
        {
            Ok(length) if length < 1 << 20 => Ok(Answer {
                status,
                wait,
                remaining,
                reset,
                limit,
                request_id,
                body,
            }),
            Ok(_) => Err(failure("decode", "yes", "the answer is too long")),
            Err(_) => Err(failure("transport", "yes", "the answer is cut")),
        }
    }
}
