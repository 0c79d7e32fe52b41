//! Workforce platforms' authorization servers and APIs, offline, with faults on demand.
//!
//! A provider's emulator, such as [`planday::Emulator`] or [`factorial::Emulator`], is a plain function from request to
//! response: tests plug it in without a socket. [`serve`] puts it on a TCP port for programs in any language, and the
//! `attache-emulator` binary does that from a shell.
//!
//! They are written from the providers' documents and share no code with the SDK crates: a simulator built on the code it
//! judges proves nothing. What the documents leave open is a switch in the provider's `Options`, with a default that is
//! named as a guess where it is one.
//!
//! Every token, name and number it hands out is invented. Time is a [`Clock`] that the test moves.
//!
//! ```
//! use attache_emulator::planday::Emulator;
//! use bytes::Bytes;
//!
//! let emulator = Emulator::seeded(7).build()?;
//! let (client_id, portal) = emulator.connections().remove(0);
//! let refresh_token = emulator.refresh_token(&client_id, portal).unwrap();
//! let request = http::Request::post("/connect/token")
//!     .header("content-type", "application/x-www-form-urlencoded")
//!     .body(Bytes::from(format!(
//!         "client_id={client_id}&grant_type=refresh_token&refresh_token={refresh_token}"
//!     )))?;
//! assert_eq!(emulator.handle(request).status(), 200);
//!
//! // A partner's customer: `consent` plays the person in front of the pages that a browser would show.
//! let url = format!(
//!     "http://localhost/connect/authorize?client_id={client_id}&response_type=code&state=s\
//!      &redirect_uri=http://127.0.0.1:8026/callback&scope=openid+offline_access+department:read"
//! );
//! let callback = emulator.consent(&url, 4720, "owner")?;
//! assert!(callback.starts_with("http://127.0.0.1:8026/callback?code="));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod accepted;
mod answers;
mod clock;
mod control;
mod delivery;
mod engine;
pub mod factorial;
mod faults;
mod form;
mod html;
mod latch;
mod levers;
mod lock;
mod log;
pub mod planday;
#[cfg(feature = "server")]
mod server;
mod setters;
pub mod smartsheet;

pub use accepted::{Accepted, Handler};
pub use clock::Clock;
pub use delivery::Delivery;
pub use faults::{Effect, Fault, FaultId};
pub use latch::Latch;
pub use log::Exchange;
#[cfg(feature = "server")]
pub use server::{Server, serve};
