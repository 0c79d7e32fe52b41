//! The observer that writes to `tracing`.

use std::error::Error;

use attache_core::{
    FailureClass, NeedsRelink, Observer, PaceWait, Recovered, RefreshFailed, Refreshed, Retried,
    Unauthorized, Unsaved,
};
use tracing::{debug, error, info, warn};

/// Writes every event to `tracing`, under the target `attache`. No event carries a secret.
#[derive(Debug, Clone, Copy, Default)]
pub struct TracingObserver;

impl Observer for TracingObserver {
    fn refreshed(&self, event: &Refreshed<'_>) {
        debug!(
            target: "attache",
            account = %event.account,
            generation = event.generation.0,
            adopted = event.adopted,
            waiters = event.waiters,
            "access token renewed"
        );
    }

    fn refresh_failed(&self, event: &RefreshFailed<'_>) {
        let (account, class, cause) = (event.account, event.class, chain(event.error));
        match class {
            FailureClass::Transient | FailureClass::Throttled => {
                warn!(target: "attache", %account, %class, retry_in = ?event.retry_in, cause, "renewal failed");
            }
            _ => {
                error!(target: "attache", %account, %class, retry_in = ?event.retry_in, cause, "renewal failed");
            }
        }
    }

    fn unauthorized(&self, event: &Unauthorized<'_>) {
        let account = event.account.map(ToString::to_string);
        debug!(
            target: "attache",
            account,
            generation = event.generation.0,
            operation = event.operation,
            "the API called the access token stale"
        );
    }

    fn retried(&self, event: &Retried<'_>) {
        let account = event.account.map(ToString::to_string);
        debug!(
            target: "attache",
            account,
            operation = event.operation,
            attempt = event.attempt,
            delay = ?event.delay,
            "call is sent again"
        );
    }

    fn pace_wait(&self, event: &PaceWait<'_>) {
        let account = event.account.map(ToString::to_string);
        debug!(
            target: "attache",
            account,
            operation = event.operation,
            waited = ?event.waited,
            "call waited for its turn"
        );
    }

    fn unsaved(&self, event: &Unsaved<'_>) {
        error!(
            target: "attache",
            account = %event.account,
            spilled = event.spilled,
            "a renewed grant could not be saved; it is tried again"
        );
    }

    fn needs_relink(&self, event: &NeedsRelink<'_>) {
        error!(target: "attache", account = %event.account, reason = event.reason.as_str(), "account needs a new link");
    }

    fn recovered(&self, event: &Recovered<'_>) {
        info!(target: "attache", account = %event.account, "account recovered");
    }
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
