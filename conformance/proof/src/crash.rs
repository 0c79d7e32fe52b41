//! Kill a process at each point of a renewal, start it again on the same folder, and see what became of the grant.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
};

use attache_auth::RotationRule;
use attache_core::{Authorization, AuthorizationErrorKind, Clock, Transport};
use attache_emulator::{
    Latch,
    planday::{Effect, Emulator, Fault, Rotation, Target},
};
use clap::ValueEnum;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};
use url::Url;

use crate::{
    hooks::{StopAt, StoppingStore, StoppingTransport},
    portal::{self, Failure, Parts},
};

/// Where a process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Point {
    /// Before the store is asked for the lease.
    BeforeBegin,
    /// The lease is taken and the attempt journalled; nothing is sent.
    AfterBegin,
    /// The server has processed the request; its answer has not arrived.
    AfterSend,
    /// The answer has arrived; nothing is saved.
    AfterAnswer,
    /// The new grant is saved; nobody has used it.
    AfterCommit,
}

impl Point {
    const ALL: [Self; 5] = [
        Self::BeforeBegin,
        Self::AfterBegin,
        Self::AfterSend,
        Self::AfterAnswer,
        Self::AfterCommit,
    ];

    /// The point's name on the command line and in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::BeforeBegin => "before-begin",
            Self::AfterBegin => "after-begin",
            Self::AfterSend => "after-send",
            Self::AfterAnswer => "after-answer",
            Self::AfterCommit => "after-commit",
        }
    }
}

/// How the server treats refresh tokens, and the SDK knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Rule {
    /// The refresh token stays.
    Never,
    /// The old one is good until the new access token is first used.
    FirstUseGrace,
    /// The old one is dead at once.
    Once,
    /// Using the old one again kills the whole grant.
    OnceFamily,
    /// Nobody has told the SDK, and the server leaves the refresh token as it is. Planday, as far as is known.
    Unknown,
    /// Nobody has told the SDK, and the server kills the old one at once. A lost answer is then reported as a refusal:
    /// without the rule, it cannot be told from one.
    UnknownOnce,
}

impl Rule {
    const ALL: [Self; 6] = [
        Self::Never,
        Self::FirstUseGrace,
        Self::Once,
        Self::OnceFamily,
        Self::Unknown,
        Self::UnknownOnce,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::FirstUseGrace => "first-use-grace",
            Self::Once => "once",
            Self::OnceFamily => "once-family",
            Self::Unknown => "unknown",
            Self::UnknownOnce => "unknown-once",
        }
    }

    fn of_the_server(self) -> Rotation {
        match self {
            Self::Never | Self::Unknown => Rotation::Never,
            Self::FirstUseGrace => Rotation::FirstUseGrace,
            Self::Once | Self::UnknownOnce => Rotation::Once,
            Self::OnceFamily => Rotation::OnceFamily,
        }
    }

    fn in_the_profile(self) -> RotationRule {
        match self {
            Self::Never => RotationRule::Never,
            Self::FirstUseGrace => RotationRule::FirstUseGrace,
            Self::Once => RotationRule::Once,
            Self::OnceFamily => RotationRule::OnceFamily,
            Self::Unknown | Self::UnknownOnce => RotationRule::Unknown,
        }
    }
}

/// The whole table, as it is committed. `program` is this crate's `attache-crash`.
///
/// # Errors
///
/// If a process could not be started or did something that the proof does not expect.
pub async fn table(program: &Path, mut progress: impl FnMut(&str)) -> Result<String, Failure> {
    let mut table = String::from(
        "# What becomes of a grant whose process is killed in the middle of a renewal and started again on the same\n\
         # folder (file store). Written by `cargo xtask crash --write`, compared exactly by `cargo xtask crash`.\n\
         # sent: token requests before the kill and after it. replays: spent refresh tokens that the server saw.\n\
         # unknown: the SDK is not told the rule, and the server never rotates; unknown-once: the server rotates.\n\n",
    );
    writeln!(
        table,
        "{:<16} {:<13} {:<17} {:>6} {:>8}",
        "rule", "killed", "grant", "sent", "replays"
    )?;
    for rule in Rule::ALL {
        for point in Point::ALL {
            let Row {
                grant,
                before,
                after,
                replays,
            } = row(program, rule, point).await?;
            let sent = format!("{before}+{after}");
            let (rule, point) = (rule.name(), point.name());
            writeln!(table, "{rule:<16} {point:<13} {grant:<17} {sent:>6} {replays:>8}")?;
            progress(&format!("{rule} {point}: {grant}"));
        }
    }
    Ok(table)
}

