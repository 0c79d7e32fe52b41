//! Webhooks (Smartsheet, Webhooks): subscriptions, their challenge, and signed callbacks for a test to deliver.

mod callbacks;
mod events;
mod operations;
mod signature;

pub use callbacks::Callback;
pub(crate) use callbacks::Receiver;
pub(crate) use events::{Event, emit};
pub(crate) use operations::{
    Webhook, app_revoked, create, delete, get, list, reset_shared_secret, scope_gone, update,
};
