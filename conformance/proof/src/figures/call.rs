//! `call-overhead`: what one typed call costs beyond the same request by hand.

use std::{path::Path, time::Duration};

use attache_planday::RateBudget;
use clap::ValueEnum;
use futures_util::future::try_join_all;
use url::Url;

use crate::{
    figures::{
        Figure,
        server::Server,
        valgrind,
        world::{ByHand, Ours},
    },
    portal::Failure,
};

/// The most instructions of a call, as a multiple of those by hand.
const INSTRUCTIONS: f64 = 1.10;
/// The most allocations of a call over those by hand.
const ALLOCATIONS: f64 = 15.0;
/// How many calls are under way at a time.
const AT_ONCE: [u64; 2] = [1, 64];
const EMPLOYEE: i64 = 4711;
/// Calls before anything is counted: connections are opened, and buffers have grown.
const WARM_UP: u64 = 640;
const FEW: u64 = 640;
const MANY: u64 = 2560;
const ROUNDS: usize = 9;
const PER_ROUND: u64 = 2560;

/// Which of the three is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Caller {
    /// reqwest: the URL is built from the operation's template, the headers are ready, there is a timeout, and the
    /// answer is parsed into a struct.
    ByHand,
    /// A typed call of ours.
    Typed,
    /// The same, which also waits for its turn under limits that are never reached.
    Paced,
}

impl Caller {
    const ALL: [Self; 3] = [Self::ByHand, Self::Typed, Self::Paced];

    fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }
}

/// Clients of all three kinds for one server.
pub struct CallCost {
    by_hand: ByHand,
    typed: Ours,
    paced: Ours,
}

impl CallCost {
    /// Links the accounts.
    ///
    /// # Errors
    ///
    /// If that fails.
    pub async fn new(base: &Url) -> Result<Self, Failure> {
        const NEVER: u32 = 1_000_000_000;
        let budget = RateBudget::new()
            .portal_per_second(NEVER)
            .portal_per_minute(NEVER)
            .app_per_second(NEVER)
            .app_per_minute(NEVER);
        Ok(Self {
            by_hand: ByHand::new(base)?,
            typed: Ours::new(base, None).await?,
            paced: Ours::new(base, Some(budget)).await?,
        })
    }

    /// Makes `times` calls, `at_once` of them under way at a time.
    ///
    /// # Errors
    ///
    /// If one of them fails.
    pub async fn run(&self, caller: Caller, at_once: u64, times: u64) -> Result<(), Failure> {
        let one_after_another = |_| async move {
            for _ in 0..times / at_once {
                match caller {
                    Caller::ByHand => self.by_hand.employee(EMPLOYEE).await?,
                    Caller::Typed => self.typed.employee(EMPLOYEE).await?,
                    Caller::Paced => self.paced.employee(EMPLOYEE).await?,
                }
            }
            Ok::<_, Failure>(())
        };
        try_join_all((0..at_once).map(one_after_another)).await.map(drop)
    }
}

/// Makes calls to a server, to be counted from outside.
///
/// # Errors
///
/// If one of them fails.
pub fn call(base: &Url, caller: Caller, at_once: u64, times: u64) -> Result<(), Failure> {
    runtime()?.block_on(async { CallCost::new(base).await?.run(caller, at_once, times).await })
}

pub(super) fn overhead(program: &Path, mut skipped: impl FnMut(&str)) -> Result<Vec<Figure>, Failure> {
    let server = Server::start(program)?;
    let mut figures = Vec::new();
    if valgrind::is_installed() {
        figures.extend(instructions(program, &server)?);
    } else {
        skipped("call-overhead instructions: valgrind is not installed; install it to have them counted");
    }
    let runtime = runtime()?;
    let cost = runtime.block_on(CallCost::new(&server.base))?;
    for at_once in AT_ONCE {
        for caller in Caller::ALL {
            runtime.block_on(cost.run(caller, at_once, WARM_UP))?;
        }
    }
    figures.extend(allocations(&runtime, &cost)?);
    let times = processor_time(&runtime, &cost)?;
    if times.is_empty() {
        skipped("call-overhead processor time: this system does not tell it");
    }
    figures.extend(times);
    Ok(figures)
}

