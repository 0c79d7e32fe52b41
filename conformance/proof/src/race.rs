//! Two processes on one folder, many tasks each, one expired grant under the strictest rotation rule.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
};

use attache_auth::RotationRule;
use attache_core::{Clock, Transport};
use attache_emulator::planday::{Counters, Exchange, Rotation};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
    sync::Barrier,
};
use url::Url;

use crate::portal::{self, Failure, Parts};

/// What one process saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Tasks that got a token and whose call was answered with success.
    pub ok: usize,
    /// Tasks that got a token and were refused with it.
    pub unauthorized: usize,
    /// Everything else.
    pub failed: usize,
}

/// What a trial came to.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The tallies of the two processes.
    pub tallies: [Tally; 2],
    /// The token requests that the server saw.
    pub token_requests: u64,
    /// Answers of 401 that the server gave.
    pub refusals: usize,
    /// Spent refresh tokens that the server saw.
    pub replays: u64,
}

/// One trial: two processes of `program` with `tasks` tasks each, on one expired grant.
///
/// # Errors
///
/// If a process could not be started or ended without a tally.
pub async fn trial(program: &Path, tasks: usize) -> Result<Trial, Failure> {
    let folder = tempfile::tempdir()?;
    let emulator = portal::emulator(Rotation::OnceFamily)?;
    let server = attache_emulator::serve(emulator.clone(), ([127, 0, 0, 1], 0).into())?;
    let base = Url::parse(&format!("{}/", server.base_url()))?;
    let connector = portal::connector(&base, RotationRule::OnceFamily)?;
    portal::link_expired(folder.path(), &connector, &portal::refresh_token(&emulator)?).await?;

    let start = |_| -> Result<Child, Failure> {
        Ok(Command::new(program)
            .arg(folder.path())
            .arg(base.as_str())
            .arg(tasks.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?)
    };
    let mut processes = [start(0)?, start(1)?];
    let mut outputs = Vec::new();
    for process in &mut processes {
        let mut lines = BufReader::new(process.stdout.take().ok_or("no standard output")?);
        let mut line = String::new();
        lines.read_line(&mut line).await?;
        if line.trim_end() != "ready" {
            return Err(format!("a process said {line:?} instead of `ready`").into());
        }
        outputs.push(lines);
    }
    for process in &mut processes {
        process
            .stdin
            .take()
            .ok_or("no standard input")?
            .write_all(b"go\n")
            .await?;
    }
    let mut tallies = [Tally::default(); 2];
    for (tally, mut output) in tallies.iter_mut().zip(outputs) {
        let mut text = String::new();
        output.read_to_string(&mut text).await?;
        *tally = serde_json::from_str(text.trim())?;
    }
    let Counters {
        token_requests,
        replays,
        ..
    } = emulator.counters();
    let refused = |exchange: &Exchange| exchange.status.is_some_and(|status| status == 401);
    let refusals = emulator.log().iter().filter(|exchange| refused(exchange)).count();
    Ok(Trial {
        tallies,
        token_requests,
        refusals,
        replays,
    })
}

/// One of the two processes: says `ready`, waits for a line, lets every task ask and call at once, prints its tally.
///
/// # Errors
///
/// If the folder cannot be used.
pub async fn process(
    folder: PathBuf,
    base: Url,
    tasks: usize,
    ready: impl FnOnce() -> std::io::Result<()>,
) -> Result<Tally, Failure> {
    let parts = Parts::real(&folder)?;
    let (transport, clock): (Arc<dyn Transport>, Arc<dyn Clock>) =
        (Arc::clone(&parts.transport), Arc::clone(&parts.clock));
    let keeper = parts.keeper(&folder)?;
    let connector = portal::connector(&base, RotationRule::OnceFamily)?;
    let account = keeper.account(&portal::account_key()?, &connector).await?;
    let barrier = Arc::new(Barrier::new(tasks + 1));
    let running: Vec<_> = (0..tasks)
        .map(|_| {
            let (account, clock, transport) = (account.clone(), Arc::clone(&clock), Arc::clone(&transport));
            let (connector, barrier) = (connector.clone(), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                let authorized = portal::authorized(&account, &*clock)
                    .await
                    .map_err(|error| error.to_string())?;
                portal::call(&*transport, &connector, &authorized)
                    .await
                    .map_err(|error| error.to_string())
            })
        })
        .collect();
    ready()?;
    barrier.wait().await;
    let mut tally = Tally::default();
    for task in running {
        match task.await? {
            Ok(status) if status.is_success() => tally.ok += 1,
            Ok(status) if status == 401 => tally.unauthorized += 1,
            Ok(_) | Err(_) => tally.failed += 1,
        }
    }
    Ok(tally)
}
