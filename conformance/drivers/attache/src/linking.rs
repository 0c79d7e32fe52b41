//! The partner flow, and the ends of a grant.

use std::sync::PoisonError;

use attache_planday::Error;
use serde_json::{Value, json};

use crate::{
    failure::Failure,
    session::{Session, account_key},
};

impl Session {
    /// Begins an attempt and keeps it under the suite's name for it.
    pub(crate) fn authorize_url(&self, request: &Value) -> Result<Value, Failure> {
        let redirect_uri = request["redirect_uri"].as_str().unwrap_or_default();
        let attempt = self.planday.begin_link(redirect_uri);
        let attempt = attempt.map_err(|error| Failure::configuration(&error))?;
        let answer = json!({ "url": attempt.authorization_url().as_str(), "debug": format!("{attempt:?}") });
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.insert(name(request), attempt);
        Ok(answer)
    }

    /// Completes an attempt with what the browser came back with.
    pub(crate) async fn callback(&self, request: &Value) -> Result<Value, Failure> {
        let key = account_key(request)?;
        let attempt = {
            let attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
            attempts.get(&name(request)).cloned()
        };
        let attempt = attempt.ok_or_else(|| Failure::unsupported("there is no such attempt"))?;
        let url = request["url"].as_str().unwrap_or_default();
        let linked = self.planday.complete_link(&key, &attempt, url).await?;
        Ok(json!({
            "account": key.account(),
            "portal": linked.portal.id,
            "scopes": linked.account.scope(),
            "debug": format!("{linked:?}"),
        }))
    }

    pub(crate) async fn revoke(&self, request: &Value) -> Result<Value, Failure> {
        self.account(request).await?.revoke().await.map_err(Error::from)?;
        Ok(json!({}))
    }

    pub(crate) async fn recheck(&self, request: &Value) -> Result<Value, Failure> {
        self.account(request)
            .await?
            .recheck()
            .await
            .map_err(Error::from)?;
        Ok(json!({}))
    }
}

fn name(request: &Value) -> String {
    request["attempt"].as_str().unwrap_or("main").to_owned()
}
