//! Keeps grants alive.
//!
//! The way of one renewal: an [`Account`] finds its snapshot too old ([`crate::state`]), joins the gate
//! ([`crate::gate`]), and whoever leads spawns the exchange ([`flight`]): take the lease, send, classify, save
//! ([`saving`]), publish the new snapshot, wake everybody.

mod account;
mod builder;
mod declined;
mod export;
mod flight;
mod grant;
mod identity;
mod kept;
mod linking;
mod saving;
mod shared;
mod snapshot;

pub use account::Account;
pub use builder::{Closed, Keeper, KeeperBuilder, KeeperError};
pub use export::ExportedGrant;
pub use identity::{Identity, InvalidIdentity};
pub use linking::{AdoptError, AdoptErrorKind, Provisional};
