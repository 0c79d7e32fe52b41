//! The identity server, `id.planday.com`.
//!
//! | Module | What it is |
//! | --- | --- |
//! | `addresses` | what is loopback, and what is this server |
//! | `authorize`, `consent`, `consent_views`, `codes` | `/connect/authorize`: from a request over the pages to a code |
//! | `token`, `form_fields` | `POST /connect/token`, and its `refresh_token` grant |
//! | `code_exchange`, `child` | its `authorization_code` and `token_exchange` grants |
//! | `revocation`, `discovery`, `scopes` | the other endpoints, and the scope vocabulary |
//! | `grants`, `issuing`, `rotation` | which tokens are good, how they come about, and what a refresh does to the old one |

pub(crate) mod addresses;
pub(crate) mod authorize;
pub(crate) mod child;
pub(crate) mod code_exchange;
pub(crate) mod codes;
pub(crate) mod consent;
pub(crate) mod consent_views;
pub(crate) mod discovery;
pub(crate) mod form_fields;
pub(crate) mod grants;
pub(crate) mod issuing;
pub(crate) mod revocation;
pub(crate) mod rotation;
pub(crate) mod scopes;
pub(crate) mod token;
