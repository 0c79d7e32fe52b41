//! Requests and answers, and what faults do to requests on their way out.

use std::io::{self, Read};

use serde_json::{Value, json};
use ureq::http::Request;
use url::form_urlencoded::parse;

use crate::client::failure;

pub(crate) struct Wire {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<String>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) wait: Option<u64>,
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

    pub(crate) fn spoil(&mut self, fault: &str, token_call: bool) {
        match (fault, token_call) {
            ("bearer-on-token-call", true) => self.set("authorization", "Bearer none"),
            ("extra-scope", true) => self.body.iter_mut().for_each(|body| body.push_str("&scope=all")),
            ("secret-in-query", true) => self.query(&self.body.clone().unwrap_or_default()),
            ("token-call-by-put", true) => self.method = "PUT",
            ("token-call-as-json", true) => {
                let fields: Value = parse(
                    self.body
                        .iter()
                        .flat_map(|body| body.bytes())
                        .collect::<Vec<_>>()
                        .as_slice(),
                )
                .map(|(name, value)| (name.into_owned(), json!(value)))
                .collect();
                self.body = Some(fields.to_string());
                self.set("content-type", "application/json");
            }
            ("no-client-id", false) => self.headers.retain(|(name, _)| *name != "x-clientid"),
            ("sends-region", false) => self.set("x-openapi-region", "EU"),
            ("no-bearer", false) => self.headers.retain(|(name, _)| *name != "authorization"),
            ("token-in-query", false) => {
                self.query(&format!("access_token={}", self.headers[0].1.replace(' ', "+")));
            }
            ("text-bodies", false) => self.set("content-type", "text/plain"),
            ("old-paths", false) => self.url = self.url.replace("/v1.0/", "/v0.9/"),
            ("limit-100", false) if self.method == "GET" => self.query("limit=100"),
            ("pages-by-number", false) => self.url = self.url.replace("offset=", "page="),
            _ => {}
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
                limit,
                request_id,
                body,
            }),
            Ok(_) => Err(failure("decode", "yes", "the answer is too long")),
            Err(_) => Err(failure("transport", "yes", "the answer is cut")),
        }
    }
}
