//! Putting a world together.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::emulator::Emulator;
use super::faults::Faults;
use super::generate;
use super::limits::Limits;
use super::log::Log;
use super::options::Options;
use super::region::Region;
use super::state::{Data, State, Workspace};
use super::world::{World, WorldError};
use crate::Clock;

/// Builds an [`Emulator`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Builder {
    seed: u64,
    clock: Clock,
    options: Options,
    limits: Limits,
    control_plane: bool,
    home: Region,
    worlds: Vec<World>,
}

impl Builder {
    pub(crate) fn sample(seed: u64) -> Self {
        let builder = Self::default().seed(seed);
        Region::ALL.into_iter().fold(builder, |builder, region| {
            builder.world(generate::world(region, seed))
        })
    }

    /// Where ids and tokens come from: the same seed and the same requests give the same ones.
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

    /// The region of an address that names none; the US by default.
    pub fn home(mut self, region: Region) -> Self {
        self.home = region;
        self
    }

    /// Adds a region.
    pub fn world(mut self, world: World) -> Self {
        self.worlds.push(world);
        self
    }

    /// Replaces the redirect URL of every app added so far.
    pub fn redirect_url(mut self, url: &str) -> Self {
        for world in &mut self.worlds {
            world.redirect_url(url);
        }
        self
    }

    /// Adds a sheet of this size to a region that was added before; it belongs to the region's first person.
    pub fn generated_sheet(mut self, region: Region, name: &str, rows: usize, columns: usize) -> Self {
        for world in self.worlds.iter_mut().filter(|world| world.region == region) {
            world.sheets.push(generate::sheet(name, rows, columns));
        }
        self
    }

    /// Builds it.
    ///
    /// # Errors
    ///
    /// Something was added twice, or names what is not there.
    pub fn build(self) -> Result<Emulator, WorldError> {
        let now = self.clock.now();
        let mut regions: BTreeMap<Region, Data> = Region::ALL
            .into_iter()
            .map(|region| (region, Data::new(region, self.seed)))
            .collect();
        let mut filled = Vec::new();
        for world in self.worlds {
            if filled.contains(&world.region) {
                return Err(WorldError::Duplicate(format!("region {}", world.region)));
            }
            filled.push(world.region);
            if let Some(data) = regions.get_mut(&world.region) {
                fill(data, world, now, &self.options)?;
            }
        }
        let state = State {
            regions,
            home: self.home,
            options: self.options,
            limits: self.limits,
            faults: Faults::default(),
            log: Log::default(),
            writes: Arc::default(),
            verdicts: BTreeMap::new(),
        };
        Ok(Emulator::assemble(state, self.clock, self.control_plane))
    }
}

fn fill(
    data: &mut Data,
    world: World,
    now: std::time::SystemTime,
    options: &Options,
) -> Result<(), WorldError> {
    let first = world
        .users
        .first()
        .map(|user| user.email.clone())
        .unwrap_or_default();
    let developer = world
        .users
        .iter()
        .find(|user| user.developer == super::world::Developer::Approved)
        .map(|user| user.email.clone());
    for mut user in world.users {
        if user.id == 0 {
            user.id = data.id();
        }
        if let Some(twice) = data.users.insert(user.email.clone(), user) {
            return Err(WorldError::Duplicate(format!("person {}", twice.email)));
        }
    }
    for mut app in world.apps {
        if app.developer.is_empty() {
            app.developer = developer.clone().unwrap_or_else(|| first.clone());
        }
        if let Some(twice) = data.apps.insert(app.client_id.clone(), app) {
            return Err(WorldError::Duplicate(format!("app {}", twice.client_id)));
        }
    }
    let known = |data: &Data, email: &str| {
        let found = data.users.contains_key(email);
        found
            .then_some(())
            .ok_or_else(|| WorldError::Unknown(format!("person {email}")))
    };
    let taken = || WorldError::Duplicate("this token".to_owned());
    for grant in world.grants {
        known(data, &grant.email)?;
        if !data.apps.contains_key(&grant.client_id) {
            return Err(WorldError::Unknown(format!("app {}", grant.client_id)));
        }
        let number = data
            .tokens
            .begin(&grant.client_id, &grant.email, Some(scopes(grant.scopes)));
        let given = (grant.access_token, grant.refresh_token);
        let lifetime = options.access_token_lifetime;
        data.tokens
            .issue(number, now, lifetime, given)
            .ok_or_else(taken)?;
    }
    for (email, token) in world.personal {
        known(data, &email)?;
        data.tokens.personal(&email, token).ok_or_else(taken)?;
    }
    for name in world.workspaces {
        let id = data.id();
        let owner = first.clone();
        data.workspaces.push(Workspace { id, name, owner });
    }
    for mut sheet in world.sheets {
        if sheet.owner.is_empty() {
            sheet.owner.clone_from(&first);
        }
        known(data, &sheet.owner)?;
        sheet.settle(data, now).map_err(WorldError::Unknown)?;
        if let Some(twice) = data.sheets.insert(sheet.id, sheet) {
            return Err(WorldError::Duplicate(format!("sheet {}", twice.id)));
        }
    }
    Ok(())
}

/// Those that were named, or all.
pub(crate) fn scopes(named: Option<Vec<String>>) -> Vec<String> {
    named.unwrap_or_else(|| super::routes::SCOPES.map(str::to_owned).to_vec())
}
