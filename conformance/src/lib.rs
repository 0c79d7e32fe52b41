//! The conformance suite: documented rules, cases, and the runner that judges a driver.
//!
//! `FORMAT.md` describes the files that the suite reads, `PROTOCOL.md` what a driver speaks. The way of one run:
//!
//! 1. `data` loads requirements, sources, fixtures, cases and mutants; its `lint` explains what is wrong with them.
//! 2. `trace` is the gate: every documented rule has a case, every case a rule.
//! 3. `run` plays each case: a scripted server or the emulator, a fresh driver process, then the verdict.
//! 4. `report` writes what came of it.
//!
//! The runner imports nothing of the SDK that it judges.

mod cli;
mod command;
mod data;
mod kill;
mod report;
mod run;
mod trace;
mod watch;

pub use command::execute;
