//! The Planday emulator held to the documents: each status, header, alias, rule, limit and fault by name.

#![allow(clippy::unwrap_used, reason = "every function here is test code")]

mod access_page;
mod api_gate;
#[cfg(feature = "server")]
mod control_plane;
mod departments;
mod employees;
mod error_shapes;
mod faults;
mod log;
#[cfg(feature = "cli")]
mod program;
mod rate_limits;
mod rotation;
mod support;
#[cfg(feature = "server")]
mod tcp;
mod token;
mod world;
