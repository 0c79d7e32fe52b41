//! What every API call passes through.
//!
//! | Module | What it is |
//! | --- | --- |
//! | `respond` | credential, rate limit, scope, operation, in this order |
//! | `credential` | whose call it is |
//! | `call` | what an operation sees |
//! | `version` | which schema a path asks for, and gets |
//! | `paging` | pages |
//! | `problem` | error bodies |

pub(crate) mod call;
pub(crate) mod credential;
pub(crate) mod paging;
pub(crate) mod problem;
mod respond;
pub(crate) mod version;

pub(crate) use respond::respond;
