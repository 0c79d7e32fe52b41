//! Spacing requests, so that the provider's rate limits are not hit.

mod gate;
mod hint;
mod limits;
mod queue;
mod registry;
mod tally;
mod turn;

pub use gate::PaceGate;
pub use hint::PaceHint;
pub use limits::{PaceKey, PaceLimits};
pub use registry::Pace;
