//! The suite's own tests, on a small suite in `tests/data`.
#![expect(clippy::expect_used, reason = "a test that cannot set up its world fails")]

mod drivers;
mod files;
mod world;
