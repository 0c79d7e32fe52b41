//! Attaché's own SDK behind the driver protocol of the conformance suite (`conformance/PROTOCOL.md`).
//!
//! Speaks one JSON object a line on standard input and output. It holds no knowledge of its own: whatever it
//! answers is what the SDK did.

mod calls;
mod clock;
mod failure;
mod items;
mod linking;
mod output;
mod session;
mod writes;

use std::{
    process::ExitCode,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    task::JoinSet,
};

use crate::{failure::Failure, output::Output, session::Session};

/// What the SDK can do, in the protocol's words. `capabilities.toml` beside this crate is compared with it.
const CAPABILITIES: [&str; 33] = [
    "planday",
    "provider-message",
    "pasted-token",
    "kept-grant",
    "clock",
    "parallel",
    "store",
    "crash-recovery",
    "token-view",
    "deadline",
    "paging",
    "writes",
    "raw",
    "retry",
    "rotation",
    "values",
    "missing-scope",
    "sent",
    "verify",
    "partner-flow",
    "pkce",
    "issuer",
    "link-values",
    "revoke",
    "recheck",
    "child-portals",
    "pace",
    "prefetch",
    "employee-groups",
    "employee-writes",
    "scheduling",
    "shift-writes",
    "hr-lists",
];

/// What is answered beside everything else that is under way.
const OPERATIONS: [&str; 7] = [
    "import_grant",
    "call",
    "token_view",
    "authorize_url",
    "callback",
    "revoke",
    "recheck",
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let output = Output::default();
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut session: Option<Arc<Session>> = None;
    let mut running = JoinSet::new();
    let in_flight: InFlight = Arc::default();
    while let Ok(Some(line)) = lines.next_line().await {
        let Ok(request) = serde_json::from_str::<Value>(&line) else {
            output.answer(
                &Value::Null,
                Err(Failure::unsupported("the line is no JSON object")),
            );
            continue;
        };
        let id = request["id"].clone();
        match (request["op"].as_str().unwrap_or_default(), &session) {
            ("hello", _) => output.answer(&id, Ok(hello())),
            ("configure", _) => {
                let configured = Session::configure(&request, &output);
                output.answer(
                    &id,
                    configured.map(|configured| {
                        session = Some(Arc::new(configured));
                        json!({})
                    }),
                );
            }
            ("clock", Some(session)) => {
                session.move_clock(&request);
                output.answer(&id, Ok(json!({})));
            }
            (op, Some(session)) if OPERATIONS.contains(&op) => {
                let (session, output, op) = (Arc::clone(session), output.clone(), op.to_owned());
                let in_flight = Arc::clone(&in_flight);
                note(&in_flight).push(id);
                running.spawn(async move {
                    let answer = match op.as_str() {
                        "import_grant" => session.import(&request).await,
                        "call" => calls::call(&session, &request).await,
                        "authorize_url" => session.authorize_url(&request),
                        "callback" => session.callback(&request).await,
                        "revoke" => session.revoke(&request).await,
                        "recheck" => session.recheck(&request).await,
                        _ => session.view(&request).await,
                    };
                    note(&in_flight).retain(|id| *id != request["id"]);
                    output.answer(&request["id"], answer);
                });
            }
            ("bye", _) => {
                // Nobody moves the clock any more: what waits for it is refused.
                running.shutdown().await;
                for id in std::mem::take(&mut *note(&in_flight)) {
                    output.answer(&id, Err(Failure::shutting_down()));
                }
                output.answer(&id, Ok(json!({})));
                break;
            }
            (op, _) => output.answer(
                &id,
                Err(Failure::unsupported(&format!("no op {op:?} at this point"))),
            ),
        }
        while running.try_join_next().is_some() {}
    }
    ExitCode::SUCCESS
}

/// The ids of requests that have no answer yet.
type InFlight = Arc<Mutex<Vec<Value>>>;

fn note(in_flight: &InFlight) -> MutexGuard<'_, Vec<Value>> {
    in_flight.lock().unwrap_or_else(PoisonError::into_inner)
}

fn hello() -> Value {
    json!({
        "driver": "attache",
        "version": env!("CARGO_PKG_VERSION"),
        "protocol": 1,
        "capabilities": &CAPABILITIES[..],
    })
}
