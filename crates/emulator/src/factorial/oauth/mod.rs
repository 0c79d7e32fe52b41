//! The authorization server, under `/oauth/`, which is Doorkeeper's.
//!
//! | Module | What it is |
//! | --- | --- |
//! | `authorize`, `views`, `codes` | from a request over the pages to a code |
//! | `token`, `client`, `refusal` | the token endpoint, how clients prove who they are, and its errors |
//! | `revoke` | the revocation endpoint |
//! | `tokens` | which tokens are good, how they come about, and what a refresh does to the old ones |

pub(crate) mod authorize;
pub(crate) mod client;
pub(crate) mod codes;
pub(crate) mod refusal;
pub(crate) mod revoke;
pub(crate) mod token;
pub(crate) mod tokens;
pub(crate) mod views;
