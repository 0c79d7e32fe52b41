//! Keeps OAuth grants alive.
//!
//! A [`Connector`] says who an app is and where its provider lives; a [`ProviderProfile`] says, as data, how that
//! provider behaves. A [`Keeper`] links accounts and keeps them: it renews their access tokens through races,
//! outages and kills, and saves each renewal in a [`Store`](store::Store) before anybody uses it. An [`Account`]
//! is the handle of one kept account; it implements [`Authorization`](attache_core::Authorization), the seam that
//! API clients take their headers from.
//!
//! ```text
//! account -> gate -> spawned exchange task -> begin -> wire -> Transport -> classify -> commit -> publish -> wake
//! ```

mod connector;
mod gate;
mod gate_sync;
mod keeper;
pub mod link;
mod policy;
mod profile;
pub mod seal;
pub mod spill;
mod state;
pub mod store;
mod tracing_observer;
pub mod wire;

pub use connector::{Connector, ConnectorBuilder, Endpoints, InvalidConnector, Problem};
pub use keeper::{
    Account, AdoptError, AdoptErrorKind, Closed, CompleteLinkError, CompleteLinkErrorKind, Derived,
    ExportedGrant, GiveBackError, GivenBack, Identity, InvalidIdentity, Keeper, KeeperBuilder, KeeperError,
    Provisional,
};
pub use link::{LinkAttempt, LinkStartError, SealedAttemptError};
pub use policy::RefreshPolicy;
pub use profile::{ClientProof, ProviderProfile, RotationRule, TokenExchange};
pub use tracing_observer::TracingObserver;
