//! The Factorial emulator held to the documents: each flow, credential, rule, page, body and fault by name.

#![allow(clippy::unwrap_used, reason = "every function here is test code")]

mod api_keys;
mod applications_page;
mod authorize;
mod code_exchange;
mod company_tokens;
mod control_plane;
mod credentials;
mod documents;
mod employees;
mod environments;
mod errors;
mod faults;
mod leaves;
mod log;
mod paging;
#[cfg(feature = "cli")]
mod program;
mod rate_limit;
mod refresh;
mod revocation;
mod scopes;
mod shifts;
mod support;
#[cfg(feature = "server")]
mod tcp;
mod teams;
mod versions;
