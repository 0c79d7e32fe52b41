//! Linking an account by the authorization code flow (RFC 6749, 4.1): what is remembered between sending a user's
//! browser to the provider and its coming back.
//!
//! [`Keeper::begin_link`](crate::Keeper::begin_link) makes a [`LinkAttempt`], whose address the user's browser is sent
//! to. When the browser comes back, [`Keeper::complete_link`](crate::Keeper::complete_link) compares the callback with
//! the attempt and exchanges its code. In between the attempt is kept where it belongs to that one browser: in memory,
//! in the session on the server, or sealed in a cookie. Two attempts of two users must never change places.
//!
//! Programs on a desktop have no server that a browser could come back to. For them there is the module `loopback`,
//! with the feature of that name.

mod attempt;
#[cfg(feature = "loopback")]
pub mod loopback;
mod sealed;
mod start_error;

pub use attempt::LinkAttempt;
pub use sealed::SealedAttemptError;
pub use start_error::LinkStartError;
