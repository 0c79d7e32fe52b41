//! The other end of the figures: a process of its own, so that nothing of it is counted as the client's.
//!
//! It speaks just enough HTTP for keep-alive on loopback, and answers as fast as it can, so that what is measured is
//! the client.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use attache_core::Clock;
use attache_transport::SystemClock;
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use url::Url;

use crate::portal::Failure;

/// One employee: 1 KiB of JSON, with the members that a portal fills in.
const EMPLOYEE: &str = r#"{"data":{"id":4711,"firstName":"Asta Margrethe","lastName":"Lindqvist-Mortensen","userName":"asta.lindqvist-mortensen@waterfront.example.com","email":"asta.lindqvist-mortensen@waterfront.example.com","hiredFrom":"2024-03-01","isDeactivated":false,"dateTimeCreated":"2024-02-26T09:41:07.1130000Z","salaryIdentifier":"S-004711","gender":"Female","jobTitle":"Shift supervisor, front of house and terrace","employeeTypeId":10,"primaryDepartmentId":301,"departments":[301,302,305,306,311],"employeeGroups":[4101,4102,4107,4111,4118,4122],"supervisorId":37,"supervisorEmployeeId":4200,"securityGroups":[7,9],"skillIds":[81,82,90,93],"contractRulesRuleId":12,"workHours":37.5,"countryId":45,"cellPhone":"+4520123456","cellPhoneCountryPrefix":"45","cellPhoneCountryCode":"DK","phone":"+4533445566","phoneCountryPrefix":"45","phoneCountryCode":"DK","street1":"Vestre Boulevard 112, 3. floor, left-hand side","street2":"c/o Holm & Daughters","zip":"1620","city":"Copenhagen V","isPublic":true}}"#;
/// Pages of the long list.
pub(super) const PAGES: u64 = 200;
/// Rows of each of them.
pub(super) const ROWS: u64 = 50;
/// How long each of them takes.
const DELAY: Duration = Duration::from_millis(20);

/// What the server has seen of the long list since it was last asked.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Seen {
    /// Pages that were answered.
    pub(super) answered: usize,
    /// Pages that were asked for and not yet answered.
    pub(super) in_flight: usize,
    /// The most of them at a time.
    pub(super) most: usize,
}

/// A server in a process of its own, which ends with this value.
pub(super) struct Server {
    process: Child,
    pub(super) base: Url,
}

impl Server {
    pub(super) fn start(program: &Path) -> Result<Self, Failure> {
        let mut process = Command::new(program)
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut base = String::new();
        if let Some(out) = process.stdout.take() {
            BufReader::new(out).read_line(&mut base)?;
        }
        let base = base.trim().parse()?;
        Ok(Self { process, base })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends by itself at the end of its input, even if this process is killed.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Serves until the end of standard input. `told` is given the server's address.
///
/// # Errors
///
/// If there is no port to listen on.
pub fn serve(told: impl FnOnce(&str)) -> Result<(), Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            told(&format!("http://{}/", listener.local_addr()?));
            let (parent_is_gone, gone) = tokio::sync::oneshot::channel();
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
                let _ = parent_is_gone.send(());
            });
            tokio::select! {
                outcome = accept(listener) => outcome,
                _ = gone => Ok(()),
            }
        })
}

async fn accept(listener: TcpListener) -> Result<(), Failure> {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let employee: Arc<[u8]> = answer(EMPLOYEE).into();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (employee, seen) = (Arc::clone(&employee), Arc::clone(&seen));
        // A client that goes away in the middle is no concern of the server's.
        tokio::spawn(async move { connection(stream, &employee, &seen).await.ok() });
    }
}

/// Answers one request after another.
async fn connection(mut stream: TcpStream, employee: &[u8], seen: &Mutex<Seen>) -> std::io::Result<()> {
    let mut head = Vec::with_capacity(4096);
    loop {
        head.clear();
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut head).await? == 0 {
                return Ok(());
            }
        }
        let target = head.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
        let target = String::from_utf8_lossy(target);
        if target.starts_with("/hr/v1.0/employees/") {
            stream.write_all(employee).await?;
        } else if target == "/seen" {
            let now = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
            stream.write_all(&answer(&serde_json::to_string(&now)?)).await?;
        } else {
            let page = page(&target, seen).await;
            stream.write_all(&page).await?;
        }
    }
}

async fn page(target: &str, seen: &Mutex<Seen>) -> Vec<u8> {
    let change = |change: fn(&mut Seen)| change(&mut seen.lock().unwrap_or_else(PoisonError::into_inner));
    change(|seen| {
        seen.in_flight += 1;
        seen.most = seen.most.max(seen.in_flight);
    });
    SystemClock.sleep_until(SystemClock.monotonic().plus(DELAY)).await;
    let offset = target
        .split(['?', '&'])
        .find_map(|pair| pair.strip_prefix("offset="))
        .and_then(|number| number.parse().ok())
        .unwrap_or(0);
    let page = answer(&rows(offset));
    // Before it is written: whoever reads it may ask for the next one at once.
    change(|seen| {
        seen.answered += 1;
        seen.in_flight = seen.in_flight.saturating_sub(1);
    });
    page
}

fn rows(offset: u64) -> String {
    let total = PAGES * ROWS;
    let rows: Vec<String> = (offset..total.min(offset + ROWS))
        .map(|id| format!(r#"{{"id":{id},"name":"Department {id}","number":"{id}"}}"#))
        .collect();
    format!(
        r#"{{"paging":{{"offset":{offset},"limit":{ROWS},"total":{total}}},"data":[{}]}}"#,
        rows.join(",")
    )
}

/// An answer with the headers that Planday's have.
fn answer(body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\
         Date: Sun, 22 Nov 2026 00:00:00 GMT\r\nx-ratelimit-limit: 2000, 20;w=1, 750;w=60, 100;w=1, 2000;w=60\r\n\
         x-ratelimit-remaining: 1999\r\nx-ratelimit-reset: 60\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
