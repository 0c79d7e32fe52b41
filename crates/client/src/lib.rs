//! What every API call shares, whoever the provider is.
//!
//! A provider crate describes each of its operations as a static [`Operation`], turns a method's arguments into
//! a [`Call`], and hands that to an [`Api`]. The `Api` sets the headers, asks the
//! [`Authorization`](attache_core::Authorization) for the last of them, sends, sorts the answer by the
//! provider's [`ErrorTable`], retries what may be retried, and decodes at the very end. Everything that can go
//! wrong is one [`Error`]. Lists are read with a [`Pager`].
//!
//! # Retry
//!
//! | | 408, 500, 502, 503, 504, broken connection | no byte left | 429 | stale credential (401) |
//! | --- | --- | --- | --- | --- |
//! | safe, idempotent | again | again | again | once again with a newer credential |
//! | not idempotent | never | again | again | once again with a newer credential |
//!
//! Up to four attempts in 60 seconds unless [`RequestOptions`] say otherwise. The wait is the provider's where it
//! gives one (`Retry-After`, or what its error table reads), else it grows exponentially with full jitter. No
//! wait passes the deadline: the last error is returned at once instead, with
//! [`Error::retry_after`] set. A 403 never renews a credential.
//!
//! # Pace
//!
//! An `Api` with a gate of a [`Pace`] lets every attempt wait for its turn, so that the provider's rate limits are
//! not hit. The wait counts towards the deadline; one that would pass it fails at once, with nothing sent. A 429
//! stops everybody who shares the limit.
//!
//! The crate knows no runtime, no HTTP library and no OAuth.

mod api;
mod call;
mod decode;
mod error;
mod error_body;
mod error_table;
mod executor;
mod operation;
mod options;
mod pace;
mod pager;
mod raw;
mod retry;
mod retry_after;
mod target;

pub use api::{Api, ApiBuilder};
pub use call::{Body, Call};
pub use error::{Error, ErrorKind, InvalidField};
pub use error_body::ErrorBody;
pub use error_table::{Answer, Classified, ErrorTable, StandardErrors, Verdict};
pub use operation::{Idempotency, Operation, Paging};
pub use options::RequestOptions;
pub use pace::{Pace, PaceGate, PaceHint, PaceKey, PaceLimits};
pub use pager::{Cursor, Items, OffsetNames, OffsetPage, Page, Pager, Pages};
pub use raw::RawResponse;
