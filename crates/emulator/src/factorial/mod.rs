//! Factorial: the authorization server with user and company tokens, the applications page, API keys, and the parts of
//! the API that the SDK has.
//!
//! One [`Emulator`] is one [`Environment`]; [`Builder::beside`] puts the other beside it. One handler plays the one host
//! that an environment has: `/oauth/...` is Doorkeeper's, `/api/{version}/resources/...` the API, and `/files/...` what
//! download URLs lead to.
//!
//! | Module | What it is |
//! | --- | --- |
//! | `emulator`, `processing`, `state`, `environment` | the handler, what it answers from, and which environment it is |
//! | `levers`, `control` | what a test does besides sending requests, as calls and as JSON under `/_emulator/` |
//! | `world`, `records`, `builder`, `generate` | applications, companies, people, keys, and a company's data |
//! | `oauth` | authorization, tokens, revocation |
//! | `applications` | the applications page, and what its buttons do |
//! | `routes`, `api`, `limits` | what every API call passes through |
//! | `resources` | the operations |
//! | `options` | switches for what the documents leave open |
//! | `faults`, `log`, `client_faults` | failures on demand; every request, with what the client did wrong; counters |

mod api;
mod applications;
mod builder;
mod client_faults;
mod control;
mod emulator;
mod environment;
mod faults;
mod generate;
mod levers;
mod limits;
mod log;
mod oauth;
mod options;
mod processing;
mod records;
mod resources;
mod routes;
mod state;
mod world;

pub use builder::Builder;
pub use emulator::Emulator;
pub use environment::Environment;
pub use faults::{Fault, Target};
pub use generate::Amounts;
pub use levers::{ConsentError, TokenPair};
pub use limits::Limits;
pub use log::{Counters, Endpoint, Exchange};
pub use options::{ErrorShape, ForeignCredential, Options, Pkce, Rotation, TokenAnswer, TokenFormat};
pub use routes::Operation;
pub use world::{App, Company, Link, Person, SCOPES, WorldError};

pub use crate::{Accepted, Clock, Delivery, Effect, FaultId, Latch};
