//! Authorization and tokens (Smartsheet, Authentication: OAuth flow).

pub(crate) mod authorize;
pub(crate) mod client_auth;
pub(crate) mod consent;
pub(crate) mod revocation;
pub(crate) mod token;
pub(crate) mod tokens;
