//! Planday: the identity server's token endpoint (customer flow) and the parts of the API that the SDK starts with.
//!
//! One handler plays both hosts, told apart by path: `/connect/token` is `id.planday.com`, everything under an API
//! domain is `openapi.planday.com`.
//!
//! | Module | What it is |
//! | --- | --- |
//! | `emulator`, `accepted`, `state` | the handler: a request comes in, is processed, and its answer goes out |
//! | `levers`, `control` | what a test does besides sending requests, as calls and as JSON under `/_emulator/` |
//! | `world`, `builder`, `generate` | apps, portals, administrators, departments, employees |
//! | `grants`, `rotation` | tokens, and what a refresh does to the old one |
//! | `token` | `POST /connect/token` |
//! | `routes`, `api`, `limits`, `paging` | what every API call passes through |
//! | `portal`, `departments`, `employees` | the operations |
//! | `options`, `errors`, `answers` | switches for what the documents leave open, and the bodies |
//! | `faults` | failures on demand |
//! | `log` | every request, and counters |

mod accepted;
mod answers;
mod api;
mod builder;
mod control;
mod departments;
mod employees;
mod emulator;
mod errors;
mod faults;
mod generate;
mod grants;
mod levers;
mod limits;
mod log;
mod options;
mod paging;
mod portal;
mod rotation;
mod routes;
mod state;
mod token;
mod world;

pub use accepted::Accepted;
pub use builder::{Builder, Connection};
pub use emulator::Emulator;
pub use faults::{Effect, Fault, FaultId, Target};
pub use limits::Limits;
pub use log::{Counters, Endpoint, Exchange};
pub use options::{
    ClientHeader, ErrorShape, ExpiresIn, Options, OverLimit, ScopeShape, TokenAnswer, TokenType,
};
pub use rotation::{Issues, OldToken, Replay, Reuse, Rotation, RotationRule};
pub use routes::Operation;
pub use world::{Administrator, App, Department, Employee, Portal, WorldError};

pub use crate::{Clock, Delivery, Latch};
