//! The keeper against a small world: when it renews, what it does about each kind of failure, and what is left
//! after it was stopped anywhere.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the world of a test may fail loudly, like the test"
)]

mod authorizing;
mod crash;
mod deriving;
mod failing;
mod linking;
mod model;
mod renewing;
mod revoking;
mod saving;
mod told;
mod two_holders;
mod world;