fn instructions(program: &Path, server: &Server) -> Result<Vec<Figure>, Failure> {
    let base = server.base.as_str();
    compared(
        [
            "call-overhead: instructions, 1 at a time",
            "call-overhead: instructions, 64 at a time",
            "call-overhead: instructions, paced, 1 at a time",
            "call-overhead: instructions, paced, 64 at a time",
        ],
        "a call",
        |by_hand| by_hand * INSTRUCTIONS,
        |caller, at_once| {
            let role = ["call", base, &caller.name(), &at_once.to_string()];
            valgrind::per_turn(program, &role, FEW, MANY).map(f64::round)
        },
    )
}

fn allocations(runtime: &tokio::runtime::Runtime, cost: &CallCost) -> Result<Vec<Figure>, Failure> {
    compared(
        [
            "call-overhead: allocations, 1 at a time",
            "call-overhead: allocations, 64 at a time",
            "call-overhead: allocations, paced, 1 at a time",
            "call-overhead: allocations, paced, 64 at a time",
        ],
        "a call",
        |by_hand| by_hand + ALLOCATIONS,
        |caller, at_once| {
            let mut outcome = Ok(());
            let counted = allocation_counter::measure(|| {
                outcome = runtime.block_on(cost.run(caller, at_once, MANY));
            });
            outcome?;
            #[expect(clippy::cast_precision_loss, reason = "a count")]
            Ok(counted.count_total as f64 / MANY as f64)
        },
    )
}

/// Ours beside the same by hand, with a limit that follows from the latter. Names are in the order of what is measured:
/// without pace and with it, each at both numbers of calls at a time.
fn compared(
    names: [&'static str; 4],
    unit: &'static str,
    limit: impl Fn(f64) -> f64,
    mut measure: impl FnMut(Caller, u64) -> Result<f64, Failure>,
) -> Result<Vec<Figure>, Failure> {
    let mut by_hand = [0.0; 2];
    for (value, at_once) in by_hand.iter_mut().zip(AT_ONCE) {
        *value = measure(Caller::ByHand, at_once)?;
    }
    let mut names = names.into_iter();
    let mut figures = Vec::new();
    for caller in [Caller::Typed, Caller::Paced] {
        for (by_hand, at_once) in by_hand.into_iter().zip(AT_ONCE) {
            let value = measure(caller, at_once)?;
            let figure = Figure::told(names.next().unwrap_or_default(), unit, value);
            figures.push(figure.over(by_hand).at_most(limit(by_hand)));
        }
    }
    Ok(figures)
}

/// Processor time of this process, which the server is not in. Told only.
fn processor_time(runtime: &tokio::runtime::Runtime, cost: &CallCost) -> Result<Vec<Figure>, Failure> {
    let names = [
        [
            "call-overhead: processor, 1 at a time",
            "call-overhead: processor, paced, 1 at a time",
        ],
        [
            "call-overhead: processor, 64 at a time",
            "call-overhead: processor, paced, 64 at a time",
        ],
    ];
    let mut figures = Vec::new();
    for (names, at_once) in names.into_iter().zip(AT_ONCE) {
        let mut rounds = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            for (caller, rounds) in Caller::ALL.into_iter().zip(&mut rounds) {
                let Some(before) = used() else {
                    return Ok(Vec::new());
                };
                runtime.block_on(cost.run(caller, at_once, PER_ROUND))?;
                let took = used().unwrap_or_default().saturating_sub(before);
                #[expect(clippy::cast_precision_loss, reason = "a count")]
                rounds.push(took.as_secs_f64() * 1e6 / PER_ROUND as f64);
            }
        }
        let [by_hand, typed, paced] = rounds.map(median);
        for (name, value) in names.into_iter().zip([typed, paced]) {
            figures.push(Figure::told(name, "us a call", value).over(by_hand));
        }
    }
    Ok(figures)
}

/// The value in the middle; of an even number of values the higher of the two.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Processor time that this process has used so far, in the kernel too.
#[cfg(unix)]
fn used() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).ok()
}

#[cfg(not(unix))]
fn used() -> Option<Duration> {
    None
}

pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}