struct Row {
    grant: String,
    before: u64,
    after: u64,
    replays: u64,
}

async fn row(program: &Path, rule: Rule, point: Point) -> Result<Row, Failure> {
    let folder = tempfile::tempdir()?;
    let emulator = portal::emulator(rule.of_the_server())?;
    let server = attache_emulator::serve(emulator.clone(), ([127, 0, 0, 1], 0).into())?;
    let base = Url::parse(&format!("{}/", server.base_url()))?;
    let connector = portal::connector(&base, rule.in_the_profile())?;
    portal::link_expired(folder.path(), &connector, &portal::refresh_token(&emulator)?).await?;

    let child = Run {
        program,
        folder: folder.path(),
        base: &base,
        rule,
    };
    kill_at(&child, &emulator, point).await?;
    let before = emulator.counters().token_requests;

    let mut grant = child.outcome(false).await?;
    let counters = emulator.counters();
    if grant == "alive" {
        // Not only the access token: the grant can be renewed once more.
        grant = child.outcome(true).await?;
    }
    Ok(Row {
        grant,
        before,
        after: counters.token_requests - before,
        replays: counters.replays,
    })
}

async fn kill_at(run: &Run<'_>, emulator: &Emulator, point: Point) -> Result<(), Failure> {
    let latch = Latch::new();
    if point == Point::AfterSend {
        emulator.fault(Fault::new(Target::Token, Effect::Stall(latch.clone())).after());
    }
    let mut child = run.start(&["--stop-at", point.name()])?;
    if point == Point::AfterSend {
        emulator.until(|counters| counters.refreshes > 0).await;
    } else {
        let line = first_line(&mut child).await?;
        if line != point.name() {
            return Err(format!(
                "the process said {line:?} instead of stopping at {}",
                point.name()
            )
            .into());
        }
    }
    child.kill().await?;
    latch.release();
    emulator.clear_faults();
    Ok(())
}

struct Run<'a> {
    program: &'a Path,
    folder: &'a Path,
    base: &'a Url,
    rule: Rule,
}

impl Run<'_> {
    fn start(&self, more: &[&str]) -> Result<Child, Failure> {
        let mut command = Command::new(self.program);
        command
            .arg("process")
            .arg(self.folder)
            .arg(self.base.as_str())
            .arg(self.rule.name())
            .args(more);
        Ok(command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?)
    }

    async fn outcome(&self, renew: bool) -> Result<String, Failure> {
        let mut child = self.start(if renew { &["--renew"] } else { &[] })?;
        let line = first_line(&mut child).await?;
        child.wait().await?;
        Ok(line)
    }
}

async fn first_line(child: &mut Child) -> Result<String, Failure> {
    let out = child
        .stdout
        .as_mut()
        .ok_or("the process has no standard output")?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line).await?;
    if line.is_empty() {
        return Err("the process ended without a word".into());
    }
    Ok(line.trim_end().to_owned())
}

/// The process that is killed: asks for a token on `folder`, makes one call, and says what became of the grant.
///
/// # Errors
///
/// If the folder or the network cannot be used at all.
pub async fn process(
    folder: PathBuf,
    base: Url,
    rule: Rule,
    stop_at: Option<Point>,
    renew: bool,
) -> Result<String, Failure> {
    let stop = StopAt(stop_at);
    let real = Parts::real(&folder)?;
    let transport: Arc<dyn Transport> = Arc::new(StoppingTransport {
        inner: real.transport,
        stop,
    });
    let clock = Arc::clone(&real.clock);
    let keeper = Parts {
        store: Arc::new(StoppingStore {
            inner: real.store,
            stop,
        }),
        transport: Arc::clone(&transport),
        clock: Arc::clone(&clock),
    }
    .keeper(&folder)?;
    let connector = portal::connector(&base, rule.in_the_profile())?;
    let account = keeper.account(&portal::account_key()?, &connector).await?;
    if renew {
        account.rejected(account.generation());
    }
    grant(&account, &*transport, &*clock, &connector).await
}

async fn grant(
    account: &attache_auth::Account,
    transport: &dyn Transport,
    clock: &dyn Clock,
    connector: &attache_auth::Connector,
) -> Result<String, Failure> {
    match portal::authorized(account, clock).await {
        Ok(authorized) => {
            let status = portal::call(transport, connector, &authorized).await?;
            Ok(if status.is_success() {
                "alive".into()
            } else {
                format!("answered {status}")
            })
        }
        Err(error) => match error.kind() {
            AuthorizationErrorKind::NeedsRelink(reason) => Ok(reason.as_str().into()),
            _ => Ok(format!("error: {error}")),
        },
    }
}
