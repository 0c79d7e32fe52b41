//! The figures that the project promises, measured.
//!
//! Gates are on counts; times are printed and, but for the whole suite's, gate nothing.

mod figure;
mod header;
mod outage;
mod storm;
mod suite;

pub use figure::{Bound, Figure, report};
pub use header::{HeaderCost, Side};

use std::path::PathBuf;

use crate::portal::Failure;

/// What is measured, and with what.
#[derive(Debug, Clone)]
pub struct Plan {
    /// This program, to be started again under `valgrind`.
    pub program: PathBuf,
    /// The runner and the driver of the conformance suite, built; without them the suite is not timed.
    pub suite: Option<(PathBuf, PathBuf)>,
}

/// Measures everything. `skipped` is told what could not be measured and how to have it.
///
/// # Errors
///
/// If something that is measured could not be run at all.
pub fn measure(plan: &Plan, mut skipped: impl FnMut(&str)) -> Result<Vec<Figure>, Failure> {
    let mut figures = vec![header::allocations()?];
    match header::instructions(&plan.program)? {
        Some(figure) => figures.push(figure),
        None => {
            skipped("auth-header instructions: valgrind is not installed; install it to have them counted");
        }
    }
    figures.extend(storm::expired()?);
    figures.extend(storm::advisory()?);
    figures.extend(outage::without_a_token()?);
    figures.extend(outage::with_a_token()?);
    match &plan.suite {
        Some((runner, driver)) => figures.push(suite::time(runner, driver)?),
        None => skipped("suite-time: run `cargo xtask bench`, which builds the suite and passes it on"),
    }
    Ok(figures)
}
