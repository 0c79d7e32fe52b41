//! The applications page, `/oauth/applications` (Factorial, Create a new OAuth application).

mod administration;
mod page;
mod views;

pub(crate) use administration::{check_redirect_uris, create, delete};
pub(crate) use page::respond;
