//! One driver process and the protocol spoken with it (`PROTOCOL.md`).

use std::collections::HashMap;
use std::io;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::lock;

/// How a driver is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Launch {
    program: String,
    arguments: Vec<String>,
}

impl Launch {
    /// Splits a command at white space. There is no quoting.
    pub(crate) fn parse(command: &str) -> Option<Self> {
        let mut words = command.split_whitespace().map(str::to_owned);
        Some(Self {
            program: words.next()?,
            arguments: words.collect(),
        })
    }

    /// The same command with one more option.
    pub(crate) fn with(&self, arguments: &[&str]) -> Self {
        let mut launch = self.clone();
        launch
            .arguments
            .extend(arguments.iter().map(|argument| (*argument).to_owned()));
        launch
    }
}

/// What a driver answered to one request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    Ok(Value),
    Error(Value),
    /// The process ended before it answered.
    Gone,
    /// No answer before the watchdog.
    Silent,
}

/// An answer on its way.
pub(crate) type Pending = oneshot::Receiver<Reply>;

/// Ends a driver at once, from anywhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Killer(Arc<Mutex<Option<Child>>>);

impl Killer {
    pub(crate) fn kill(&self) {
        if let Some(child) = lock(&self.0).as_mut() {
            // An error means that it is dead already.
            let _ = child.start_kill();
        }
    }

    /// Whether the process has ended, and whether with success.
    pub(crate) fn ended(&self) -> Option<bool> {
        match lock(&self.0).as_mut() {
            None => Some(true),
            Some(child) => child.try_wait().ok().flatten().map(|status| status.success()),
        }
    }
}

/// All that driver processes of one case emitted, in any of their lives.
#[derive(Debug, Default)]
pub(crate) struct Emitted {
    pub(crate) stdout: Mutex<Vec<u8>>,
    pub(crate) stderr: Mutex<Vec<u8>>,
    /// Both directions of the protocol, in order.
    pub(crate) dialogue: Mutex<Vec<String>>,
    /// Times until which the client waits on its clock.
    pub(crate) waits: Mutex<Vec<Timestamp>>,
    /// Lines that are not of the protocol.
    pub(crate) nonsense: Mutex<Vec<String>>,
    pub(crate) lines: AtomicU64,
    /// The tasks that read the pipes to their ends.
    pub(crate) readers: Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Default)]
struct Mailbox {
    pending: Mutex<HashMap<u64, oneshot::Sender<Reply>>>,
    closed: AtomicBool,
}

/// A running driver.
pub(crate) struct Driver {
    stdin: ChildStdin,
    mailbox: Arc<Mailbox>,
    emitted: Arc<Emitted>,
    next: u64,
}

impl Driver {
    /// Starts a process; `killer` takes charge of it.
    pub(crate) fn start(launch: &Launch, killer: &Killer, emitted: &Arc<Emitted>) -> io::Result<Self> {
        let mut command = Command::new(&launch.program);
        command
            .args(&launch.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // A proxy or a log filter of the person who runs the suite must not change what comes of it.
        for name in ["PATH", "HOME", "TMPDIR", "SystemRoot", "LD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let mut child = command.spawn()?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("the driver has no pipes"));
        };
        *lock(&killer.0) = Some(child);
        let mailbox = Arc::new(Mailbox::default());
        lock(&emitted.readers).extend([
            tokio::spawn(listen(stdout, Arc::clone(&mailbox), Arc::clone(emitted))),
            tokio::spawn(overhear(stderr, Arc::clone(emitted))),
        ]);
        Ok(Self {
            stdin,
            mailbox,
            emitted: Arc::clone(emitted),
            next: 1,
        })
    }

    /// Sends one request.
    pub(crate) async fn ask(&mut self, op: &str, members: Value) -> Pending {
        let id = self.next;
        self.next += 1;
        let mut request = json!({ "id": id, "op": op });
        if let (Value::Object(request), Value::Object(members)) = (&mut request, members) {
            request.extend(members);
        }
        let (sender, receiver) = oneshot::channel();
        lock(&self.mailbox.pending).insert(id, sender);
        let line = request.to_string();
        lock(&self.emitted.dialogue).push(format!("> {line}"));
        let written = self.stdin.write_all(format!("{line}\n").as_bytes()).await.is_ok()
            && self.stdin.flush().await.is_ok();
        if !written || self.mailbox.closed.load(Ordering::SeqCst) {
            lock(&self.mailbox.pending).remove(&id);
        }
        receiver
    }
}

async fn listen(stdout: tokio::process::ChildStdout, mailbox: Arc<Mailbox>, emitted: Arc<Emitted>) {
    let mut lines = BufReader::new(stdout);
    let mut line = Vec::new();
    while matches!(lines.read_until(b'\n', &mut line).await, Ok(read) if read > 0) {
        lock(&emitted.stdout).extend_from_slice(&line);
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        line.clear();
        emitted.lines.fetch_add(1, Ordering::SeqCst);
        lock(&emitted.dialogue).push(format!("< {text}"));
        if let Err(complaint) = take(&text, &mailbox, &emitted) {
            lock(&emitted.nonsense).push(complaint);
        }
    }
    mailbox.closed.store(true, Ordering::SeqCst);
    lock(&mailbox.pending).clear();
}

fn take(text: &str, mailbox: &Mailbox, emitted: &Emitted) -> Result<(), String> {
    let value: Value =
        serde_json::from_str(text).map_err(|_| "a line on standard output is not JSON".to_owned())?;
    if let Some(event) = value.get("event").and_then(Value::as_str) {
        if event == "waiting" {
            let until = value.get("until").and_then(Value::as_str).unwrap_or_default();
            let until = until
                .parse()
                .map_err(|_| "a waiting event has no `until`".to_owned())?;
            lock(&emitted.waits).push(until);
        }
        return Ok(());
    }
    let id = value
        .get("id")
        .and_then(Value::as_u64)
        .ok_or("an answer has no id")?;
    let reply = match (value.get("ok"), value.get("error")) {
        (Some(ok), None) => Reply::Ok(ok.clone()),
        (None, Some(error)) => Reply::Error(error.clone()),
        _ => return Err(format!("the answer to {id} has not exactly one of ok and error")),
    };
    let sender = lock(&mailbox.pending)
        .remove(&id)
        .ok_or(format!("nobody asked for the answer {id}"))?;
    // Nobody waits for it any more: fine.
    let _ = sender.send(reply);
    Ok(())
}

async fn overhear(mut stderr: tokio::process::ChildStderr, emitted: Arc<Emitted>) {
    let mut buffer = vec![0; 4096];
    while let Ok(read) = stderr.read(&mut buffer).await {
        if read == 0 {
            break;
        }
        lock(&emitted.stderr).extend_from_slice(&buffer[..read]);
    }
}
