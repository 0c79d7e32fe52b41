//! The Planday emulator held to the documents: each status, header, alias, rule, limit and fault by name.

#![allow(clippy::unwrap_used, reason = "every function here is test code")]

mod access_page;
mod api_access;
mod api_gate;
mod authorize;
mod child_portals;
mod code_exchange;
#[cfg(feature = "server")]
mod control_plane;
#[cfg(feature = "server")]
mod control_portal;
mod departments;
mod discovery;
mod employee_groups;
mod employee_history;
mod employee_leaving;
mod employee_writes;
mod employees;
mod error_shapes;
mod faults;
mod log;
mod partner;
#[cfg(feature = "cli")]
mod program;
mod rate_limits;
mod revocation;
mod rotation;
mod schedule_days;
mod schedule_lists;
mod scopes;
mod shift_writes;
mod shifts;
mod skills;
mod support;
#[cfg(feature = "server")]
mod tcp;
mod token;
mod world;
