//! The network and the clock of Attaché: the one crate that names reqwest, and the one that reads the time.
//!
//! - [`ReqwestTransport`]: an [`attache_core::Transport`] that speaks HTTPS, or plain HTTP to loopback hosts
//!   only. It follows no redirect, retries nothing, sets no time limit, and takes no proxy from the environment.
//! - [`SystemClock`]: an [`attache_core::Clock`] on the system's clocks and tokio's timer.
//!
//! # Features
//!
//! - `tls` (default): HTTPS with rustls and the platform's certificate store. Without it, a request to anything
//!   but a loopback host over `http` is refused.

mod body;
mod builder;
mod destination;
mod failure;
mod reqwest_transport;
mod system_clock;

pub use builder::{BuildError, ReqwestTransportBuilder};
pub use reqwest_transport::ReqwestTransport;
pub use system_clock::SystemClock;
