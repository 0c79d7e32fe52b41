//! Smartsheet: the authorization page, the token endpoint, Developer Tools, and the parts of API 2.0 that the SDK has, in
//! four regions that share nothing.
//!
//! One handler plays all hosts. The real ones are told apart by name; on any other address the first path segment may
//! name the region (`/eu/2.0/users/me`, `/gov/b/authorize`), and the emulator's home region is meant without one.
//!
//! | Module | What it is |
//! | --- | --- |
//! | `emulator`, `processing`, `state` | the handler, and how the world answers |
//! | `region` | the four environments |
//! | `levers`, `control` | what a test does besides sending requests, as calls and as JSON under `/_emulator/` |
//! | `world`, `builder`, `generate` | apps, people and what they have |
//! | `identity` | authorization, tokens, revocation |
//! | `developer_tools` | the page where apps are made |
//! | `routes`, `api`, `limits`, `paging`, `body`, `errors` | what every API call passes through |
//! | `users`, `workspaces`, `sheets`, `webhooks`, `attachments`, `search` | the operations |
//! | `options`, `faults`, `log`, `client_faults` | switches, failures on demand, what came in and what was wrong with it |

mod api;
mod attachments;
mod body;
mod builder;
mod client_faults;
mod control;
mod developer_tools;
mod emulator;
mod errors;
mod faults;
mod generate;
mod identity;
mod levers;
mod limits;
mod log;
mod options;
mod paging;
mod processing;
mod region;
mod routes;
mod search;
mod sheets;
mod state;
mod users;
mod webhooks;
mod workspaces;
mod world;

pub use builder::Builder;
pub use emulator::Emulator;
pub use errors::{error_effect, error_effect_with, status};
pub use faults::{Fault, Target};
pub use levers::{ConsentError, Pair};
pub use limits::Limits;
pub use log::{Counters, Endpoint, Exchange};
pub use options::{Options, Rotation, TokenError, Verification};
pub use region::Region;
pub use routes::Operation;
pub use sheets::{Column, Sheet};
pub use webhooks::Callback;
pub use world::{AccessLevel, App, Developer, Grant, User, World, WorldError};

pub use crate::{Accepted, Clock, Delivery, Effect, FaultId, Latch};
