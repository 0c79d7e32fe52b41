//! What the suite knows: requirements, sources, fixtures, cases, mutants, and what is wrong with them.

mod capability;
mod case;
mod emulator;
mod fixture;
mod lint;
mod mutant;
mod operation;
mod requirement;
mod source;
mod suite;
mod words;

pub(crate) use capability::{CAPABILITIES, needs};
pub(crate) use case::{Action, Case, Expect, Fault, Order, Respond, Server, Step, Then, When};
pub(crate) use emulator::{EmulatorFault, EmulatorOptions, EmulatorSetup, PortalSetup};
pub(crate) use fixture::Fixture;
pub(crate) use lint::lint;
pub(crate) use mutant::Mutant;
pub(crate) use requirement::{Document, Level, Requirement, Waiver};
pub(crate) use source::{Place, Problem, read_toml};
pub(crate) use suite::{Paths, Suite, date};
pub(crate) use words::{Count, UrlWords, Words};
