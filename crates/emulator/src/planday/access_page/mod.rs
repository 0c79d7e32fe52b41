//! The portal's API Access page: `page` answers, `views` is what it looks like, `administration` is what its buttons do.

pub(crate) mod administration;
mod page;
mod views;

pub(crate) use page::{place, respond};
