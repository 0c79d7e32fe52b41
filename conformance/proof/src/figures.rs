//! The figures that the project promises, measured.
//!
//! Gates are on counts; times are printed and, but for the whole suite's, gate nothing.

mod build;
mod call;
mod figure;
mod header;
mod outage;
mod paging;
mod server;
mod storm;
mod suite;
mod valgrind;
mod world;

pub use call::{CallCost, Caller, call};
pub use figure::{Bound, Figure, report};
pub use header::{HeaderCost, Side};
pub use server::serve;

use std::path::PathBuf;

use clap::ValueEnum;

use crate::portal::Failure;

/// What is measured, and with what.
#[derive(Debug, Clone)]
pub struct Plan {
    /// This program, to be started again under `valgrind` and as a server.
    pub program: PathBuf,
    /// What to measure; everything if empty.
    pub only: Vec<Part>,
    /// The runner and the driver of the conformance suite, built; without them the suite is not timed.
    pub suite: Option<(PathBuf, PathBuf)>,
    /// The folder of the workspace; without it its packages are not counted.
    pub workspace: Option<PathBuf>,
}

/// Figures that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// What a valid token costs a call.
    AuthHeader,
    /// Ten thousand tasks on one token.
    RefreshStorm,
    /// The token endpoint is down.
    RefreshOutage,
    /// What a call costs beyond the same by hand.
    CallOverhead,
    /// A long list from a slow server.
    Paging,
    /// What a program builds beyond the same by hand.
    BuildCost,
    /// The whole conformance run.
    SuiteTime,
}

/// Measures everything. `skipped` is told what could not be measured and how to have it.
///
/// # Errors
///
/// If something that is measured could not be run at all.
pub fn measure(plan: &Plan, mut skipped: impl FnMut(&str)) -> Result<Vec<Figure>, Failure> {
    let mut figures = Vec::new();
    for part in Part::value_variants() {
        if plan.only.is_empty() || plan.only.contains(part) {
            figures.extend(part.measure(plan, &mut skipped)?);
        }
    }
    Ok(figures)
}

impl Part {
    fn measure(self, plan: &Plan, mut skipped: impl FnMut(&str)) -> Result<Vec<Figure>, Failure> {
        let mut figures = Vec::new();
        match self {
            Self::AuthHeader => {
                figures.push(header::allocations()?);
                match header::instructions(&plan.program)? {
                    Some(figure) => figures.push(figure),
                    None => skipped(
                        "auth-header instructions: valgrind is not installed; install it to have them counted",
                    ),
                }
            }
            Self::RefreshStorm => {
                figures.extend(storm::expired()?);
                figures.extend(storm::advisory()?);
            }
            Self::RefreshOutage => {
                figures.extend(outage::without_a_token()?);
                figures.extend(outage::with_a_token()?);
            }
            Self::CallOverhead => figures.extend(call::overhead(&plan.program, skipped)?),
            Self::Paging => figures.extend(paging::listing(&plan.program)?),
            Self::BuildCost => match &plan.workspace {
                Some(workspace) => figures.push(build::packages(workspace)?),
                None => skipped("build-cost: run `cargo xtask bench`, which tells where the workspace is"),
            },
            Self::SuiteTime => match &plan.suite {
                Some((runner, driver)) => figures.push(suite::time(runner, driver)?),
                None => {
                    skipped("suite-time: run `cargo xtask bench`, which builds the suite and passes it on");
                }
            },
        }
        Ok(figures)
    }
}
