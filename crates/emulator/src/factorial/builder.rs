//! Putting a world together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::applications::check_redirect_uris;
use super::emulator::Emulator;
use super::environment::Environment;
use super::faults::Faults;
use super::generate::{Amounts, FIRST_ID};
use super::limits::{Limits, Meter};
use super::log::Log;
use super::oauth::codes::Codes;
use super::oauth::tokens::Tokens;
use super::options::Options;
use super::state::{ApiKey, State};
use super::world::{App, Company, Link, Person, WorldError};
use crate::Clock;

/// The company of the sample world.
const SAMPLE_COMPANY: u64 = FIRST_ID * 10 + 7;

/// Builds an [`Emulator`]. `Debug` leaves credentials out.
#[derive(Clone, Default)]
#[must_use]
pub struct Builder {
    seed: u64,
    environment: Environment,
    clock: Clock,
    options: Options,
    limits: Limits,
    control_plane: bool,
    apps: Vec<App>,
    companies: Vec<Company>,
    keys: Vec<(u64, String)>,
    links: Vec<Link>,
    beside: Option<Emulator>,
}

impl Builder {
    pub(crate) fn sample(seed: u64) -> Self {
        let mut random = Tokens::new(seed ^ 0x000f_ac70_91a1);
        let (confidential, secret) = (random.text(), random.text());
        let (public, unneeded) = (random.text(), random.text());
        let key = random.new_api_key(SAMPLE_COMPANY, Clock::default().now());
        Self::default()
            .seed(seed)
            .company(
                Company::generated(SAMPLE_COMPANY, seed, Amounts::default())
                    .person(
                        Person::new("admin@brisa.example")
                            .employee(Company::FIRST_EMPLOYEE)
                            .admin(),
                    )
                    .person(Person::new("employee1@brisa.example").employee(Company::FIRST_EMPLOYEE + 1)),
            )
            .app(
                App::new(confidential, secret)
                    .name("Roster sync")
                    .company(SAMPLE_COMPANY)
                    .redirect_uri("http://127.0.0.1:8026/callback")
                    .redirect_uri("https://app.example/factorial/callback"),
            )
            .app(
                App::new(public, unneeded)
                    .name("Roster on the desk")
                    .public()
                    .redirect_uri("http://127.0.0.1:8026/callback"),
            )
            .api_key(SAMPLE_COMPANY, key)
    }

    /// Where tokens come from: the same seed and the same requests give the same tokens.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Says which environment this is; production unless said.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Puts this environment beside another, so that each knows the other's credentials as foreign (see
    /// [`ForeignCredential`](super::ForeignCredential)); without it they are merely unknown.
    pub fn beside(mut self, other: &Emulator) -> Self {
        self.beside = Some(other.clone());
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

    /// Adds an application.
    pub fn app(mut self, app: App) -> Self {
        self.apps.push(app);
        self
    }

    /// Replaces the redirect URIs of every application added so far.
    pub fn redirect_uris<S: Into<String>>(mut self, uris: impl IntoIterator<Item = S>) -> Self {
        let uris: Vec<String> = uris.into_iter().map(Into::into).collect();
        for app in &mut self.apps {
            app.redirect_uris.clone_from(&uris);
        }
        self
    }

    /// Adds a company.
    pub fn company(mut self, company: Company) -> Self {
        self.companies.push(company);
        self
    }

    /// Adds an API key of a company.
    pub fn api_key(mut self, company: u64, key: impl Into<String>) -> Self {
        self.keys.push((company, key.into()));
        self
    }

    /// Adds a token that exists from the start.
    pub fn link(mut self, link: Link) -> Self {
        self.links.push(link);
        self
    }

    /// Builds it.
    ///
    /// # Errors
    ///
    /// Something was added twice, a link or key names what is not there, or a redirect URI is none.
    pub fn build(self) -> Result<Emulator, WorldError> {
        let mut tokens = Tokens::new(self.seed);
        let (mut apps, mut companies, mut keys) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for app in self.apps {
            check_redirect_uris(&app.redirect_uris)?;
            tokens.given_out.add(&app.client_id);
            tokens.remember(&app.secret);
            if let Some(twice) = apps.insert(app.client_id.clone(), app) {
                return Err(WorldError::Duplicate(format!("application {}", twice.name)));
            }
        }
        let mut emails = BTreeSet::new();
        for company in self.companies {
            for email in company.people.keys() {
                if !emails.insert(email.clone()) {
                    return Err(WorldError::Duplicate(format!("person {email}")));
                }
            }
            if let Some(twice) = companies.insert(company.id, company) {
                return Err(WorldError::Duplicate(format!("company {}", twice.id)));
            }
        }
        for (number, (company, key)) in (1..).zip(self.keys) {
            if !companies.contains_key(&company) {
                return Err(WorldError::Unknown(format!("company {company}")));
            }
            tokens.remember(&key);
            let entry = ApiKey {
                company,
                number,
                revoked: false,
            };
            if keys.insert(key, entry).is_some() {
                return Err(WorldError::Duplicate("an API key".to_owned()));
            }
        }
        let own = tokens.given_out.clone();
        let elsewhere = self
            .beside
            .as_ref()
            .map(|other| other.read(|state| state.tokens.given_out.clone()));
        let mut state = State {
            environment: self.environment,
            apps,
            companies,
            tokens,
            codes: Codes::default(),
            keys,
            files: BTreeMap::new(),
            elsewhere,
            next_id: FIRST_ID * 10 + 90_001,
            options: self.options,
            limits: self.limits,
            meter: Meter::default(),
            faults: Faults::default(),
            log: Log::default(),
        };
        for link in self.links {
            state.link(link, self.clock.now())?;
        }
        if let Some(other) = &self.beside {
            other.change(|state| state.elsewhere = Some(own));
        }
        Ok(Emulator::assemble(state, self.clock, self.control_plane))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("seed", &self.seed)
            .field("environment", &self.environment)
            .field("options", &self.options)
            .field("limits", &self.limits)
            .field("apps", &self.apps)
            .field("links", &self.links)
            .finish_non_exhaustive()
    }
}
