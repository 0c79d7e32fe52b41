//! Developer Tools, Account > Developer Tools > Manage Apps (Smartsheet, OAuth: register and create an app).

mod page;
mod views;

pub(crate) use page::{create_app, new_secret, respond};
