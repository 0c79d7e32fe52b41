//! Giving a grant back, and looking whether a refused one works again.

use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::client::{Client, lock};
use crate::grant::Grant;
use crate::wire::{Kind, Wire};

impl Client {
    pub(crate) fn revoke(&self, request: &Value) -> Result<Value, Value> {
        let grant = self.grant(request)?;
        let mut grant = lock(&grant);
        self.give_back(&grant)?;
        grant.dead = !self.broken("keeps-using-revoked");
        Ok(json!({}))
    }

    /// Planday, Authorization flow: Revoking a refresh token.
    pub(crate) fn give_back(&self, grant: &Grant) -> Result<(), Value> {
        let token = match &grant.access {
            Some(access) if self.broken("revokes-access-token") => access,
            _ => &grant.refresh,
        };
        let fields = [("client_id", &self.app), ("token", token)];
        let mut wire = Wire {
            method: "POST",
            url: format!("{}/connect/revocation", self.identity),
            headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
            body: Some(Serializer::new(String::new()).extend_pairs(fields).finish()),
        };
        wire.spoil(&self.fault, Kind::Revocation);
        let answer = match wire.send(self.broken("follows-redirects")) {
            Err(_) if self.broken("failed-revocation-is-done") => return Ok(()),
            sent => sent?,
        };
        let body = answer.json().unwrap_or_default();
        let class = match (answer.status, body["error"].as_str()) {
            (200..=299, _) if body.is_object() || !self.broken("revocation-wants-body") => return Ok(()),
            _ if self.broken("failed-revocation-is-done") => return Ok(()),
            (_, Some("invalid_client" | "unauthorized_client")) => "connector_misconfigured",
            (429, _) => "rate_limited",
            (500..=599, _) => "unavailable",
            (200..=399, _) => "decode",
            _ => "unauthorized",
        };
        Err(self.answered(class, "no", &answer))
    }

    /// A refusal can end: the portal's Revoke button is a pause.
    pub(crate) fn recheck(&self, request: &Value) -> Result<Value, Value> {
        let grant = self.grant(request)?;
        let mut grant = lock(&grant);
        if grant.dead && !self.broken("recheck-asks-nobody") {
            self.refresh(&mut grant)?;
        }
        grant.dead = false;
        Ok(json!({}))
    }
}
