//! A request, taken apart.

use wiremock::Request;

use super::super::exchange::Message;
use crate::data::When;

pub(super) struct Parts {
    pub(super) method: String,
    pub(super) path: String,
    query_text: Option<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) form: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Parts {
    pub(super) fn of(request: &Request) -> Self {
        let headers: Vec<(String, String)> = request
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        let is_form = headers.iter().any(|(name, value)| {
            name == "content-type"
                && value
                    .to_ascii_lowercase()
                    .starts_with("application/x-www-form-urlencoded")
        });
        let form = if is_form {
            pairs_of(&request.body)
        } else {
            Vec::new()
        };
        Self {
            method: request.method.to_string(),
            path: request.url.path().to_owned(),
            query_text: request.url.query().map(str::to_owned),
            query: request
                .url
                .query_pairs()
                .map(|(k, v)| (k.into_owned(), v.into_owned()))
                .collect(),
            headers,
            form,
            body: request.body.clone(),
        }
    }

    /// Which token call it is, if it is one.
    pub(super) fn grant_type(&self) -> Option<&str> {
        let mut fields = self.form.iter().chain(&self.query);
        let value = fields.find(|(name, _)| name == "grant_type");
        value
            .filter(|_| self.method == "POST")
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn fits(&self, when: &When) -> bool {
        let has = |pairs: &[(String, String)], name: &str, value: &str| {
            pairs
                .iter()
                .any(|(given, text)| given.eq_ignore_ascii_case(name) && text == value)
        };
        when.header
            .iter()
            .all(|(name, value)| has(&self.headers, name, value))
            && when
                .query
                .iter()
                .all(|(name, value)| has(&self.query, name, value))
            && when.form.iter().all(|(name, value)| has(&self.form, name, value))
    }

    pub(super) fn message(&self) -> Message {
        let query = self
            .query_text
            .as_ref()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        Message::new(
            format!("{} {}{query}", self.method, self.path),
            self.headers.clone(),
            &self.body,
        )
    }
}

fn pairs_of(body: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body)
        .map(|(k, v)| (k.into_owned(), v.into_owned()))
        .collect()
}
