//! Putting a world together.

use std::fmt;

use super::emulator::Emulator;
use super::generate;
use super::grants::{Grants, Key};
use super::limits::Limits;
use super::options::Options;
use super::rotation::Rotation;
use super::state::State;
use super::world::{Administrator, App, Portal, WorldError};
use crate::Clock;

/// An app authorized on a portal, which is what a refresh token stands for.
#[derive(Clone)]
pub struct Connection {
    client_id: String,
    portal: i64,
    administrator: Administrator,
    refresh_token: Option<String>,
}

impl Connection {
    /// Authorizes an app on a portal by an administrator without limits, with a random refresh token.
    pub fn new(client_id: impl Into<String>, portal: i64) -> Self {
        let administrator = Administrator::new();
        Self {
            client_id: client_id.into(),
            portal,
            administrator,
            refresh_token: None,
        }
    }

    /// Uses this refresh token instead of a random one.
    #[must_use]
    pub fn with_refresh_token(mut self, token: impl Into<String>) -> Self {
        self.refresh_token = Some(token.into());
        self
    }

    /// Sets who authorized it.
    #[must_use]
    pub fn administrator(mut self, administrator: Administrator) -> Self {
        self.administrator = administrator;
        self
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("client_id", &self.client_id)
            .field("portal", &self.portal)
            .field("administrator", &self.administrator)
            .finish_non_exhaustive()
    }
}

/// Builds an [`Emulator`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Builder {
    seed: u64,
    clock: Clock,
    options: Options,
    rotation: Rotation,
    limits: Limits,
    control_plane: bool,
    apps: Vec<App>,
    portals: Vec<Portal>,
    connections: Vec<Connection>,
}

impl Builder {
    /// One app connected to two portals with invented data.
    pub(crate) fn sample(seed: u64) -> Self {
        let client_id = generate::client_id(seed);
        Self::default()
            .seed(seed)
            .app(App::new(client_id.clone()).name("Roster sync"))
            .portal(Portal::generated(4711, seed).departments(12).employees(64))
            .portal(Portal::generated(4712, seed).departments(3).employees(9))
            .connect(Connection::new(client_id.clone(), 4711))
            .connect(Connection::new(client_id, 4712))
    }

    /// Where tokens come from: the same seed and the same requests give the same tokens.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the clock; it is shared, so the caller's clone moves it.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets the switches.
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Sets the rotation rule.
    pub fn rotation(mut self, rotation: Rotation) -> Self {
        self.rotation = rotation;
        self
    }

    /// Sets the rate limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Serves the levers under `/_emulator/`.
    pub fn control_plane(mut self, on: bool) -> Self {
        self.control_plane = on;
        self
    }

    /// Adds an app.
    pub fn app(mut self, app: App) -> Self {
        self.apps.push(app);
        self
    }

    /// Adds a portal.
    pub fn portal(mut self, portal: Portal) -> Self {
        self.portals.push(portal);
        self
    }

    /// Authorizes an app on a portal.
    pub fn connect(mut self, connection: Connection) -> Self {
        self.connections.push(connection);
        self
    }

    /// Builds it.
    ///
    /// # Errors
    ///
    /// Something was added twice, a connection names an app or portal that is not there, or two connections were
    /// given the same refresh token.
    pub fn build(self) -> Result<Emulator, WorldError> {
        let mut state = State::new(Grants::new(self.seed), self.options, self.rotation, self.limits);
        for app in self.apps {
            if let Some(twice) = state.apps.insert(app.client_id.clone(), app) {
                return Err(WorldError::Duplicate(format!("app {}", twice.client_id)));
            }
        }
        for portal in self.portals {
            if let Some(twice) = state.portals.insert(portal.id, portal) {
                return Err(WorldError::Duplicate(format!("portal {}", twice.id)));
            }
        }
        for connection in self.connections {
            let key = Key {
                client_id: connection.client_id,
                portal: connection.portal,
            };
            if !state.apps.contains_key(&key.client_id) {
                return Err(WorldError::Unknown(format!("app {}", key.client_id)));
            }
            if !state.portals.contains_key(&key.portal) {
                return Err(WorldError::Unknown(format!("portal {}", key.portal)));
            }
            if state
                .administrators
                .insert(key.clone(), connection.administrator)
                .is_some()
            {
                return Err(WorldError::Duplicate(format!(
                    "the connection to portal {}",
                    key.portal
                )));
            }
            if !state.grants.authorize_anew(&key, connection.refresh_token) {
                return Err(WorldError::TokenTaken(key.portal));
            }
        }
        Ok(Emulator::assemble(state, self.clock, self.control_plane))
    }
}
