//! The crate against the emulator, without a socket; and its first program over one.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod departments;
mod employees;
mod first_program;
mod headers;
mod linking;
mod models;
mod open;
mod readme;
mod secrets;
mod trouble;
mod world;
