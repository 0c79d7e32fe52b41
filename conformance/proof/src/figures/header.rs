//! `auth-header`: what a valid token costs a call.

use std::{hint::black_box, path::Path, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use attache_auth::{
    Account, Connector, Identity, Keeper, Provisional, RotationRule,
    seal::{KeyRing, Sealer},
    store::MemoryStore,
};
use attache_core::{Authorization, AuthorizationNow, Clock, Monotonic, Need, Timestamp};
use attache_transport::{ReqwestTransport, SystemClock};
use bytes::Bytes;
use clap::ValueEnum;
use http::HeaderValue;

use crate::{
    figures::{Figure, valgrind},
    portal::{self, Failure},
};

/// The most instructions that a header may cost over the baseline.
const INSTRUCTIONS: f64 = 40.0;
/// As long as tokens of providers are.
pub(super) const TOKEN_LENGTH: usize = 900;
const HOUR: Duration = Duration::from_secs(3600);
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
        let connector = portal::connector(&"http://127.0.0.1:9/".parse()?, RotationRule::Unknown)?;
        let (keeper, account) = valid_account(&connector, &clock).await?;
        let token = portal::token(TOKEN_LENGTH);
        let value =
            HeaderValue::from_maybe_shared(Bytes::from_owner(format!("Bearer {token}").into_bytes()))?;
        let expires_at = clock.monotonic().plus(HOUR);
        Ok(Self {
            clock,
            baseline: ArcSwap::from_pointee(ByHand { expires_at, value }),
            account,
            _keeper: keeper,
        })
    }

    /// Makes `times` headers. Compiled into the program that is counted, which has no other use of an account: what is
    /// counted would else depend on how much of this crate's own code the compiler sees at once.
    #[inline]
    pub fn run(&self, side: Side, times: u64) {
        match side {
            Side::Baseline => (0..times).for_each(|_| self.by_hand()),
            Side::Account => (0..times).for_each(|_| self.by_account()),
        }
    }

    #[inline]
    fn by_hand(&self) {
        let held = self.baseline.load();
        if self.clock.monotonic() < held.expires_at {
            black_box(&held.value.clone());
        }
    }

    #[inline]
    fn by_account(&self) {
        if let AuthorizationNow::Ready(authorized) = &self.account.now(Need::default()) {
            black_box(authorized);
        }
    }
}

/// An account whose token is valid for an hour.
pub(super) async fn valid_account(
    connector: &Connector,
    clock: &Arc<dyn Clock>,
) -> Result<(Keeper, Account), Failure> {
    let keeper = Keeper::builder(
        Arc::new(MemoryStore::new(Arc::clone(clock))),
        Arc::new(ReqwestTransport::new()?),
        Arc::clone(clock),
        Sealer::new(KeyRing::generate()?),
    )
    .build()?;
    let ends: Timestamp = clock.now().saturating_add(HOUR);
    let access = (portal::token(TOKEN_LENGTH).as_str().into(), ends);
    let provisional = Provisional::from_tokens(connector, "refresh".into(), Some(access), &**clock)?;
    let account = keeper
        .adopt(&portal::account_key()?, provisional, Identity::new("portal:1")?)
        .await?;
    Ok((keeper, account))
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

/// Instructions of one header over the baseline; `None` without valgrind.
pub(super) fn instructions(program: &Path) -> Result<Option<Figure>, Failure> {
    if !valgrind::is_installed() {
        return Ok(None);
    }
    let per_header = |side: Side| valgrind::per_turn(program, &["header", side.name()], FEW, MANY);
    let account = per_header(Side::Account)?;
    let baseline = per_header(Side::Baseline)?;
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
