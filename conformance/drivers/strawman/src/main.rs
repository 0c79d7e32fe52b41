//! A naive client of its own behind the driver protocol (`PROTOCOL.md`), with one switch per fault.
//!
//! `attache-strawman [--fault NAME]`. With no fault it keeps the rules of both flows; with one it breaks exactly that
//! rule, so that the suite can prove that its cases catch it. The faults are listed in `conformance/mutants.toml`.

mod call;
mod client;
mod clock;
mod fault;
mod grant;
mod link;
mod operation;
mod output;
mod pace;
mod random;
mod revoke;
mod rows;
mod set_up;
mod wire;

use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::sync::{Arc, PoisonError};

use client::Client;
use fault::Fault;
use output::{answer, failure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const CAPABILITIES: &str = "planday pasted-token kept-grant clock parallel token-view paging writes values sent verify \
    missing-scope partner-flow pkce issuer link-values revoke recheck child-portals pace prefetch employee-groups \
    employee-writes scheduling shift-writes hr-lists";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let fault = match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => Some(Fault::default()),
        (Some("--fault"), Some(name)) => Fault::named(&name),
        _ => None,
    };
    let Some(fault) = fault else {
        let names: Vec<&str> = fault::names().collect();
        let _ = writeln!(
            io::stderr(),
            "usage: attache-strawman [--fault NAME], with {}",
            names.join(" ")
        );
        return ExitCode::from(2);
    };
    speak(&fault).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}

fn speak(fault: &Fault) -> io::Result<()> {
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
            // A callback may wait for its pace, and `clock` has to be heard meanwhile.
            ("callback" | "import_grant", Some(client)) => {
                let client = Arc::clone(client);
                std::thread::spawn(move || {
                    let done = match request["op"].as_str() {
                        Some("callback") => client.callback(&request),
                        _ => client.import(&request),
                    };
                    answer(&request["id"], done)
                });
                continue;
            }
            ("authorize_url", Some(client)) => client.authorize_url(&request),
            ("revoke", Some(client)) => client.revoke(&request),
            ("recheck", Some(client)) => client.recheck(&request),
            ("clock", Some(client)) => {
                client.clock.advance(&request);
                Ok(json!({}))
            }
            ("token_view", Some(client)) => token_view(client, &request),
            ("bye", _) => {
                let looked_at = fault.looked_at();
                return answer(&request["id"], Ok(json!({ "looked_at": looked_at })));
            }
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
