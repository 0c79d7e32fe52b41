//! The suite's clock: it moves when the suite says so, and the suite is told who waits for it.

use attache_core::{BoxFuture, Clock, ManualClock, Monotonic, Timestamp};
use serde_json::json;

use crate::output::Output;

#[derive(Clone)]
pub(crate) struct SuiteClock {
    pub(crate) clock: ManualClock,
    output: Output,
}

impl SuiteClock {
    pub(crate) fn new(start: Timestamp, output: &Output) -> Self {
        Self {
            clock: ManualClock::starting_at(start),
            output: output.clone(),
        }
    }
}

impl Clock for SuiteClock {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn monotonic(&self) -> Monotonic {
        self.clock.monotonic()
    }

    fn sleep_until(&self, at: Monotonic) -> BoxFuture<'static, ()> {
        let this = self.clone();
        Box::pin(async move {
            let now = this.clock.monotonic();
            if at > now {
                let until = this.clock.now().saturating_add(at.since(now));
                this.output
                    .line(&json!({ "event": "waiting", "until": until.to_string() }));
            }
            this.clock.sleep_until(at).await;
        })
    }
}
