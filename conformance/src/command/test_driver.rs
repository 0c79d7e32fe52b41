//! Drivers without a client behind them: two that every case must fail, and one that tries what the runner can do.

use std::io::{self, BufRead, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::cli::TestDriver;
use crate::data::CAPABILITIES;

pub(super) fn speak(kind: TestDriver) -> io::Result<()> {
    match kind {
        TestDriver::Empty => Ok(()),
        TestDriver::AlwaysOk => always_ok().map(drop),
        TestDriver::LastWords => last_words(),
        TestDriver::Child => child(),
        TestDriver::Scripted => scripted(),
    }
}

fn say(line: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn requests() -> impl Iterator<Item = io::Result<Value>> {
    io::stdin()
        .lock()
        .lines()
        .map(|line| serde_json::from_str(&line?).map_err(io::Error::other))
}

/// Returns the refresh token that was imported.
fn always_ok() -> io::Result<String> {
    let mut token = String::new();
    for request in requests() {
        let request = request?;
        if let Some(refresh) = request["refresh"].as_str() {
            refresh.clone_into(&mut token);
        }
        let ok = match request["op"].as_str() {
            Some("hello") => {
                json!({ "driver": "always-ok", "protocol": 1, "capabilities": CAPABILITIES })
            }
            _ => json!({}),
        };
        say(&json!({ "id": request["id"], "ok": ok }))?;
        if request["op"] == "bye" {
            break;
        }
    }
    Ok(token)
}

fn last_words() -> io::Result<()> {
    let token = always_ok()?;
    let mut child = Command::new(std::env::current_exe()?)
        .args(["test-driver", "child"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    if let Some(stdin) = &mut child.stdin {
        writeln!(stdin, "{token}")?;
    }
    // The child's input ends with this process, and not before.
    std::mem::forget(child);
    Ok(())
}

fn child() -> io::Result<()> {
    let mut token = String::new();
    io::stdin().lock().read_to_string(&mut token)?;
    // Work that takes longer than it takes to notice the parent's end.
    for _ in 0..50 {
        Command::new(std::env::current_exe()?)
            .args(["test-driver", "empty"])
            .stdin(Stdio::null())
            .status()?;
    }
    io::stderr().write_all(token.as_bytes())
}

/// `departments.list` waits 90 seconds on the clock, `employees.list` counts how often the driver was started on this store,
/// `portal.info` asks the API server and ignores what it says, `authorize_url` makes one of another provider and prints its state.
fn scripted() -> io::Result<()> {
    let (mut now, mut lives, mut api) = (Timestamp::UNIX_EPOCH, 0, String::new());
    let mut waiting: Option<(Value, Timestamp)> = None;
    for request in requests() {
        let request = request?;
        let text = |name: &str| request[name].as_str().unwrap_or_default();
        let ok = match (text("op"), text("operation")) {
            ("hello", _) => {
                json!({ "driver": "scripted", "protocol": 1, "capabilities": CAPABILITIES })
            }
            ("configure", _) => {
                now = text("clock").parse().map_err(io::Error::other)?;
                text("api_url").trim_start_matches("http://").clone_into(&mut api);
                let marks = Path::new(text("store")).join("lives");
                let mark = std::fs::read_to_string(&marks).unwrap_or_default() + "x";
                std::fs::write(&marks, &mark)?;
                lives = mark.len();
                json!({})
            }
            ("clock", _) => {
                now += SignedDuration::from_millis(request["advance_ms"].as_i64().unwrap_or_default());
                if let Some((id, _)) = waiting.take_if(|(_, until)| *until <= now) {
                    say(&json!({ "id": id, "ok": { "count": 1 } }))?;
                }
                json!({})
            }
            ("authorize_url", _) => {
                let state = "a-state-that-is-printed";
                writeln!(io::stderr(), "{state}")?;
                json!({ "url": format!("https://id.example/authorize?state={state}") })
            }
            ("call", "departments.list") => {
                let until = now + SignedDuration::from_secs(90);
                waiting = Some((request["id"].clone(), until));
                say(&json!({ "event": "waiting", "until": until.to_string() }))?;
                continue;
            }
            ("call", "portal.info") => {
                let mut stream = TcpStream::connect(&api)?;
                write!(
                    stream,
                    "GET /portal/v1.0/info HTTP/1.1\r\nhost: {api}\r\nconnection: close\r\n\r\n"
                )?;
                // The answer does not matter; it may not come at all.
                let _ = stream.read_to_end(&mut Vec::new());
                json!({})
            }
            ("call", _) => json!({ "count": lives }),
            _ => json!({}),
        };
        say(&json!({ "id": request["id"], "ok": ok }))?;
        if request["op"] == "bye" {
            break;
        }
    }
    Ok(())
}
