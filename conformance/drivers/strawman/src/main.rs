//! A naive client of its own behind the driver protocol (`PROTOCOL.md`), with one switch per fault.
//!
//! `attache-strawman [--fault NAME]`. With no fault it keeps the rules of the customer flow; with one it breaks exactly that
//! rule, so that the suite can prove that its cases catch it. The faults are listed in `conformance/mutants.toml`.

mod client;
mod wire;

use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use client::{Client, failure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const CAPABILITIES: &str =
    "planday pasted-token kept-grant clock parallel token-view paging writes values sent";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let fault = match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => String::new(),
        (Some("--fault"), Some(name)) if client::FAULTS.split_whitespace().any(|fault| fault == name) => name,
        _ => {
            let _ = writeln!(
                io::stderr(),
                "usage: attache-strawman [--fault NAME], with {}",
                client::FAULTS
            );
            return ExitCode::from(2);
        }
    };
    speak(&fault).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}

fn speak(fault: &str) -> io::Result<()> {
    let mut client: Option<Arc<Client>> = None;
    for line in io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?).map_err(io::Error::other)?;
        let op = request["op"].as_str().unwrap_or_default();
        let answered = match (op, &client) {
            ("hello", _) => {
                let capabilities: Vec<&str> = CAPABILITIES.split_whitespace().collect();
                Ok(json!({ "driver": "strawman", "protocol": 1, "capabilities": capabilities }))
            }
            ("configure", _) => Client::new(&request, fault).map(|made| {
                client = Some(Arc::new(made));
                json!({})
            }),
            ("call", Some(client)) => {
                let client = Arc::clone(client);
                let stale = client.is_stale(&request);
                std::thread::spawn(move || answer(&request["id"], client.call(&request, stale)));
                continue;
            }
            ("import_grant", Some(client)) => client.import(&request),
            ("clock", Some(client)) => {
                client.advance(&request);
                Ok(json!({}))
            }
            ("token_view", Some(client)) => token_view(client, &request),
            ("bye", _) => return answer(&request["id"], Ok(json!({}))),
            _ => Err(failure("unsupported", "no", "this operation is not known")),
        };
        answer(&request["id"], answered)?;
    }
    Ok(())
}

fn token_view(client: &Client, request: &Value) -> Result<Value, Value> {
    let grant = client.grant(request)?;
    let grant = grant.lock().unwrap_or_else(PoisonError::into_inner);
    let salt = request["salt"].as_str().unwrap_or_default();
    let digest = |token: &String| hex::encode(Sha256::digest(format!("{salt}{token}")));
    Ok(json!({
        "access": grant.access.as_ref().map(digest),
        "refresh": digest(&grant.refresh),
        "expires_in": grant.expires_at.map(|end| end.duration_since(client.now()).as_secs()),
        "state": if grant.dead { "needs_relink" } else { "active" },
    }))
}

/// One line, whole: several calls answer at a time.
fn answer(id: &Value, result: Result<Value, Value>) -> io::Result<()> {
    static OUT: Mutex<()> = Mutex::new(());
    let line = match result {
        Ok(ok) => json!({ "id": id, "ok": ok }),
        Err(error) => json!({ "id": id, "error": error }),
    };
    let _one_at_a_time = OUT.lock().unwrap_or_else(PoisonError::into_inner);
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
