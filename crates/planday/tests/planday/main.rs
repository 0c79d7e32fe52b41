//! The crate against the emulator, without a socket; and its first program over one.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod departments;
mod employee_groups;
mod employee_writes;
mod employees;
mod first_program;
mod flows;
mod guide;
mod headers;
mod linking;
mod models;
mod open;
mod pace;
mod partner;
mod readme;
mod refused_arguments;
mod schedule_lists;
mod secrets;
mod shifts;
mod trouble;
mod world;
