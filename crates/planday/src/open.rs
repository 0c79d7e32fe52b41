//! Everything from one folder.

use std::{path::Path, sync::Arc};

use attache_auth::{
    Keeper, TracingObserver,
    seal::{KeyRing, Sealer},
    spill::SpillFolder,
    store::{FileStore, StoreError},
};
use attache_client::{Error, ErrorKind};
use attache_core::{Clock, Transport};
use attache_transport::{ReqwestTransport, SystemClock};
use http::HeaderValue;

use crate::{app::App, planday::Planday};

const USER_AGENT: &str = concat!("attache-planday/", env!("CARGO_PKG_VERSION"));

impl Planday {
    /// Opens a folder of linked accounts, and creates it if it is missing. Any number of processes on one machine
    /// may use the same folder, which must be on a local disk. Blocks for a few operations on the disk.
    ///
    /// | in the folder | what |
    /// | --- | --- |
    /// | `key` | the key that accounts are sealed with: keep a copy, and keep it to yourself |
    /// | `accounts/` | the accounts, sealed, one file each |
    /// | `spill/` | room for a renewed grant that could not be saved |
    ///
    /// The key lies beside what it seals, which suits a command or a desktop program. A server that has a place
    /// for its secrets, or a database, puts a [`Keeper`] together itself and calls [`Planday::new`].
    ///
    /// What happens is written to `tracing`, under the target `attache`.
    ///
    /// # Errors
    ///
    /// `Store` if the folder or its key cannot be used, `Configuration` outside a tokio runtime, or if TLS cannot
    /// be set up on this system.
    pub fn open(folder: impl AsRef<Path>, app: App) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let key = KeyRing::load_or_create(folder.join("key"));
        let key = key.map_err(|error| Error::new(ErrorKind::Store).with_source(error))?;
        let store = FileStore::open(folder.join("accounts"), Arc::clone(&clock)).map_err(unusable)?;
        let spill = SpillFolder::open(folder.join("spill")).map_err(unusable)?;
        let transport = ReqwestTransport::builder()
            .user_agent(HeaderValue::from_static(USER_AGENT))
            .build();
        let transport = transport
            .map_err(|error| Error::configuration("transport: cannot be set up").with_source(error))?;
        let transport: Arc<dyn Transport> = Arc::new(transport);
        let keeper = Keeper::builder(
            Arc::new(store),
            Arc::clone(&transport),
            Arc::clone(&clock),
            Sealer::new(key),
        )
        .spill(Arc::new(spill))
        .observer(Arc::new(TracingObserver))
        .build()
        .map_err(|error| Error::configuration("keeper: cannot be built").with_source(error))?;
        Ok(Self::new(app, keeper, transport, clock).observer(Arc::new(TracingObserver)))
    }
}

fn unusable(error: StoreError) -> Error {
    Error::new(ErrorKind::Store).with_source(error)
}
