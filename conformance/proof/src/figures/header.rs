//! `auth-header`: what a valid token costs a call.

use std::{
    hint::black_box,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use arc_swap::ArcSwap;
use attache_auth::{
    Account, Identity, Keeper, Provisional, RotationRule,
    seal::{KeyRing, Sealer},
    store::MemoryStore,
};
use attache_core::{Authorization, AuthorizationNow, Clock, Monotonic, Need, Timestamp};
use attache_transport::{ReqwestTransport, SystemClock};
use bytes::Bytes;
use clap::ValueEnum;
use http::HeaderValue;

use crate::{
    figures::Figure,
    portal::{self, Failure},
};

/// The most instructions that a header may cost over the baseline.
const INSTRUCTIONS: f64 = 40.0;
const FEW: u64 = 20_000;
const MANY: u64 = 120_000;

/// Which of the two is measured.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Side {
    /// The clock is read, an `ArcSwap` loaded, two points compared, a header value cloned.
    Baseline,
    /// `Account::now`.
    Account,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Account => "account",
        }
    }
}

/// Everything that a header is made from, on both sides.
pub struct HeaderCost {
    clock: Arc<dyn Clock>,
    baseline: ArcSwap<ByHand>,
    account: Account,
    _keeper: Keeper,
}

struct ByHand {
    expires_at: Monotonic,
    value: HeaderValue,
}

impl HeaderCost {
    /// Links an account with a token of the length that providers give, valid for an hour.
    ///
    /// # Errors
    ///
    /// If that fails.
    pub async fn new() -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let token = "x".repeat(900);
        let connector = portal::connector(&"http://127.0.0.1:9/".parse()?, RotationRule::Unknown)?;
        let keeper = Keeper::builder(
            Arc::new(MemoryStore::new(Arc::clone(&clock))),
            Arc::new(ReqwestTransport::new()?),
            Arc::clone(&clock),
            Sealer::new(KeyRing::generate()?),
        )
        .build()?;
        let ends: Timestamp = clock.now().saturating_add(std::time::Duration::from_secs(3600));
        let access = (token.as_str().into(), ends);
        let provisional = Provisional::from_tokens(&connector, "refresh".into(), Some(access), &*clock)?;
        let account = keeper
            .adopt(&portal::account_key()?, provisional, Identity::new("portal:1")?)
            .await?;
        let value =
            HeaderValue::from_maybe_shared(Bytes::from_owner(format!("Bearer {token}").into_bytes()))?;
        let expires_at = clock.monotonic().plus(std::time::Duration::from_secs(3600));
        Ok(Self {
            clock,
            baseline: ArcSwap::from_pointee(ByHand { expires_at, value }),
            account,
            _keeper: keeper,
        })
    }

    /// Makes `times` headers.
    #[inline(never)]
    pub fn run(&self, side: Side, times: u64) {
        match side {
            Side::Baseline => (0..times).for_each(|_| self.by_hand()),
            Side::Account => (0..times).for_each(|_| self.by_account()),
        }
    }

    #[inline(never)]
    fn by_hand(&self) {
        let held = self.baseline.load();
        if self.clock.monotonic() < held.expires_at {
            black_box(&held.value.clone());
        }
    }

    #[inline(never)]
    fn by_account(&self) {
        if let AuthorizationNow::Ready(authorized) = &self.account.now(Need::default()) {
            black_box(authorized);
        }
    }
}

pub(super) fn allocations() -> Result<Figure, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let cost = runtime.block_on(HeaderCost::new())?;
    // `arc-swap` itself allocates a node for each thread that ever loads one. From then on: the account's very
    // first header, nothing of it warmed up.
    cost.run(Side::Baseline, 1);
    let counted = allocation_counter::measure(|| cost.run(Side::Account, 1000));
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let value = counted.count_total as f64;
    Ok(Figure::told("auth-header: allocations of the first 1000", "allocations", value).exactly(0.0))
}

/// Instructions of one header over the baseline, counted by `valgrind --tool=callgrind`; `None` without it.
pub(super) fn instructions(program: &Path) -> Result<Option<Figure>, Failure> {
    if Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        return Ok(None);
    }
    let account = per_call(program, Side::Account)?;
    let baseline = per_call(program, Side::Baseline)?;
    let figure = Figure::told(
        "auth-header: instructions over the baseline",
        "instructions",
        account - baseline,
    );
    Ok(Some(Figure {
        baseline: Some(baseline),
        ratio: Some(account / baseline),
        ..figure.at_most(INSTRUCTIONS)
    }))
}

fn per_call(program: &Path, side: Side) -> Result<f64, Failure> {
    let difference = counted(program, side, MANY)?.saturating_sub(counted(program, side, FEW)?);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    Ok(difference as f64 / (MANY - FEW) as f64)
}

fn counted(program: &Path, side: Side, times: u64) -> Result<u64, Failure> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["header", side.name(), &times.to_string()])
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("valgrind failed: {told}").into());
    }
    let collected = told
        .lines()
        .find_map(|line| line.split_once("Collected :").map(|(_, count)| count.trim()));
    Ok(collected
        .ok_or("valgrind told no count of instructions")?
        .parse()?)
}
