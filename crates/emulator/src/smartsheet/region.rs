//! The four environments, which share nothing (Smartsheet, Getting started: base URLs).

use std::fmt;
use std::str::FromStr;

/// One of Smartsheet's environments. A token of one is unknown to the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// `smartsheet.com`.
    #[default]
    Us,
    /// `smartsheet.eu`.
    Eu,
    /// `smartsheet.au`.
    Au,
    /// `smartsheetgov.com`.
    Gov,
}

impl Region {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Us, Self::Eu, Self::Au, Self::Gov];

    /// `us`, `eu`, `au` or `gov`: also the first path segment that leads there on an address that is no host of
    /// Smartsheet's, as in `http://127.0.0.1:8025/eu/2.0/users/me`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Eu => "eu",
            Self::Au => "au",
            Self::Gov => "gov",
        }
    }

    /// The real host of the API, such as `api.smartsheet.eu`.
    pub fn api_host(self) -> &'static str {
        match self {
            Self::Us => "api.smartsheet.com",
            Self::Eu => "api.smartsheet.eu",
            Self::Au => "api.smartsheet.au",
            Self::Gov => "api.smartsheetgov.com",
        }
    }

    /// The real host of the app, where people sign in and agree, such as `app.smartsheet.eu`.
    pub fn app_host(self) -> &'static str {
        match self {
            Self::Us => "app.smartsheet.com",
            Self::Eu => "app.smartsheet.eu",
            Self::Au => "app.smartsheet.au",
            Self::Gov => "app.smartsheetgov.com",
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Region {
    type Err = String;

    /// Reads [`Region::name`].
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|region| region.name() == text)
            .ok_or_else(|| format!("unknown region {text:?}: use us, eu, au or gov"))
    }
}

/// The region that a path names, and the rest of it.
pub(crate) fn split(path: &str) -> (Option<Region>, &str) {
    let named = |region: Region| {
        let rest = path.strip_prefix('/')?.strip_prefix(region.name())?;
        rest.starts_with('/').then_some((Some(region), rest))
    };
    Region::ALL.into_iter().find_map(named).unwrap_or((None, path))
}

/// What a host serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Api,
    App,
    /// A host that is none of Smartsheet's plays all of them.
    All,
}

/// The region and service that an origin such as `https://api.smartsheet.eu` means.
pub(crate) fn of_origin(origin: &str) -> (Option<Region>, Service) {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    for region in Region::ALL {
        if host == region.api_host() {
            return (Some(region), Service::Api);
        }
        if host == region.app_host() {
            return (Some(region), Service::App);
        }
    }
    (None, Service::All)
}
