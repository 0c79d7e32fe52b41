//! Keeps grants alive.
//!
//! The way of one renewal: an [`Account`] finds its snapshot too old ([`crate::state`]), joins the gate
//! ([`crate::gate`]), and whoever leads spawns the exchange ([`flight`]): take the lease, send, classify, save
//! ([`saving`]), publish the new snapshot, wake everybody.

mod account;
mod asking;
mod authorizing;
mod builder;
mod declined;
mod derived;
mod export;
mod flight;
mod grant;
mod identity;
mod kept;
mod linking;
mod revoking;
mod saving;
mod serving;
mod shared;
mod snapshot;

pub use account::Account;
pub use authorizing::{CompleteLinkError, CompleteLinkErrorKind};
pub use builder::{Closed, Keeper, KeeperBuilder, KeeperError};
pub use derived::Derived;
pub use export::ExportedGrant;
pub use identity::{Identity, InvalidIdentity};
pub use linking::{AdoptError, AdoptErrorKind, Provisional};
pub use revoking::{GiveBackError, GivenBack};
