//! Planday: the identity server (both flows), the portal's API Access page, and the parts of the API that the SDK has.
//!
//! One handler plays all hosts, told apart by path: `/connect/...` is `id.planday.com`, everything under an API domain is
//! `openapi.planday.com`, and `/portal/ID/settings/...` is a customer's own portal.
//!
//! | Module | What it is |
//! | --- | --- |
//! | `emulator`, `processing`, `state` | the handler: a request comes in, is processed, and its answer goes out |
//! | `levers`, `levers_portal`, `control`, `control_switches` | what a test does besides sending requests, as calls and as JSON under `/_emulator/` |
//! | `world`, `people`, `schedule`, `builder`, `generate`, `generate_schedule` | apps, portals, administrators, and what is in a portal |
//! | `identity` | the identity server: authorization, tokens, revocation |
//! | `access_page` | the API Access page, and what its buttons do |
//! | `html` | pages |
//! | `routes`, `api`, `limits`, `paging`, `filters`, `body` | what every API call passes through |
//! | `portal`, `hr`, `scheduling` | the operations |
//! | `options`, `switches`, `errors`, `answers` | switches for what the documents leave open, and the bodies |
//! | `faults` | failures on demand |
//! | `log` | every request, and counters |

mod access_page;
mod answers;
mod api;
mod body;
mod builder;
mod control;
mod control_switches;
mod emulator;
mod errors;
mod faults;
mod filters;
mod generate;
mod generate_schedule;
mod hr;
mod html;
mod identity;
mod levers;
mod levers_portal;
mod limits;
mod log;
mod options;
mod paging;
mod people;
mod portal;
mod processing;
mod routes;
mod schedule;
mod scheduling;
mod state;
mod switches;
mod world;

pub use builder::{Builder, Connection};
pub use emulator::Emulator;
pub use faults::{Fault, Target};
pub use generate::Amounts;
pub use identity::rotation::{Issues, OldToken, Replay, Reuse, Rotation, RotationRule};
pub use levers_portal::ConsentError;
pub use limits::Limits;
pub use log::{Counters, Endpoint, Exchange};
pub use options::{
    ClientHeader, ErrorShape, ExpiresIn, Options, OverLimit, ScopeShape, TokenAnswer, TokenType,
};
pub use people::{Employee, EmployeeGroup, EmployeeType, Skill};
pub use routes::Operation;
pub use schedule::{Position, Section, Shift, ShiftPay, ShiftStatus, ShiftType};
pub use switches::{AfterRevoke, CallbackIssuer, DeletedApp, Pkce, SecondGrant};
pub use world::{Administrator, App, Department, Portal, WorldError};

pub use crate::{Accepted, Clock, Delivery, Effect, FaultId, Latch};
