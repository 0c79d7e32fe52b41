//! Putting a world together.

use std::fmt;

use super::access_page::administration::check_redirect_uris;
use super::emulator::Emulator;
use super::generate::{self, Amounts};
use super::identity::grants::{Grants, Key};
use super::identity::rotation::Rotation;
use super::limits::Limits;
use super::options::Options;
use super::state::State;
use super::world::{Administrator, App, Portal, WorldError};
use crate::Clock;

/// An app authorized on a portal, which is what a refresh token stands for.
#[derive(Clone)]
pub struct Connection {
    client_id: String,
    portal: i64,
    administrator: Option<Administrator>,
    refresh_token: Option<String>,
}

impl Connection {
    /// Authorizes an app on a portal by its first administrator without limits, with a random refresh token.
    pub fn new(client_id: impl Into<String>, portal: i64) -> Self {
        Self {
            client_id: client_id.into(),
            portal,
            administrator: None,
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
        self.administrator = Some(administrator);
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
    amounts: Vec<(i64, Amounts)>,
    connections: Vec<Connection>,
}

impl Builder {
    /// One app, made in a demo portal, connected to two portals with invented data; and a portal with two below it that
    /// has not heard of the app yet.
    pub(crate) fn sample(seed: u64) -> Self {
        let client_id = generate::client_id(seed);
        Self::default()
            .seed(seed)
            .app(
                App::new(client_id.clone())
                    .name("Roster sync")
                    .home(4790)
                    .redirect_uris([
                        "http://127.0.0.1:8026/callback",
                        "https://app.example/planday/callback",
                    ]),
            )
            .portal(
                Portal::generated(4790, seed)
                    .name("demo4790")
                    .company_name("Demo portal"),
            )
            .portal(
                Portal::generated(4720, seed)
                    .name("quayhotels4720")
                    .company_name("Quay Hotels ApS")
                    .child(4721, "north4721")
                    .child(4722, "south4722")
                    .departments(2)
                    .employees(4),
            )
            .portal(
                Portal::generated(4721, seed)
                    .name("north4721")
                    .company_name("Quay Hotels North ApS")
                    .departments(2)
                    .employees(5),
            )
            .portal(
                Portal::generated(4722, seed)
                    .name("south4722")
                    .company_name("Quay Hotels South ApS")
                    .departments(1)
                    .employees(3),
            )
            .portal(Portal::generated(4711, seed).filled(Amounts::default()))
            .portal(
                Portal::generated(4712, seed)
                    .departments(3)
                    .employees(9)
                    .shifts(6),
            )
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

    /// Replaces the redirect URIs of every app added so far.
    pub fn redirect_uris<S: Into<String>>(mut self, uris: impl IntoIterator<Item = S>) -> Self {
        let uris: Vec<String> = uris.into_iter().map(Into::into).collect();
        for app in &mut self.apps {
            app.redirect_uris.clone_from(&uris);
        }
        self
    }

    /// Adds a portal.
    pub fn portal(mut self, portal: Portal) -> Self {
        self.portals.push(portal);
        self
    }

    /// Fills a portal with this much invented data, in place of what it has: 4711 is the first of the sample world.
    pub fn amounts(mut self, portal: i64, amounts: Amounts) -> Self {
        self.amounts.push((portal, amounts));
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
            check_redirect_uris(&app.redirect_uris)?;
            if let Some(twice) = state.apps.insert(app.client_id.clone(), app) {
                return Err(WorldError::Duplicate(format!("app {}", twice.client_id)));
            }
        }
        for portal in self.portals {
            if let Some(twice) = state.portals.insert(portal.id, portal) {
                return Err(WorldError::Duplicate(format!("portal {}", twice.id)));
            }
        }
        for (id, amounts) in self.amounts {
            let portal = state.portals.remove(&id);
            let portal = portal.ok_or_else(|| WorldError::Unknown(format!("portal {id}")))?;
            state.portals.insert(id, portal.filled(amounts));
        }
        for app in state.apps.values() {
            let Some(portal) = app.home else { continue };
            if !state.portals.contains_key(&portal) {
                return Err(WorldError::Unknown(format!(
                    "portal {portal}, the home of an app"
                )));
            }
            state.connected.insert(Key {
                client_id: app.client_id.clone(),
                portal,
            });
        }
        for connection in self.connections {
            let key = Key {
                client_id: connection.client_id,
                portal: connection.portal,
            };
            if !state.apps.contains_key(&key.client_id) {
                return Err(WorldError::Unknown(format!("app {}", key.client_id)));
            }
            let Some(portal) = state.portals.get(&key.portal) else {
                return Err(WorldError::Unknown(format!("portal {}", key.portal)));
            };
            let unlimited = |known: &&Administrator| known.active && known.may_edit && known.sees.is_none();
            let first = || portal.administrators.iter().find(unlimited).cloned();
            let administrator = connection.administrator.or_else(first).unwrap_or_default();
            if state.administrators.insert(key.clone(), administrator).is_some() {
                return Err(WorldError::Duplicate(format!(
                    "the connection to portal {}",
                    key.portal
                )));
            }
            if let Some(app) = state.apps.get_mut(&key.client_id) {
                app.home.get_or_insert(key.portal);
            }
            state.connected.insert(key.clone());
            if !state.grants.authorize_anew(&key, connection.refresh_token) {
                return Err(WorldError::TokenTaken(key.portal));
            }
        }
        Ok(Emulator::assemble(state, self.clock, self.control_plane))
    }
}
