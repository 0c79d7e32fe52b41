//! The Smartsheet emulator held to the documents: each token rule, header, envelope, error code, limit and fault by name.

#![allow(clippy::unwrap_used, reason = "every function here is test code")]

mod api_gate;
mod attachments;
mod authorize;
mod cells;
mod columns;
#[cfg(feature = "server")]
mod control_plane;
mod developer_tools;
mod faults;
mod paging;
#[cfg(feature = "cli")]
mod program;
mod regions;
mod revocation;
mod rows;
mod search;
mod sheets;
mod support;
mod token;
mod webhooks;
